//! By what a request is found on a tape: its method, its place and its body. Fields of a JSON body may stand in any order,
//! as Lua's tables have none.
use super::entry::{Entry, Message};
use crate::{http::Body, secret};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) method: String,
    pub(super) place: String,
    pub(super) body: String,
}

impl Key {
    /// Of a request that is asked now.
    pub(super) fn asked(method: &str, place: &str, body: &[u8]) -> Self {
        let body = Body::cut(body, super::entry::LONGEST);
        Self {
            method: method.to_owned(),
            place: secret::hide(place).into_owned(),
            body: content(&Message::of(&[], &body)),
        }
    }

    /// Of one that was recorded.
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            method: entry.method.clone(),
            place: entry.place.clone(),
            body: content(&entry.ask),
        }
    }

    /// `GET /hsm/v2/groups`
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.place)
    }

    pub(super) fn path(&self) -> &str {
        self.place.split('?').next().unwrap_or_default()
    }

    pub(super) fn query(&self) -> &str {
        self.place.split_once('?').map_or("", |(_, query)| query)
    }
}

fn content(message: &Message) -> String {
    if let Some(text) = &message.text {
        let parsed = serde_json::from_str::<Value>(text);
        return parsed.map_or_else(|_| text.clone(), |value| sorted(value).to_string());
    }
    let other = message.base64.as_ref().or(message.left_out.as_ref());
    other.cloned().unwrap_or_default()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            let fields = fields.into_iter().map(|(name, it)| (name, sorted(it)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
