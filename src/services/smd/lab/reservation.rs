//! locks/reservations, the administrator's, and locks/service/reservations, those that end by themselves.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::undecoded,
    lock::{failed, model, read, selection},
    route::Call,
    wire,
};
use crate::services::{
    site::Site,
    smd::{
        store::{lock::Model, reservation::Keys},
        types::{DeputyKeys, LockKey, LockRequest, ReservationKeys},
        xname,
    },
};
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::{Builder, Uuid};

/// SMD looks for reservations that are over every so many seconds, from its start on.
const ROUND: i64 = 30;

/// Gives out keys, and knows when SMD last looked for reservations that are over.
pub(super) struct Desk {
    since: Timestamp,
    seed: u64,
    given: AtomicU64,
}

impl Desk {
    pub(super) fn new(site: &Site) -> Self {
        Self {
            since: site.clock.now(),
            seed: site.seed,
            given: AtomicU64::new(0),
        }
    }

    /// The last moment at which SMD looked. (Nothing is done at that moment itself: who asks later sees the same.)
    pub(super) fn looked(&self, lab: &Lab) -> Timestamp {
        let rounds = lab.clock.now().duration_since(self.since).as_secs() / ROUND;
        let passed = SignedDuration::from_secs(rounds * ROUND);
        self.since.checked_add(passed).unwrap_or(self.since)
    }

    /// Keys for a component: new ones each time, and the same ones in each run of a seeded lab.
    fn keys(&self, id: &str, now: Timestamp) -> Keys {
        let count = self.given.fetch_add(1, Ordering::Relaxed);
        let key = |sort: &str| {
            let text = format!("{} {count} {now} {id} {sort}", self.seed);
            let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes());
            let uuid = Builder::from_random_bytes(hash.into_bytes()).into_uuid();
            format!("{id}:{sort}:{uuid}")
        };
        Keys {
            deputy: key("dk"),
            reservation: key("rk"),
        }
    }
}

fn minutes_from(now: Timestamp, minutes: i64) -> Timestamp {
    let span = SignedDuration::from_secs(minutes * 60);
    now.checked_add(span).unwrap_or(now)
}

/// The administrator's reservations have no end, whatever is asked for.
pub(super) fn create(lab: &Lab, call: &Call) -> Reply {
    let (request, model) = read(call)?;
    reserve(lab, request, model, None)
}

pub(super) fn create_service(lab: &Lab, call: &Call) -> Reply {
    let (request, model) = read(call)?;
    let minutes = lasting(request.reservation_duration)?;
    reserve(lab, request, model, Some(minutes))
}

fn lasting(minutes: Option<i64>) -> Result<i64, Answer> {
    let few = || Answer::problem(400, "ReservationDuration must be greater than 0");
    minutes.filter(|minutes| *minutes > 0).ok_or_else(few)
}

fn reserve(lab: &Lab, request: LockRequest, model: Model, minutes: Option<i64>) -> Reply {
    let selection = selection(request).map_err(failed)?;
    let now = lab.clock.now();
    let end = minutes.map(|minutes| minutes_from(now, minutes));
    let keys = |id: &str| lab.desk.keys(id, now);
    lab.shelf.write(|store| {
        store.sweep(lab.desk.looked(lab));
        let result = store.reserve(&selection, model, (now, end), keys);
        Ok(Answer::json(&result.map_err(failed)?))
    })
}

/// Whoever holds the keys.
pub(super) fn remove(lab: &Lab, call: &Call) -> Reply {
    let (request, model) = read(call)?;
    let selection = selection(request).map_err(failed)?;
    lab.shelf.write(|store| {
        store.sweep(lab.desk.looked(lab));
        let result = store.remove_reservations(&selection, model);
        Ok(Answer::json(&result.map_err(failed)?))
    })
}

/// Keys in SMD's spelling.
fn spelled(keys: Vec<LockKey>) -> Result<Vec<LockKey>, Answer> {
    let odd = || Answer::problem(400, "got HMSTypeInvalid instead of valid type");
    let spell = |key: LockKey| {
        Ok(LockKey {
            id: xname::valid(&key.id).ok_or_else(odd)?,
            key: key.key.to_lowercase(),
        })
    };
    keys.into_iter().map(spell).collect()
}

fn keys(call: &Call) -> Result<(Vec<LockKey>, Model, Option<i64>), Answer> {
    let request: ReservationKeys = wire::decode(&call.body).map_err(undecoded)?;
    let model = model(&request.processing_model, request.reservation_duration)?;
    let keys = spelled(request.reservation_keys)?;
    Ok((keys, model, request.reservation_duration))
}

pub(super) fn release(lab: &Lab, call: &Call) -> Reply {
    let (keys, model, _) = keys(call)?;
    lab.shelf.write(|store| {
        store.sweep(lab.desk.looked(lab));
        let result = store.release(&keys, model);
        Ok(Answer::json(&result.map_err(failed)?))
    })
}

pub(super) fn renew(lab: &Lab, call: &Call) -> Reply {
    let (keys, model, minutes) = keys(call)?;
    let end = minutes_from(lab.clock.now(), lasting(minutes)?);
    lab.shelf.write(|store| {
        store.sweep(lab.desk.looked(lab));
        let result = store.renew(&keys, model, end);
        Ok(Answer::json(&result.map_err(failed)?))
    })
}

pub(super) fn check(lab: &Lab, call: &Call) -> Reply {
    let request: DeputyKeys = wire::decode(&call.body).map_err(undecoded)?;
    let keys = spelled(request.deputy_keys)?;
    lab.shelf.write(|store| {
        store.sweep(lab.desk.looked(lab));
        Ok(Answer::json(&store.check(&keys).map_err(failed)?))
    })
}
