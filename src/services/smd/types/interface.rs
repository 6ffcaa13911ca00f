//! Inventory/EthernetInterfaces: which MAC sits on which component and which addresses it holds.
use serde::{Deserialize, Serialize};

/// One interface; `ID` is the MAC's twelve digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct EthernetInterface {
    #[serde(rename = "ID")]
    pub id: String,
    pub description: String,
    #[serde(rename = "MACAddress")]
    pub mac_address: String,
    pub last_update: String,
    #[serde(rename = "ComponentID")]
    pub component_id: String,
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(rename = "IPAddresses")]
    pub ip_addresses: Vec<IpAddress>,
}

/// An address and, if known, the network it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct IpAddress {
    #[serde(rename = "IPAddress")]
    pub ip_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

/// Body of `POST` (needs `MACAddress`) and `PATCH` (does not change it; `IPAddresses` replaces the list).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct EthernetInterfaceBody {
    #[serde(rename = "MACAddress", skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(rename = "ComponentID", skip_serializing_if = "Option::is_none")]
    pub component_id: Option<String>,
    #[serde(rename = "IPAddresses", skip_serializing_if = "Option::is_none")]
    pub ip_addresses: Option<Vec<IpAddress>>,
}

/// `PATCH …/IPAddresses/{ip}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct IpAddressPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}
