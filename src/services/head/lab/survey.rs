//! What a survey of the lab's head node finds: a machine that is large enough, with OpenCHAMI on it.
use super::Lab;
use crate::services::head::{
    store::KERNEL,
    types::{Disk, Port, Survey},
};
use std::collections::BTreeMap;

const GIB: u64 = 1 << 30;

const PACKAGES: [(&str, &str); 4] = [
    ("edk2-ovmf", "20240524-6.el9_5"),
    ("libvirt", "10.5.0-7.el9_5"),
    ("podman", "5.2.2-13.el9_5"),
    ("qemu-kvm", "9.0.0-10.el9_5"),
];

/// Who listens where: the simulated services as a head node runs them.
const PORTS: [(u16, &str, &str, &str); 8] = [
    (22, "tcp", "0.0.0.0", "sshd"),
    (67, "udp", "0.0.0.0", "coresmd-coredhc"),
    (69, "udp", "0.0.0.0", "coresmd-coredhc"),
    (5000, "tcp", "0.0.0.0", "conmon"),
    (8081, "tcp", "0.0.0.0", "conmon"),
    (8443, "tcp", "0.0.0.0", "conmon"),
    (9000, "tcp", "0.0.0.0", "conmon"),
    (9001, "tcp", "0.0.0.0", "conmon"),
];

impl Lab {
    pub(super) fn survey(&self) -> Survey {
        let text = |name: &str| {
            self.shelf
                .read(|store| store.sysctl(name))
                .unwrap_or_default()
        };
        let port = |(port, protocol, address, process): (u16, &str, &str, &str)| Port {
            port,
            protocol: protocol.to_owned(),
            address: address.to_owned(),
            process: Some(process.to_owned()),
        };
        let owned = |(name, version): (&str, &str)| (name.to_owned(), version.to_owned());
        Survey {
            hostname: text("kernel.hostname"),
            os: "Rocky Linux 9.5 (Blue Onyx)".to_owned(),
            os_id: "rocky".to_owned(),
            os_version: "9.5".to_owned(),
            kernel: KERNEL.to_owned(),
            arch: "x86_64".to_owned(),
            user: "root".to_owned(),
            root: true,
            // As large as its libvirt says.
            cpus: 16,
            memory: 64 * GIB,
            memory_available: 58 * GIB,
            disks: vec![Disk {
                path: "/".to_owned(),
                size: 200 * GIB,
                free: 171 * GIB,
            }],
            virtualization: "kvm".to_owned(),
            no_kvm: None,
            selinux: None,
            podman: Some("5.2.2".to_owned()),
            packages: PACKAGES.into_iter().map(owned).collect::<BTreeMap<_, _>>(),
            ports: PORTS.into_iter().map(port).collect(),
            silent: Vec::new(),
            checks: Vec::new(),
        }
    }
}
