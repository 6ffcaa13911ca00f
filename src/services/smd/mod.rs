//! SMD, the inventory: components, Redfish endpoints, interfaces, groups.
pub mod client;
pub mod discover;
pub mod lab;
mod lua;
pub mod store;
#[cfg(test)]
mod tests;
pub mod types;

pub use super::xname;

use super::Service;

pub const SERVICE: Service = Service {
    name: "smd",
    natives: lua::natives,
    lab: Some(lab::front),
};

/// Static discovery: a module of its own in Lua, over the same client.
pub const DISCOVER: Service = Service {
    name: "discover",
    natives: lua::discover::natives,
    lab: None,
};
