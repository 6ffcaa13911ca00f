//! Bodies and queries read as Go reads them, for scripts that work with the services rely on it without knowing.
//!
//! Names of members match in any case, `null` is as good as absent, and unknown members are passed over; types are held
//! strictly. A query's parameters are read through the same door, as lists.
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, Error as _, IntoDeserializer, Unexpected, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Error, Map, Value};

/// Reads a body; `Err` says in serde's words what is wrong with it.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    convert(value(body)?)
}

pub(super) fn value(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

pub(super) fn convert<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    T::deserialize(Lenient(value)).map_err(|error| error.to_string())
}

/// Reads a query into a struct of lists. `None`: it cannot be decoded.
pub(super) fn query<T: DeserializeOwned>(query: &str) -> Option<T> {
    let mut form: Vec<(String, Vec<Value>)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        if pair.contains(';') {
            return None;
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (unescape(name, true)?, Value::from(unescape(value, true)?));
        match form.iter_mut().find(|(other, _)| *other == name) {
            Some((_, values)) => values.push(value),
            None => form.push((name, vec![value])),
        }
    }
    // of one name in several cases the last in this order counts
    form.sort_by(|(one, _), (other, _)| one.cmp(other));
    let form: Map<String, Value> = form
        .into_iter()
        .map(|(name, values)| (name, Value::Array(values)))
        .collect();
    convert(Value::Object(form)).ok()
}

/// Takes percent signs (and in queries plus signs) for what they stand for.
pub(super) fn unescape(text: &str, plus: bool) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' if plus => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

struct Lenient(Value);

/// `null` is the type's zero value, anything else goes on as it is.
macro_rules! zero_for_null {
    ($($method:ident => $visit:ident($zero:expr),)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0 {
                Value::Null => visitor.$visit($zero),
                value => value.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient {
    type Error = Error;

    zero_for_null! {
        deserialize_bool => visit_bool(false),
        deserialize_i32 => visit_i32(0),
        deserialize_i64 => visit_i64(0),
        deserialize_u64 => visit_u64(0),
        deserialize_f64 => visit_f64(0.0),
        deserialize_str => visit_str(""),
        deserialize_string => visit_str(""),
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_seq(SeqDeserializer::new(std::iter::empty::<Self>())),
            Value::Array(items) => {
                visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Lenient)))
            }
            other => Err(unexpected(&other, &visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let members = match self.0 {
            Value::Null => Map::new(),
            Value::Object(members) => members,
            other => return Err(unexpected(&other, &visitor)),
        };
        let mut found: Vec<(&'static str, Lenient)> = Vec::with_capacity(members.len());
        for (name, value) in members {
            let exact = fields.iter().find(|field| **field == name);
            let any = || {
                fields
                    .iter()
                    .find(|field| field.eq_ignore_ascii_case(&name))
            };
            let Some(field) = exact.or_else(any).filter(|_| !value.is_null()) else {
                continue;
            };
            // said twice: the later counts
            found.retain(|(other, _)| other != field);
            found.push((field, Lenient(value)));
        }
        visitor.visit_map(MapDeserializer::new(found.into_iter()))
    }

    forward_to_deserialize_any! {
        i8 i16 u8 u16 u32 f32 char bytes byte_buf unit unit_struct tuple tuple_struct map enum identifier
        ignored_any
    }
}

impl IntoDeserializer<'_, Error> for Lenient {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn unexpected<'de, V: Visitor<'de>>(value: &Value, visitor: &V) -> Error {
    let found = match value {
        Value::Bool(yes) => Unexpected::Bool(*yes),
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
        _ => Unexpected::Other("number"),
    };
    Error::invalid_type(found, visitor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::smd::{store::filter::ComponentFilter, types::ComponentPost};

    #[test]
    fn names_match_in_any_case_and_null_is_absent() {
        let body = br#"{"components":[{"id":"x0","ENABLED":null,"nid":"7","Odd":[1]}, null],"FORCE":true}"#;
        let post: ComponentPost = decode(body).expect("lenient");
        assert_eq!(post.force, Some(true));
        assert_eq!(post.components.len(), 2);
        assert_eq!(post.components[0].id, "x0");
        assert_eq!(post.components[0].nid, Some(7));
        assert_eq!(post.components[0].enabled, None);
        assert_eq!(
            decode::<ComponentPost>(b"null"),
            Ok(ComponentPost::default())
        );
    }

    #[test]
    fn types_are_held() {
        for body in [
            r#"{"Components":"x0"}"#,
            r#"{"Components":["x0"]}"#,
            r#"{"Components":[{"ID":1}]}"#,
            r#"{"Components":[{"ID":"x0","Enabled":"yes"}]}"#,
            r#"{"Components":[{"ID":"x0","NID":"ten"}]}"#,
            "[]",
            "",
            "{} {}",
            r#"{"Components":"#,
        ] {
            assert!(decode::<ComponentPost>(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn a_query_gives_lists() {
        let filter: ComponentFilter =
            query("Type=Node&type=NodeBMC&type=%21Node&nid=&odd=1").expect("decodable");
        assert_eq!(filter.kind, ["NodeBMC", "!Node"]);
        assert_eq!(filter.nid, [""]);
        assert!(query::<ComponentFilter>("id=%zz").is_none());
        assert!(query::<ComponentFilter>("id=a;b").is_none());
    }
}
