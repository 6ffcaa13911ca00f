//! Writes to many things: several at a time, each with a fate of its own.
use crate::{
    call,
    fault::{Fault, Item, Kind},
    progress,
};
use std::future::Future;
use tokio::task::JoinSet;

/// So many requests are under way at once.
const LIMIT: usize = 32;

/// Calls `act` for each item, some at a time; the results stand in the order of the items. Dropping the future ends all.
/// Work begins when it is its turn.
pub(crate) async fn each<I, T, F>(items: Vec<I>, act: impl Fn(I) -> F) -> Vec<Result<T, Fault>>
where
    I: Send,
    T: Send + 'static,
    F: Future<Output = Result<T, Fault>> + Send + 'static,
{
    let call = call::current();
    let limit = call.as_ref().and_then(|call| call.patience.limit);
    let seen = call.as_ref().filter(|call| !call.behind);
    let work = seen.and_then(|call| progress::begin(&call.native, items.len()));
    let limit = limit.unwrap_or(LIMIT).max(1);
    let mut running = JoinSet::new();
    let mut results: Vec<Option<Result<T, Fault>>> = Vec::new();
    results.resize_with(items.len(), || None);
    let mut items = items.into_iter().enumerate();
    loop {
        while running.len() < limit
            && let Some((at, item)) = items.next()
        {
            let work = call::carried(act(item));
            running.spawn(async move { (at, work.await) });
        }
        let Some(done) = running.join_next().await else {
            break;
        };
        if let Some(work) = &work {
            work.step();
        }
        if let Ok((at, result)) = done {
            results[at] = Some(result);
        }
    }
    let lost = || Err(Fault::internal("a request ended without a result"));
    results
        .into_iter()
        .map(|r| r.unwrap_or_else(lost))
        .collect()
}

/// The fates of many writes.
pub(crate) struct Fates<T> {
    good: Vec<T>,
    bad: Vec<Item>,
}

impl<T> Default for Fates<T> {
    fn default() -> Self {
        Self {
            good: Vec::new(),
            bad: Vec::new(),
        }
    }
}

impl<T> Fates<T> {
    pub(crate) fn good(&mut self, result: T) {
        self.good.push(result);
    }

    pub(crate) fn bad(&mut self, node: impl Into<String>, fault: Fault) {
        let node = node.into();
        self.bad.push(Item { node, fault });
    }

    pub(crate) fn any_bad(&self) -> bool {
        !self.bad.is_empty()
    }

    pub(crate) fn add(&mut self, node: impl Into<String>, result: Result<T, Fault>) {
        match result {
            Ok(result) => self.good(result),
            Err(fault) => self.bad(node, fault),
        }
    }

    /// All that went well; or the one fault; or what all faults have in common; or `partial`, which names each.
    pub(crate) fn settle(mut self, done: &str) -> Result<Vec<T>, Fault> {
        let (good, bad) = (self.good.len(), self.bad.len());
        if bad == 0 {
            return Ok(self.good);
        }
        if good == 0 && bad == 1 {
            return Err(self.bad.remove(0).fault);
        }
        let first = &self.bad[0].fault;
        if good == 0 && self.bad.iter().all(|item| item.fault.kind == first.kind) {
            let mut all = first.clone();
            all.message = format!("{} (and {} more like it)", first.message, bad - 1);
            return Err(all.items(self.bad));
        }
        let message = format!(
            "{bad} of {} not {done}, the first: {}",
            good + bad,
            first.message
        );
        let mut partial =
            Fault::new(Kind::Partial, message).hint("_err.items names each with its fault");
        partial.service.clone_from(&first.service);
        Err(partial.items(self.bad))
    }
}
