//! Natives that belong to no service: one file each, shaped like a service's `lua.rs`.
mod auth;
mod bug_report;
mod config;
mod csv;
mod env;
mod exercise;
mod fs;
mod http;
mod journal;
mod json;
mod lab;
mod node;
mod nodeset;
mod record;
mod teach;
mod trace;
mod version;
mod yaml;

pub use auth::token_warning;
pub use fs::TUTORIAL;

use crate::{
    clock::Clock, config::Session, http::Http, journal::Journal, lab::Lab, lua::Natives, tape::Desk,
};
use std::sync::Arc;

/// What a builtin may use.
#[derive(Clone)]
pub struct Context {
    pub http: Http,
    pub clock: Arc<dyn Clock>,
    /// The lab, if that is the target.
    pub lab: Option<Lab>,
    /// Which configuration the session goes by.
    pub session: Arc<Session>,
    /// What is recorded, traced and kept of the exchanges.
    pub desk: Arc<Desk>,
    /// Where writes are kept.
    pub journal: Arc<Journal>,
}

/// Tells the journal of the records that belong to no service.
pub fn houses(context: &Context) {
    context.journal.house("fs", fs::images());
}

/// A module of natives.
pub struct Builtin {
    /// The module's name in Lua and in `lib-lua/`.
    pub name: &'static str,
    pub natives: fn(&mut Natives, &Context),
}

/// Every builtin: one line each.
pub const ALL: &[Builtin] = &[
    auth::BUILTIN,
    bug_report::BUILTIN,
    config::BUILTIN,
    csv::BUILTIN,
    env::BUILTIN,
    exercise::EXERCISE,
    fs::BUILTIN,
    http::BUILTIN,
    journal::BUILTIN,
    json::BUILTIN,
    lab::BUILTIN,
    node::BUILTIN,
    nodeset::NODES,
    nodeset::NODESET,
    record::BUILTIN,
    teach::BUILTIN,
    trace::BUILTIN,
    version::BUILTIN,
    yaml::BUILTIN,
];
