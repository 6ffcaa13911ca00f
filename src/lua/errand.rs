//! What stands between a call in Lua and its requests: the gate is asked, patience is taken from what was given, and a
//! plan takes the place of what would change this machine.
use super::{
    native::{Failure, Native},
    sched::Bridge,
    value,
};
use crate::{
    call::{Call, Patience, Plan},
    fault::Fault,
    gate::Touched,
    secret,
};
use mlua::{Lua, LuaSerdeExt, Table, Value};
use serde::Serialize;
use std::rc::Rc;

/// Where a native's writes end up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// At the services of the target.
    Target,
    /// On this machine.
    Home,
}

/// A native on its way.
pub(crate) struct Errand {
    pub(crate) bridge: Rc<Bridge>,
    pub(crate) native: Rc<Native>,
    pub(crate) reach: Reach,
}

/// How it goes on.
pub(crate) enum Sent {
    Call(Call),
    /// Not at all: this is what it would have been.
    Planned(Errands),
}

/// A call that was not made.
#[derive(Serialize)]
pub(crate) struct Errands {
    call: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    arguments: Vec<serde_json::Value>,
}

/// The keys of a call's last table that are about the call itself.
const PATIENCE: [&str; 3] = ["timeout", "retries", "limit"];
/// The fields of a record that name nodes.
const NAMES: [&str; 9] = [
    "macs",
    "hosts",
    "nids",
    "ids",
    "xnames",
    "members",
    "nodes",
    "bmcs",
    "ComponentIDs",
];

impl Errand {
    /// What `task.with` said, and before that the call's own tables, from which it is taken out.
    pub(crate) fn patience(
        &self,
        lua: &Lua,
        said: &Value,
        values: &mut [Value; 4],
    ) -> Result<Patience, Failure> {
        let mut patience = match said {
            Value::Table(_) => {
                let unfit = |mismatch| Failure::Argument(0, mismatch);
                value::from_lua(lua, said.clone()).map_err(unfit)?
            }
            _ => Patience::default(),
        };
        if self.reach == Reach::Home {
            return Ok(patience);
        }
        for (position, value) in values.iter_mut().enumerate() {
            let Value::Table(table) = value else { continue };
            if let Some((own, rest)) =
                taken(lua, table).map_err(|error| Fault::internal(error.to_string()))?
            {
                let own: Patience = value::from_lua(lua, Value::Table(own))
                    .map_err(|mismatch| Failure::Argument(position, mismatch))?;
                patience = own.or(patience);
                *value = Value::Table(rest);
            }
        }
        Ok(patience)
    }

    /// Tells who wants to know, before anything is sent.
    pub(crate) fn told(&self, lua: &Lua, values: &[Value]) {
        if let Some(told) = &*self.bridge.told.borrow() {
            told(&self.native.to_string(), &plain(lua, values));
        }
    }

    /// Asks the gate.
    pub(crate) fn admit(
        &self,
        lua: &Lua,
        values: &[Value],
        patience: Patience,
    ) -> Result<Sent, Fault> {
        let gate = &self.bridge.gate;
        let mut call = Call {
            native: self.native.to_string(),
            writes: self.native.writes(),
            patience,
            max_nodes: gate.max_nodes(),
            plan: None,
            scope: self.bridge.scope.get(),
            behind: self.bridge.behind.get(),
        };
        if !call.writes {
            return Ok(Sent::Call(call));
        }
        match self.reach {
            Reach::Target => {
                gate.pass(&call.native, touched(&self.native, values))?;
                if gate.plans() {
                    call.plan = Some(Plan::new(gate.tell()));
                }
            }
            Reach::Home => {
                gate.at_home(&call.native)?;
                if gate.plans() {
                    return Ok(Sent::Planned(planned(
                        lua,
                        call.native,
                        values,
                        gate.tell(),
                    )));
                }
            }
        }
        Ok(Sent::Call(call))
    }
}

/// The keys about the call itself, and the table without them; none when there are none.
fn taken(lua: &Lua, table: &Table) -> mlua::Result<Option<(Table, Table)>> {
    let mut said = Vec::new();
    for key in PATIENCE {
        let value: Value = table.raw_get(key)?;
        if !value.is_nil() {
            said.push((key, value));
        }
    }
    if said.is_empty() {
        return Ok(None);
    }
    let (own, rest) = (lua.create_table_from(said)?, lua.create_table()?);
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair?;
        let about = |key: &Value| {
            PATIENCE
                .iter()
                .any(|word| key.as_string().is_some_and(|key| key == *word))
        };
        if !about(&key) {
            rest.raw_set(key, value)?;
        }
    }
    Ok(Some((own, rest)))
}

/// The arguments up to the last that was given.
fn plain(lua: &Lua, values: &[Value]) -> Vec<serde_json::Value> {
    let end = values.iter().rposition(|value| !value.is_nil());
    let plain = |value: &Value| lua.from_value(value.clone()).unwrap_or_default();
    let given = values.iter().take(end.map_or(0, |last| last + 1));
    given.map(plain).collect()
}

fn planned(lua: &Lua, call: String, values: &[Value], tell: Option<fn(&str)>) -> Errands {
    let arguments = plain(lua, values);
    if let Some(tell) = tell {
        let words: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let words = words.join(", ");
        tell(&format!("plan: {call}({})", secret::hide(&words)));
    }
    Errands { call, arguments }
}

/// How many records a write names: the longest list among its arguments. One that names none and says true means all;
/// what a raw request does only its server knows, and defaults are everybody's.
fn touched(native: &Native, values: &[Value]) -> Touched {
    if native.module == "http" {
        return Touched::Unknown;
    }
    if native.name.ends_with("_all") || native.name.starts_with("defaults_") {
        return Touched::All;
    }
    let lists = values.iter().filter_map(|value| longest(value.as_table()?));
    match lists.max() {
        Some(count) => Touched::Some(count),
        None if values.iter().any(|value| value.as_boolean() == Some(true)) => Touched::All,
        None => Touched::Some(1),
    }
}

/// Of a list its length; of a record that of its longest list of names.
fn longest(table: &Table) -> Option<usize> {
    let length = table.raw_len();
    if length > 0 || table.is_empty() {
        let inner = table.sequence_values::<Value>().flatten();
        let inner = inner.filter_map(|value| longest(value.as_table()?)).max();
        return Some(length.max(inner.unwrap_or(0)));
    }
    let named = |key: &str| longest(table.raw_get::<Value>(key).ok()?.as_table()?);
    NAMES.iter().filter_map(|key| named(key)).max()
}
