//! Reads a Lua value as a Rust type. mlua's own deserialiser was not enough: it does not say where in an argument the
//! trouble is, refuses `4 / 2` where a whole number is wanted, and takes wire names in one spelling only.
mod parts;

use super::Mismatch;
use mlua::{Lua, LuaSerdeExt, Table, Value};
use parts::{Choice, Entries, List};
use serde::{
    de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, VariantAccess, Visitor},
    forward_to_deserialize_any,
};

/// Deep enough for any document; shallow enough for a table that holds itself.
const DEPTH: usize = 128;

/// Reads `value` as a `T`.
pub(crate) fn from_lua<T: DeserializeOwned>(lua: &Lua, value: Value) -> Result<T, Mismatch> {
    T::deserialize(Reader {
        lua,
        value,
        depth: 0,
    })
}

struct Reader<'a> {
    lua: &'a Lua,
    value: Value,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn inner(lua: &'a Lua, value: Value, depth: usize) -> Result<Self, Mismatch> {
        if depth >= DEPTH {
            return Err(Mismatch::custom(
                "nested too deeply, or a table that holds itself",
            ));
        }
        let depth = depth + 1;
        Ok(Self { lua, value, depth })
    }

    fn is_null(&self) -> bool {
        matches!(self.value, Value::Nil)
            || matches!(self.value, Value::LightUserData(data) if data.0.is_null())
    }

    fn type_error(&self, wanted: &str) -> Mismatch {
        let given = match &self.value {
            Value::String(text) => format!("{:?}", text.to_string_lossy()),
            Value::Integer(n) => n.to_string(),
            Value::Number(n) => n.to_string(),
            Value::Boolean(it) => it.to_string(),
            Value::Table(table) if table.raw_len() > 0 => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            _ if self.is_null() => "nil".to_owned(),
            other => format!("a {}", other.type_name()),
        };
        Mismatch::new(wanted, given)
    }

    /// A table of untyped data is a list when it is marked as one or holds nothing but positions.
    fn is_list(&self, table: &Table) -> Result<bool, Mismatch> {
        if table
            .metatable()
            .is_some_and(|meta| meta == self.lua.array_metatable())
        {
            return Ok(true);
        }
        let length = table.raw_len();
        if length == 0 {
            return Ok(false);
        }
        let mut count = 0;
        let counted = table.for_each(|_: Value, _: Value| {
            count += 1;
            Ok(())
        });
        counted.map_err(Mismatch::custom)?;
        if count == length {
            return Ok(true);
        }
        Err(Mismatch::custom("mixes positions and named keys"))
    }

    fn whole<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole, and in the range where every whole number is exact"
            )]
            Value::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => visitor.visit_i64(n as i64),
            _ => self.deserialize_any(visitor),
        }
    }

    fn list<'de, V: Visitor<'de>>(self, table: Table, visitor: V) -> Result<V::Value, Mismatch> {
        let length = table.raw_len();
        visitor.visit_seq(List {
            lua: self.lua,
            table,
            next: 1,
            length,
            depth: self.depth,
        })
    }

    fn entries<'de, V: Visitor<'de>>(
        self,
        table: &Table,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let mut pairs = Vec::new();
        let read = table.for_each(|key: Value, value: Value| {
            pairs.push((name_of(&key)?, value));
            Ok(())
        });
        read.map_err(|e| Mismatch::custom(plainly(&e)))?;
        // A Lua table has no order; what is made of it should have one.
        pairs.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        visitor.visit_map(Entries {
            lua: self.lua,
            pairs: pairs.into_iter(),
            current: None,
            fields,
            depth: self.depth,
        })
    }
}

fn name_of(key: &Value) -> mlua::Result<String> {
    match key {
        Value::String(name) => Ok(name.to_str()?.to_owned()),
        Value::Integer(n) => Ok(n.to_string()),
        other => {
            let text = format!("a {} cannot be a key", other.type_name());
            Err(mlua::Error::RuntimeError(text))
        }
    }
}

/// mlua's own words without its prefix.
fn plainly(error: &mlua::Error) -> String {
    match error {
        mlua::Error::RuntimeError(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `name`, or the one field that is spelled like it but for case and `_` in place of `-`.
fn field(name: &str, fields: &'static [&'static str]) -> Option<&'static str> {
    if let Some(exact) = fields.iter().find(|field| **field == name) {
        return Some(exact);
    }
    let plain = |text: &str| text.replace('-', "_").to_lowercase();
    let like = |field: &&&str| field.len() == name.len() && plain(field) == plain(name);
    fields.iter().find(like).copied()
}

macro_rules! whole {
    ($($name:ident)*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.whole(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.value {
            _ if self.is_null() => visitor.visit_unit(),
            Value::Boolean(it) => visitor.visit_bool(*it),
            Value::Integer(n) => visitor.visit_i64(*n),
            Value::Number(n) => visitor.visit_f64(*n),
            Value::String(text) => match text.to_str() {
                Ok(text) => visitor.visit_str(&text),
                Err(_) => visitor.visit_bytes(&text.as_bytes()),
            },
            Value::Table(table) => {
                let table = table.clone();
                if self.is_list(&table)? {
                    self.list(table, visitor)
                } else {
                    self.entries(&table, &[], visitor)
                }
            }
            _ => Err(self.type_error("plain data")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.value {
            Value::String(text) => visitor.visit_bytes(&text.as_bytes()),
            _ => Err(self.type_error("text")),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.value.clone() {
            Value::Table(table) if table.raw_len() > 0 || table.is_empty() => {
                self.list(table, visitor)
            }
            _ => Err(self.type_error("a list")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.value.clone() {
            Value::Table(table) if table.raw_len() == 0 => self.entries(&table, fields, visitor),
            _ => Err(self.type_error("a table of named keys")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let (word, content) = match &self.value {
            Value::String(word) => (word.to_str().map_err(Mismatch::custom)?.to_owned(), None),
            Value::Table(table) => match table.pairs::<String, Value>().next() {
                Some(Ok((word, content))) => (word, Some(content)),
                _ => return Err(self.type_error("a table with one key")),
            },
            _ => return Err(self.type_error("a word")),
        };
        visitor.visit_enum(Choice {
            word: field(&word, words).map_or(word, str::to_owned),
            content: Reader::inner(self.lua, content.unwrap_or(Value::Nil), self.depth)?,
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    whole! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string unit unit_struct identifier
    }
}

impl<'de> VariantAccess<'de> for Reader<'_> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mismatch> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_struct("", fields, visitor)
    }
}
