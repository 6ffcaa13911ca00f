//! coredhcp with coresmd and bootloop: who gets which address, and which file to boot from.
//!
//! The configuration as the server reads it (`config`), what is wrong with it (`lint`), and what it answers to a packet
//! (`engine`), both for coresmd v0.4.3, which the release pins, and for v0.6.3; both held by recordings of the real
//! programs (tests/contract/dhcp). What may surprise:
//!
//! - coresmd asks neither for a component's state nor whether it is enabled: what SMD knows gets its address.
//! - A MAC that SMD spells in upper case is never found; nor is an interface without an address or without a component.
//!   All of these are strangers.
//! - A stranger that holds an address and asks again is refused (NAK), and the refusal names no server: much firmware
//!   passes it over, asks once more, and gets the address.
//! - The boot file stands in option 67 only; the header's own fields stay empty.
//! - Settings that are wrong are logged and skipped, and the server starts.
pub mod client;
pub mod config;
pub mod engine;
pub mod explain;
pub mod lab;
pub mod leases;
pub mod lint;
pub mod log;
mod lua;
pub mod packet;
pub mod render;
pub mod store;
#[cfg(test)]
mod tests;
pub mod types;
pub mod wire;

use super::Service;

pub const SERVICE: Service = Service {
    name: "dhcp",
    natives: lua::natives,
    images: None,
    lab: Some(lab::front),
};

/// TFTP, which coresmd serves as well: a module of its own in Lua.
pub const TFTP: Service = Service {
    name: "tftp",
    natives: lua::tftp,
    images: None,
    lab: None,
};
