//! A nodes file as it was written: values, and the lines they stand on.
//!
//! Scalars stay text, so that a MAC of digits only is not taken for a number, and a wrong type is reported with its
//! place by whoever expected another.
use crate::fault::Fault;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use serde_saphyr::Spanned;
use std::fmt;

/// A value and its line; a Lua table has no lines.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) line: Option<u64>,
    pub(super) tree: Tree,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Null,
    Text(String),
    List(Vec<Spot>),
    Map(Vec<(String, Spot)>),
}

impl Spot {
    /// Reads YAML, or JSON, which is YAML too.
    pub(super) fn of_text(text: &str, name: &str) -> Result<Self, Fault> {
        let mut options = serde_saphyr::Options::default();
        // A nodes file is the user's own and may be large; aliases stay limited.
        options.budget = None;
        options.leading_zero_numbers_as_strings = true;
        options.underscored_numbers_as_strings = true;
        options.strict_booleans = true;
        let root: Spanned<Tree> =
            serde_saphyr::from_str_with_options(text, options).map_err(|e| {
                let place = e
                    .location()
                    .map_or_else(String::new, |at| format!(":{}", at.line()));
                Fault::bad_argument(format!(
                    "{name}{place} is not YAML: {}",
                    e.without_snippet()
                ))
                .hint("YAML is indented with spaces, and lists need `- ` before each entry")
            })?;
        Ok(Self::of_spanned(root))
    }

    /// A Lua table.
    pub(super) fn of_value(value: Value) -> Self {
        let tree = match value {
            Value::Null => Tree::Null,
            Value::Bool(flag) => Tree::Text(flag.to_string()),
            Value::Number(number) => Tree::Text(number.to_string()),
            Value::String(text) => Tree::Text(text),
            Value::Array(list) => Tree::List(list.into_iter().map(Self::of_value).collect()),
            Value::Object(map) => Tree::Map(
                map.into_iter()
                    .map(|(key, value)| (key, Self::of_value(value)))
                    .collect(),
            ),
        };
        Self { line: None, tree }
    }

    fn of_spanned(spanned: Spanned<Tree>) -> Self {
        let line = spanned.referenced.line();
        Self {
            line: (line > 0).then_some(line),
            tree: spanned.value,
        }
    }
}

impl Tree {
    /// What a reader would call it.
    pub(super) const fn sort(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Text(_) => "a single value",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Tree, E> {
        Ok(Tree::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(Spot::of_spanned(item));
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry()? {
            entries.push((key, Spot::of_spanned(value)));
        }
        Ok(Tree::Map(entries))
    }
}
