//! What became of each identity of a write.
use super::{fault, wanted::Id};
use crate::fault::{Fault, Item, Kind};

#[derive(Default)]
pub(super) struct Fates<T> {
    good: Vec<T>,
    bad: Vec<Item>,
}

impl<T> Fates<T> {
    pub(super) fn new() -> Self {
        Self {
            good: Vec::new(),
            bad: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, id: &Id, result: Result<T, Fault>) {
        match result {
            Ok(record) => self.good.push(record),
            Err(fault) => self.bad.push(Item {
                node: id.to_string(),
                fault,
            }),
        }
    }

    /// All that went well; or what all faults have in common; or `partial`, which names each.
    pub(super) fn settle(self, done: &str) -> Result<Vec<T>, Fault> {
        let (good, bad) = (self.good.len(), self.bad.len());
        let Some(first) = self.bad.first().map(|item| item.fault.clone()) else {
            return Ok(self.good);
        };
        if good == 0 && bad == 1 {
            return Err(first);
        }
        if good == 0 && self.bad.iter().all(|item| item.fault.kind == first.kind) {
            let mut all = first.clone();
            all.message = format!("{} (and {} more like it)", first.message, bad - 1);
            return Err(all.items(self.bad));
        }
        let all = good + bad;
        let message = format!("{bad} of {all} not {done}, the first: {}", first.message);
        Err(fault(Kind::Partial, message)
            .hint("_err.items names each with its fault")
            .items(self.bad))
    }
}
