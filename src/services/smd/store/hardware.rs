//! The hardware inventory: places, the units they hold, and when a unit was first seen at a place.
//!
//! A unit outlives its place: it stays when the place is removed, and cannot be removed while a place holds it.
use super::{Store, Trouble, fits, interface::moment, said, sort::Sort};
use crate::services::smd::{
    types::{HardwareEvent, HardwareFru, HardwareLocation},
    xname,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

/// A place as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Place {
    kind: String,
    ordinal: i64,
    info: Value,
    fru: String,
}

/// A unit as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Unit {
    kind: String,
    subtype: String,
    info: Value,
}

/// A place and its unit as a client tells of them, found good.
pub struct Built {
    pub id: String,
    pub sort: &'static Sort,
    pub place: Value,
    pub fru: String,
    pub subtype: String,
    pub unit: Value,
}

/// A filter over places or units that was found to make sense.
#[derive(Clone, Debug, Default)]
pub struct HardwareFilter {
    pub id: Vec<String>,
    pub kind: Vec<String>,
    pub manufacturer: Vec<String>,
    pub part_number: Vec<String>,
    pub serial_number: Vec<String>,
    pub fru: Vec<String>,
    pub partition: Vec<String>,
}

fn among(wanted: &[String], value: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|entry| entry == value)
}

impl HardwareFilter {
    fn takes_unit(&self, fru: &str, unit: &Unit) -> bool {
        // a sort without such a member (a riser has no manufacturer) is never selected by it
        let field = |wanted: &[String], name: &str, same: fn(&str, &str) -> bool| {
            let value = unit.info.get(name).and_then(Value::as_str);
            let found = value.is_some_and(|value| wanted.iter().any(|word| same(word, value)));
            wanted.is_empty() || found
        };
        field(&self.manufacturer, "Manufacturer", contains)
            && field(&self.part_number, "PartNumber", |a, b| a == b)
            && field(&self.serial_number, "SerialNumber", |a, b| a == b)
            && among(&self.fru, fru)
    }
}

/// SQL's ILIKE with a `%` on either side: `%` and `_` in the word are wildcards as well.
fn contains(word: &str, text: &str) -> bool {
    let pattern: Vec<char> = word.to_lowercase().chars().chain(['%']).collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    (0..=text.len()).any(|start| like(&pattern, &text[start..]))
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|skip| like(rest, &text[skip..])),
        ['_', rest @ ..] => !text.is_empty() && like(rest, &text[1..]),
        ['\\', letter, rest @ ..] | [letter, rest @ ..] => {
            text.first() == Some(letter) && like(rest, &text[1..])
        }
    }
}

/// A filter over events that was found to make sense.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    pub id: Vec<String>,
    pub fru: Vec<String>,
    pub event_type: Vec<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
}

impl EventFilter {
    fn takes(&self, event: &HardwareEvent) -> bool {
        let at = || event.timestamp.parse::<Timestamp>().ok();
        let after = |start: Timestamp| at().is_some_and(|at| at > start);
        let before = |end: Timestamp| at().is_some_and(|at| at < end);
        among(&self.id, &event.id)
            && among(&self.fru, &event.fruid)
            && among(&self.event_type, &event.event_type)
            && self.start.is_none_or(after)
            && self.end.is_none_or(before)
    }
}

/// The node that a place is part of, or the place itself: partitions hold nodes.
fn holder(id: &str) -> &str {
    let node = |id: &&str| xname::kind(id) == Some("Node");
    xname::upwards(id).find(node).unwrap_or(id)
}

impl Store {
    /// Whether a place belongs to one of these partitions, if any are named.
    fn in_partition(&self, id: &str, names: &[String]) -> bool {
        let partition = || self.partition_of(holder(id));
        names.is_empty() || partition().is_some_and(|name| names.contains(name))
    }

    fn show_unit(fru: &str, unit: &Unit) -> HardwareFru {
        let stem = Sort::of(&unit.kind).map_or("", |sort| sort.stem);
        let more = [(format!("{stem}FRUInfo"), unit.info.clone())];
        HardwareFru {
            fruid: fru.to_owned(),
            kind: unit.kind.clone(),
            subtype: unit.subtype.clone(),
            form: format!("HWInvByFRU{stem}"),
            more: Map::from_iter(more),
        }
    }

    fn show_place(&self, id: &str, place: &Place) -> HardwareLocation {
        let stem = Sort::of(&place.kind).map_or("", |sort| sort.stem);
        let unit = self.units.get(&place.fru);
        let more = [(format!("{stem}LocationInfo"), place.info.clone())];
        HardwareLocation {
            id: id.to_owned(),
            kind: place.kind.clone(),
            ordinal: place.ordinal,
            status: "Populated".into(),
            form: format!("HWInvByLoc{stem}"),
            populated_fru: unit.map(|unit| Self::show_unit(&place.fru, unit)),
            more: Map::from_iter(more),
        }
    }

    pub fn place(&self, id: &str) -> Option<HardwareLocation> {
        let place = self.places.get(id)?;
        Some(self.show_place(id, place))
    }

    pub fn places(&self, filter: &HardwareFilter) -> Vec<HardwareLocation> {
        let nothing = Unit::default();
        let taken = |(id, place): &(&str, &Place)| {
            let unit = self.units.get(&place.fru).unwrap_or(&nothing);
            among(&filter.id, id)
                && among(&filter.kind, &place.kind)
                && filter.takes_unit(&place.fru, unit)
                && self.in_partition(id, &filter.partition)
        };
        let show = |(id, place): (&str, &Place)| self.show_place(id, place);
        self.places.iter().filter(taken).map(show).collect()
    }

    /// The places whose name and type are wanted.
    pub fn places_where(
        &self,
        partition: &[String],
        wanted: impl Fn(&str, &str) -> bool,
    ) -> Vec<HardwareLocation> {
        let taken = |(id, place): &(&str, &Place)| {
            wanted(id, &place.kind) && self.in_partition(id, partition)
        };
        let show = |(id, place): (&str, &Place)| self.show_place(id, place);
        self.places.iter().filter(taken).map(show).collect()
    }

    /// The names of all places of these types.
    pub fn place_names(&self, kinds: &[String]) -> Vec<String> {
        let taken = |(_, place): &(&str, &Place)| among(kinds, &place.kind);
        let all = self.places.iter().filter(taken);
        all.map(|(id, _)| id.to_owned()).collect()
    }

    pub fn unit(&self, fru: &str) -> Option<HardwareFru> {
        let unit = self.units.get(fru)?;
        Some(Self::show_unit(fru, unit))
    }

    pub fn units(&self, filter: &HardwareFilter) -> Vec<HardwareFru> {
        let taken = |(fru, unit): &(&str, &Unit)| {
            among(&filter.kind, &unit.kind) && filter.takes_unit(fru, unit)
        };
        let all = self.units.iter().filter(taken);
        all.map(|(fru, unit)| Self::show_unit(fru, unit)).collect()
    }

    /// Puts units into places, replacing what was there, and notes which were not there before. Of two entries for one
    /// place, or of one unit, the first counts.
    pub fn insert_hardware(&mut self, built: Vec<Built>, now: &str) -> Result<(), Trouble> {
        let (mut units, mut places) = (HashSet::new(), HashSet::new());
        let last = self.last_units();
        let seen = |new: &&Built| last.get(new.id.as_str()) == Some(&new.fru.as_str());
        let news: Vec<_> = built
            .iter()
            .filter(|new| !seen(new))
            .map(|new| (new.id.clone(), new.fru.clone()))
            .collect();
        for new in built {
            let kind = new.sort.kind.to_owned();
            if units.insert(new.fru.clone()) {
                fits(&new.fru, 255)?;
                fits(&new.subtype, 63)?;
                let kind = self
                    .units
                    .get(&new.fru)
                    .map_or(kind.clone(), |old| old.kind.clone());
                let (subtype, info) = (new.subtype, new.unit);
                self.units.put(
                    &new.fru,
                    Unit {
                        kind,
                        subtype,
                        info,
                    },
                );
            }
            if places.insert(new.id.clone()) {
                fits(&new.id, 63)?;
                let ordinal = ordinal(&new.id);
                i32::try_from(ordinal).map_err(|_| Trouble::Database("out of range".into()))?;
                let (info, fru) = (new.place, new.fru);
                self.places.put(
                    &new.id,
                    Place {
                        kind,
                        ordinal,
                        info,
                        fru,
                    },
                );
            }
        }
        for (id, fruid) in news {
            let key = format!("{:020}", self.count("hardware_history"));
            let (timestamp, event_type) = (now.to_owned(), "Detected".to_owned());
            let event = HardwareEvent {
                id,
                fruid,
                timestamp,
                event_type,
            };
            self.events.put(&key, event);
        }
        Ok(())
    }

    /// Which unit was seen last at each place; of several at one moment SMD's database gives the first.
    fn last_units<'a>(&'a self) -> HashMap<&'a str, &'a str> {
        let mut events: Vec<_> = self.events.iter().collect();
        events.sort_by_key(|(key, event)| (&event.timestamp, Reverse(*key)));
        let pair =
            |(_, event): (&str, &'a HardwareEvent)| (event.id.as_str(), event.fruid.as_str());
        events.into_iter().map(pair).collect()
    }

    pub fn delete_place(&mut self, id: &str) -> bool {
        self.places.remove(id).is_some()
    }

    pub fn delete_places(&mut self) -> usize {
        self.places.clear()
    }

    pub fn delete_unit(&mut self, fru: &str) -> Result<bool, Trouble> {
        if self.places.values().any(|place| place.fru == fru) {
            return Err(held());
        }
        Ok(self.units.remove(fru).is_some())
    }

    pub fn delete_units(&mut self) -> Result<usize, Trouble> {
        if self.places.is_empty() {
            Ok(self.units.clear())
        } else {
            Err(held())
        }
    }

    /// Events, the oldest first.
    pub fn history(&self, filter: &EventFilter) -> Vec<HardwareEvent> {
        let taken = |(_, event): &(&str, &HardwareEvent)| filter.takes(event);
        let mut found: Vec<_> = self.events.iter().filter(taken).collect();
        found.sort_by_key(|(key, event)| (&event.timestamp, *key));
        found.into_iter().map(|(_, event)| event.clone()).collect()
    }

    pub fn delete_history(&mut self, filter: &EventFilter) -> usize {
        let taken = |(_, event): &(&str, &HardwareEvent)| filter.takes(event);
        let found = self.events.iter().filter(taken);
        let keys: Vec<String> = found.map(|(key, _)| key.to_owned()).collect();
        for key in &keys {
            self.events.remove(key);
        }
        keys.len()
    }
}

/// The number a place's name ends in.
fn ordinal(id: &str) -> i64 {
    let digits = id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    id[digits..].parse().unwrap_or(i64::MAX)
}

fn held() -> Trouble {
    Trouble::Database("pq: a place holds this unit (23503)".into())
}

/// An event type in its own spelling.
pub fn event_type(word: &str) -> Option<String> {
    let types = ["Added", "Removed", "Scanned", "Detected"];
    let same = |known: &&&str| known.eq_ignore_ascii_case(word);
    types.iter().find(same).map(|known| (*known).to_owned())
}

/// An end of a span of time; SMD tells of a bad one only that its database was not asked.
pub fn bound(text: &str) -> Result<Option<Timestamp>, Trouble> {
    moment(text).map_err(|_| Trouble::Database("not a moment by RFC 3339".into()))
}

/// SMD's words for hardware that it does not take.
pub mod refusal {
    use super::{Trouble, said};

    pub const NO_PLACE: Trouble = Trouble::Said("ID is empty or not a valid xname");
    pub const NO_UNIT: Trouble = Trouble::Said("PopulatedFRU must be populated");
    pub const NO_PLACE_INFO: Trouble = Trouble::Said("Component location info is empty");
    pub const NO_UNIT_INFO: Trouble = Trouble::Said("FRU info is empty");
    pub const NO_SORT: Trouble = said::UNSUPPORTED_TYPE;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manufacturer_is_found_by_any_part_of_its_name() {
        for (word, text, wanted) in [
            ("acme", "The Acme Company", true),
            ("a%y", "Acme Company", true),
            ("a_me", "ACME", true),
            ("", "", true),
            ("\\%", "100%", true),
            ("\\%", "100", false),
            ("acme", "Acne", false),
        ] {
            assert_eq!(contains(word, text), wanted, "{word} in {text}");
        }
    }

    #[test]
    fn what_is_in_a_node_belongs_to_it() {
        assert_eq!(holder("x0c0s0b0n1g2k3"), "x0c0s0b0n1");
        assert_eq!(holder("x0c0s0e0"), "x0c0s0e0");
    }

    #[test]
    fn a_place_is_numbered_by_the_end_of_its_name() {
        assert_eq!(ordinal("x0c0s0b0n12"), 12);
        assert_eq!(ordinal("x0c0s0b0n99999999999999999999"), i64::MAX);
    }
}
