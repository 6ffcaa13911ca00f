//! What cloud-init does on the node, without a node: from the texts the server hands out to the accounts, files, mounts
//! and services the node has in the end. Pure; who fetches the texts is somebody else.
//!
//! `config` puts the texts together (`render` and `merge` do the node) over what the image says by itself (`image`).
//! Then the modules run in cloud-init's order, each in a file of its own below `modules`; one that fails ends as it does
//! on a node: what it did before stays, the others run. Commands of `runcmd` are understood as far as `commands` says;
//! what is not understood is noted, never invented. `run` answers for the node afterwards.
//!
//! The truth followed is Debian's package (22.4) with the settings of Rocky Linux, see `tests/cloud_init_witness.rs`.
//! Console lines carry no time: the machine that prints them has the clock.
mod commands;
mod config;
mod image;
mod modules;
mod run;
mod script;
mod types;
mod value;
mod work;

pub use types::{File, Group, Guest, Mount, Ran, Unit, UnitFile, User};

use work::Work;

/// What a node was handed, and how it was started.
#[derive(Clone, Debug, Default)]
pub struct Inputs<'a> {
    pub meta_data: &'a str,
    pub user_data: &'a str,
    pub vendor_data: &'a str,
    /// What was fetched for `#include`: address and text.
    pub parts: Vec<(String, String)>,
    /// The kernel's command line; its `root=` names the image.
    pub cmdline: &'a str,
    /// The seed's address, as the command line gives it.
    pub datasource: &'a str,
    /// The release of the kernel that was started; empty for the one of the tutorial's image.
    pub kernel: &'a str,
}

/// The node after cloud-init, and what cloud-init printed on the console.
pub fn apply(inputs: &Inputs) -> (Guest, Vec<String>) {
    let mut node = Work::new(inputs);
    node.local();
    node.config = config::of(inputs, &mut node);
    node.modules();
    node.finish()
}

/// The node as its image starts it, before cloud-init or where cloud-init never runs.
pub fn fresh(inputs: &Inputs) -> Guest {
    image::boot(inputs.cmdline, inputs.kernel)
}

#[cfg(test)]
mod tests;
