//! Natives that belong to no service: one file each, shaped like a service's `lua.rs`.
mod exercise;
mod json;
mod nodeset;

use crate::{clock::Clock, http::Http, lua::Natives};
use std::sync::Arc;

/// What a builtin may use.
#[derive(Clone)]
pub struct Context {
    pub http: Http,
    pub clock: Arc<dyn Clock>,
}

/// A module of natives.
pub struct Builtin {
    /// The module's name in Lua and in `lib-lua/`.
    pub name: &'static str,
    pub natives: fn(&mut Natives, &Context),
}

/// Every builtin: one line each.
pub const ALL: &[Builtin] = &[
    exercise::EXERCISE,
    exercise::EXPECT,
    json::BUILTIN,
    nodeset::NODES,
    nodeset::NODESET,
];
