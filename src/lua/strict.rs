//! Arguments that are wire records: read strictly, so that a misspelt key is told and not left out.
//!
//! The wire's own types read leniently, as the services do; wrapping one in `Strict` makes its outermost keys count
//! without writing the type a second time.
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor},
    forward_to_deserialize_any,
};
use std::{fmt, marker::PhantomData};

/// A `T` of which every given key is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strict<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Strict<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(Outer(deserializer)).map(Self)
    }
}

/// Lets everything through but a struct, whose keys it watches.
struct Outer<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Outer<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0
            .deserialize_struct(name, fields, Watch { visitor, fields })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Watch<V> {
    visitor: V,
    fields: &'static [&'static str],
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watch<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let fields = self.fields;
        self.visitor.visit_map(Keys { map, fields })
    }
}

struct Keys<A> {
    map: A,
    fields: &'static [&'static str],
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Keys<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let Some(key) = self.map.next_key_seed(PhantomData::<String>)? else {
            return Ok(None);
        };
        if !self.fields.contains(&key.as_str()) {
            return Err(A::Error::unknown_field(&key, self.fields));
        }
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::Strict;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default, rename_all = "PascalCase")]
    struct Lenient {
        name: String,
        tags: Vec<String>,
    }

    #[test]
    fn known_keys_pass_and_others_are_named() {
        let good = serde_json::from_value::<Vec<Strict<Lenient>>>(json!([{ "Name": "x" }, {}]));
        assert_eq!(good.expect("known")[0].0.name, "x");
        let bad = serde_json::from_value::<Strict<Lenient>>(json!({ "Nmae": "x" }));
        let told = bad.expect_err("unknown").to_string();
        assert!(
            told.contains("unknown field `Nmae`, expected `Name` or `Tags`"),
            "{told}"
        );
    }
}
