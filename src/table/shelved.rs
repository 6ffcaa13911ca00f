//! A shelf as the lab sees it: what it keeps on disk, restores and compares, whatever the service.
use super::{Rows, Shelf, Store};
use crate::fault::{Fault, Kind};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, sync::PoisonError};

/// As `dump` has it, written without being held in memory a second time.
impl<S: Store> Serialize for Shelf<S> {
    fn serialize<T: Serializer>(&self, to: T) -> Result<T::Ok, T::Error> {
        self.read(|store| {
            let tables = store.tables();
            let mut map = to.serialize_map(Some(tables.len()))?;
            for table in tables {
                map.serialize_entry(table.name(), table)?;
            }
            map.end()
        })
    }
}

/// A shelf as the lab sees it: to snapshot, restore, reset, compare.
pub trait Shelved: erased_serde::Serialize + Send + Sync {
    fn service(&self) -> &'static str;
    /// How many records each table has, by its name.
    fn counts(&self) -> BTreeMap<String, usize>;
    /// The tables that mere reading writes.
    fn logs(&self) -> Vec<&'static str>;
    /// Table name → key → record.
    fn dump(&self) -> Result<Map<String, Value>, Fault>;
    /// Replaces everything by what `dump` gave; tables that are not named become empty. Not journaled.
    fn restore(&self, tables: Map<String, Value>) -> Result<(), Fault>;
    /// Applies one journaled change; `loaded` comes after the last one.
    fn apply(&self, table: &str, key: &str, value: Option<Value>) -> Result<(), Fault>;
    fn loaded(&self);
}

erased_serde::serialize_trait_object!(Shelved);

impl<S: Store> Shelved for Shelf<S> {
    fn service(&self) -> &'static str {
        self.service
    }

    fn counts(&self) -> BTreeMap<String, usize> {
        let count = |t: &&dyn Rows| (t.name().to_owned(), t.count());
        self.read(|store| store.tables().iter().map(count).collect())
    }

    fn logs(&self) -> Vec<&'static str> {
        self.read(|store| {
            let tables = store.tables().into_iter();
            tables.filter(|t| t.is_log()).map(Rows::name).collect()
        })
    }

    fn dump(&self) -> Result<Map<String, Value>, Fault> {
        self.read(|store| {
            let table = |t: &&dyn Rows| Ok((t.name().to_owned(), Value::Object(t.dump()?)));
            store.tables().iter().map(table).collect()
        })
    }

    fn restore(&self, mut tables: Map<String, Value>) -> Result<(), Fault> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        for table in store.tables_mut() {
            table.empty();
            if let Some(Value::Object(rows)) = tables.remove(table.name()) {
                for (key, value) in rows {
                    table.load(&key, Some(value))?;
                }
            }
        }
        store.loaded();
        Ok(())
    }

    fn apply(&self, table: &str, key: &str, value: Option<Value>) -> Result<(), Fault> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let mut tables = store.tables_mut();
        let Some(found) = tables.iter_mut().find(|t| t.name() == table) else {
            return Err(Fault::new(
                Kind::Protocol,
                format!("{} has no table {table}", self.service),
            ));
        };
        found.load(key, value)
    }

    fn loaded(&self) {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        store.loaded();
    }
}
