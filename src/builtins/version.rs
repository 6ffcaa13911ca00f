//! What is running: the first thing a report of a defect must say.
use super::Builtin;
use serde::Serialize;
use std::env::consts;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "version",
    natives: |n, _| n.sync("facts", |(): ()| Ok(Facts::of_this_build())),
};

#[derive(Serialize)]
pub(super) struct Facts {
    pub(super) chami: &'static str,
    pub(super) target: String,
    pub(super) profile: &'static str,
}

impl Facts {
    pub(super) fn of_this_build() -> Self {
        Self {
            chami: env!("CARGO_PKG_VERSION"),
            target: target(),
            profile: if cfg!(debug_assertions) {
                "debug"
            } else {
                "release"
            },
        }
    }
}

/// The target triple, as Rust writes it.
fn target() -> String {
    let arch = consts::ARCH;
    if cfg!(target_vendor = "apple") {
        return format!("{arch}-apple-darwin");
    }
    let libc = if cfg!(target_env = "musl") {
        "musl"
    } else {
        "gnu"
    };
    format!("{arch}-unknown-{}-{libc}", consts::OS)
}
