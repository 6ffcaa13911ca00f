//! Secrets in JSON, where names and values are certain.
use super::{HIDDEN, TOKEN, hide, is_field};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::borrow::Cow;

/// A shorter one holds no text that could hold a secret.
const SHORTEST_BASE64: usize = 16;

/// The document without its secrets; none where the text is no JSON object or array.
pub(super) fn document(text: &str) -> Option<Cow<'_, str>> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut value: Value = serde_json::from_str(text).ok()?;
    Some(if hide_json(&mut value) {
        Cow::Owned(value.to_string())
    } else {
        Cow::Borrowed(text)
    })
}

/// Takes the secrets out of a value, and tells whether there were any.
pub fn hide_json(value: &mut Value) -> bool {
    match value {
        Value::String(text) => hide_string(text),
        // No short cut: every part is looked at.
        Value::Array(items) => items.iter_mut().fold(false, |any, it| hide_json(it) | any),
        Value::Object(fields) => {
            let mut any = false;
            for (name, value) in fields.iter_mut() {
                any |= if is_field(name) {
                    blot(value)
                } else {
                    hide_json(value)
                };
            }
            any
        }
        _ => false,
    }
}

/// Takes out every text and number: all of it is secret.
fn blot(value: &mut Value) -> bool {
    match value {
        Value::String(text) if text.is_empty() || text == HIDDEN || text == TOKEN => false,
        Value::String(text) => {
            HIDDEN.clone_into(text);
            true
        }
        Value::Number(_) => {
            *value = HIDDEN.into();
            true
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, it| blot(it) | any),
        Value::Object(fields) => fields.values_mut().fold(false, |any, it| blot(it) | any),
        _ => false,
    }
}

fn hide_string(text: &mut String) -> bool {
    // First what a whole text in base64 says: of its letters a part may look like a secret by chance.
    let hidden = in_base64(text).or_else(|| match hide(text) {
        Cow::Owned(hidden) => Some(hidden),
        Cow::Borrowed(_) => None,
    });
    match hidden {
        Some(hidden) => {
            *text = hidden;
            true
        }
        None => false,
    }
}

/// A text in base64 (cloud-init's files come so), its secrets taken out and encoded again.
fn in_base64(text: &str) -> Option<String> {
    if text.len() < SHORTEST_BASE64 || !text.len().is_multiple_of(4) {
        return None;
    }
    // A byte that is no text must not keep the text around it from being read.
    let decoded = STANDARD.decode(text).ok()?;
    match hide(&String::from_utf8_lossy(&decoded)) {
        Cow::Owned(hidden) => Some(STANDARD.encode(hidden)),
        Cow::Borrowed(_) => None,
    }
}
