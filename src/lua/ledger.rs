//! What a run has sent that changes something, so that whoever ends it early can say so.
use super::native::Native;
use crate::fault::{Fault, Kind};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

/// How often a write was sent, and how many of these have no answer yet.
#[derive(Clone, Copy, Default)]
struct Count {
    sent: usize,
    open: usize,
}

impl Count {
    fn add(&mut self, more: Self) {
        self.sent += more.sent;
        self.open += more.open;
    }
}

type Counts = BTreeMap<(u64, String), Count>;

/// The writes of one run, by the group of tasks that sent them; group 0 is the run itself.
#[derive(Default)]
pub(crate) struct Ledger {
    group: Cell<u64>,
    counts: RefCell<Counts>,
}

impl Ledger {
    /// The group whose task runs now.
    pub(crate) fn group(&self) -> u64 {
        self.group.get()
    }

    pub(crate) fn enter(&self, group: u64) {
        self.group.set(group);
    }

    pub(crate) fn clear(&self) {
        self.counts.borrow_mut().clear();
        self.group.set(0);
    }

    pub(crate) fn sent(&self, native: &Native) {
        let key = (self.group.get(), native.to_string());
        let one = Count { sent: 1, open: 1 };
        self.counts.borrow_mut().entry(key).or_default().add(one);
    }

    /// A write of `group` came to its end. What was refused changed nothing; what got lost may have.
    pub(crate) fn ended<T>(&self, group: u64, native: &Native, out: &Result<T, Fault>) {
        let mut counts = self.counts.borrow_mut();
        let Some(count) = counts.get_mut(&(group, native.to_string())) else {
            return;
        };
        match out.as_ref().map_err(|fault| fault.kind) {
            Err(Kind::Unreachable | Kind::Timeout | Kind::Interrupted | Kind::Internal) => {}
            Ok(_) | Err(Kind::Partial | Kind::Protocol | Kind::NoEffect | Kind::Io) => {
                count.open -= 1;
            }
            Err(_) => {
                count.open -= 1;
                count.sent -= 1;
            }
        }
    }

    /// What `group` has sent, in words; from here on `heir` answers for it.
    pub(crate) fn hand_over(&self, group: u64, heir: u64) -> Option<String> {
        let mut counts = self.counts.borrow_mut();
        let (mine, others): (Counts, Counts) = std::mem::take(&mut *counts)
            .into_iter()
            .partition(|((owner, _), _)| *owner == group);
        *counts = others;
        let text = spell(&mine);
        for ((_, name), more) in mine {
            counts.entry((heir, name)).or_default().add(more);
        }
        text
    }

    /// All that was sent, in words.
    pub(crate) fn text(&self) -> Option<String> {
        spell(&self.counts.borrow())
    }
}

fn spell(counts: &Counts) -> Option<String> {
    let mut sums = BTreeMap::<&str, Count>::new();
    for ((_, name), count) in counts {
        sums.entry(name).or_default().add(*count);
    }
    let word = |(name, count): (&str, Count)| match (count.sent, count.open) {
        (1, 0) => name.to_owned(),
        (1, _) => format!("{name} (not answered)"),
        (sent, 0) => format!("{name} ×{sent}"),
        (sent, open) => format!("{name} ×{sent} ({open} not answered)"),
    };
    let sent = sums.into_iter().filter(|(_, count)| count.sent > 0);
    let words: Vec<_> = sent.map(word).collect();
    (!words.is_empty()).then(|| format!("writes begun: {}", words.join(", ")))
}
