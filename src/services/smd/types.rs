//! What SMD says and hears: one type per document, its members named exactly as on the wire.
//!
//! Client and lab share these. What SMD leaves out when it is empty is an `Option` here and left out again; what it always
//! sends is not. Reading is lenient (a missing member is its default), because SMD is. Knows no HTTP, no Lua, no store.
mod component;
mod discovery;
mod endpoint;
mod group;
mod hardware;
mod interface;
mod lock;
mod map;
mod partition;
mod subscription;

pub use component::{
    Component, ComponentList, ComponentPatch, ComponentPost, ComponentPut, ComponentQuery, NidQuery,
};
pub use discovery::{Discover, DiscoveryStatus, ServiceEndpoint, ServiceEndpointList};
pub use endpoint::{
    Action, Actions, CommandShell, ComponentEndpoint, ComponentEndpointList, Control,
    DiscoveryInfo, Info, Links, Manager, Nic, NicInfo, OdataId, OutletAction, Power, PowerControl,
    RedfishEndpoint, RedfishEndpointBody, RedfishEndpointList, System,
};
pub use group::{Group, GroupPatch, Member, Members, Membership};
pub use hardware::{
    HardwareEvent, HardwareFru, HardwareHistory, HardwareHistoryList, HardwareInventory,
    HardwareLocation, HardwarePost,
};
pub use interface::{EthernetInterface, EthernetInterfaceBody, IpAddress, IpAddressPatch};
pub use lock::{
    DeputyKeys, Lock, LockFailure, LockKey, LockList, LockQuery, LockRequest, LockResult,
    Reservation, ReservationKeys, ReservationResult,
};
pub use map::{NodeMap, NodeMapList, PowerMap};
pub use partition::Partition;
pub use subscription::{Notification, Subscription, SubscriptionBody, SubscriptionList};

use serde::{Deserialize, Serialize};

/// RFC 7807: how SMD and BSS refuse.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub detail: String,
    pub status: u16,
}

/// `{"code":0,"message":"deleted 1 entry"}`: how SMD says that something which returns no record went well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notice {
    pub code: i64,
    pub message: String,
}

/// Where a new resource is found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceUri {
    #[serde(rename = "URI")]
    pub uri: String,
}

/// The words SMD takes in enumerated fields; only those asked for are there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Values {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net_type: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_role: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Vec<String>>,
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Vec<String>>,
}
