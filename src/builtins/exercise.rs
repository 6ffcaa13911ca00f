//! What the verbs of exercises ask of Rust: fields checked by their types, and the line that runs.
use super::Builtin;
use crate::{clock, lua::here};
use serde::{Deserialize, Serialize};

pub(super) const EXERCISE: Builtin = Builtin {
    name: "exercise",
    natives: |n, _| {
        n.sync("header", |(header,): (Header,)| Ok(header));
        n.sync("check", |(check,): (Check,)| {
            if let Some(within) = &check.within {
                clock::duration(within)?;
            }
            Ok(check)
        });
        n.raw("line", |lua, _| Ok(here(lua).map(|place| place.line)));
        n.raw("span", |_, [value, ..]| {
            let info = value.as_function().map(mlua::Function::info);
            let lines = info.and_then(|it| Some(vec![it.line_defined?, it.last_line_defined?]));
            Ok(lines.unwrap_or_default())
        });
    },
};

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

/// A check; its `got` and `want` stay in Lua, here they are only known to be there.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Check {
    #[serde(rename = "got", skip_serializing)]
    _got: bool,
    #[serde(rename = "want", skip_serializing)]
    _want: Option<bool>,
    within: Option<String>,
    #[serde(default)]
    hint: Vec<String>,
}
