//! Who sees the exchanges: each request that goes out and what came of it, told to those who asked to be told.
//!
//! When nobody watches this costs one atomic read per request; bodies are copied only as far as some watcher wants them.
//! What is told is told as it went over the wire: whoever shows or keeps it takes the secrets out first.
use super::{Answer, blame::Lost};
use crate::{
    call::{self, Call},
    clock::Pending,
    fault::Fault,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// One request, and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// When it was sent, by the wall's clock.
    pub at: Timestamp,
    /// On whose behalf.
    pub call: Option<Arc<Call>>,
    pub service: Option<&'static str>,
    pub method: String,
    pub url: String,
    /// The gateway at that moment.
    pub base: String,
    /// The environment variable its token is read from.
    pub variable: Option<String>,
    /// Path and query at the gateway; elsewhere the whole URL.
    pub place: String,
    pub headers: Vec<(String, String)>,
    pub body: Body,
    pub outcome: Outcome,
    pub took: Duration,
    /// The how manieth time this request was sent.
    pub attempt: u32,
}

/// A body as far as anybody wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    pub bytes: Vec<u8>,
    /// Of the whole.
    pub length: usize,
}

impl Body {
    pub fn cut(bytes: &[u8], most: usize) -> Self {
        Self {
            bytes: bytes[..bytes.len().min(most)].to_vec(),
            length: bytes.len(),
        }
    }

    pub fn is_whole(&self) -> bool {
        self.bytes.len() == self.length
    }
}

#[derive(Clone, Debug)]
pub enum Outcome {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Body,
    },
    Fault {
        fault: Fault,
        loss: Loss,
    },
    /// Whoever had asked did not wait for the answer.
    Abandoned,
}

/// How a request without an answer was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    #[default]
    Unknown,
    NeverSent,
    Broken,
}

/// Sees every exchange, on whatever thread it ends.
pub trait Watcher: Send + Sync {
    /// So many bytes of each body are wanted.
    fn bodies(&self) -> usize {
        0
    }

    fn saw(&self, exchange: &Exchange);
}

/// Answers in place of the network.
pub trait Play: Send + Sync {
    fn answer<'a>(
        &'a self,
        method: &'a str,
        place: &'a str,
        body: &'a [u8],
    ) -> Pending<'a, Outcome>;
}

/// The watchers of one session; clones are the same.
#[derive(Clone, Default)]
pub struct Watch(Arc<Hub>);

#[derive(Default)]
struct Hub {
    watchers: RwLock<Vec<(u64, Arc<dyn Watcher>)>>,
    /// One more than the bytes of bodies that are wanted; 0 when nobody watches.
    depth: AtomicUsize,
    last: AtomicU64,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Watch {
    /// From now on `watcher` is told; the number takes it off again.
    pub fn add(&self, watcher: Arc<dyn Watcher>) -> u64 {
        let number = self.0.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.change(|all| all.push((number, watcher)));
        number
    }

    pub fn remove(&self, number: u64) {
        self.change(|all| all.retain(|(its, _)| *its != number));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<(u64, Arc<dyn Watcher>)>)) {
        let mut all = self
            .0
            .watchers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        change(&mut all);
        let wanted = all.iter().map(|(_, watcher)| watcher.bodies() + 1).max();
        self.0.depth.store(wanted.unwrap_or(0), Ordering::Release);
    }

    /// How much of the bodies is wanted; none: nobody watches.
    pub(super) fn depth(&self) -> Option<usize> {
        self.0.depth.load(Ordering::Acquire).checked_sub(1)
    }

    fn tell(&self, exchange: &Exchange) {
        let all = self.0.watchers.read();
        for (_, watcher) in all.unwrap_or_else(PoisonError::into_inner).iter() {
            watcher.saw(exchange);
        }
    }
}

/// A request under way. One that is dropped before its end was abandoned, and that is told as well.
pub(super) struct Sight<'a> {
    watch: &'a Watch,
    depth: usize,
    begun: Instant,
    exchange: Option<Exchange>,
}

impl<'a> Sight<'a> {
    pub(super) fn new(watch: &'a Watch, depth: usize, mut exchange: Exchange) -> Self {
        exchange.call = call::current();
        Self {
            watch,
            depth,
            begun: Instant::now(),
            exchange: Some(exchange),
        }
    }

    pub(super) fn end(self, out: &Result<Answer, Lost>) {
        let outcome = match out {
            Ok(answer) => Outcome::Answer {
                status: answer.status,
                headers: answer.headers.clone(),
                body: Body::cut(&answer.body, self.depth),
            },
            Err(lost) => Outcome::Fault {
                fault: lost.fault.clone(),
                loss: lost.loss(),
            },
        };
        self.came(outcome);
    }

    /// The same of what went another way.
    pub(super) fn came(mut self, outcome: Outcome) {
        if let Some(exchange) = &mut self.exchange {
            exchange.outcome = outcome;
        }
    }
}

impl Drop for Sight<'_> {
    fn drop(&mut self) {
        if let Some(mut exchange) = self.exchange.take() {
            exchange.took = self.begun.elapsed();
            self.watch.tell(&exchange);
        }
    }
}
