//! SMD, the inventory: components, Redfish endpoints, interfaces, groups.
pub mod client;
pub mod discover;
#[cfg(test)]
mod tests;
pub mod types;

use super::Service;

pub const SERVICE: Service = Service {
    name: "smd",
    natives: |_, _| (),
    lab: None,
};
