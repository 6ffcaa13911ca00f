//! What goes over the wire, names as there: most have dashes, one (`cloud_provider`) has an underscore.
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What cloud-init holds for a group. Who is in the group, SMD knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(rename = "meta-data", skip_serializing_if = "Map::is_empty")]
    pub meta_data: Map<String, Value>,
    pub file: File,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub versions: BTreeMap<String, String>,
}

/// The cloud-config of a group, as it was sent: base64 stays base64.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    pub content: String,
    pub filename: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub encoding: String,
}

/// What holds for every node of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Defaults {
    #[serde(rename = "cloud_provider", skip_serializing_if = "String::is_empty")]
    pub cloud_provider: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub availability_zone: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cluster_name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub public_keys: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub base_url: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub boot_subnet: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub wg_subnet: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub short_name: String,
    #[serde(skip_serializing_if = "is_zero")]
    pub nid_length: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde gives a reference
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// What is special about one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct InstanceInfo {
    pub id: String,
    pub instance_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub local_hostname: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hostname: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cluster_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub availability_zone: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cloud_provider: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub instance_type: String,
    #[serde(
        rename = "cloud-init-base-url",
        skip_serializing_if = "String::is_empty"
    )]
    pub base_url: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub public_keys: Vec<String>,
}

/// How the server speaks of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Version {
    pub process_name: String,
    pub build_info: String,
    pub uptime: String,
    pub runtime_host: String,
    pub bytes_allocated: u64,
}

/// What a node sends to have a tunnel made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PublicKey {
    pub public_key: String,
}

/// A tunnel, as it is granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Tunnel {
    pub message: String,
    pub client_vpn_ip: String,
    pub server_public_key: String,
    pub server_ip: String,
    pub server_port: String,
}
