//! Inventory/Hardware and Inventory/HardwareByFRU: what is built in, and the units themselves.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::{undecodable, undecoded},
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{
        Trouble,
        form::member,
        group::is_label,
        hardware::{Built, HardwareFilter, refusal},
        sort::{SORTS, Sort},
    },
    types::{HardwareFru, HardwarePost},
    xname,
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A filter as a query says it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    pub(super) id: Vec<String>,
    #[serde(rename = "type")]
    pub(super) kind: Vec<String>,
    pub(super) manufacturer: Vec<String>,
    pub(super) partnumber: Vec<String>,
    pub(super) serialnumber: Vec<String>,
    pub(super) fruid: Vec<String>,
    pub(super) children: Vec<String>,
    pub(super) parents: Vec<String>,
    pub(super) partition: Vec<String>,
    pub(super) format: Vec<String>,
}

pub(super) fn kinds(words: &[String]) -> Result<Vec<String>, Answer> {
    let spell = |word: &String| xname::kind_named(word).map(str::to_owned);
    let kinds: Option<Vec<String>> = words.iter().map(spell).collect();
    kinds.ok_or_else(|| Answer::problem(400, "Invalid HMS type"))
}

pub(super) fn partitions(names: &[String]) -> Result<Vec<String>, Answer> {
    let names: Vec<String> = names.iter().map(|n| n.trim().to_lowercase()).collect();
    if names.iter().all(|name| is_label(name)) {
        Ok(names)
    } else {
        Err(Answer::problem(400, "Invalid partition"))
    }
}

pub(super) fn xnames(words: &[String]) -> Result<Vec<String>, Answer> {
    let ids: Option<Vec<String>> = words.iter().map(|word| xname::valid(word)).collect();
    ids.ok_or_else(|| Answer::problem(400, "Invalid xname"))
}

pub(super) fn get_all(lab: &Lab, call: &Call) -> Reply {
    let query: Query = wire::query(&call.query).ok_or_else(undecodable)?;
    let filter = HardwareFilter {
        id: xnames(&query.id)?,
        kind: kinds(&query.kind)?,
        manufacturer: query.manufacturer,
        part_number: query.partnumber,
        serial_number: query.serialnumber,
        fru: query.fruid,
        partition: partitions(&query.partition)?,
    };
    let found = lab.shelf.read(|store| store.places(&filter));
    Ok(Answer::json(&found))
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    let id = xname::normalize(call.param(0));
    let found = lab.shelf.read(|store| store.place(&id));
    let found = found.map(|place| Answer::json(&place));
    found.ok_or_else(|| Answer::problem(404, "no such xname."))
}

pub(super) fn delete(lab: &Lab, call: &Call) -> Reply {
    let id = xname::normalize(call.param(0));
    lab.shelf
        .write(|store| Ok(Answer::deleted(store.delete_place(&id), "no such xname.")))
}

pub(super) fn delete_all(lab: &Lab, _: &Call) -> Reply {
    lab.shelf
        .write(|store| Ok(Answer::deleted_all(store.delete_places())))
}

pub(super) fn get_units(lab: &Lab, call: &Call) -> Reply {
    let query: Query = wire::query(&call.query).ok_or_else(undecodable)?;
    let filter = HardwareFilter {
        kind: kinds(&query.kind)?,
        manufacturer: query.manufacturer,
        part_number: query.partnumber,
        serial_number: query.serialnumber,
        fru: query.fruid,
        ..HardwareFilter::default()
    };
    let found: Vec<HardwareFru> = lab.shelf.read(|store| store.units(&filter));
    Ok(Answer::json(&found))
}

pub(super) fn get_unit(lab: &Lab, call: &Call) -> Reply {
    let found = lab.shelf.read(|store| store.unit(call.param(0)));
    let found = found.map(|unit| Answer::json(&unit));
    found.ok_or_else(|| Answer::problem(404, "no such FRU ID."))
}

pub(super) fn delete_unit(lab: &Lab, call: &Call) -> Reply {
    let id = call.param(0);
    lab.shelf.write(|store| {
        let gone = store.delete_unit(id);
        let gone = gone.map_err(|t| Answer::trouble(t, "", "failed to query DB."))?;
        Ok(Answer::deleted(gone, "no such FRU ID."))
    })
}

pub(super) fn delete_units(lab: &Lab, _: &Call) -> Reply {
    lab.shelf.write(|store| {
        let gone = store.delete_units();
        let gone = gone.map_err(|t| Answer::trouble(t, "", "DB query failed."))?;
        Ok(Answer::deleted_all(gone))
    })
}

pub(super) fn post(lab: &Lab, call: &Call) -> Reply {
    let post: HardwarePost = wire::decode(&call.body).map_err(undecoded)?;
    let told: Result<Vec<Told>, String> = post.hardware.iter().map(told).collect();
    let told = told.map_err(undecoded)?;
    let refused = |trouble| Answer::trouble(trouble, "", "operation 'POST' failed during store.");
    let built: Result<Vec<Built>, Trouble> = told.into_iter().map(Told::check).collect();
    let built = built.map_err(refused)?;
    let count = built.len();
    let now = lab.now();
    lab.shelf.write(|store| {
        store.insert_hardware(built, &now).map_err(refused)?;
        Ok(Answer::notice(format!("Created {count} entries")))
    })
}

/// A place as a client tells of it, its types found good.
struct Told {
    id: String,
    /// By the names of their members.
    infos: Map<String, Value>,
    unit: Option<ToldUnit>,
}

struct ToldUnit {
    fru: String,
    subtype: String,
    infos: Map<String, Value>,
}

/// The members of an object; `null` has none.
fn members(value: &Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(members) => Ok(members.clone()),
        other => Err(format!("{other} is no object")),
    }
}

fn text(all: &Map<String, Value>, name: &str) -> Result<String, String> {
    match member(all, name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => Err(format!("{name}: {other} is no text")),
    }
}

/// Brings what is known into the form of a member of that name; `None`: it is no such member.
type Form = fn(&str, &Map<String, Value>) -> Option<Result<Value, String>>;

/// Those members that tell what Redfish knows, in their forms.
fn infos(all: &Map<String, Value>, form: Form) -> Result<Map<String, Value>, String> {
    let mut infos = Map::new();
    for (name, value) in all.iter().filter(|(_, value)| !value.is_null()) {
        if form(name, &Map::new()).is_some() {
            let filled = form(name, &members(value)?);
            infos.extend(filled.transpose()?.map(|info| (name.to_lowercase(), info)));
        }
    }
    Ok(infos)
}

fn told(value: &Value) -> Result<Told, String> {
    let all = members(value)?;
    for name in ["Type", "Status", "HWInventoryByLocationType"] {
        text(&all, name)?;
    }
    if let Some(ordinal) = member(&all, "Ordinal").filter(|value| !value.is_null())
        && ordinal.as_i64().is_none()
    {
        return Err(format!("Ordinal: {ordinal} is no whole number"));
    }
    // what is said to be inside is read and not kept
    for sort in SORTS {
        match member(&all, sort.list) {
            None | Some(Value::Null) => {}
            Some(Value::Array(inside)) => inside.iter().try_for_each(|v| told(v).map(|_| ()))?,
            Some(other) => return Err(format!("{}: {other} is no list", sort.list)),
        }
    }
    let unit = match member(&all, "PopulatedFRU").filter(|value| !value.is_null()) {
        None => None,
        Some(unit) => {
            let all = members(unit)?;
            text(&all, "Type")?;
            text(&all, "HWInventoryByFRUType")?;
            Some(ToldUnit {
                fru: text(&all, "FRUID")?,
                subtype: text(&all, "Subtype")?,
                infos: infos(&all, Sort::unit_member)?,
            })
        }
    };
    let id = text(&all, "ID")?;
    let infos = infos(&all, Sort::place_member)?;
    Ok(Told { id, infos, unit })
}

impl Told {
    /// A place's name tells its sort, and its sort what must be said of it and its unit.
    fn check(mut self) -> Result<Built, Trouble> {
        let id = xname::valid(&self.id).ok_or(refusal::NO_PLACE)?;
        let mut unit = self.unit.ok_or(refusal::NO_UNIT)?;
        let kind = xname::kind(&id).unwrap_or_default();
        let sort = Sort::of(kind).ok_or(refusal::NO_SORT)?;
        let stem = sort.stem.to_lowercase();
        let place = self.infos.remove(&format!("{stem}locationinfo"));
        let place = place.ok_or(refusal::NO_PLACE_INFO)?;
        let info = unit.infos.remove(&format!("{stem}fruinfo"));
        let info = info.ok_or(refusal::NO_UNIT_INFO)?;
        Ok(Built {
            fru: sort.fruid(&id, &info, &unit.fru),
            id,
            sort,
            place,
            subtype: unit.subtype,
            unit: info,
        })
    }
}
