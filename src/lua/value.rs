//! Values on their way between Rust and Lua, and faults as the tables that scripts see.
//!
//! In typed records null and absent are nil; `json.null` (a null light userdata) comes only from natives that keep
//! nulls. Lists carry mlua's array metatable, so that an empty one stays a list when it is sent back.
mod de;
mod mismatch;

pub(crate) use de::from_lua;
pub use mismatch::Mismatch;

use super::{memory, native::Failure};
use crate::fault::{Fault, Item, Kind};
use mlua::{LightUserData, Lua, LuaSerdeExt, Result, Table, Value, serde::SerializeOptions};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};
use std::fmt;

const FAULT: &str = "chami.fault";

/// Prepares a VM: how faults and `json.null` print.
pub(crate) fn install(lua: &Lua) -> Result<()> {
    let faults = lua.create_table()?;
    faults.set("__name", "fault")?;
    faults.set(
        "__tostring",
        lua.create_function(|_, fault: Table| {
            Ok(match fault_from_lua(&Value::Table(fault)) {
                Some(fault) => fault.to_string(),
                None => "fault".to_owned(),
            })
        })?,
    )?;
    lua.set_named_registry_value(FAULT, faults)?;
    let null = lua.create_table()?;
    null.set("__name", "null")?;
    null.set("__tostring", lua.create_function(|_, _: Value| Ok("null"))?)?;
    lua.set_type_metatable::<LightUserData>(Some(null));
    Ok(())
}

/// JSON's null as a Lua value.
pub fn null() -> Value {
    Value::LightUserData(LightUserData(std::ptr::null_mut()))
}

/// Turns a result into a Lua value.
pub(crate) fn to_lua(
    lua: &Lua,
    value: &impl Serialize,
    nulls: bool,
) -> std::result::Result<Value, Fault> {
    let options = SerializeOptions::new()
        .serialize_none_to_null(nulls)
        .serialize_unit_to_null(nulls);
    lua.to_value_with(value, options)
        .map_err(|e| memory::or_defect(lua, &e))
}

/// `true, value` or `false, fault`: what the Lua half of a native takes apart.
pub(crate) fn outcome(lua: &Lua, out: std::result::Result<Value, Fault>) -> Result<(bool, Value)> {
    match out {
        Ok(value) => Ok((true, value)),
        Err(fault) => Ok((false, fault_to_lua(lua, &fault)?)),
    }
}

/// The table scripts see.
pub(crate) fn fault_to_lua(lua: &Lua, fault: &Fault) -> Result<Value> {
    let options = SerializeOptions::new()
        .serialize_none_to_null(false)
        .serialize_unit_to_null(false);
    let value = lua.to_value_with(fault, options)?;
    if let Value::Table(table) = &value {
        dress(lua, table)?;
    }
    Ok(value)
}

/// A fault made by Lua code: kind, message, and what else there is to say.
pub(crate) fn new_fault(
    lua: &Lua,
    [kind, message, more, _]: [Value; 4],
) -> std::result::Result<Value, Failure> {
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct More {
        hint: Option<String>,
        status: Option<u16>,
        service: Option<String>,
        cause: Option<String>,
        items: Option<Vec<Item>>,
    }
    let kind = from_lua::<Kind>(lua, kind).map_err(|e| Failure::Argument(0, e))?;
    let message = from_lua::<String>(lua, message).map_err(|e| Failure::Argument(1, e))?;
    let more = from_lua::<Option<More>>(lua, more).map_err(|e| Failure::Argument(2, e))?;
    let more = more.unwrap_or_default();
    let fault = Fault {
        hint: more.hint,
        status: more.status,
        service: more.service,
        cause: more.cause,
        items: more.items.unwrap_or_default(),
        ..Fault::new(kind, message)
    };
    fault_to_lua(lua, &fault).map_err(|e| Failure::Fault(memory::or_defect(lua, &e)))
}

/// Makes a table of a fault's fields print as one.
pub(crate) fn dress(lua: &Lua, fault: &Table) -> Result<()> {
    fault.set_metatable(Some(lua.named_registry_value(FAULT)?))
}

/// The fault in what was raised: any table with a known kind and a message is one.
pub(crate) fn fault_from_lua(value: &Value) -> Option<Fault> {
    let table = value.as_table()?;
    let text = |key: &str| table.raw_get::<Option<String>>(key).ok().flatten();
    let name = text("kind")?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name)?;
    let mut fault = Fault::new(kind, text("message")?);
    fault.hint = text("hint");
    fault.service = text("service");
    fault.cause = text("cause");
    fault.status = table.raw_get("status").ok().flatten();
    let items = table.raw_get::<Option<Vec<Table>>>("items").ok().flatten();
    for item in items.into_iter().flatten() {
        let node = item.raw_get::<Option<String>>("node").ok().flatten();
        let inner = item.raw_get::<Value>("fault").ok();
        if let (Some(node), Some(fault_)) = (node, inner.as_ref().and_then(fault_from_lua)) {
            fault.items.push(crate::fault::Item {
                node,
                fault: fault_,
            });
        }
    }
    Some(fault)
}

/// Text that need not be UTF-8: a Lua string, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Take;
        impl Visitor<'_> for Take {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> std::result::Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }

            fn visit_str<E>(self, text: &str) -> std::result::Result<Bytes, E> {
                Ok(Bytes(text.as_bytes().to_vec()))
            }
        }
        deserializer.deserialize_bytes(Take)
    }
}
