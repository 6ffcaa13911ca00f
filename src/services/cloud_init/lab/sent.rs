//! What nodes send: that they are done, and that they want a tunnel. Without WireGuard neither leads to anything.
use super::{
    GATEWAY,
    answer::{Answer, Reply},
    body,
};
use crate::services::cloud_init::types::PublicKey;
use axum::http::{HeaderMap, header};
use serde_json::Value;
use std::net::IpAddr;

const FORM: &str = "application/x-www-form-urlencoded";

/// A node says that it is done: there is no tunnel to take down, and nothing is kept.
pub(super) fn phone_home(headers: &HeaderMap, query: &str, bytes: &[u8]) -> Answer {
    let media = headers.get(header::CONTENT_TYPE);
    let media = media.map_or("", |media| media.to_str().unwrap_or("?"));
    let kind = media.split(';').next().unwrap_or_default().trim();
    let text = String::from_utf8_lossy(bytes);
    let form = !kind.eq_ignore_ascii_case(FORM) || is_form(&text);
    if (media.is_empty() || is_media(media)) && form && is_form(query) {
        Answer::bare(200)
    } else {
        Answer::bare(400)
    }
}

/// A word of a header.
fn is_token(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b);
    !text.is_empty() && text.bytes().all(letter)
}

/// `text/plain; charset=utf-8`
fn is_media(text: &str) -> bool {
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let named = match kind.split_once('/') {
        Some((kind, sort)) => is_token(kind) && is_token(sort),
        None => is_token(kind),
    };
    let mut parts: Vec<&str> = parts.collect();
    if parts.last().is_some_and(|last| last.is_empty()) {
        parts.pop();
    }
    let quoted = |text: &str| text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    let parameter = |part: &&str| {
        let pair = part.split_once('=');
        pair.is_some_and(|(name, value)| is_token(name) && (is_token(value) || quoted(value)))
    };
    named && parts.iter().all(parameter)
}

/// Whether percent signs and separators are where a form may have them.
fn is_form(text: &str) -> bool {
    let mut parts = text.split('%');
    parts.next();
    let hex = |b: u8| b.is_ascii_hexdigit();
    !text.contains(';') && parts.all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(hex))
}

/// A node asks for a tunnel. The real handler gets as far as this without WireGuard, and then panics.
pub(super) fn tunnel(source: &str, bytes: &[u8]) -> Reply {
    let invalid = || Answer::error(400, "Invalid request body");
    let text = String::from_utf8_lossy(bytes);
    // what follows the first document is not looked at
    let mut documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let first = documents.next().and_then(Result::ok).ok_or_else(invalid)?;
    let key = body::fitted(first, &["public_key"]).map_err(|_| invalid())?;
    let key = serde_json::from_value(key).map_err(|_| invalid())?;
    let PublicKey { public_key } = key;
    if public_key.trim().is_empty() {
        return Err(Answer::error(400, "Public key is required"));
    }
    let source = if source.is_empty() { GATEWAY } else { source };
    if source.parse::<IpAddr>().is_err() {
        return Err(Answer::error(400, "Invalid client IP"));
    }
    Err(Answer::panicked())
}
