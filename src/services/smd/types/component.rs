//! State/Components: the record, and the bodies that create, change and ask for it.
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Number;

/// One place in the machine and what is known of its state. `NID` belongs to nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Component {
    #[serde(rename = "ID", skip_serializing_if = "String::is_empty")]
    pub id: String,
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_role: Option<String>,
    #[serde(
        rename = "NID",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "nid"
    )]
    pub nid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_disabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
}

/// A list of components as SMD wraps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ComponentList {
    pub components: Vec<Component>,
}

/// `POST /State/Components`; `Force` rewrites what exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ComponentPost {
    pub components: Vec<Component>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
}

/// `PUT /State/Components/{xname}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ComponentPut {
    pub component: Component,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
}

/// `PATCH /State/Components/…`: of one component the field alone, in bulk with `ComponentIDs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ComponentPatch {
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "ComponentIDs", skip_serializing_if = "Option::is_none")]
    pub component_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_status: Option<String>,
    #[serde(rename = "NID", skip_serializing_if = "Option::is_none")]
    pub nid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_info: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
}

/// `POST /State/Components/Query`: filters by the names of the list's own query, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComponentQuery {
    #[serde(rename = "ComponentIDs")]
    pub component_ids: Vec<String>,
    #[serde(flatten)]
    pub filter: serde_json::Map<String, serde_json::Value>,
}

/// `POST /State/Components/ByNID/Query`: `["1-3", "7"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NidQuery {
    #[serde(rename = "NIDRanges")]
    pub nid_ranges: Vec<String>,
    #[serde(flatten)]
    pub filter: serde_json::Map<String, serde_json::Value>,
}

/// A NID comes as a number or as its digits in a string. What is a number but not a whole one counts as none, which SMD
/// writes as -1.
fn nid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Digits {
        Number(Number),
        Text(String),
    }
    let number = match Option::<Digits>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Digits::Number(number)) => number,
        Some(Digits::Text(text)) => serde_json::from_str(&text)
            .map_err(|_| de::Error::custom(format!("\"{text}\" is not a number, as a NID is")))?,
    };
    Ok(Some(number.as_i64().unwrap_or(-1)))
}
