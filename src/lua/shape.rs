//! A Lua value as plain data: what inspection, `-F` and transcripts look at, off Lua's thread if they like.
//!
//! Deterministic where Lua is not: keys are in the order of their class or sorted, addresses never appear, a table that
//! holds itself ends. Long lists are taken only as far as they will be shown.
mod read;
mod serial;

pub(super) use read::NATIVE;
pub use read::{Limit, read};

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Nil,
    /// JSON's null, which Lua's nil cannot stand for inside a table.
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// A string that is not UTF-8.
    Bytes(Vec<u8>),
    /// The items that were taken, and how many there are.
    List(Vec<Shape>, usize),
    Record(Vec<(Key, Shape)>),
    /// What has no data form: a function, a thread, a table that says itself how it wants to be shown.
    Opaque(String),
    /// A table that says itself how it wants to be read, and is data all the same.
    Told(String, Box<Shape>),
    /// A table inside itself, or nested too deep.
    Again,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    Name(String),
    /// Any other key, as Lua writes it between brackets.
    Other(String),
}

impl Key {
    pub fn text(&self) -> &str {
        match self {
            Self::Name(text) | Self::Other(text) => text,
        }
    }
}

impl Shape {
    /// What is left without the words for people: for programs and files.
    pub fn data(&self) -> &Self {
        match self {
            Self::Told(_, data) => data,
            other => other,
        }
    }

    /// A list that stands in one line: no item has parts of its own.
    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self, Self::List(items, _) if !items.is_empty())
            && !matches!(self, Self::Record(fields) if !fields.is_empty())
    }
}

#[cfg(test)]
mod tests;
