//! What the verbs of exercises and `expect` ask of Rust: fields checked by their types, faults raised by kind.
use super::Builtin;
use crate::{
    fault::{Fault, Kind},
    lua::{Natives, here},
};
use serde::{Deserialize, Serialize};

pub(super) const EXERCISE: Builtin = Builtin {
    name: "exercise",
    natives: |n, _| {
        raising(n);
        n.sync("header", |(header,): (Header,)| Ok(header));
        n.sync("check", |(check,): (Check,)| Ok(check));
        n.raw("line", |lua, _| Ok(here(lua).map(|place| place.line)));
    },
};

pub(super) const EXPECT: Builtin = Builtin {
    name: "expect",
    natives: |n, _| {
        raising(n);
        n.sync("kind", |(kind,): (Kind,)| Ok(kind));
    },
};

fn raising(n: &mut Natives) {
    n.sync(
        "raise",
        |(kind, message, hint): (Kind, String, Option<String>)| {
            let mut fault = Fault::new(kind, message);
            fault.hint = hint;
            Err::<(), _>(fault)
        },
    );
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Header {
    id: String,
    title: String,
    goal: String,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    seed: Vec<String>,
    minutes: Option<u32>,
    #[serde(default)]
    once: bool,
}

/// A check without its `got` and `want`, which stay in Lua.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Check {
    within: Option<String>,
    #[serde(default)]
    hint: Vec<String>,
}
