//! SMD, the inventory: components, Redfish endpoints, interfaces, groups.
pub mod client;
pub mod discover;
mod images;
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
    images: Some(images::images),
    lab: Some(lab::front),
};

/// Static discovery: a module of its own in Lua, over the same client.
pub const DISCOVER: Service = Service {
    name: "discover",
    natives: lua::discover::natives,
    images: None,
    lab: None,
};
