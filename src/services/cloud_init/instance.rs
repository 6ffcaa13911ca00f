//! What templates can name: the instance data a node makes of the meta-data it was served.
//!
//! The node's data source is NoCloud, seeded over the network: the meta-data document stands under `ds.meta_data` as it
//! was served, `v1` holds what cloud-init derives from it, and all of `v1` stands at the top as well.
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::net::Ipv4Addr;

/// Facts that only the node itself knows, as paths below the top.
pub const NODE_ONLY: &[&str] = &[
    "merged_cfg",
    "sys_info",
    "v1.distro",
    "v1.distro_release",
    "v1.distro_version",
    "v1.kernel_release",
    "v1.machine",
    "v1.python_version",
    "v1.system_platform",
    "v1.variant",
];

/// The data templates are rendered with, before names are made reachable (`aliases`).
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    pub data: Value,
    /// Which of the data nobody but the node can give; empty for data that comes from a node.
    pub unknown: Vec<&'static str>,
}

impl Instance {
    /// Of a node's own `/run/cloud-init/instance-data.json`.
    pub fn of_node(data: Value) -> Self {
        Self {
            data,
            unknown: Vec::new(),
        }
    }

    /// Of the meta-data a node is served, and of facts known from elsewhere (`{ "distro": "rocky" }`).
    pub fn of_meta_data(meta_data: &Value, facts: &Map<String, Value>) -> Self {
        let served = meta_data.as_object().cloned().unwrap_or_default();
        let mut v1 = derived(&served);
        let mut top = Map::new();
        for (name, value) in facts {
            let place = match name.as_str() {
                "merged_cfg" | "sys_info" => &mut top,
                _ => &mut v1,
            };
            place.insert(name.clone(), value.clone());
        }
        // Words of the kernel's command line go before what is served.
        let mut meta = served;
        meta.entry("dsmode").or_insert_with(|| json!("net"));
        meta.entry("instance-id")
            .or_insert_with(|| json!("nocloud"));
        top.insert("ds".to_owned(), json!({ "meta_data": meta }));
        top.insert("v1".to_owned(), Value::Object(v1));
        let known = |path: &&&str| facts.contains_key(path.trim_start_matches("v1."));
        let unknown = NODE_ONLY.iter().filter(|path| !known(path)).copied();
        Self {
            unknown: unknown.collect(),
            data: Value::Object(top),
        }
    }

    /// The data as templates see it: keys with operators in them under a name without, `v1` at the top as well.
    pub fn reachable(&self) -> Map<String, Value> {
        let empty = Map::new();
        let data = self.data.as_object().unwrap_or(&empty);
        let encoded = data.get("base64-encoded-keys").and_then(Value::as_array);
        let encoded: Vec<String> = encoded
            .into_iter()
            .flatten()
            .filter_map(|path| Some(path.as_str()?.replace('-', "_")))
            .collect();
        aliases(data, "", &encoded)
    }

    /// Every name a template can spell, as a path from the top, in order; what only the node knows is among them.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.unknown.iter().map(|&path| path.to_owned()).collect();
        paths(&self.reachable(), "", &mut names);
        names.retain(|name| !name.split('.').any(|word| alias(word).is_some()));
        names.sort();
        names
    }
}

fn paths(map: &Map<String, Value>, prefix: &str, names: &mut Vec<String>) {
    for (key, value) in map {
        // A key with a dot in it can be spelled by its alias only.
        if alias(key).is_some() {
            continue;
        }
        let path = format!("{prefix}{key}");
        if let Value::Object(inner) = value {
            paths(inner, &format!("{path}."), names);
        }
        names.push(path);
    }
}

/// What cloud-init derives from meta-data, as far as it needs nothing else.
fn derived(meta: &Map<String, Value>) -> Map<String, Value> {
    let text = |key: &str| meta.get(key).and_then(Value::as_str);
    let or_null = |value: Option<&Value>| value.cloned().unwrap_or(Value::Null);
    let full = |value: Option<&Value>| value.filter(|value| is_full(value)).cloned();
    let zone = full(
        meta.get("availability-zone")
            .or_else(|| meta.get("availability_zone")),
    )
    .or_else(|| meta.get("placement")?.get("availability-zone").cloned());
    let zone = or_null(zone.as_ref());
    let id = match meta.get("instance-id") {
        Some(Value::String(id)) => id.clone(),
        Some(other) => other.to_string(),
        None => "nocloud".to_owned(),
    };
    let cloud = text("cloud-name").unwrap_or("unknown").to_lowercase();
    let cloud_id = if cloud == "unknown" {
        "nocloud"
    } else {
        &cloud
    };
    let subplatform = text("seedfrom").map(|seed| format!("seed-dir (cmdline,{seed})"));
    let mut v1 = Map::new();
    let mut set = |key: &str, value: Value| v1.insert(key.to_owned(), value);
    set("_beta_keys", json!(["subplatform"]));
    set("availability-zone", zone.clone());
    set("availability_zone", zone);
    set("cloud_id", json!(cloud_id));
    set("cloud-name", json!(cloud));
    set("cloud_name", json!(cloud));
    set("instance-id", json!(id));
    set("instance_id", json!(id));
    let host = text("local-hostname").map(host_name);
    set("local-hostname", json!(host));
    set("local_hostname", json!(host));
    set("platform", json!("nocloud"));
    set("public_ssh_keys", keys(meta.get("public-keys")));
    set("region", or_null(meta.get("region")));
    set("subplatform", json!(subplatform));
    v1
}

/// Whether Python would count it as true.
fn is_full(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// The first label; an address becomes a name.
fn host_name(local: &str) -> String {
    if local.parse::<Ipv4Addr>().is_ok() {
        return format!("ip-{}", local.replace('.', "-"));
    }
    local.split('.').next().unwrap_or_default().to_owned()
}

/// Keys at the top of the meta-data; those of the OpenCHAMI server stand deeper and are not looked for.
fn keys(given: Option<&Value>) -> Value {
    let owned = |text: &str| Value::from(text);
    match given {
        Some(Value::String(text)) => text.lines().map(owned).collect(),
        Some(Value::Array(list)) => Value::Array(list.clone()),
        Some(Value::Object(map)) => {
            let each = map.values().flat_map(|value| match value {
                Value::Array(list) => list.clone(),
                other => vec![other.clone()],
            });
            each.filter(|key| key.is_string() && is_full(key)).collect()
        }
        _ => json!([]),
    }
}

/// The operators of Jinja2, the longest first.
const OPERATORS: &[&str] = &[
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";",
];

/// A key as a template can spell it behind a dot.
pub fn alias(key: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = key;
    while let Some(letter) = rest.chars().next() {
        let taken = OPERATORS
            .iter()
            .find(|operator| rest.starts_with(**operator));
        if let Some(operator) = taken {
            out.push('_');
            rest = &rest[operator.len()..];
        } else {
            out.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    (out != key).then_some(out)
}

/// `v1`, `v2`: what stands below stands beside as well.
fn is_version(key: &str) -> bool {
    let digits = key.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

fn aliases(data: &Map<String, Value>, prefix: &str, encoded: &[String]) -> Map<String, Value> {
    let mut sorted: Vec<(&String, &Value)> = data.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    let mut out = Map::new();
    for (key, value) in sorted {
        let path = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}/{key}")
        };
        let value = if encoded.contains(&path) {
            decoded(value)
        } else {
            value.clone()
        };
        let value = match value {
            Value::Object(inner) => Value::Object(aliases(&inner, &path, encoded)),
            other => other,
        };
        if let Value::Object(inner) = &value
            && is_version(key)
        {
            out.insert(key.clone(), value.clone());
            out.extend(inner.clone());
        }
        if let Some(alias) = alias(key) {
            out.insert(key.clone(), value.clone());
            out.insert(alias, value);
        } else {
            out.insert(key.clone(), value);
        }
    }
    out
}

fn decoded(value: &Value) -> Value {
    let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.map_or_else(|| value.clone(), Value::String)
}
