//! Inventory/RedfishEndpoints and Inventory/ComponentEndpoints: the BMCs, and what is reached through them.
use serde::{Deserialize, Serialize};

/// A BMC (or other Redfish service) as SMD keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct RedfishEndpoint {
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub hostname: String,
    pub domain: String,
    #[serde(rename = "FQDN")]
    pub fqdn: String,
    pub enabled: bool,
    #[serde(rename = "UUID", skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    pub user: String,
    /// In clear, when SMD runs without a vault.
    pub password: String,
    #[serde(rename = "UseSSDP", skip_serializing_if = "Option::is_none")]
    pub use_ssdp: Option<bool>,
    #[serde(rename = "MACRequired", skip_serializing_if = "Option::is_none")]
    pub mac_required: Option<bool>,
    #[serde(rename = "MACAddr", skip_serializing_if = "Option::is_none")]
    pub mac_addr: Option<String>,
    #[serde(rename = "IPAddress", skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    pub rediscover_on_update: bool,
    #[serde(rename = "TemplateID", skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    pub discovery_info: DiscoveryInfo,
}

/// When SMD last asked the BMC, and how that went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DiscoveryInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_discovery_attempt: Option<String>,
    pub last_discovery_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redfish_version: Option<String>,
}

/// A list of Redfish endpoints as SMD wraps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct RedfishEndpointList {
    pub redfish_endpoints: Vec<RedfishEndpoint>,
}

/// Body of `POST`, `PUT` and `PATCH`: only what is given. With `SchemaVersion` 1 the `Systems` and `Managers` behind the
/// BMC become components, component endpoints and interfaces; this is what `discover static` and magellan send.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct RedfishEndpointBody {
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(rename = "FQDN", skip_serializing_if = "Option::is_none")]
    pub fqdn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(rename = "UUID", skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(rename = "UseSSDP", skip_serializing_if = "Option::is_none")]
    pub use_ssdp: Option<bool>,
    #[serde(rename = "MACRequired", skip_serializing_if = "Option::is_none")]
    pub mac_required: Option<bool>,
    #[serde(rename = "MACAddr", skip_serializing_if = "Option::is_none")]
    pub mac_addr: Option<String>,
    #[serde(rename = "IPAddress", skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rediscover_on_update: Option<bool>,
    #[serde(rename = "TemplateID", skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub systems: Option<Vec<System>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managers: Option<Vec<Manager>>,
}

/// A computer behind a BMC, as a discovery describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct System {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uri: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uuid: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub system_type: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ethernet_interfaces: Vec<Nic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power: Option<Power>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Links>,
}

/// A BMC's own description in a discovery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manager {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uri: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uuid: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ethernet_interfaces: Vec<Nic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command_shell: Vec<String>,
}

/// An interface in a discovery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Nic {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uri: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mac: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ip: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub enabled: bool,
}

/// How a discovered system is powered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Power {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub power_control_ids: Vec<String>,
}

/// What a discovered system belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Links {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chassis: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub managers: Vec<String>,
}

/// What is reached through a Redfish endpoint: the BMC itself, its nodes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ComponentEndpoint {
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(rename = "FQDN", skip_serializing_if = "Option::is_none")]
    pub fqdn: Option<String>,
    pub redfish_type: String,
    pub redfish_subtype: String,
    #[serde(rename = "MACAddr", skip_serializing_if = "Option::is_none")]
    pub mac_addr: Option<String>,
    #[serde(rename = "UUID", skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    #[serde(rename = "OdataID")]
    pub odata_id: String,
    #[serde(rename = "RedfishEndpointID")]
    pub redfish_endpoint_id: String,
    pub enabled: bool,
    #[serde(rename = "RedfishEndpointFQDN")]
    pub redfish_endpoint_fqdn: String,
    #[serde(rename = "RedfishURL")]
    pub redfish_url: String,
    pub component_endpoint_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redfish_chassis_info: Option<Box<Info>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redfish_system_info: Option<Box<Info>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redfish_manager_info: Option<Box<Info>>,
    #[serde(rename = "RedfishPDUInfo", skip_serializing_if = "Option::is_none")]
    pub redfish_pdu_info: Option<Box<Info>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redfish_outlet_info: Option<Box<Info>>,
}

/// A list of component endpoints as SMD wraps it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ComponentEndpointList {
    pub component_endpoints: Vec<ComponentEndpoint>,
}

/// What Redfish says of a component: SMD has a form per sort, of which this is the union.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Info {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Actions>,
    #[serde(rename = "EthernetNICInfo", skip_serializing_if = "Vec::is_empty")]
    pub ethernet_nic_info: Vec<NicInfo>,
    #[serde(rename = "PowerURL", skip_serializing_if = "Option::is_none")]
    pub power_url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub power_control: Vec<PowerControl>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command_shell: Option<CommandShell>,
}

/// The resets a component takes, by Redfish's own names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Actions {
    #[serde(
        rename = "#ComputerSystem.Reset",
        skip_serializing_if = "Option::is_none"
    )]
    pub computer_system_reset: Option<Action>,
    #[serde(rename = "#Manager.Reset", skip_serializing_if = "Option::is_none")]
    pub manager_reset: Option<Action>,
    #[serde(rename = "#Chassis.Reset", skip_serializing_if = "Option::is_none")]
    pub chassis_reset: Option<Action>,
    #[serde(
        rename = "#Outlet.PowerControl",
        skip_serializing_if = "Option::is_none"
    )]
    pub outlet_power_control: Option<OutletAction>,
}

/// How an outlet is switched: where to post, and what may be said there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutletAction {
    #[serde(
        rename = "PowerState@Redfish.AllowableValues",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub allowable_values: Vec<String>,
    pub target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// One Redfish action: where to post, and what may be said there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Action {
    #[serde(rename = "ResetType@Redfish.AllowableValues")]
    pub allowable_values: Option<Vec<String>>,
    #[serde(rename = "@Redfish.ActionInfo")]
    pub action_info: String,
    pub target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// A network interface as Redfish names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NicInfo {
    pub redfish_id: String,
    #[serde(rename = "@odata.id")]
    pub odata_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(rename = "FQDN", skip_serializing_if = "Option::is_none")]
    pub fqdn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface_enabled: Option<bool>,
    #[serde(rename = "MACAddress")]
    pub mac_address: String,
    #[serde(
        rename = "PermanentMACAddress",
        skip_serializing_if = "Option::is_none"
    )]
    pub permanent_mac_address: Option<String>,
}

/// A Redfish reference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OdataId {
    #[serde(rename = "@odata.id")]
    pub odata_id: String,
}

/// A place where a system's power is capped and read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PowerControl {
    #[serde(rename = "@odata.id")]
    pub odata_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_item: Vec<OdataId>,
}

/// A Redfish control and where it is found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Control {
    #[serde(rename = "URL")]
    pub url: String,
    #[serde(rename = "Control")]
    pub control: serde_json::Value,
}

/// The shells a BMC offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct CommandShell {
    pub service_enabled: bool,
    pub max_concurrent_sessions: i64,
    pub connect_types_supported: Vec<String>,
}
