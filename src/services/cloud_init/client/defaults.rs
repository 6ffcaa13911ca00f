//! The cluster's defaults: one record, to which writes add.
use super::super::types::Defaults;
use super::{Client, fault};
use crate::fault::{Fault, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const PATH: &[&str] = &["admin", "cluster-defaults"];

/// What may be said of the cluster; only what is given is written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all(serialize = "kebab-case"))]
pub struct DefaultsFields {
    #[serde(rename(serialize = "cloud_provider"))]
    pub cloud_provider: Option<String>,
    pub region: Option<String>,
    pub availability_zone: Option<String>,
    pub cluster_name: Option<String>,
    pub public_keys: Option<Vec<String>>,
    pub base_url: Option<String>,
    pub boot_subnet: Option<String>,
    pub wg_subnet: Option<String>,
    pub short_name: Option<String>,
    pub nid_length: Option<i64>,
}

/// Members by their wire names, without those that are not given.
pub(super) fn members(record: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(record) {
        Ok(Value::Object(mut members)) => {
            members.retain(|_, value| !value.is_null());
            members
        }
        _ => Map::new(),
    }
}

/// Whether a value says nothing: what the server leaves out, it reads like that.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Bool(_) => false,
    }
}

impl Client {
    pub async fn defaults(&self) -> Result<Defaults, Fault> {
        self.api.get(PATH).send().await
    }

    /// Sends members as they are.
    pub async fn restore_defaults(&self, members: &Map<String, Value>) -> Result<(), Fault> {
        self.api.post(PATH).json(members).nothing().await
    }

    /// Adds to the defaults; all of them as they are then.
    pub async fn set_defaults(&self, fields: DefaultsFields) -> Result<Defaults, Fault> {
        let mut wanted = members(&fields);
        if wanted.is_empty() {
            return Err(Fault::bad_argument("no default to set")
                .hint(r#"{ cluster_name = "demo", short_name = "nid", nid_length = 3 }"#));
        }
        self.api.post(PATH).json(&wanted).nothing().await?;
        let now = self.defaults().await?;
        let held = members(&now);
        if let Some(Value::String(url)) = wanted.get_mut("base-url") {
            *url = url.trim_end_matches('/').to_owned();
        }
        let nothing = Value::Null;
        for (name, value) in &wanted {
            let kept = held.get(name).unwrap_or(&nothing);
            if kept != value && !(is_empty(kept) && is_empty(value)) {
                return Err(kept_otherwise(name, value, kept));
            }
        }
        Ok(now)
    }
}

fn kept_otherwise(name: &str, wanted: &Value, kept: &Value) -> Fault {
    let no_effect = |message| fault(Kind::NoEffect, message);
    if ["boot-subnet", "wg-subnet"].contains(&name) {
        return no_effect(format!("cloud-init accepts {name} and drops it"))
            .hint("leave it out: nothing in cloud-init reads it");
    }
    if is_empty(wanted) {
        return no_effect(format!("cloud-init cannot clear {name}: it stays {kept}")).hint(
            "an empty value changes nothing; give it another, or restart the server, which forgets its groups as well",
        );
    }
    no_effect(format!(
        "cloud-init accepted {name} = {wanted} and holds {kept}"
    ))
}
