//! What the verbs of exercises ask of Rust: fields checked by their types, and the line that runs.
use super::Builtin;
use crate::{clock, lua::line_in};
use serde::{Deserialize, Serialize};

pub(super) const EXERCISE: Builtin = Builtin {
    name: "exercise",
    natives: |n, context| {
        n.value("on_lab", super::lab::control(context).is_some());
        n.sync("header", |(header,): (Header,)| Ok(header));
        n.sync("check", |(check,): (Check,)| {
            if let Some(within) = &check.within {
                clock::duration(within)?;
            }
            Ok(check)
        });
        // Of the exercise itself: the library may be the user's own, and then its lines are as good as others.
        n.raw("line", |lua, [chunk, ..]| {
            let chunk = chunk.as_string().map(mlua::LuaString::to_string_lossy);
            Ok(chunk.and_then(|chunk| line_in(lua, &chunk)))
        });
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
    #[serde(default)]
    backend: Backend,
}

/// On what an exercise can be done.
#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Backend {
    #[default]
    Any,
    /// It breaks things on purpose, or moves time.
    Lab,
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
