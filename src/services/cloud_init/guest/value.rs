//! Values of a cloud-config as Python's code takes them.
use serde_json::{Map, Value};

/// `str(value)`.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The name of its type, for messages.
pub(super) const fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// Whether Python counts it as true.
pub(super) fn full(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn word(value: &Value, words: &[&str]) -> bool {
    words.contains(&text(value).to_lowercase().trim())
}

/// `util.is_true`.
pub(super) fn is_true(value: &Value) -> bool {
    word(value, &["true", "1", "on", "yes"])
}

/// `util.is_false`.
pub(super) fn is_false(value: &Value) -> bool {
    word(value, &["off", "0", "no", "false"])
}

/// `util.get_cfg_option_bool`.
pub(super) fn flag(map: &Map<String, Value>, key: &str, default: bool) -> bool {
    map.get(key)
        .map_or(default, |value| full(value) && is_true(value))
}

/// A list, or the words of a text between commas.
pub(super) fn words(value: &Value) -> Vec<String> {
    let words: Vec<String> = match value {
        Value::String(text) => text.trim().split(',').map(str::to_owned).collect(),
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Object(map) => map.keys().cloned().collect(),
        _ => Vec::new(),
    };
    let mut unique = Vec::new();
    for word in words {
        let word = word.trim().to_owned();
        if !word.is_empty() && !unique.contains(&word) {
            unique.push(word);
        }
    }
    unique
}
