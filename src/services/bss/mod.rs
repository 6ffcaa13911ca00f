//! BSS, the boot script service: which kernel, initrd and arguments a node gets, and the iPXE script that says so.
//!
//! The wire knows three sorts of identity, MAC, xname and NID, and never joins them: parameters stored under one are not
//! found by another. Firmware asks by MAC. So chami turns node sets into boot MACs before it writes, and what stands
//! under an xname or a NID only is told, for no node will ever ask for it. BSS also knows no groups: a group's name among
//! `hosts` is accepted and stored nowhere; and a write without identity rewrites every node.
pub mod client;
mod images;
pub mod lab;
mod lua;
pub mod store;
#[cfg(test)]
mod tests;
pub mod types;

use super::Service;

pub const SERVICE: Service = Service {
    name: "bss",
    natives: lua::natives,
    images: Some(images::images),
    lab: Some(lab::front),
};
