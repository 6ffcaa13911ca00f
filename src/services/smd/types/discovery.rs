//! Inventory/ServiceEndpoints, Inventory/Discover and Inventory/DiscoveryStatus: what SMD finds out by asking BMCs itself.
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A Redfish service of a BMC: its accounts, its sessions, its updates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceEndpoint {
    #[serde(rename = "RedfishEndpointID")]
    pub redfish_endpoint_id: String,
    #[serde(rename = "RedfishType")]
    pub redfish_type: String,
    #[serde(rename = "RedfishSubtype", skip_serializing_if = "Option::is_none")]
    pub redfish_subtype: Option<String>,
    #[serde(rename = "UUID")]
    pub uuid: String,
    #[serde(rename = "OdataID")]
    pub odata_id: String,
    #[serde(rename = "RedfishEndpointFQDN")]
    pub redfish_endpoint_fqdn: String,
    #[serde(rename = "RedfishURL")]
    pub redfish_url: String,
    #[serde(rename = "ServiceInfo", skip_serializing_if = "Option::is_none")]
    pub service_info: Option<Value>,
}

/// A list of service endpoints as SMD wraps it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceEndpointList {
    #[serde(rename = "ServiceEndpoints")]
    pub service_endpoints: Vec<ServiceEndpoint>,
}

/// How far SMD's own discovery is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DiscoveryStatus {
    #[serde(rename = "ID")]
    pub id: u32,
    #[serde(rename = "Status")]
    pub status: String,
    #[serde(rename = "LastUpdateTime")]
    pub last_update_time: String,
    #[serde(rename = "Details", skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

/// Body of `POST /Inventory/Discover`: which endpoints (none named: all), and whether those under way are asked again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Discover {
    pub xnames: Vec<String>,
    pub force: bool,
}
