//! The last exchanges of a session, in little room, for a report of what went wrong.
use crate::http::{Exchange, Watcher};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// So many are kept, and so many bytes of each body.
const KEPT: usize = 50;
const BODY: usize = 2048;

#[derive(Default)]
pub(super) struct Ring(Mutex<VecDeque<Exchange>>);

impl Ring {
    /// The oldest first.
    pub(super) fn all(&self) -> Vec<Exchange> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ring.iter().cloned().collect()
    }
}

impl Watcher for Ring {
    fn bodies(&self) -> usize {
        BODY
    }

    fn saw(&self, exchange: &Exchange) {
        let mut exchange = exchange.clone();
        exchange.body.bytes.truncate(BODY);
        if let crate::http::Outcome::Answer { body, .. } = &mut exchange.outcome {
            body.bytes.truncate(BODY);
        }
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ring.len() == KEPT {
            ring.pop_front();
        }
        ring.push_back(exchange);
    }
}
