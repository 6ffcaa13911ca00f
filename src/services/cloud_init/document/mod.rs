//! A cloud-config as cloud-init reads it: YAML 1.1 the way Python does, with the place of every value.
//!
//! The YAML of the rest of chami is 1.2 and would read `yes`, `0644`, `12:30` and a doubled key differently.
mod build;
mod scalar;

pub use build::{Fault, read};

use serde_json::{Map, Number, Value};

/// Where a value stands, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// A value, its place, and where it came from: part and leaf, both counted by whoever merges.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub tree: Tree,
    pub place: Place,
    pub origin: Vec<(usize, usize)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    /// A date or time, as Python prints it.
    Time(String),
    Bytes(Vec<u8>),
    List(Vec<Node>),
    /// Keys are scalars, each once; the place of a key is not that of its value.
    Map(Vec<(Node, Node)>),
}

impl Tree {
    /// The name of its type in Python, which picks the merger.
    pub const fn sort(&self) -> &'static str {
        match self {
            Self::Null => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "str",
            Self::Time(_) => "date",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "dict",
        }
    }

    /// Whether two keys are the same to Python, for which `1` and `true` are.
    pub fn same_key(&self, other: &Self) -> bool {
        let whole = |tree: &Self| match tree {
            Self::Bool(flag) => Some(i128::from(*flag)),
            Self::Int(number) => Some(*number),
            _ => None,
        };
        match (whole(self), whole(other)) {
            (Some(a), Some(b)) => a == b,
            _ => self == other,
        }
    }
}

impl Node {
    pub const fn new(tree: Tree, place: Place) -> Self {
        Self {
            tree,
            place,
            origin: Vec::new(),
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.tree {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn entries(&self) -> &[(Node, Node)] {
        match &self.tree {
            Tree::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value under a text key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let named = |(name, _): &&(Node, Node)| name.as_text() == Some(key);
        self.entries().iter().find(named).map(|(_, value)| value)
    }

    /// As a key is written in JSON, where all keys are text.
    pub fn key(&self) -> String {
        match self.json() {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// As plain data; what JSON lacks becomes text.
    pub fn json(&self) -> Value {
        match &self.tree {
            Tree::Null => Value::Null,
            Tree::Bool(flag) => Value::Bool(*flag),
            Tree::Int(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => Value::from(number),
                (_, Ok(number)) => Value::from(number),
                _ => Value::String(number.to_string()),
            },
            Tree::Float(number) => Number::from_f64(*number)
                .map_or_else(|| Value::String(number.to_string()), Value::Number),
            Tree::Text(text) | Tree::Time(text) => Value::String(text.clone()),
            Tree::Bytes(bytes) => Value::String(String::from_utf8_lossy(bytes).into_owned()),
            Tree::List(items) => items.iter().map(Self::json).collect(),
            Tree::Map(entries) => {
                let pairs = entries.iter().map(|(key, value)| (key.key(), value.json()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }

    /// Each value without parts, with its path as Lua writes it: `users[1].name`.
    pub fn leaves(&self) -> Vec<(String, &Node)> {
        let mut found = Vec::new();
        self.walk("", &mut found);
        found
    }

    fn walk<'a>(&'a self, path: &str, found: &mut Vec<(String, &'a Node)>) {
        match &self.tree {
            Tree::List(items) if !items.is_empty() => {
                for (item, at) in items.iter().zip(1..) {
                    item.walk(&format!("{path}[{at}]"), found);
                }
            }
            Tree::Map(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    value.walk(&step(path, &key.key()), found);
                }
            }
            _ => found.push((path.to_owned(), self)),
        }
    }

    /// Numbers the leaves as those of a part.
    pub fn claim(&mut self, part: usize, next: &mut usize) {
        match &mut self.tree {
            Tree::List(items) if !items.is_empty() => {
                for item in items {
                    item.claim(part, next);
                }
            }
            Tree::Map(entries) if !entries.is_empty() => {
                for (_, value) in entries {
                    value.claim(part, next);
                }
            }
            _ => {
                self.origin = vec![(part, *next)];
                *next += 1;
            }
        }
    }
}

/// A path one key deeper.
fn step(path: &str, key: &str) -> String {
    let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && !key.is_empty();
    match (plain, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}[{key:?}]"),
    }
}

#[cfg(test)]
mod tests;
