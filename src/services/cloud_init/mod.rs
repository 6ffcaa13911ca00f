//! cloud-init: what a node is told about itself when it starts.
//!
//! `render`, `merge` and `lint` do what the cloud-init *on the node* does with the texts the server hands out: the server
//! renders nothing and merges nothing. They are pure; the truth they follow is Debian's package (22.4), see
//! `tests/cloud_init_peer.rs`.
pub mod document;
pub mod instance;
pub mod lint;
mod lua;
pub mod merge;
pub mod render;

use super::Service;

pub const SERVICE: Service = Service {
    name: "cloud_init",
    natives: lua::natives,
    lab: None,
};
