//! What BSS says and hears: one type per document, its members named exactly as on the wire.
//!
//! Client and lab share these. Reading is lenient (a missing member is its default), because BSS is.
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// RFC 7807: how BSS refuses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub detail: String,
    pub status: u16,
}

/// What a set of identities boots. Empty is as good as absent but in BSS's answers, where `cloud-init` always stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BootParams {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub macs: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nids: Vec<i32>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub params: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kernel: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub initrd: String,
    #[serde(rename = "cloud-init", skip_serializing_if = "Option::is_none")]
    pub cloud_init: Option<CloudInit>,
}

/// What the key/value back end keeps for cloud-init; the SQL back end always answers it empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct CloudInit {
    pub meta_data: Option<Map<String, Value>>,
    pub user_data: Option<Map<String, Value>>,
    pub phone_home: PhoneHome,
}

/// What a node told of itself when it was up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PhoneHome {
    pub pub_key_dsa: String,
    pub pub_key_rsa: String,
    pub pub_key_ecdsa: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pub_key_ed25519: String,
    pub instance_id: String,
    pub hostname: String,
    pub fqdn: String,
}

/// A node as BSS knows it from SMD.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Host {
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub flag: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub software_status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub role: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sub_role: String,
    #[serde(rename = "NID", skip_serializing_if = "Option::is_none")]
    pub nid: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subtype: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub net_type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub arch: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub class: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reservation_disabled: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    #[serde(rename = "FQDN")]
    pub fqdn: String,
    /// As discovery found them and again as SMD's interfaces have them, hence mostly twice; none: null.
    #[serde(rename = "MAC")]
    pub mac: Option<Vec<String>>,
    /// Nodes without an enabled ComponentEndpoint count as unknown.
    pub endpoint_enabled: bool,
}

/// Everything BSS knows at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DumpState {
    pub components: Option<Vec<Host>>,
    pub params: Option<Vec<BootParams>>,
}

/// That a node fetched something; one for each fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EndpointAccess {
    pub name: String,
    pub endpoint: String,
    pub last_epoch: i64,
}

/// BSS of itself: only what was asked for is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct ServiceStatus {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bss_version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bss_status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bss_status_hsm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bss_storage_backend: Option<StorageBackend>,
}

/// Where BSS keeps its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StorageBackend {
    pub name: String,
    pub status: String,
}

/// A boot script taken apart, `?json=1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScriptParts {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub params: String,
    pub kernel: Image,
    pub initrd: Image,
}

/// Where a kernel or an initrd is fetched from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    pub path: String,
}
