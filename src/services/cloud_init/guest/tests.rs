//! What whole configurations make of a node; that the real cloud-init makes the same is `tests/cloud_init_witness.rs`'s.
mod accounts;
mod commands;
mod course;
mod files;
mod parts;

use super::{Guest, Inputs, apply};

/// A node of which only the user-data say something.
fn node(user_data: &str) -> Guest {
    node_and_console(user_data).0
}

fn node_and_console(user_data: &str) -> (Guest, Vec<String>) {
    apply(&Inputs {
        meta_data: "instance-id: i-1\nlocal-hostname: nid001\n",
        user_data,
        datasource: "http://172.16.0.254:8081/cloud-init",
        ..Inputs::default()
    })
}

/// The keys that may log in to whom this home belongs.
fn keys_in(home: &str) -> String {
    format!("{home}/.ssh/authorized_keys")
}

/// Status and output of a command that can be run.
fn told(guest: &Guest, command: &str) -> (u8, String) {
    let ran = guest
        .run(command)
        .unwrap_or_else(|e| panic!("{command}: {e}"));
    (ran.status, ran.output)
}
