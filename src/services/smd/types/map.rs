//! Defaults/NodeMaps and sysinfo/powermaps: what is said of places before anything stands there.
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The NID and the role a node gets that is added without them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeMap {
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "NID")]
    pub nid: i64,
    #[serde(rename = "Role", skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(rename = "SubRole", skip_serializing_if = "Option::is_none")]
    pub sub_role: Option<String>,
    /// Whatever else the site wants to say of the node.
    #[serde(rename = "NodeInfo", skip_serializing_if = "Option::is_none")]
    pub node_info: Option<Value>,
}

/// Node maps as SMD wraps them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeMapList {
    #[serde(rename = "NodeMaps")]
    pub node_maps: Vec<NodeMap>,
}

/// What supplies a component with power.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PowerMap {
    pub id: String,
    #[serde(rename = "poweredBy", skip_serializing_if = "Vec::is_empty")]
    pub powered_by: Vec<String>,
}
