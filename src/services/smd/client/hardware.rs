//! Inventory/Hardware and Inventory/HardwareByFRU: what is built in where, and the units themselves.
//!
//! SMD puts each of Redfish's facts where its form has a place for it and drops the rest, without a word; so what was sent
//! is compared with what is read back.
use super::super::{
    types::{HardwareFru, HardwareInventory, HardwareLocation, HardwarePost},
    xname::normalize,
};
use super::{Client, Filter, NAMES_IN_URL, arrange, fault, many::Fates, once};
use crate::fault::{Fault, Kind};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

const FILTERS: &[&str] = &[
    "id",
    "type",
    "manufacturer",
    "partnumber",
    "serialnumber",
    "fruid",
    "partition",
];
const FRU_FILTERS: &[&str] = &[
    "type",
    "manufacturer",
    "partnumber",
    "serialnumber",
    "fruid",
];
const QUERY: &[&str] = &["type", "children", "parents", "partition", "format"];
const PATH: &[&str] = &["Inventory", "Hardware"];
const FRU_PATH: &[&str] = &["Inventory", "HardwareByFRU"];

/// A place as a user tells of it.
pub type Told = Map<String, Value>;

impl Client {
    /// The places that match, of all or of `ids` (then in their order; unknown ones are left out).
    pub async fn hardware(
        &self,
        ids: Option<&[String]>,
        filter: &Filter,
    ) -> Result<Vec<HardwareLocation>, Fault> {
        let mut query = filter.pairs(FILTERS)?;
        if ids.is_some_and(<[_]>::is_empty) {
            return Ok(Vec::new());
        }
        if let Some(ids) = ids.filter(|ids| ids.len() <= NAMES_IN_URL) {
            query.extend(ids.iter().map(|id| ("id".to_owned(), id.clone())));
        }
        let found = self.api.get(PATH).query(&query).send().await?;
        Ok(arrange(found, ids, |place: &HardwareLocation| &place.id))
    }

    pub async fn hardware_at(&self, id: &str) -> Result<HardwareLocation, Fault> {
        let request = self.api.get(&[PATH[0], PATH[1], id]);
        request.send().await.map_err(|f| empty(id, f))
    }

    /// What is under a place (or with `parents` above it), in lists by sort.
    pub async fn hardware_query(
        &self,
        id: &str,
        options: &Filter,
    ) -> Result<HardwareInventory, Fault> {
        let query = options.pairs(QUERY)?;
        let request = self.api.get(&[PATH[0], PATH[1], "Query", id]);
        request.query(&query).send().await
    }

    /// Puts units into places that SMD knows of none yet.
    pub async fn add_hardware(&self, told: Vec<Told>) -> Result<Vec<HardwareLocation>, Fault> {
        let ids = identities(&told)?;
        let mut fates = Fates::default();
        let known: HashMap<String, HardwareLocation> = self.hardware_by_id(&ids).await?;
        let (mut new, mut new_ids) = (Vec::new(), Vec::new());
        for (id, told) in ids.into_iter().zip(told) {
            if known.contains_key(&id) {
                let message = format!("SMD knows what is in {id}");
                let hint = "smd.hardware.set puts something else there";
                fates.bad(id, fault(Kind::Conflict, message).hint(hint));
            } else {
                new.push(told);
                new_ids.push(id);
            }
        }
        self.post_hardware(new, &new_ids, &mut fates).await?;
        fates.settle("added")
    }

    /// Puts units into places, whatever was there.
    pub async fn set_hardware(&self, told: Vec<Told>) -> Result<Vec<HardwareLocation>, Fault> {
        let ids = identities(&told)?;
        let mut fates = Fates::default();
        self.post_hardware(told, &ids, &mut fates).await?;
        fates.settle("set")
    }

    async fn hardware_by_id(
        &self,
        ids: &[String],
    ) -> Result<HashMap<String, HardwareLocation>, Fault> {
        let found = self.hardware(Some(ids), &Filter::default()).await?;
        Ok(found.into_iter().map(|p| (p.id.clone(), p)).collect())
    }

    async fn post_hardware(
        &self,
        told: Vec<Told>,
        ids: &[String],
        fates: &mut Fates<HardwareLocation>,
    ) -> Result<(), Fault> {
        if told.is_empty() {
            return Ok(());
        }
        let body = HardwarePost {
            hardware: told.iter().cloned().map(Value::Object).collect(),
        };
        self.api.post(PATH).json(&body).nothing().await?;
        let mut now = self.hardware_by_id(ids).await?;
        for (id, told) in ids.iter().zip(told) {
            let Some(place) = now.remove(id) else {
                let message = format!("SMD accepted what is in {id} and does not hold it");
                fates.bad(id, fault(Kind::NoEffect, message));
                continue;
            };
            let shown = serde_json::to_value(&place).unwrap_or_default();
            match lost(&Value::Object(told), &shown, "") {
                None => fates.good(place),
                Some(what) => {
                    let message = format!("SMD accepted {what} of {id} and does not hold it");
                    let hint = "SMD keeps what its form for this sort of thing has a place for";
                    fates.bad(id, fault(Kind::NoEffect, message).hint(hint));
                }
            }
        }
        Ok(())
    }

    /// Takes places out of the inventory; the units stay in it. What went.
    pub async fn delete_hardware(&self, ids: Vec<String>) -> Result<Vec<HardwareLocation>, Fault> {
        let filter = Filter::default();
        let list = || self.hardware(Some(&ids), &filter);
        self.delete_each(PATH, &ids, list, |p| &p.id, empty).await
    }

    pub async fn delete_all_hardware(&self) -> Result<Vec<HardwareLocation>, Fault> {
        let before = self.hardware(None, &Filter::default()).await?;
        if !before.is_empty() {
            self.api.delete(PATH).nothing().await?;
        }
        Ok(before)
    }

    /// The units that match, by name.
    pub async fn frus(&self, filter: &Filter) -> Result<Vec<HardwareFru>, Fault> {
        let query = filter.pairs(FRU_FILTERS)?;
        let found = self.api.get(FRU_PATH).query(&query).send().await?;
        Ok(arrange(found, None, |unit: &HardwareFru| &unit.fruid))
    }

    pub async fn fru(&self, id: &str) -> Result<HardwareFru, Fault> {
        let request = self.api.get(&[FRU_PATH[0], FRU_PATH[1], id]);
        request.send().await.map_err(|f| unknown(id, f))
    }

    /// Removes units. One that a place holds cannot be; SMD does not say so, hence this does.
    pub async fn delete_frus(&self, ids: Vec<String>) -> Result<Vec<HardwareFru>, Fault> {
        self.unheld(Some(&ids)).await?;
        let filter = Filter::default();
        let list = || self.frus(&filter);
        self.delete_each(FRU_PATH, &ids, list, |u| &u.fruid, unknown)
            .await
    }

    pub async fn delete_all_frus(&self) -> Result<Vec<HardwareFru>, Fault> {
        self.unheld(None).await?;
        let before = self.frus(&Filter::default()).await?;
        if !before.is_empty() {
            self.api.delete(FRU_PATH).nothing().await?;
        }
        Ok(before)
    }

    /// Refuses if a place holds one of these units.
    async fn unheld(&self, ids: Option<&[String]>) -> Result<(), Fault> {
        let ids: Option<HashSet<&String>> = ids.map(|ids| ids.iter().collect());
        for place in self.hardware(None, &Filter::default()).await? {
            let Some(unit) = place.populated_fru else {
                continue;
            };
            if ids.as_ref().is_none_or(|ids| ids.contains(&unit.fruid)) {
                let message = format!("{} holds {}", place.id, unit.fruid);
                let hint = format!("smd.hardware.delete \"{}\" comes first", place.id);
                return Err(fault(Kind::Conflict, message).hint(hint));
            }
        }
        Ok(())
    }
}

/// The places' names in SMD's spelling.
fn identities(told: &[Told]) -> Result<Vec<String>, Fault> {
    let id = |told: &Told| {
        let id = told.get("ID").and_then(Value::as_str).map(normalize);
        id.filter(|id| !id.is_empty()).ok_or_else(|| {
            Fault::bad_argument("hardware without an ID")
                .hint(r#"{ ID = "x1000c0s0b0n0", NodeLocationInfo = { … }, PopulatedFRU = { … } }"#)
        })
    };
    let ids: Vec<String> = told.iter().map(id).collect::<Result<_, _>>()?;
    once(ids.iter().map(String::as_str))?;
    Ok(ids)
}

/// What SMD works out itself, whatever is said.
const DERIVED: [&str; 7] = [
    "ID",
    "Type",
    "Ordinal",
    "Status",
    "HWInventoryByLocationType",
    "HWInventoryByFRUType",
    "FRUID",
];

/// The first given member that is not there now, or is another; a number may have come as its digits.
fn lost(given: &Value, now: &Value, path: &str) -> Option<String> {
    match (given, now) {
        (Value::Object(given), Value::Object(now)) => given.iter().find_map(|(name, value)| {
            if value.is_null() || (!path.contains('.') && DERIVED.contains(&name.as_str())) {
                return None;
            }
            let found = now.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            let found = found.map_or(&Value::Null, |(_, value)| value);
            let path = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            lost(value, found, &path)
        }),
        (Value::String(text), Value::Null) if text.is_empty() => None,
        (Value::String(text), Value::Number(number)) => {
            let same = text.parse::<f64>().ok() == number.as_f64();
            (!same).then(|| path.to_owned())
        }
        (Value::Number(given), Value::Number(now)) if given.as_f64() == now.as_f64() => None,
        _ => (given != now).then(|| path.to_owned()),
    }
}

fn empty(id: &str, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    let message = format!("no hardware in {id}");
    Fault { message, ..f }.hint("smd.hardware.list() shows where there is some")
}

fn unknown(id: &str, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    let message = format!("no unit {id}");
    Fault { message, ..f }.hint("smd.hardware.fru.list() shows the units and their names")
}
