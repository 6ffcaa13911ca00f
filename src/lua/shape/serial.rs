//! A `Shape` as serde sees it: `-F json`, `yaml` and `csv`.
use super::Shape;
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
            Self::Opaque(what) => Err(S::Error::custom(format!("{what} is no data"))),
            Self::Again => Err(S::Error::custom("a table that holds itself is no data")),
        }
    }
}
