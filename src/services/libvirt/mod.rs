//! libvirt, the machines' hypervisor where they are virtual: domains, networks, storage; `virsh` in Lua.
//!
//! libvirt's own protocol is closed to us; its library is large, and a call of it may hang. So there is a seam of our own,
//! questions and answers in JSON (`types::Call`), and two who answer: the helper `chami-virt` (`src/bin/chami-virt`),
//! which alone is linked with libvirt, and the lab's twin (`lab`), whose domains are the lab's machines.
//!
//! What may surprise. Without a URI `virsh` of root asks `qemu:///system` and that of anybody else `qemu:///session`, and
//! neither shows the other's domains. `virsh shutdown` only asks the guest, and what runs no system does not listen. A
//! domain's memory is in KiB in XML and in MiB for virt-install. UEFI keeps its variables in a file that `undefine` leaves
//! behind unless it is told. `virsh net-dhcp-leases` knows libvirt's own DHCP, which `openchami-net` has none of.
pub mod client;
mod images;
pub mod lab;
mod lua;
pub mod store;
#[cfg(test)]
mod tests;
pub mod types;
pub mod xml;

use super::Service;

pub const SERVICE: Service = Service {
    images: Some(images::images),
    name: "virsh",
    natives: lua::natives,
    lab: Some(lab::front),
};
