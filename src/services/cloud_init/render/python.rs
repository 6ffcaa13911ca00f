//! Values as Python writes them: `str()` for what is printed, `repr()` inside lists and dicts.
use super::{
    MISSING,
    data::{Dict, Missing},
    sketch::Anything,
};
use minijinja::value::{Value, ValueKind};
use std::fmt::Write;

/// `str(value)`.
pub(super) fn text(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    if value.is_undefined() {
        return format!("{MISSING}None");
    }
    if let Some(missing) = value.downcast_object_ref::<Missing>() {
        return missing.to_string();
    }
    repr(value)
}

/// What sort of value it is to Python.
pub(super) fn kind(value: &Value) -> ValueKind {
    match value.downcast_object_ref::<Dict>() {
        Some(_) => ValueKind::Map,
        None => value.kind(),
    }
}

/// `repr(value)`.
pub(super) fn repr(value: &Value) -> String {
    if value.downcast_object_ref::<Missing>().is_some() {
        return "Undefined".to_owned();
    }
    if value.downcast_object_ref::<Anything>().is_some() {
        return value.to_string();
    }
    match kind(value) {
        ValueKind::Undefined => "Undefined".to_owned(),
        ValueKind::String => quoted(value.as_str().unwrap_or_default()),
        ValueKind::Number if !value.is_integer() => {
            f64::try_from(value.clone()).map_or_else(|_| value.to_string(), float)
        }
        ValueKind::Seq | ValueKind::Iterable => listed(value),
        ValueKind::Map => mapped(value),
        _ => value.to_string(),
    }
}

fn items(value: &Value) -> Vec<Value> {
    value.try_iter().map(Iterator::collect).unwrap_or_default()
}

fn listed(value: &Value) -> String {
    let items: Vec<String> = items(value).iter().map(repr).collect();
    match (value.is_tuple(), items.len()) {
        (true, 1) => format!("({},)", items[0]),
        (true, _) => format!("({})", items.join(", ")),
        (false, _) => format!("[{}]", items.join(", ")),
    }
}

fn mapped(value: &Value) -> String {
    let pair = |key: &Value| {
        let inner = value.get_item(key).unwrap_or_default();
        format!("{}: {}", repr(key), repr(&inner))
    };
    let pairs: Vec<String> = items(value).iter().map(pair).collect();
    format!("{{{}}}", pairs.join(", "))
}

/// A string in quotes: single ones, unless only they occur in it.
pub(super) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for letter in text.chars() {
        let code = u32::from(letter);
        // Writing to a string cannot fail.
        let _ = match letter {
            '\\' => write!(out, "\\\\"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            c if c == quote => write!(out, "\\{c}"),
            c if c.is_control() || c == '\u{a0}' || c == '\u{ad}' => write!(out, "\\x{code:02x}"),
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{feff}' => {
                write!(out, "\\u{code:04x}")
            }
            c => write!(out, "{c}"),
        };
    }
    out.push(quote);
    out
}

/// The shortest digits that give the number back; an exponent outside of 1e-5 to 1e16.
pub(super) fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if number != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let plain = number.to_string();
    if plain.contains('.') {
        plain
    } else {
        plain + ".0"
    }
}

/// `json.dumps(value, sort_keys=True)` as Jinja2's `tojson` makes it safe for HTML; None for what JSON cannot hold.
pub(super) fn json(value: &Value, indent: Option<usize>) -> Option<String> {
    let mut out = String::new();
    write_json(&mut out, value, indent, 0)?;
    let safe = |letter: char| match letter {
        '<' | '>' | '&' | '\'' => format!("\\u{:04x}", u32::from(letter)),
        c => c.to_string(),
    };
    Some(out.chars().map(safe).collect())
}

fn write_json(out: &mut String, value: &Value, indent: Option<usize>, depth: usize) -> Option<()> {
    if value.downcast_object_ref::<Missing>().is_some() {
        return None;
    }
    match kind(value) {
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => out.push_str(&repr(value)),
        ValueKind::String => json_string(out, value.as_str()?),
        ValueKind::Seq | ValueKind::Iterable => {
            let write = |out: &mut String, item: &Value| write_json(out, item, indent, depth + 1);
            block(out, "[]", &items(value), indent, depth, write)?;
        }
        ValueKind::Map => {
            let mut keys = items(value);
            keys.sort();
            let write = |out: &mut String, key: &Value| {
                json_string(out, &text(key));
                out.push_str(": ");
                write_json(out, &value.get_item(key).ok()?, indent, depth + 1)
            };
            block(out, "{}", &keys, indent, depth, write)?;
        }
        _ => return None,
    }
    Some(())
}

fn block(
    out: &mut String,
    brackets: &str,
    items: &[Value],
    indent: Option<usize>,
    depth: usize,
    write: impl Fn(&mut String, &Value) -> Option<()>,
) -> Option<()> {
    let line = |depth: usize| indent.map(|n| format!("\n{}", " ".repeat(n * depth)));
    out.push_str(&brackets[..1]);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(if indent.is_some() { "," } else { ", " });
        }
        out.push_str(&line(depth + 1).unwrap_or_default());
        write(out, item)?;
    }
    if !items.is_empty() {
        out.push_str(&line(depth).unwrap_or_default());
    }
    out.push_str(&brackets[1..]);
    Some(())
}

fn json_string(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c.is_ascii() && !c.is_ascii_control() => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}
