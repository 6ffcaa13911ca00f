//! Who fetched a boot script when: BSS keeps one row for each fetch, for ever.
//!
//! Rows with the same node and second are the same to everybody, so they are counted; and a fetch, a mere GET, must not
//! wait for the disk. So `note` counts in memory, under the right to read, and everything that looks at the table sees
//! those counts at once: lists, snapshots, differences. To the journal they go with the next write of BSS, or when the
//! lab's clock is a second further. What `kill -9` can lose is thus the last second of fetches, and nothing that anyone
//! was promised.
use crate::{
    fault::Fault,
    table::{Change, Rows, Table},
};
use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// One fetch; the endpoint is `bootscript`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fetch {
    pub name: String,
    pub endpoint: String,
    pub epoch: i64,
}

impl Fetch {
    fn key(&self) -> String {
        format!("{} {} {}", self.epoch, self.endpoint, self.name)
    }

    fn read(key: &str) -> Option<Self> {
        let mut words = key.splitn(3, ' ');
        Some(Self {
            epoch: words.next()?.parse().ok()?,
            endpoint: words.next()?.to_owned(),
            name: words.next()?.to_owned(),
        })
    }
}

pub(super) struct History {
    rows: Table<u64>,
    /// Counted since the last write.
    fresh: Mutex<HashMap<Fetch, u64>>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            rows: Table::new("endpoint_access"),
            fresh: Mutex::default(),
        }
    }
}

impl History {
    fn fresh(&self) -> MutexGuard<'_, HashMap<Fetch, u64>> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a fetch; says whether it is the first since the last write.
    pub(super) fn note(&self, name: &str, endpoint: &str, epoch: i64) -> bool {
        let mut fresh = self.fresh();
        let first = fresh.is_empty();
        let fetch = Fetch {
            name: name.to_owned(),
            endpoint: endpoint.to_owned(),
            epoch,
        };
        *fresh.entry(fetch).or_default() += 1;
        first
    }

    /// The fetches that match, with their number, the oldest first.
    pub(super) fn rows(&self, take: impl Fn(&Fetch) -> bool) -> Vec<(Fetch, u64)> {
        let known = self.rows.iter();
        let known = known.filter_map(|(key, count)| Some((Fetch::read(key)?, *count)));
        let fresh = self.fresh();
        let fresh = fresh.iter().map(|(fetch, count)| (fetch.clone(), *count));
        let mut found: Vec<_> = known.chain(fresh).filter(|(f, _)| take(f)).collect();
        found.sort_by_key(|(fetch, _)| fetch.epoch);
        found
    }

    /// What the table would hold if everything counted were in it.
    fn merged(&self) -> Vec<(String, u64)> {
        let count = |key: &str| self.rows.get(key).copied().unwrap_or_default();
        let fresh = self.fresh();
        let rows = fresh.iter().map(|(fetch, more)| (fetch.key(), more));
        rows.map(|(key, more)| (count(&key) + more, key))
            .map(|(sum, key)| (key, sum))
            .collect()
    }
}

/// Few enough that they are put together in memory.
impl Serialize for History {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let all = self
            .dump()
            .map_err(|fault| S::Error::custom(fault.message))?;
        all.serialize(to)
    }
}

impl Rows for History {
    fn name(&self) -> &'static str {
        self.rows.name()
    }

    fn is_log(&self) -> bool {
        true
    }

    /// Counting is no change that could be taken back.
    fn touched(&self) -> bool {
        self.rows.touched()
    }

    fn count(&self) -> usize {
        let new = |(key, _): &(String, u64)| !self.rows.contains(key);
        self.rows.len() + self.merged().iter().filter(|row| new(row)).count()
    }

    fn changes(&self) -> Result<Vec<Change>, Fault> {
        let change = |(key, count)| Change {
            table: self.rows.name(),
            key,
            value: Some(Value::from(count)),
        };
        Ok(self.merged().into_iter().map(change).collect())
    }

    fn commit(&mut self) {
        for (key, count) in self.merged() {
            self.rows.put(&key, count);
        }
        self.fresh().clear();
        self.rows.commit();
    }

    fn rollback(&mut self) {
        self.rows.rollback();
    }

    fn dump(&self) -> Result<Map<String, Value>, Fault> {
        let mut all = self.rows.dump()?;
        all.extend(
            self.merged()
                .into_iter()
                .map(|(key, count)| (key, count.into())),
        );
        Ok(all)
    }

    fn load(&mut self, key: &str, value: Option<Value>) -> Result<(), Fault> {
        self.rows.load(key, value)
    }

    fn empty(&mut self) {
        self.fresh().clear();
        self.rows.empty();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fetches_are_counted_at_once_and_written_later() {
        let mut history = History::default();
        assert!(history.note("x1", "bootscript", 7));
        assert!(!history.note("x1", "bootscript", 7));
        assert!(!history.note("x2", "bootscript", 8));
        assert_eq!((history.count(), history.touched()), (2, false));
        let dump = history.dump().expect("dumped");
        assert_eq!(dump["7 bootscript x1"], 2);
        assert_eq!(history.changes().expect("changes").len(), 2);
        history.commit();
        assert!(history.changes().expect("none left").is_empty());
        assert!(history.note("x1", "bootscript", 7), "the first of the next");
        assert_eq!(history.count(), 2);
        assert_eq!(history.dump().expect("dumped")["7 bootscript x1"], 3);
        let of_x1: u64 = history.rows(|f| f.name == "x1").iter().map(|r| r.1).sum();
        assert_eq!(of_x1, 3);
        history.rollback();
        assert_eq!(history.count(), 2, "what was counted is not taken back");
        history.empty();
        assert_eq!(history.count(), 0);
    }
}
