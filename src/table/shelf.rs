//! A store behind its lock, which services write through.
use super::{Journal, Store};
use crate::fault::Fault;
use std::sync::{Arc, PoisonError, RwLock};

/// A store shared by a service's handlers, written through to the journal.
pub struct Shelf<S> {
    pub(super) service: &'static str,
    pub(super) store: Arc<RwLock<S>>,
    journal: Arc<dyn Journal>,
}

impl<S> Clone for Shelf<S> {
    fn clone(&self) -> Self {
        Self {
            service: self.service,
            store: Arc::clone(&self.store),
            journal: Arc::clone(&self.journal),
        }
    }
}

impl<S: Store> Shelf<S> {
    pub fn new(service: &'static str, store: S, journal: Arc<dyn Journal>) -> Self {
        Self {
            service,
            store: Arc::new(RwLock::new(store)),
            journal,
        }
    }

    pub fn read<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&self.store.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs one change. `Err` takes it back whole; `Ok` means it is in the journal.
    pub fn write<T, E: From<Fault>>(
        &self,
        change: impl FnOnce(&mut S) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = self.journal.turn();
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let outcome = change(&mut store).and_then(|answer| {
            let mut changes = Vec::new();
            for table in store.tables() {
                changes.extend(table.changes()?);
            }
            if !changes.is_empty() {
                self.journal.append(self.service, &changes)?;
            }
            Ok(answer)
        });
        let keep = outcome.is_ok();
        // most refusals come before anything was touched, and rebuilding costs as much as the store is large
        let undone = !keep && store.tables().iter().any(|table| table.touched());
        for table in store.tables_mut() {
            if keep {
                table.commit();
            } else {
                table.rollback();
            }
        }
        if undone {
            store.loaded();
        }
        outcome
    }
}
