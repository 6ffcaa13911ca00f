//! cloud-init: what a node is told about itself and its configuration when it boots.
//!
//! The measured server is OpenCHAMI/cloud-init ec0f42f with its memory store. It serves nodes (`/meta-data`,
//! `/vendor-data`, `/<group>.yaml`, told apart by source address) and administrators (`/admin/…`, open to all). Which
//! nodes there are and in which groups, it reads from SMD once a minute. Its oddities, all of which the lab has:
//!
//! - The first entry of `X-Forwarded-For` is believed, so anybody can read any node's data.
//! - Cluster defaults are merged: an empty value changes nothing, so no field can be cleared; `boot-subnet` and
//!   `wg-subnet` are accepted and dropped.
//! - A node's record is replaced as a whole, except its instance-id; it can be neither read nor deleted. Unknown keys are
//!   ignored, `local_hostname` (for `local-hostname`) among them, and so is that SMD has no such node.
//! - A group SMD has and cloud-init has not is served as a bare `#cloud-config`.
//! - The last base URL told to any node is told to all, until the cluster's defaults have one.
//! - Jinja is not rendered by the server.
//!
//! One thing differs: a real server with this store loses everything when it restarts. The lab keeps groups, defaults and
//! nodes' records like all its stores; what the server merely remembers is forgotten when the lab is opened, reset or
//! restored, which is when it reads SMD anew.
//!
//! `render`, `merge` and `lint` do what the cloud-init *on the node* does with the texts the server hands out. They are
//! pure; the truth they follow is Debian's package (22.4), see `tests/cloud_init_peer.rs`. `guest` goes on from there: what
//! the node becomes (`tests/cloud_init_witness.rs`).
pub mod client;
pub mod document;
pub mod guest;
mod images;
pub mod instance;
pub mod lab;
pub mod lint;
mod lua;
pub mod merge;
pub mod render;
pub mod store;
#[cfg(test)]
mod tests;
pub mod types;

use super::Service;

pub const SERVICE: Service = Service {
    name: "cloud_init",
    natives: lua::natives,
    images: Some(images::images),
    lab: Some(lab::front),
};
