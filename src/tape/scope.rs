//! `trace`: the exchanges of one function, told from all others by the scope that their calls carry.
use super::entry::hidden;
use crate::{
    fault::Fault,
    http::{Exchange, Outcome, Watcher},
    secret,
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// One request as `trace` lists it.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub method: String,
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    pub ms: f64,
    pub bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

impl Row {
    fn of(exchange: &Exchange) -> Self {
        let (status, bytes, fault) = match &exchange.outcome {
            Outcome::Answer { status, body, .. } => (Some(*status), body.length, None),
            Outcome::Fault { fault, .. } => (None, 0, Some(hidden(fault))),
            Outcome::Abandoned => (None, 0, None),
        };
        Self {
            method: exchange.method.clone(),
            path: secret::hide(&exchange.place).into_owned(),
            status,
            // Tenths: more is noise.
            ms: (exchange.took.as_secs_f64() * 1e4).round() / 10.0,
            bytes,
            call: exchange.call.as_ref().map(|call| call.native.clone()),
            fault,
        }
    }
}

#[derive(Default)]
pub(super) struct Scopes(Mutex<State>);

#[derive(Default)]
struct State {
    last: u64,
    open: BTreeMap<u64, Scope>,
}

struct Scope {
    around: u64,
    rows: Vec<Row>,
}

impl Scopes {
    /// A scope inside of `around`, and whether it is the only one.
    pub(super) fn open(&self, around: u64) -> (u64, bool) {
        let mut state = self.state();
        state.last += 1;
        let (number, only) = (state.last, state.open.is_empty());
        let rows = Vec::new();
        state.open.insert(number, Scope { around, rows });
        (number, only)
    }

    /// The scope around it, what was asked within, and whether no other is open.
    pub(super) fn close(&self, number: u64) -> (u64, Vec<Row>, bool) {
        let mut state = self.state();
        let scope = state.open.remove(&number);
        let none = state.open.is_empty();
        scope.map_or((0, Vec::new(), none), |it| (it.around, it.rows, none))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher for Scopes {
    fn saw(&self, exchange: &Exchange) {
        let mut number = exchange.call.as_ref().map_or(0, |call| call.scope);
        if number == 0 {
            return;
        }
        let row = Row::of(exchange);
        let mut state = self.state();
        while let Some(scope) = state.open.get_mut(&number) {
            scope.rows.push(row.clone());
            number = scope.around;
        }
    }
}
