//! What the prompt remembers from line to line: locals at the top level of an input, `_` and `_err`.
//!
//! Each input is a chunk, so its locals would end with it. Here `local x = 1` outside every block becomes `x = 1` in an
//! environment of the session, whose reads fall through to the globals; other assignments go to the globals. Only
//! what must go is blanked, so lines and columns stay as typed. A variable with `<close>` stays a true local.
mod rewrite;

pub(crate) use rewrite::{returns, rewrite};

use mlua::{Function, Lua, Result, Table, Value};

pub(crate) struct Session {
    environment: Table,
    declare: Function,
}

impl Session {
    pub(crate) fn new(lua: &Lua) -> Result<Self> {
        let (environment, declare) = lua
            .load(include_str!("session.lua"))
            .set_name("=[native]")
            .call(())?;
        Ok(Self {
            environment,
            declare,
        })
    }

    pub(crate) fn environment(&self) -> Table {
        self.environment.clone()
    }

    /// Makes assignments to `name` stay in the session.
    pub(crate) fn declare(&self, name: &str) -> Result<()> {
        self.declare.call(name)
    }

    pub(crate) fn remember(&self, name: &str, value: &Value) {
        // A plain table: only lack of memory could stop this.
        let _ = self.environment.raw_set(name, value);
    }
}
