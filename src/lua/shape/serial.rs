//! A `Shape` as serde sees it: `-F json`, `yaml` and `csv`.
use super::{Key, Shape};
use serde::{Serialize, Serializer, ser::Error};

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nil | Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_str(&String::from_utf8_lossy(bytes)),
            Self::List(items, _) => serializer.collect_seq(items),
            Self::Record(fields) => {
                serializer.collect_map(fields.iter().map(|(key, value)| (key.text(), value)))
            }
            Self::Told(_, data) => data.serialize(serializer),
            Self::Opaque(what) => Err(S::Error::custom(format!("{what} is no data"))),
            Self::Again => Err(S::Error::custom("a table that holds itself is no data")),
        }
    }
}

/// Data that never was a Lua value, to be printed as if it were one.
impl From<serde_json::Value> for Shape {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Self::Int(whole),
                None => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => Self::Text(text),
            Value::Array(items) => {
                let count = items.len();
                Self::List(items.into_iter().map(Self::from).collect(), count)
            }
            Value::Object(fields) => {
                let field = |(name, value)| (Key::Name(name), Self::from(value));
                Self::Record(fields.into_iter().map(field).collect())
            }
        }
    }
}
