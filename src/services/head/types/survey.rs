//! What a machine is made of, as far as it matters to a head node.
use super::Check;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    pub hostname: String,
    /// As people read it: `Rocky Linux 9.5 (Blue Onyx)`.
    pub os: String,
    /// `rocky`, `debian`.
    pub os_id: String,
    pub os_version: String,
    pub kernel: String,
    pub arch: String,
    /// Who asks.
    pub user: String,
    pub root: bool,
    pub cpus: u64,
    /// In bytes.
    pub memory: u64,
    pub memory_available: u64,
    pub disks: Vec<Disk>,
    /// `kvm`, or `emulation`: machines run, slowly.
    pub virtualization: String,
    /// Why it is not `kvm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_kvm: Option<String>,
    /// `enforcing`, `permissive`; none: there is none, or it is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selinux: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub podman: Option<String>,
    /// Versions of what is installed, of the packages that matter.
    pub packages: BTreeMap<String, String>,
    pub ports: Vec<Port>,
    /// What did not answer in time, and is not known therefore: programs, places on disks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silent: Vec<String>,
    #[serde(default)]
    pub checks: Vec<Check>,
}

/// A file system that holds something of OpenCHAMI's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    pub path: String,
    /// In bytes.
    pub size: u64,
    pub free: u64,
}

/// Something listens there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Port {
    pub port: u16,
    /// `tcp`, `udp`.
    pub protocol: String,
    pub address: String,
    /// Who listens; of others' only root sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
}
