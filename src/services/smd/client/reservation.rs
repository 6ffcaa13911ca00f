//! locks/reservations and locks/service/reservations: who may work on components.
//!
//! A reservation comes with keys that SMD shows once. A fault has no room for them, so reserving a set is all or nothing:
//! where SMD reserved some and not others, those some are given back.
use super::super::types::{
    DeputyKeys, Lock, LockKey, LockRequest, LockResult, Reservation, ReservationKeys,
    ReservationResult,
};
use super::{
    Client, Filter, arrange, fault,
    lock::{Model, by_id, unknown, why},
    many::Fates,
    once,
};
use crate::{
    clock::duration,
    fault::{Fault, Kind},
};
use serde::{Deserialize, Deserializer, de};
use std::collections::HashSet;

/// Whose reservations: an administrator's have no end, a service's have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Admin,
    Service,
}

impl Holder {
    fn path(self, action: Option<&'static str>) -> Vec<&'static str> {
        let mut path = match self {
            Self::Admin => vec!["locks", "reservations"],
            Self::Service => vec!["locks", "service", "reservations"],
        };
        path.extend(action);
        path
    }
}

/// Whole minutes, 1 to 15: a number of them, or `"5m"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minutes(i64);

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Said {
            Number(i64),
            Text(String),
        }
        let minutes = match Said::deserialize(deserializer)? {
            Said::Number(minutes) => Some(minutes),
            Said::Text(text) => {
                let span = duration(&text).map_err(|f| de::Error::custom(f.message))?;
                let whole = span.subsec_nanos() == 0 && span.as_secs() % 60 == 0;
                whole.then(|| i64::try_from(span.as_secs() / 60).unwrap_or(i64::MAX))
            }
        };
        minutes
            .filter(|minutes| (1..=15).contains(minutes))
            .map(Self)
            .ok_or_else(|| de::Error::custom("a reservation lasts whole minutes, 1 to 15"))
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub struct ReservationOptions {
    pub reservation_duration: Option<Minutes>,
}

impl ReservationOptions {
    fn minutes(self) -> Result<i64, Fault> {
        let asked = || {
            Fault::bad_argument("for how long?").hint(r#"{ ReservationDuration = "5m" }, 1 to 15"#)
        };
        Ok(self.reservation_duration.ok_or_else(asked)?.0)
    }
}

/// A reservation as `add` or `check` returned it, or a name and the key that is asked for.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub struct Held {
    #[serde(rename = "ID")]
    id: String,
    key: Option<String>,
    deputy_key: Option<String>,
    reservation_key: Option<String>,
    #[serde(rename = "CreationTime")]
    _creation_time: Option<String>,
    #[serde(rename = "ExpirationTime")]
    _expiration_time: Option<String>,
}

impl Held {
    /// The key asked for, if it can be this component's: SMD goes by the key alone, and would take another's.
    fn with(self, key: Option<String>, name: &str) -> Result<LockKey, Fault> {
        let id = self.id;
        let lacking = || {
            Fault::bad_argument(format!("no {name} for \"{id}\""))
                .hint("give what add returned, or { ID = …, Key = … }")
        };
        let key = self.key.or(key).ok_or_else(lacking)?;
        let owner = key.split(':').next().unwrap_or_default();
        if id.is_empty() || !owner.eq_ignore_ascii_case(&id) {
            return Err(Fault::bad_argument(format!("a {name} that is not {id}'s"))
                .hint("a key begins with the xname it is for"));
        }
        Ok(LockKey { id, key })
    }

    fn reservation(mut self) -> Result<LockKey, Fault> {
        let key = self.reservation_key.take();
        self.with(key, "ReservationKey")
    }

    fn deputy(mut self) -> Result<LockKey, Fault> {
        let key = self.deputy_key.take();
        self.with(key, "DeputyKey")
    }
}

impl Client {
    /// Reserves components, all of them or none; the reservations with their keys.
    pub async fn add_reservations(
        &self,
        holder: Holder,
        ids: Vec<String>,
        options: ReservationOptions,
    ) -> Result<Vec<Reservation>, Fault> {
        once(ids.iter().map(String::as_str))?;
        let minutes = match holder {
            Holder::Service => Some(options.minutes()?),
            Holder::Admin if options.reservation_duration.is_none() => None,
            Holder::Admin => {
                let message = "a reservation of this sort has no end";
                return Err(Fault::bad_argument(message)
                    .hint("smd.locks.service_reservation.add makes one that has"));
            }
        };
        let mut fates = Fates::default();
        let before = by_id(self.locks(Some(&ids), &Filter::default()).await?);
        for id in &ids {
            if !before.contains_key(&id.to_ascii_lowercase()) {
                fates.bad(&**id, unknown(id));
            }
        }
        if ids.is_empty() || fates.any_bad() {
            return fates.settle("reserved");
        }
        let request = LockRequest {
            component_ids: ids.clone(),
            processing_model: Model::Flexible.word(),
            reservation_duration: minutes,
            ..LockRequest::default()
        };
        let request = self.api.post(&holder.path(None)).json(&request);
        let result: ReservationResult = request.send().await?;
        if result.failure.is_empty() {
            return self.reservations_back(&ids, result.success).await;
        }
        for failure in &result.failure {
            fates.bad(&*failure.id, why(&failure.id, &failure.reason));
        }
        Err(self.give_back(holder, fates, result.success).await)
    }

    /// Takes back what was reserved beside what could not be.
    async fn give_back(
        &self,
        holder: Holder,
        mut fates: Fates<Reservation>,
        made: Vec<Reservation>,
    ) -> Fault {
        let ids: Vec<String> = made.iter().map(|made| made.id.clone()).collect();
        let key = |made: Reservation| LockKey {
            id: made.id,
            key: made.reservation_key.unwrap_or_default(),
        };
        let keys: Vec<LockKey> = made.into_iter().map(key).collect();
        let given = if keys.is_empty() {
            Ok(())
        } else {
            let sent = self.send_keys(holder, "release", keys, None).await;
            sent.map(drop)
        };
        for _ in &ids {
            fates.good(Reservation::default());
        }
        let mut f = match fates.settle("reserved") {
            Err(f) => f,
            Ok(_) => Fault::internal("a reservation failed, and nobody did"),
        };
        match (ids.is_empty(), given) {
            (true, _) => {}
            (false, Ok(())) => f.message += " (the others were given back)",
            (false, Err(other)) => {
                f.message += " (the others are reserved, and could not be given back)";
                f = f.hint(format!(
                    "smd.locks.reservation.remove {{ \"{}\" }}",
                    ids.join("\", \"")
                ));
                f = f.cause(other);
            }
        }
        f
    }

    /// What was made, with the time that SMD tells only when it is asked.
    async fn reservations_back(
        &self,
        ids: &[String],
        made: Vec<Reservation>,
    ) -> Result<Vec<Reservation>, Fault> {
        let now = by_id(self.locks(Some(ids), &Filter::default()).await?);
        let mut made = arrange(made, Some(ids), |made| &made.id);
        for made in &mut made {
            let lock = now.get(&made.id).filter(|lock| lock.reserved);
            made.creation_time = lock.and_then(|lock| lock.creation_time.clone());
        }
        let held = made.iter().filter(|made| made.creation_time.is_some());
        if held.count() == ids.len() {
            return Ok(made);
        }
        let message = "SMD accepted the reservations, and does not hold them all";
        Err(fault(Kind::NoEffect, message).hint("smd.locks.list(set) shows which"))
    }

    async fn send_keys(
        &self,
        holder: Holder,
        action: &'static str,
        keys: Vec<LockKey>,
        minutes: Option<i64>,
    ) -> Result<LockResult, Fault> {
        let body = ReservationKeys {
            reservation_keys: keys,
            processing_model: Model::Flexible.word(),
            reservation_duration: minutes,
        };
        let request = self.api.post(&holder.path(Some(action))).json(&body);
        request.send().await
    }

    /// Ends reservations by their keys; how the components stand then.
    pub async fn release(&self, holder: Holder, held: Vec<Held>) -> Result<Vec<Lock>, Fault> {
        self.by_key(holder, held, None).await
    }

    /// Moves the end of a service's reservations; how the components stand then.
    pub async fn renew(
        &self,
        held: Vec<Held>,
        options: ReservationOptions,
    ) -> Result<Vec<Lock>, Fault> {
        let minutes = options.minutes()?;
        self.by_key(Holder::Service, held, Some(minutes)).await
    }

    /// `minutes`: renewed, else released.
    async fn by_key(
        &self,
        holder: Holder,
        held: Vec<Held>,
        minutes: Option<i64>,
    ) -> Result<Vec<Lock>, Fault> {
        let keys: Vec<LockKey> = held
            .into_iter()
            .map(Held::reservation)
            .collect::<Result<_, _>>()?;
        let ids: Vec<String> = keys.iter().map(|key| key.id.clone()).collect();
        once(ids.iter().map(String::as_str))?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let (action, done) = match minutes {
            Some(_) => ("renew", "renewed"),
            None => ("release", "released"),
        };
        let result = self.send_keys(holder, action, keys, minutes).await?;
        let lower = |id: &String| id.to_ascii_lowercase();
        let good: HashSet<String> = result.success.component_ids.iter().map(lower).collect();
        let mut now = by_id(self.locks(Some(&ids), &Filter::default()).await?);
        let mut fates = Fates::default();
        for id in ids {
            let key = lower(&id);
            let result = match now.remove(&key) {
                _ if !good.contains(&key) => Err(not_held(&id)),
                Some(lock) if lock.reserved == minutes.is_some() => Ok(lock),
                _ => {
                    let message =
                        format!("SMD accepted it, and the reservation of {id} is not {done}");
                    Err(fault(Kind::NoEffect, message))
                }
            };
            fates.add(id, result);
        }
        fates.settle(done)
    }

    /// The reservations that these deputy keys show.
    pub async fn check_reservations(&self, held: Vec<Held>) -> Result<Vec<Reservation>, Fault> {
        let keys: Vec<LockKey> = held
            .into_iter()
            .map(Held::deputy)
            .collect::<Result<_, _>>()?;
        let ids: Vec<String> = keys.iter().map(|key| key.id.clone()).collect();
        once(ids.iter().map(String::as_str))?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let body = DeputyKeys { deputy_keys: keys };
        let request = self
            .api
            .post(&Holder::Service.path(Some("check")))
            .reads()
            .json(&body);
        let result: ReservationResult = request.send().await?;
        let mut found = arrange(result.success, Some(&ids), |found| &found.id)
            .into_iter()
            .peekable();
        let mut fates = Fates::default();
        for id in ids {
            let mine = found.next_if(|found| found.id.eq_ignore_ascii_case(&id));
            fates.add(&*id, mine.ok_or_else(|| not_held(&id)));
        }
        fates.settle("found")
    }
}

fn not_held(id: &str) -> Fault {
    fault(
        Kind::NotFound,
        format!("{id} is not reserved under this key"),
    )
    .hint(format!(
        "it may be over: smd.locks.list \"{id}\" shows whether it is reserved"
    ))
}
