//! Locks: an administrator's word that services keep their hands off a component.
//!
//! SMD only keeps the book: nothing else it does asks whether a component is locked.
use super::{
    Store, Trouble,
    filter::Selection,
    reservation::{Row, told},
    said,
};
use crate::services::smd::types::{Lock, LockFailure, LockResult};

/// Whether one component that cannot be as asked stops all of them, or is passed over and told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    Rigid,
    Flexible,
}

/// Why a component is not as was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Disabled,
    Locked,
    NotFound,
    Reserved,
    ServerError,
    Unlocked,
}

impl Reason {
    /// In a list of failures.
    pub(super) fn of(self, id: &str) -> LockFailure {
        let reason = match self {
            Self::Disabled => "Disabled",
            Self::Locked => "Locked",
            Self::NotFound => "NotFound",
            Self::Reserved => "Reserved",
            Self::ServerError => "ServerError",
            Self::Unlocked => "Unlocked",
        };
        LockFailure {
            id: id.to_owned(),
            reason: reason.to_owned(),
        }
    }

    /// As the refusal of everything.
    pub(super) fn trouble(self) -> Trouble {
        match self {
            Self::Disabled => said::LOCK_DISABLED,
            Self::Locked => said::LOCK_LOCKED,
            Self::Unlocked => said::LOCK_UNLOCKED,
            Self::Reserved => said::LOCK_RESERVED,
            Self::NotFound | Self::ServerError => said::LOCK_NOT_FOUND,
        }
    }
}

/// What counts of a component here.
pub(super) struct Chosen {
    pub(super) id: String,
    pub(super) locked: bool,
    pub(super) disabled: bool,
}

/// The result with its counts.
pub(super) fn counted(ids: Vec<String>, failure: Vec<LockFailure>) -> LockResult {
    let mut result = LockResult::default();
    result.counts.success = ids.len();
    result.counts.failure = failure.len();
    result.counts.total = ids.len() + failure.len();
    result.success.component_ids = ids;
    result.failure = failure;
    result
}

/// An empty list is refused.
fn some<T>(list: Vec<T>) -> Result<Vec<T>, Trouble> {
    if list.is_empty() {
        Err(said::LOCK_NOT_FOUND)
    } else {
        Ok(list)
    }
}

impl Store {
    /// Those selected; nobody at all is refused.
    pub(super) fn chosen(&self, selection: &Selection) -> Result<Vec<Chosen>, Trouble> {
        let rows = self.select_by_age(selection).into_iter();
        let chosen: Vec<Chosen> = rows
            .map(|c| Chosen {
                id: c.id.clone(),
                locked: c.locked == Some(true),
                disabled: c.reservation_disabled == Some(true),
            })
            .collect();
        some(chosen)
    }

    /// How components stand; `reserved`: only those that are reserved, or are not.
    pub fn lock_status(
        &self,
        selection: &Selection,
        reserved: impl FnOnce() -> Result<Option<bool>, Trouble>,
    ) -> Result<Vec<Lock>, Trouble> {
        let chosen = self.chosen(selection)?;
        let reserved = reserved()?;
        let status = |c: Chosen| {
            let row = self.reservation(&c.id);
            Lock {
                locked: c.locked,
                reserved: row.is_some(),
                creation_time: row.map(|row| told(row.created())),
                expiration_time: row.and_then(Row::expires).map(told),
                reservation_disabled: c.disabled,
                id: c.id,
            }
        };
        let wanted = |lock: &Lock| reserved.is_none_or(|wanted| wanted == lock.reserved);
        let locks: Vec<Lock> = chosen.into_iter().map(status).filter(wanted).collect();
        some(locks)
    }

    /// Locks or unlocks: those that are not so yet, take reservations, and have none.
    pub fn lock(
        &mut self,
        selection: &Selection,
        locked: bool,
        model: Model,
    ) -> Result<LockResult, Trouble> {
        let mut failure = Vec::new();
        let mut ids = Vec::new();
        for c in self.chosen(selection)? {
            let reason = match c.locked {
                now if now == locked && locked => Reason::Locked,
                now if now == locked => Reason::Unlocked,
                _ if c.disabled => Reason::Disabled,
                _ => {
                    ids.push(c.id);
                    continue;
                }
            };
            if model == Model::Rigid {
                return Err(reason.trouble());
            }
            failure.push(reason.of(&c.id));
        }
        let (reserved, free): (Vec<String>, Vec<String>) = ids
            .into_iter()
            .partition(|id| self.reservation(id).is_some());
        // where nobody is left SMD says so, whatever the reasons are
        if free.is_empty() || (model == Model::Rigid && !reserved.is_empty()) {
            return Err(said::LOCK_RESERVED);
        }
        failure.extend(reserved.iter().map(|id| Reason::Reserved.of(id)));
        for id in &free {
            self.touch(id, |c| c.locked = locked.then_some(true));
        }
        Ok(counted(free, failure))
    }

    /// Takes the right to be reserved away, and reservations with it, or gives it back. Locks stay.
    pub fn disable(
        &mut self,
        selection: &Selection,
        disabled: bool,
    ) -> Result<LockResult, Trouble> {
        let ids: Vec<String> = self.chosen(selection)?.into_iter().map(|c| c.id).collect();
        for id in &ids {
            if disabled {
                self.reservations.remove(id);
            }
            self.touch(id, |c| c.reservation_disabled = disabled.then_some(true));
        }
        Ok(counted(ids, Vec::new()))
    }
}
