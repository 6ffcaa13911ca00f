//! Inventory/Hardware/Query: what is under or above a place, by sort, and nested if wished.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::undecodable,
    hardware::{Query, kinds, partitions},
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{
        Store,
        sort::{IN_NODES, OUTLETS, SORTS, Sort},
    },
    types::{HardwareInventory, HardwareLocation},
    xname,
};
use serde_json::{Map, Value};
use std::collections::HashMap;

const NESTED: &str = "NestNodesOnly";
const FLAT: &str = "FullyFlat";

/// What is asked for, found good.
struct Asked {
    /// The place it starts at; `None`: the whole system.
    top: Option<String>,
    kinds: Vec<String>,
    parents: bool,
    children: bool,
    partition: Vec<String>,
}

/// The first value as Go reads a boolean.
fn flag(values: &[String], what: &str) -> Result<Option<bool>, Answer> {
    match values.first().map(String::as_str) {
        None => Ok(None),
        Some("1" | "t" | "T" | "TRUE" | "true" | "True") => Ok(Some(true)),
        Some("0" | "f" | "F" | "FALSE" | "false" | "False") => Ok(Some(false)),
        Some(_) => Err(Answer::problem(400, format!("Invalid boolean for {what}"))),
    }
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    let word = call.param(0);
    let mut query: Query = wire::query(&call.query).ok_or_else(undecodable)?;
    // the form is looked at before the spelling is set right: capitals are refused
    let top = match xname::kind(word) {
        None => return Err(Answer::problem(400, "Invalid xname")),
        Some("System" | "All") => None,
        Some("Partition") => {
            query.partition.push(word.to_owned());
            None
        }
        Some(_) => Some(xname::normalize(word)),
    };
    let kinds = kinds(&query.kind)?;
    let partition = partitions(&query.partition)?;
    let parents = flag(&query.parents, "parents")?.unwrap_or(false);
    let children = flag(&query.children, "children")?.unwrap_or(!parents);
    let format = match query.format.first() {
        None => NESTED,
        Some(word) if word.eq_ignore_ascii_case(NESTED) => NESTED,
        Some(word) if word.eq_ignore_ascii_case(FLAT) => FLAT,
        Some(_) => return Err(Answer::problem(400, "Invalid format")),
    };
    let asked = Asked {
        top,
        kinds,
        parents,
        children,
        partition,
    };
    let found = lab.shelf.read(|store| asked.find(store));
    Ok(Answer::json(&HardwareInventory {
        xname: word.to_owned(),
        format: format.to_owned(),
        lists: sorted(found, format == NESTED),
    }))
}

/// Whether a place is another or stands under it.
fn under(top: &str, id: &str) -> bool {
    xname::upwards(id).any(|above| above == top)
}

impl Asked {
    fn find(&self, store: &Store) -> Vec<HardwareLocation> {
        let of_kind = |kind: &str| self.kinds.is_empty() || self.kinds.iter().any(|k| k == kind);
        let here = |id: &str| self.top.as_deref().is_none_or(|top| under(top, id));
        let above = |id: &str| {
            let top = self.top.as_deref();
            self.parents && top.is_some_and(|top| id != top && under(id, top))
        };
        if self.children && !self.kinds.is_empty() && !self.parents {
            // what is under those of these types; where there are none, SMD's pattern comes out empty and matches all
            let mut tops = store.place_names(&self.kinds);
            tops.retain(|id| here(id));
            let any = |id: &str| tops.is_empty() || tops.iter().any(|top| under(top, id));
            return store.places_where(&self.partition, |id, _| any(id));
        }
        if self.children || (!self.kinds.is_empty() && !self.parents) {
            // with parents as well, types are passed over: there would be gaps in between
            let typed = |kind: &str| self.parents || of_kind(kind);
            return store.places_where(&self.partition, |id, kind| {
                (here(id) && typed(kind)) || above(id)
            });
        }
        let exactly = |id: &str| self.top.as_deref().is_none_or(|top| top == id);
        store.places_where(&self.partition, |id, kind| {
            (exactly(id) || above(id)) && of_kind(kind)
        })
    }
}

/// Places into the lists of their sorts, in SMD's order. Nested, what is inside a node goes under it, and outlets under
/// their PDU; outlets without one are lost on the way.
fn sorted(found: Vec<HardwareLocation>, nested: bool) -> Map<String, Value> {
    let mut lists: HashMap<&str, Vec<HardwareLocation>> = HashMap::new();
    for place in found {
        if let Some(sort) = Sort::of(&place.kind) {
            lists.entry(sort.list).or_default().push(place);
        }
    }
    if nested {
        let mut nodes = lists.remove("Nodes").unwrap_or_default();
        for name in IN_NODES {
            let parts = lists.remove(name).unwrap_or_default();
            let orphans = put_under(&mut nodes, name, parts);
            lists.insert(name, orphans);
        }
        lists.insert("Nodes", nodes);
        let outlets = lists.remove(OUTLETS).unwrap_or_default();
        if let Some(pdus) = lists.get_mut("CabinetPDUs") {
            put_under(pdus, OUTLETS, outlets);
        }
    }
    let mut shown = Map::new();
    for sort in SORTS {
        let list = lists.remove(sort.list).unwrap_or_default();
        if !list.is_empty() {
            let list = serde_json::to_value(list).unwrap_or_default();
            shown.insert(sort.list.into(), list);
        }
    }
    shown
}

/// Puts parts under the tops they belong to; what is left has none.
fn put_under(
    tops: &mut [HardwareLocation],
    name: &str,
    parts: Vec<HardwareLocation>,
) -> Vec<HardwareLocation> {
    let places: HashMap<String, usize> = tops
        .iter()
        .enumerate()
        .map(|(place, top)| (top.id.clone(), place))
        .collect();
    let mut orphans = Vec::new();
    for part in parts {
        let place = xname::upwards(&part.id)
            .skip(1)
            .find_map(|id| places.get(id));
        let Some(place) = place else {
            orphans.push(part);
            continue;
        };
        let list = tops[*place]
            .more
            .entry(name)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let (Some(list), Ok(part)) = (list.as_array_mut(), serde_json::to_value(part)) {
            list.push(part);
        }
    }
    orphans
}
