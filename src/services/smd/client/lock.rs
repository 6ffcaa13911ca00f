//! locks: who is locked or reserved, and locking, disabling and the ways back.
//!
//! SMD passes over names it does not know, takes an empty list of names for all there are, and when nobody could be
//! changed says "Component is Reserved" whatever the reasons were. Here an empty set is nobody, and each fault names its
//! component.
use super::super::types::{Lock, LockList, LockRequest, LockResult};
use super::{Client, Filter, arrange, fault, many::Fates, once};
use crate::fault::{Fault, Kind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

const FILTERS: &[&str] = &[
    "Type",
    "State",
    "Flag",
    "Enabled",
    "SoftwareStatus",
    "Role",
    "Subrole",
    "Subtype",
    "Arch",
    "Class",
    "NID",
    "Group",
    "Partition",
    "Locked",
    "Reserved",
    "ReservationDisabled",
];

/// What of a component's locks is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockChange {
    Lock,
    Unlock,
    Disable,
    Repair,
    /// Ends its reservation, whoever holds it.
    Remove,
}

/// All or nothing, or each that can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Model {
    Rigid,
    #[default]
    Flexible,
}

impl Model {
    pub(super) fn word(self) -> String {
        match self {
            Self::Rigid => "rigid".into(),
            Self::Flexible => "flexible".into(),
        }
    }
}

/// How a change of locks is made.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub struct LockOptions {
    pub processing_model: Model,
}

impl LockChange {
    const fn path(self) -> &'static [&'static str] {
        match self {
            Self::Lock => &["locks", "lock"],
            Self::Unlock => &["locks", "unlock"],
            Self::Disable => &["locks", "disable"],
            Self::Repair => &["locks", "repair"],
            Self::Remove => &["locks", "reservations", "remove"],
        }
    }

    const fn done(self) -> &'static str {
        match self {
            Self::Lock => "locked",
            Self::Unlock => "unlocked",
            Self::Disable => "disabled",
            Self::Repair => "repaired",
            Self::Remove => "set free",
        }
    }

    /// What stands in the way, in SMD's words for it.
    const fn hindrance(self, lock: &Lock) -> Option<&'static str> {
        match self {
            Self::Lock if lock.locked => Some("Locked"),
            Self::Unlock if !lock.locked => Some("Unlocked"),
            Self::Lock | Self::Unlock if lock.reservation_disabled => Some("Disabled"),
            Self::Lock | Self::Unlock if lock.reserved => Some("Reserved"),
            Self::Remove if !lock.reserved => Some("NotFound"),
            _ => None,
        }
    }

    /// Who of these could not be changed as things stood, and why.
    fn hindered(self, ids: &[String], before: &HashMap<String, Lock>) -> Vec<(String, Fault)> {
        let why = |id: &String| {
            let reason = self.hindrance(before.get(&id.to_ascii_lowercase())?)?;
            Some((id.clone(), self.why(id, reason)))
        };
        ids.iter().filter_map(why).collect()
    }

    /// Whether it is as was asked.
    const fn holds(self, lock: &Lock) -> bool {
        match self {
            Self::Lock => lock.locked,
            Self::Unlock => !lock.locked,
            Self::Disable => lock.reservation_disabled && !lock.reserved,
            Self::Repair => !lock.reservation_disabled,
            Self::Remove => !lock.reserved,
        }
    }

    fn why(self, id: &str, reason: &str) -> Fault {
        let conflict = |message: String, hint: &str| fault(Kind::Conflict, message).hint(hint);
        match (self, reason) {
            (Self::Lock, "Locked") => conflict(
                format!("{id} is locked already"),
                "smd.locks.list(set, { Locked = false }) shows who is not",
            ),
            (Self::Unlock, "Unlocked") => conflict(
                format!("{id} is not locked"),
                "smd.locks.list(set, { Locked = true }) shows who is",
            ),
            (Self::Remove, "NotFound") => fault(Kind::NotFound, format!("{id} is not reserved"))
                .hint("smd.locks.list(set, { Reserved = true }) shows who is"),
            _ => why(id, reason),
        }
    }
}

/// A failure in SMD's word for it, as a fault that says what to do.
pub(super) fn why(id: &str, reason: &str) -> Fault {
    let conflict = |message: String, hint: String| fault(Kind::Conflict, message).hint(hint);
    match reason {
        "Locked" => conflict(
            format!("{id} is locked, and only a reservation without end can be made"),
            format!("smd.locks.unlock \"{id}\" first, or smd.locks.reservation.add"),
        ),
        "Unlocked" => conflict(
            format!("{id} is not locked, and a reservation without end needs that"),
            format!("smd.locks.lock \"{id}\" first, or smd.locks.service_reservation.add"),
        ),
        "Disabled" => conflict(
            format!("reservations of {id} are disabled"),
            format!("smd.locks.repair \"{id}\" allows them again"),
        ),
        "Reserved" => conflict(
            format!("{id} is reserved"),
            format!("smd.locks.reservation.remove \"{id}\" ends that, whoever holds it"),
        ),
        "NotFound" => unknown(id),
        other => fault(Kind::Refused, format!("SMD says of {id}: {other}")),
    }
}

pub(super) fn unknown(id: &str) -> Fault {
    super::component::unknown(id, fault(Kind::NotFound, ""))
}

/// How each component stood, by name.
pub(super) fn by_id(locks: Vec<Lock>) -> HashMap<String, Lock> {
    let pair = |lock: Lock| (lock.id.to_ascii_lowercase(), lock);
    locks.into_iter().map(pair).collect()
}

impl Client {
    /// How the components that match stand, of all or of `ids` (then in their order; unknown ones are left out).
    pub async fn locks(&self, ids: Option<&[String]>, filter: &Filter) -> Result<Vec<Lock>, Fault> {
        let mut body: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, word) in filter.pairs(FILTERS)? {
            body.entry(name).or_default().push(word);
        }
        if ids.is_some_and(<[_]>::is_empty) {
            return Ok(Vec::new());
        }
        if let Some(ids) = ids {
            body.insert("ComponentIDs".into(), ids.to_vec());
        }
        let request = self.api.post(&["locks", "status"]).reads().json(&body);
        match request.send::<LockList>().await {
            Ok(list) => Ok(arrange(list.components, ids, |lock| &lock.id)),
            // SMD's word for an empty list
            Err(f) if f.message == "Component not found" => Ok(Vec::new()),
            Err(f) => Err(f),
        }
    }

    /// Changes the locks of components; how they stand then.
    pub async fn change_locks(
        &self,
        change: LockChange,
        ids: Vec<String>,
        options: LockOptions,
    ) -> Result<Vec<Lock>, Fault> {
        once(ids.iter().map(String::as_str))?;
        let before = by_id(self.locks(Some(&ids), &Filter::default()).await?);
        let mut fates = Fates::default();
        let (known, strange): (Vec<String>, Vec<String>) = ids
            .into_iter()
            .partition(|id| before.contains_key(&id.to_ascii_lowercase()));
        for id in strange {
            fates.bad(&*id, unknown(&id));
        }
        // all or nothing is not for SMD alone to keep: it does not count whom it does not know
        if known.is_empty() || (options.processing_model == Model::Rigid && fates.any_bad()) {
            return fates.settle(change.done());
        }
        let request = LockRequest {
            component_ids: known.clone(),
            processing_model: options.processing_model.word(),
            ..LockRequest::default()
        };
        let sent = self.api.post(change.path()).json(&request).send().await;
        let reasons = match sent {
            Ok(result) => reasons(result),
            // Only a refusal by SMD itself says that nothing was done.
            Err(f) if !matches!(f.kind, Kind::Refused | Kind::Conflict | Kind::NotFound) => {
                return Err(f);
            }
            Err(f) => {
                let hindered = change.hindered(&known, &before);
                if hindered.is_empty() {
                    return Err(f);
                }
                for (id, why) in hindered {
                    fates.bad(&*id, why);
                }
                return fates.settle(change.done());
            }
        };
        let mut after = by_id(self.locks(Some(&known), &Filter::default()).await?);
        for id in known {
            let key = id.to_ascii_lowercase();
            let result = match (reasons.get(&key), after.remove(&key)) {
                (Some(reason), _) => Err(change.why(&id, reason)),
                (None, Some(lock)) if change.holds(&lock) => Ok(lock),
                _ => {
                    let message = format!("SMD accepted it, and {id} is not {}", change.done());
                    Err(fault(Kind::NoEffect, message))
                }
            };
            fates.add(id, result);
        }
        fates.settle(change.done())
    }
}

/// Why whom could not be changed.
fn reasons(result: LockResult) -> HashMap<String, String> {
    let failures = result.failure.into_iter();
    failures
        .map(|failure| (failure.id.to_ascii_lowercase(), failure.reason))
        .collect()
}
