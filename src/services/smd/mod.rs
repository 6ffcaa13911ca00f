//! SMD, the inventory: components, Redfish endpoints, interfaces, groups.
pub mod client;
pub mod discover;
mod lua;
pub mod types;

use super::Service;

pub const SERVICE: Service = Service {
    name: "smd",
    natives: lua::natives,
    lab: None,
};

/// Static discovery: a module of its own in Lua, over the same client.
pub const DISCOVER: Service = Service {
    name: "discover",
    natives: lua::discover::natives,
    lab: None,
};
