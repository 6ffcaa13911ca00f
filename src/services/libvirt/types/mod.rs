//! libvirt's records, named as `virsh` prints them; and what is asked and answered over the seam.
mod call;
mod command;
pub mod unknown;

pub use call::{Answer, Call, Change, Nvram, Question};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The lab's twin, as a URI.
pub const LAB: &str = "lab:///";

/// One line of `virsh list`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// Of a running one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    pub name: String,
    /// `running`, `shut off`, `paused`, …
    pub state: String,
}

/// What `virsh dominfo` tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dominfo {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    pub name: String,
    pub uuid: String,
    pub os_type: String,
    pub state: String,
    pub cpus: u32,
    /// Seconds.
    pub cpu_time: f64,
    /// KiB.
    pub max_memory: u64,
    /// KiB.
    pub used_memory: u64,
    pub persistent: bool,
    pub autostart: bool,
}

/// One line of `virsh domiflist`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// The host's end of it, of a running one: `vnet0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
}

/// A domain as whoever asks why a node does not boot wants it: put together from its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surveyed {
    pub name: String,
    pub state: String,
    /// KiB that it begins with.
    pub memory: u64,
    pub serial: bool,
    /// The file that gets what its serial console shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    pub interfaces: Vec<Interface>,
    /// The MAC of the card that it boots from; none where it has no card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boots: Option<String>,
}

/// One line of `virsh domifaddr`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<String>,
    /// `ipv4` or `ipv6`.
    pub protocol: String,
    /// With its prefix: `172.16.0.1/24`.
    pub address: String,
}

/// One line of `virsh net-list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedNet {
    pub name: String,
    /// `active` or `inactive`.
    pub state: String,
    pub autostart: bool,
    pub persistent: bool,
}

/// What `virsh net-info` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetInfo {
    pub name: String,
    pub uuid: String,
    pub active: bool,
    pub persistent: bool,
    pub autostart: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bridge: Option<String>,
}

/// One line of `virsh net-dhcp-leases`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// RFC 3339.
    pub expiry_time: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<String>,
    pub protocol: String,
    pub ip_address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// One line of `virsh pool-list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedPool {
    pub name: String,
    pub state: String,
    pub autostart: bool,
}

/// What `virsh pool-info` tells; sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolInfo {
    pub name: String,
    pub uuid: String,
    pub state: String,
    pub persistent: bool,
    pub autostart: bool,
    pub capacity: u64,
    pub allocation: u64,
    pub available: u64,
}

/// One line of `virsh vol-list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedVol {
    pub name: String,
    pub path: String,
}

/// What `virsh vol-info` tells; sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolInfo {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub capacity: u64,
    pub allocation: u64,
    pub path: String,
}

/// One line of `virsh snapshot-list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub name: String,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<String>,
    /// The domain's state that it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub current: bool,
}

/// A picture that was taken of a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screenshot {
    pub path: String,
    pub mime_type: String,
    pub bytes: u64,
}

/// What `virsh nodeinfo` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nodeinfo {
    pub cpu_model: String,
    pub cpus: u32,
    /// MHz.
    pub cpu_frequency: u32,
    pub cpu_sockets: u32,
    pub cores_per_socket: u32,
    pub threads_per_core: u32,
    pub numa_cells: u32,
    /// KiB.
    pub memory_size: u64,
}

/// What `virsh version` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// libvirt's own.
    pub library: String,
    /// What drives the machines: `QEMU`, `TEST`.
    pub hypervisor: String,
    pub hypervisor_version: String,
}

/// What `virsh domstats` tells of one domain: `state.state`, `vcpu.current`, …
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Domstats {
    pub domain: String,
    pub stats: Map<String, Value>,
}

/// An open console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub console: u64,
    /// Whether time passes by itself there; where not, it is for the reader to let it pass.
    pub live: bool,
    /// What stands there already, and will not come over it: the last lines, where they are known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub earlier: String,
}

/// Events that are listened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watching {
    pub events: u64,
    /// As of a console.
    pub live: bool,
}

/// What came over a console since it was read last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    pub text: String,
    /// Nothing will come any more.
    pub ended: bool,
}

/// Something that happened to a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub domain: String,
    /// `started`, `stopped`, `defined`, … in libvirt's words.
    pub event: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
