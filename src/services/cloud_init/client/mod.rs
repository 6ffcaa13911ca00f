//! A typed client of cloud-init: no Lua, no printing. One file per resource.
//!
//! cloud-init says 201 to what it drops and to what nobody will ever read: a default that cannot be cleared, a node that
//! SMD does not know. So a write here reads back what it wrote, and what it returns is what was read.
mod defaults;
mod group;
mod node;
mod service;

pub use defaults::DefaultsFields;
pub use group::{FileFields, GroupFields, Upload};
pub use node::NodeFields;
pub use service::PhoneHome;

use crate::{
    fault::{Fault, Kind},
    http::{Api, Http},
};

#[derive(Clone)]
pub struct Client {
    api: Api,
}

impl Client {
    pub fn new(http: &Http) -> Self {
        Self {
            api: http.service("cloud-init", "/cloud-init"),
        }
    }
}

fn fault(kind: Kind, message: impl Into<String>) -> Fault {
    Fault::new(kind, message).service("cloud-init")
}
