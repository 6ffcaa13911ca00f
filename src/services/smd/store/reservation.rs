//! Reservations: who may work on a component. One without end is the administrator's and needs a locked component, one
//! that ends is a service's and needs one that is not locked.
use super::{
    Store, Trouble,
    filter::Selection,
    lock::{Model, Reason, counted},
    said,
};
use crate::services::smd::types::{LockKey, LockResult, Reservation, ReservationResult};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A reservation as it is kept; its fields are named as on the wire, for keys go by these names where they are hidden.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Row {
    creation_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    expiration_time: Option<Timestamp>,
    deputy_key: String,
    reservation_key: String,
}

/// The two keys of a new reservation.
#[derive(Clone, Debug)]
pub struct Keys {
    pub deputy: String,
    pub reservation: String,
}

impl Row {
    pub(super) fn created(&self) -> Timestamp {
        self.creation_time
    }

    pub(super) fn expires(&self) -> Option<Timestamp> {
        self.expiration_time
    }
}

/// A moment as SMD tells it here: whole seconds.
pub(super) fn told(at: Timestamp) -> String {
    let second = Timestamp::from_second(at.as_second());
    second.map_or_else(|_| String::new(), |at| at.to_string())
}

impl Store {
    pub(super) fn reservation(&self, id: &str) -> Option<&Row> {
        self.reservations.get(id)
    }

    /// Drops what had expired when SMD last looked.
    pub fn sweep(&mut self, looked: Timestamp) {
        let over = |row: &Row| row.expiration_time.is_some_and(|end| end <= looked);
        let ids: Vec<String> = self
            .reservations
            .iter()
            .filter(|(_, row)| over(row))
            .map(|(id, _)| id.to_owned())
            .collect();
        for id in ids {
            self.reservations.remove(&id);
        }
    }

    /// Reserves components from now until the given end.
    pub fn reserve(
        &mut self,
        selection: &Selection,
        model: Model,
        (now, end): (Timestamp, Option<Timestamp>),
        keys: impl Fn(&str) -> Keys,
    ) -> Result<ReservationResult, Trouble> {
        if selection.joins() {
            let words = "pq: FOR UPDATE is not allowed with GROUP BY clause (0A000)";
            return Err(Trouble::Database(words.into()));
        }
        let mut result = ReservationResult::default();
        let mut ids = Vec::new();
        for c in self.chosen(selection)? {
            let reason = match end {
                _ if c.disabled => Reason::Disabled,
                None if !c.locked => Reason::Unlocked,
                Some(_) if c.locked => Reason::Locked,
                _ => {
                    ids.push(c.id);
                    continue;
                }
            };
            if model == Model::Rigid {
                return Err(reason.trouble());
            }
            result.failure.push(reason.of(&c.id));
        }
        for id in ids {
            if self.reservations.contains(&id) {
                if model == Model::Rigid {
                    return Err(said::LOCK_RESERVED);
                }
                result.failure.push(Reason::Reserved.of(&id));
                continue;
            }
            let keys = keys(&id);
            let row = Row {
                creation_time: now,
                expiration_time: end,
                deputy_key: keys.deputy,
                reservation_key: keys.reservation,
            };
            self.reservations.put(&id, row.clone());
            result.success.push(Reservation {
                deputy_key: row.deputy_key,
                reservation_key: Some(row.reservation_key),
                creation_time: None,
                expiration_time: end.map(told),
                id,
            });
        }
        Ok(result)
    }

    /// Ends the reservations of components, whoever holds them.
    pub fn remove_reservations(
        &mut self,
        selection: &Selection,
        model: Model,
    ) -> Result<LockResult, Trouble> {
        let ids: Vec<String> = self.chosen(selection)?.into_iter().map(|c| c.id).collect();
        let removed = |id: &&String| self.reservations.remove(id).is_some();
        let gone: Vec<String> = ids.iter().filter(removed).cloned().collect();
        settle(ids, gone, model)
    }

    /// Ends the reservations with these keys.
    pub fn release(&mut self, keys: &[LockKey], model: Model) -> Result<LockResult, Trouble> {
        // SMD takes the one key for the other in what it says
        let found = self.held(keys, said::LOCK_DEPUTY_KEY);
        self.with_held(keys, found, model, |store, id| {
            store.reservations.remove(id);
        })
    }

    /// Moves the end of the reservations with these keys. Those without end keep it so, and count as not found.
    pub fn renew(
        &mut self,
        keys: &[LockKey],
        model: Model,
        end: Timestamp,
    ) -> Result<LockResult, Trouble> {
        let ends = |id: &String| {
            self.reservation(id)
                .is_some_and(|row| row.expires().is_some())
        };
        let found = self.held(keys, said::LOCK_RESERVATION_KEY);
        let found = found.map(|ids| ids.into_iter().filter(ends).collect());
        self.with_held(keys, found, model, |store, id| {
            store
                .reservations
                .update(id, |row| row.expiration_time = Some(end));
        })
    }

    /// Who is reserved under these keys. The name beside a key counts for nothing.
    fn held(&self, keys: &[LockKey], missing: Trouble) -> Result<Vec<String>, Trouble> {
        if keys.iter().any(|key| key.key.is_empty()) {
            return Err(missing);
        }
        if keys.is_empty() {
            return Err(said::LOCK_RESERVATION_KEY);
        }
        let given: HashSet<&str> = keys.iter().map(|key| key.key.as_str()).collect();
        let held = |(_, row): &(&str, &Row)| given.contains(row.reservation_key.as_str());
        let ids = self.reservations.iter().filter(held);
        Ok(ids.map(|(id, _)| id.to_owned()).collect())
    }

    fn with_held(
        &mut self,
        keys: &[LockKey],
        found: Result<Vec<String>, Trouble>,
        model: Model,
        act: impl Fn(&mut Self, &str),
    ) -> Result<LockResult, Trouble> {
        let ids: Vec<String> = keys.iter().map(|key| key.id.clone()).collect();
        match found {
            Ok(found) => {
                for id in &found {
                    act(self, id);
                }
                settle(ids, found, model)
            }
            Err(trouble) if model == Model::Rigid => Err(trouble),
            Err(_) => {
                let failure = ids.iter().map(|id| Reason::ServerError.of(id));
                Ok(counted(Vec::new(), failure.collect()))
            }
        }
    }

    /// The reservations that these deputy keys show.
    pub fn check(&self, keys: &[LockKey]) -> Result<ReservationResult, Trouble> {
        if keys.is_empty() || keys.iter().any(|key| key.key.is_empty()) {
            return Err(said::LOCK_DEPUTY_KEY);
        }
        let given: HashSet<&str> = keys.iter().map(|key| key.key.as_str()).collect();
        let held = |(_, row): &(&str, &Row)| given.contains(row.deputy_key.as_str());
        let show = |(id, row): (&str, &Row)| Reservation {
            id: id.to_owned(),
            deputy_key: row.deputy_key.clone(),
            reservation_key: None,
            creation_time: Some(told(row.creation_time)),
            expiration_time: row.expiration_time.map(told),
        };
        let mut result = ReservationResult {
            success: self.reservations.iter().filter(held).map(show).collect(),
            failure: Vec::new(),
        };
        if result.success.len() != keys.len() {
            let found: HashSet<&str> = result.success.iter().map(|r| r.id.as_str()).collect();
            let lost = keys.iter().filter(|key| !found.contains(key.id.as_str()));
            result.failure = lost.map(|key| Reason::NotFound.of(&key.id)).collect();
        }
        Ok(result)
    }
}

/// As many done as asked: all is well. Else who is not among those done failed, or everything did.
fn settle(asked: Vec<String>, done: Vec<String>, model: Model) -> Result<LockResult, Trouble> {
    if asked.len() == done.len() {
        return Ok(counted(done, Vec::new()));
    }
    if model == Model::Rigid {
        return Err(said::LOCK_NOT_FOUND);
    }
    let found: HashSet<String> = done.into_iter().collect();
    let (good, bad): (Vec<String>, Vec<String>) =
        asked.into_iter().partition(|id| found.contains(id));
    let failure = bad.iter().map(|id| Reason::NotFound.of(id)).collect();
    Ok(counted(good, failure))
}
