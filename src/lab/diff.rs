//! What differs between two moments of a lab, record by record.
use super::persist::Stores;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added,
    Removed,
    Changed,
}

/// One record that is not as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub service: String,
    pub table: String,
    pub key: String,
    pub change: Change,
    /// The names of the fields that differ.
    pub fields: Vec<String>,
    /// The fields named, as they were; the whole record when it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The fields named, as they are; the whole record when it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Every difference, sorted by service, table and key. What stands in a table that mere reading writes is none: whoever
/// asks what a change did would find his own questions there.
pub(crate) fn differences(
    before: &Stores,
    after: &Stores,
    is_log: impl Fn(&str, &str) -> bool,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for service in names(before, after) {
        let (old, new) = (part(before, service), part(after, service));
        let tables = names(old, new);
        for table in tables.into_iter().filter(|t| !is_log(service, t)) {
            let (old, new) = (part(old, table), part(new, table));
            for key in names(old, new) {
                if let Some((change, fields, before, after)) = compare(old.get(key), new.get(key)) {
                    found.push(Difference {
                        service: service.clone(),
                        table: table.clone(),
                        key: key.clone(),
                        change,
                        fields,
                        before,
                        after,
                    });
                }
            }
        }
    }
    found
}

type Found = (Change, Vec<String>, Option<Value>, Option<Value>);

fn compare(old: Option<&Value>, new: Option<&Value>) -> Option<Found> {
    match (old, new) {
        (None, Some(new)) => Some((Change::Added, fields(new), None, Some(new.clone()))),
        (Some(old), None) => Some((Change::Removed, fields(old), Some(old.clone()), None)),
        (Some(Value::Object(old)), Some(Value::Object(new))) if old != new => {
            let differs = |name: &&String| old.get(*name) != new.get(*name);
            let names: Vec<String> = names(old, new)
                .into_iter()
                .filter(differs)
                .cloned()
                .collect();
            let pick = |from: &Map<String, Value>| {
                let field = |name: &String| Some((name.clone(), from.get(name)?.clone()));
                Value::Object(names.iter().filter_map(field).collect())
            };
            let (before, after) = (pick(old), pick(new));
            Some((Change::Changed, names, Some(before), Some(after)))
        }
        (Some(old), Some(new)) if old != new => {
            let (old, new) = (old.clone(), new.clone());
            Some((Change::Changed, Vec::new(), Some(old), Some(new)))
        }
        _ => None,
    }
}

fn fields(record: &Value) -> Vec<String> {
    let names = record.as_object().into_iter().flat_map(Map::keys);
    names.cloned().collect()
}

/// The names in either, sorted, each once.
fn names<'a>(a: &'a Map<String, Value>, b: &'a Map<String, Value>) -> Vec<&'a String> {
    let mut names: Vec<_> = a.keys().chain(b.keys()).collect();
    names.sort();
    names.dedup();
    names
}

fn part<'a>(map: &'a Map<String, Value>, name: &str) -> &'a Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    map.get(name).and_then(Value::as_object).unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stores(value: Value) -> Stores {
        serde_json::from_value(value).expect("an object")
    }

    #[test]
    fn each_sort_of_difference_is_told_once_and_in_order() {
        let before = stores(json!({ "smd": { "components": {
            "x2": { "ID": "x2", "State": "On", "Role": "Compute" },
            "x3": { "ID": "x3" }, "x9": { "ID": "x9" },
        } } }));
        let after = stores(json!({ "smd": { "components": {
            "x2": { "ID": "x2", "State": "Off", "NID": 2, "Role": "Compute" },
            "x1": { "ID": "x1" }, "x9": { "ID": "x9" },
        } } }));
        let found = differences(&before, &after, |_, _| false);
        let short: Vec<_> = found
            .iter()
            .map(|d| (d.key.as_str(), d.change, d.fields.join(",")))
            .collect();
        assert_eq!(
            short,
            [
                ("x1", Change::Added, "ID".to_owned()),
                ("x2", Change::Changed, "NID,State".to_owned()),
                ("x3", Change::Removed, "ID".to_owned()),
            ]
        );
        assert_eq!(found[1].before, Some(json!({ "State": "On" })));
        assert_eq!(found[1].after, Some(json!({ "NID": 2, "State": "Off" })));
    }

    #[test]
    fn a_service_without_records_is_like_no_service() {
        let none = differences(
            &stores(json!({})),
            &stores(json!({ "smd": { "groups": {} } })),
            |_, _| false,
        );
        assert!(none.is_empty());
    }

    #[test]
    fn what_reading_writes_is_no_difference() {
        let after = stores(json!({
            "bss": { "endpoint_access": { "7 bootscript x1": 1 }, "nodes": { "m": { "mac": "m" } } },
            "smd": { "endpoint_access": { "x": 1 } },
        }));
        let log = |service: &str, table: &str| (service, table) == ("bss", "endpoint_access");
        let found = differences(&stores(json!({})), &after, log);
        let places: Vec<_> = found.iter().map(|d| (&*d.service, &*d.table)).collect();
        assert_eq!(places, [("bss", "nodes"), ("smd", "endpoint_access")]);
    }
}
