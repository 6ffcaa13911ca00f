//! Inventory/Hardware: what is built in where, the units themselves (FRUs: field-replaceable units), and their history.
//!
//! What Redfish says of a thing has a form per sort of thing; here it stays as it is on the wire, under the member that
//! names its sort: `NodeLocationInfo`, `MemoryFRUInfo`.
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A place that holds a unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct HardwareLocation {
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "Type")]
    pub kind: String,
    pub ordinal: i64,
    pub status: String,
    #[serde(rename = "HWInventoryByLocationType")]
    pub form: String,
    #[serde(rename = "PopulatedFRU", skip_serializing_if = "Option::is_none")]
    pub populated_fru: Option<HardwareFru>,
    /// `…LocationInfo`, and in a nested answer the lists of what is inside.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A unit that can be taken out and put in elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct HardwareFru {
    #[serde(rename = "FRUID")]
    pub fruid: String,
    #[serde(rename = "Type")]
    pub kind: String,
    pub subtype: String,
    #[serde(rename = "HWInventoryByFRUType")]
    pub form: String,
    /// `…FRUInfo`.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// `GET /Inventory/Hardware/Query/{xname}`: places by sort, `Nodes`, `Processors`, …
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HardwareInventory {
    #[serde(rename = "XName")]
    pub xname: String,
    #[serde(rename = "Format")]
    pub format: String,
    #[serde(flatten)]
    pub lists: Map<String, Value>,
}

/// A unit seen at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HardwareEvent {
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "FRUID")]
    pub fruid: String,
    #[serde(rename = "Timestamp")]
    pub timestamp: String,
    #[serde(rename = "EventType")]
    pub event_type: String,
}

/// The events of one place, or of one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HardwareHistory {
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "History")]
    pub history: Vec<HardwareEvent>,
}

/// Histories as SMD wraps them; `null` when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HardwareHistoryList {
    #[serde(rename = "Components")]
    pub components: Option<Vec<HardwareHistory>>,
}

/// Body of `POST /Inventory/Hardware`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HardwarePost {
    #[serde(rename = "Hardware")]
    pub hardware: Vec<Value>,
}
