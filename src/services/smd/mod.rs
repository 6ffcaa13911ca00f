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
