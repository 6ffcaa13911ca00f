//! SMD, the inventory: components, Redfish endpoints, interfaces, groups.
use super::Service;

pub const SERVICE: Service = Service {
    name: "smd",
    natives: |_, _| (),
    lab: None,
};
