//! Whether a journal's last word on each record is what a cluster holds.
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
};

/// Where BSS has the names of who boots.
const BOOTS: [&str; 3] = ["hosts", "macs", "nids"];

/// `HOUSE RESOURCE`, and the name of a record.
type Record = (String, String);

/// How many records were compared; or what is not as the journal has it. `late`: a request may have arrived after the
/// journal had looked, so what was done in part has no certain end.
pub(crate) fn compared(
    path: &Path,
    late: bool,
    ask: impl Fn(&str) -> Value,
) -> Result<usize, String> {
    let claims = claims(path, late);
    let mut holdings: HashMap<String, HashMap<String, Value>> = HashMap::new();
    for ((resource, id), (entry, after)) in &claims {
        if !holdings.contains_key(resource) {
            holdings.insert(resource.clone(), held(resource, &ask)?);
        }
        let now = holdings[resource].get(id).unwrap_or(&Value::Null);
        let same = match after {
            Value::Null => now.is_null(),
            after => !now.is_null() && holds(after, now),
        };
        if !same {
            return Err(format!(
                "the journal's {entry} leaves {resource} {id} as {after}, and it is {now}"
            ));
        }
    }
    Ok(claims.len())
}

/// What the entries left, the newest for each record; of what an unknown write may have touched since nothing is known.
fn claims(path: &Path, late: bool) -> BTreeMap<Record, (u64, Value)> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let ends: HashMap<u64, &Value> = lines
        .iter()
        .filter_map(|line| Some((line["ended"].as_u64()?, line)))
        .collect();
    let mut claims = BTreeMap::new();
    for begun in &lines {
        let (Some(id), Some(house)) = (begun["begun"].as_u64(), begun["house"].as_str()) else {
            continue;
        };
        let of = |resource: &str| format!("{house} {resource}");
        let end = ends
            .get(&id)
            .filter(|end| !late || end["outcome"] != "partial");
        if let Some(after) = end.and_then(|end| end["after"].as_object()) {
            for (resource, records) in after {
                for (name, record) in records.as_object().into_iter().flatten() {
                    claims.insert((of(resource), name.clone()), (id, record.clone()));
                }
            }
            continue;
        }
        for touch in begun["touches"].as_array().into_iter().flatten() {
            let resource = of(touch["resource"].as_str().unwrap_or_default());
            let names = touch["ids"].as_array().filter(|_| touch["below"] != true);
            claims.retain(|(other, name), _| {
                *other != resource
                    || names.is_some_and(|names| names.iter().all(|it| it != name.as_str()))
            });
        }
    }
    claims
}

/// The records of a resource, as the services themselves tell.
fn held(resource: &str, ask: impl Fn(&str) -> Value) -> Result<HashMap<String, Value>, String> {
    let (path, list, name) = match resource {
        "smd component" => ("/hsm/v2/State/Components", "Components", "ID"),
        "smd rfe" => (
            "/hsm/v2/Inventory/RedfishEndpoints",
            "RedfishEndpoints",
            "ID",
        ),
        "smd compep" => (
            "/hsm/v2/Inventory/ComponentEndpoints",
            "ComponentEndpoints",
            "ID",
        ),
        "smd iface" => ("/hsm/v2/Inventory/EthernetInterfaces", "", "ID"),
        "smd group" => ("/hsm/v2/groups", "", "label"),
        "smd membership" => ("/hsm/v2/memberships", "", "id"),
        "bss params" => ("/boot/v1/bootparameters", "", ""),
        "cloud_init group" => ("/cloud-init/admin/groups", "", "name"),
        "cloud_init defaults" => {
            let defaults = ask("/cloud-init/admin/cluster-defaults/");
            return Ok([("cluster".to_owned(), defaults)].into());
        }
        other => return Err(format!("where {other} is to be read is not known")),
    };
    let answer = ask(path);
    let list = if list.is_empty() {
        &answer
    } else {
        &answer[list]
    };
    let records: Vec<&Value> = match list {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    let mut held = HashMap::new();
    for record in records {
        let names: Vec<&Value> = match name {
            "" => BOOTS
                .iter()
                .filter_map(|it| record[*it].as_array())
                .flatten()
                .collect(),
            name => vec![&record[name]],
        };
        // Who is in nothing has no membership.
        let alone =
            record["groupLabels"] == Value::Array(Vec::new()) && record["partitionName"] == "";
        for one in names.into_iter().filter(|_| !alone) {
            let one = one.as_str().map_or_else(|| one.to_string(), str::to_owned);
            held.insert(one, record.clone());
        }
    }
    Ok(held)
}

/// Whether a record has all that the journal kept of it.
fn holds(kept: &Value, now: &Value) -> bool {
    match (kept, now) {
        (Value::Object(kept), Value::Object(now)) => fields(kept, now),
        // In whatever order, as members are.
        (Value::Array(kept), Value::Array(now)) => {
            let among = |one: &Value| now.iter().any(|other| holds(one, other));
            kept.len() == now.len() && kept.iter().all(among)
        }
        _ => kept == now,
    }
}

fn fields(kept: &Map<String, Value>, now: &Map<String, Value>) -> bool {
    // BSS puts together who boots the same.
    let mut fields = kept
        .iter()
        .filter(|(name, _)| !BOOTS.contains(&name.as_str()));
    fields
        .all(|(name, value)| value.is_null() || now.get(name).is_some_and(|now| holds(value, now)))
}
