//! Records by key that remember what changed: the ground every simulated service's store stands on.
//!
//! A service's store is a struct of `Table`s. `Shelf::write` runs one request's change, hands the changed records to the
//! lab's journal before the answer goes out, and takes everything back when the request failed or the disk was full. So
//! persistence, snapshot, restore and diff are written once, for all services, over `Rows`; no service knows a file.
mod shelf;
mod shelved;

pub use shelf::Shelf;
pub use shelved::Shelved;

use crate::fault::{Fault, Kind};
use indexmap::IndexMap;
use serde::{Serialize, Serializer, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::sync::RwLockReadGuard;

/// One record's new value; `None`: it is gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub table: &'static str,
    pub key: String,
    pub value: Option<Value>,
}

/// As a journal line holds it: `["components", "x1000c0s0b0n0", {…}]`.
impl Serialize for Change {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.table, &self.key, &self.value).serialize(to)
    }
}

/// A table as persistence sees it.
pub trait Rows: erased_serde::Serialize {
    fn name(&self) -> &'static str;
    /// Whether anything changed since the last `commit` or `rollback`.
    fn touched(&self) -> bool;
    /// Whether what stands here is history, such as who looked when. It is kept with the rest, but no difference.
    fn is_log(&self) -> bool {
        false
    }
    /// How many records there are.
    fn count(&self) -> usize;
    /// What changed since the last `commit` or `rollback`.
    fn changes(&self) -> Result<Vec<Change>, Fault>;
    fn commit(&mut self);
    fn rollback(&mut self);
    /// Every record, by key.
    fn dump(&self) -> Result<Map<String, Value>, Fault>;
    /// Puts or removes one record as `dump` or `changes` gave it; not remembered as a change.
    fn load(&mut self, key: &str, value: Option<Value>) -> Result<(), Fault>;
    fn empty(&mut self);
}

/// Records of one sort, in the order they came.
#[derive(Debug)]
pub struct Table<V> {
    name: &'static str,
    is_log: bool,
    rows: IndexMap<String, V>,
    before: IndexMap<String, Option<V>>,
}

impl<V: Clone> Table<V> {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            is_log: false,
            rows: IndexMap::new(),
            before: IndexMap::new(),
        }
    }

    /// One whose records are no difference, see `Rows::is_log`.
    pub fn log(name: &'static str) -> Self {
        Self {
            is_log: true,
            ..Self::new(name)
        }
    }

    pub fn get(&self, key: &str) -> Option<&V> {
        self.rows.get(key)
    }

    /// A record with its key.
    pub fn entry(&self, key: &str) -> Option<(&str, &V)> {
        let (key, value) = self.rows.get_key_value(key)?;
        Some((key, value))
    }

    /// The how manieth record this is.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.rows.get_index_of(key)
    }

    pub fn contains(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.rows.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.rows.values()
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// Creates or replaces a record.
    pub fn put(&mut self, key: &str, value: V) {
        let old = self.rows.insert(key.to_owned(), value);
        self.before.entry(key.to_owned()).or_insert(old);
    }

    /// Changes a record in place; `None` when there is no such record.
    pub fn update<T>(&mut self, key: &str, change: impl FnOnce(&mut V) -> T) -> Option<T> {
        let row = self.rows.get_mut(key)?;
        if !self.before.contains_key(key) {
            self.before.insert(key.to_owned(), Some(row.clone()));
        }
        Some(change(row))
    }

    /// Removes a record. The last one takes its place: lists are sets, as in the services' SQL.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        let old = self.rows.swap_remove(key)?;
        self.before
            .entry(key.to_owned())
            .or_insert_with(|| Some(old.clone()));
        Some(old)
    }

    /// Removes the record that came first, which leaves the others in their order.
    pub fn remove_first(&mut self) -> Option<V> {
        let (key, old) = self.rows.shift_remove_index(0)?;
        self.before.entry(key).or_insert_with(|| Some(old.clone()));
        Some(old)
    }

    /// Removes every record and says how many there were.
    pub fn clear(&mut self) -> usize {
        let rows = std::mem::take(&mut self.rows);
        let count = rows.len();
        for (key, old) in rows {
            self.before.entry(key).or_insert(Some(old));
        }
        count
    }
}

erased_serde::serialize_trait_object!(Rows);

/// As `dump` has it: the records by key.
impl<V: Serialize> Serialize for Table<V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(to)
    }
}

impl<V: Clone + Serialize + DeserializeOwned> Rows for Table<V> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn touched(&self) -> bool {
        !self.before.is_empty()
    }

    fn is_log(&self) -> bool {
        self.is_log
    }

    fn count(&self) -> usize {
        self.rows.len()
    }

    fn changes(&self) -> Result<Vec<Change>, Fault> {
        let change = |key: &String| {
            let value = self
                .rows
                .get(key)
                .map(serde_json::to_value)
                .transpose()
                .map_err(|e| broken(&e))?;
            Ok(Change {
                table: self.name,
                key: key.clone(),
                value,
            })
        };
        self.before.keys().map(change).collect()
    }

    fn commit(&mut self) {
        self.before.clear();
    }

    fn rollback(&mut self) {
        for (key, old) in std::mem::take(&mut self.before) {
            match old {
                Some(old) => self.rows.insert(key, old),
                None => self.rows.swap_remove(&key),
            };
        }
    }

    fn dump(&self) -> Result<Map<String, Value>, Fault> {
        let row = |(key, value): (&String, &V)| {
            Ok((
                key.clone(),
                serde_json::to_value(value).map_err(|e| broken(&e))?,
            ))
        };
        self.rows.iter().map(row).collect()
    }

    fn load(&mut self, key: &str, value: Option<Value>) -> Result<(), Fault> {
        match value {
            Some(value) => {
                let value = serde_json::from_value(value).map_err(|e| broken(&e))?;
                self.rows.insert(key.to_owned(), value);
            }
            None => {
                self.rows.swap_remove(key);
            }
        }
        Ok(())
    }

    fn empty(&mut self) {
        self.rows.clear();
        self.before.clear();
    }
}

fn broken(error: &serde_json::Error) -> Fault {
    Fault::new(
        Kind::Internal,
        format!("a stored record does not fit its type: {error}"),
    )
}

/// All that one service stores.
pub trait Store: Send + Sync + 'static {
    fn tables(&self) -> Vec<&dyn Rows>;
    fn tables_mut(&mut self) -> Vec<&mut dyn Rows>;
    /// Called after records were loaded from outside: rebuild what is derived from them.
    fn loaded(&mut self) {}
}

/// Leave to write; none is needed where nobody ever looks at all stores at one moment.
pub type Turn<'a> = Option<RwLockReadGuard<'a, ()>>;

/// Where changes go before they are acknowledged.
pub trait Journal: Send + Sync {
    /// Taken before a store's lock and held until the change is kept or taken back.
    fn turn(&self) -> Turn<'_> {
        None
    }
    fn append(&self, service: &'static str, changes: &[Change]) -> Result<(), Fault>;
}

/// A journal that forgets: stores in unit tests.
#[derive(Debug, Default)]
pub struct Forget;

impl Journal for Forget {
    fn append(&self, _: &'static str, _: &[Change]) -> Result<(), Fault> {
        Ok(())
    }
}
