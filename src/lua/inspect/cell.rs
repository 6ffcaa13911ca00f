//! Values in one line: as one would type them, or as short as a cell of a table needs them.
use super::{
    scalar::{bare, clean, float, quote, quote_bytes, width},
    set::folded,
};
use crate::lua::shape::{Key, Shape};

/// Words that cannot be keys without brackets.
const RESERVED: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// The value as Lua reads it, in at most `room` columns; a list that was cut has no such line.
pub(super) fn line(shape: &Shape, room: usize) -> Option<String> {
    let text = match shape {
        Shape::Text(text) => quote(text),
        Shape::List(items, total) => list_line(items, *total, room)?,
        Shape::Record(fields) => record_line(fields, room)?,
        other => atom(other),
    };
    Some(text).filter(|text| width(text) <= room)
}

pub(super) fn list_line(items: &[Shape], total: usize, room: usize) -> Option<String> {
    if items.len() < total {
        return None;
    }
    let text = braces(items.iter().map(|item| line(item, room)), room, " ");
    text.filter(|text| width(text) <= room)
}

pub(super) fn record_line(fields: &[(Key, Shape)], room: usize) -> Option<String> {
    let field =
        |(key, value): &(Key, Shape)| Some(format!("{} = {}", lua_key(key), line(value, room)?));
    let text = braces(fields.iter().map(field), room, " ");
    text.filter(|text| width(text) <= room)
}

/// The value without quotes, nothing left out, in at most `room` columns.
pub(super) fn whole(shape: &Shape, room: usize) -> Option<String> {
    let text = match shape {
        Shape::Text(text) => bare(text),
        Shape::List(items, total) if items.len() == *total => {
            if let Some(set) = folded(items) {
                format!("{{{set}}}")
            } else {
                braces(items.iter().map(|item| whole(item, room)), room, "")?
            }
        }
        Shape::List(..) => return None,
        Shape::Record(fields) => {
            let field = |(key, value): &(Key, Shape)| {
                Some(format!("{} = {}", bare(key.text()), whole(value, room)?))
            };
            braces(fields.iter().map(field), room, "")?
        }
        other => atom(other),
    };
    Some(text).filter(|text| width(text) <= room)
}

/// The value in a cell: whole if it fits, else what it consists of.
pub(super) fn compact(shape: &Shape, room: usize) -> String {
    if let Some(text) = whole(shape, room) {
        return text;
    }
    match shape {
        Shape::List(_, 1) => "1 item".to_owned(),
        Shape::List(_, total) => format!("{total} items"),
        Shape::Record(fields) => {
            let keys: usize = fields.iter().map(|(key, _)| width(key.text()) + 5).sum();
            let each = room.saturating_sub(keys) / fields.len().max(1);
            let field = |(key, value): &(Key, Shape)| {
                Some(format!("{} = {}", bare(key.text()), compact(value, each)))
            };
            braces(fields.iter().map(field), room, "")
                .unwrap_or_else(|| format!("{{{} fields}}", fields.len()))
        }
        Shape::Text(text) => bare(text),
        other => atom(other),
    }
}

/// `{a, b}`; nothing as soon as `room` is passed, so that a long list costs no more than a short one.
fn braces(parts: impl Iterator<Item = Option<String>>, room: usize, space: &str) -> Option<String> {
    let mut out = String::new();
    for part in parts {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&part?);
        if out.len() / 4 > room {
            return None;
        }
    }
    let space = if out.is_empty() { "" } else { space };
    Some(format!("{{{space}{out}{space}}}"))
}

fn atom(shape: &Shape) -> String {
    match shape {
        Shape::Nil => "nil".to_owned(),
        Shape::Null => "null".to_owned(),
        Shape::Bool(flag) => flag.to_string(),
        Shape::Int(number) => number.to_string(),
        Shape::Float(number) => float(*number),
        Shape::Bytes(bytes) => quote_bytes(bytes),
        Shape::Text(text) | Shape::Opaque(text) | Shape::Told(text, _) => clean(text),
        Shape::List(..) | Shape::Record(_) | Shape::Again => "{…}".to_owned(),
    }
}

fn lua_key(key: &Key) -> String {
    match key {
        Key::Other(text) => format!("[{text}]"),
        Key::Name(name) => {
            let word = !name.is_empty()
                && !name.starts_with(|c: char| c.is_ascii_digit())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && !RESERVED.contains(&name.as_str());
            if word {
                name.clone()
            } else {
                format!("[{}]", quote(name))
            }
        }
    }
}
