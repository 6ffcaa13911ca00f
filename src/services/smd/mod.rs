//! SMD, the inventory: components, Redfish endpoints, interfaces, groups.
pub mod client;
pub mod discover;
pub mod types;

use super::Service;

pub const SERVICE: Service = Service {
    name: "smd",
    natives: |_, _| (),
    lab: None,
};
