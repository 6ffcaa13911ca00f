//! How `lib-lua/expect.lua` and `learn.lua` raise: faults are made in Rust.
use super::Builtin;
use crate::fault::{Fault, Kind};

pub(super) const EXPECT: Builtin = Builtin {
    name: "expect",
    natives: |n, _| {
        n.sync("fail", |(message, hint): (String, Option<String>)| {
            fail(Kind::CheckFailed, message, hint)
        });
    },
};

pub(super) const LEARN: Builtin = Builtin {
    name: "learn",
    natives: |n, _| {
        n.sync("refuse", |(message, hint): (String, Option<String>)| {
            fail(Kind::BadArgument, message, hint)
        });
    },
};

fn fail(kind: Kind, message: String, hint: Option<String>) -> Result<(), Fault> {
    let mut fault = Fault::new(kind, message);
    fault.hint = hint;
    Err(fault)
}
