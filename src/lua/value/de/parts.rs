//! The parts of a list, a table or a choice, one after another.
use super::{Mismatch, Reader, field};
use mlua::{Lua, Table, Value};
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    value::StrDeserializer,
};

pub(super) struct List<'a> {
    pub(super) lua: &'a Lua,
    pub(super) table: Table,
    pub(super) next: usize,
    pub(super) length: usize,
    pub(super) depth: usize,
}

impl<'de> SeqAccess<'de> for List<'_> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mismatch> {
        if self.next > self.length {
            return Ok(None);
        }
        let (index, value) = (self.next, self.table.raw_get(self.next));
        self.next += 1;
        let reader = Reader::inner(self.lua, value.map_err(Mismatch::custom)?, self.depth)?;
        let element = seed.deserialize(reader);
        element.map(Some).map_err(|e| e.at_index(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some((self.length + 1).saturating_sub(self.next))
    }
}

pub(super) struct Entries<'a> {
    pub(super) lua: &'a Lua,
    pub(super) pairs: std::vec::IntoIter<(String, Value)>,
    pub(super) current: Option<(String, Value)>,
    pub(super) fields: &'static [&'static str],
    pub(super) depth: usize,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mismatch> {
        let Some((name, value)) = self.pairs.next() else {
            return Ok(None);
        };
        let reader: StrDeserializer<Mismatch> = field(&name, self.fields)
            .unwrap_or(&name)
            .into_deserializer();
        let key = seed.deserialize(reader)?;
        self.current = Some((name, value));
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        let Some((name, value)) = self.current.take() else {
            return Err(Mismatch::custom("a value without a key"));
        };
        let reader = Reader::inner(self.lua, value, self.depth)?;
        seed.deserialize(reader).map_err(|e| e.under_key(&name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.pairs.len())
    }
}

pub(super) struct Choice<'a> {
    pub(super) word: String,
    pub(super) content: Reader<'a>,
}

impl<'de, 'a> EnumAccess<'de> for Choice<'a> {
    type Error = Mismatch;
    type Variant = Reader<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self::Variant), Mismatch> {
        let word: StrDeserializer<Mismatch> = self.word.as_str().into_deserializer();
        Ok((seed.deserialize(word)?, self.content))
    }
}
