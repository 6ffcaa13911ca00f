//! The cluster's published keys, and the time it is there.
use crate::{
    fault::Fault,
    http::{Answer, Http},
};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;

/// Where keys are published: the release's identity provider, and tokensmith.
const PLACES: [&str; 2] = [
    "/.well-known/jwks.json",
    "/tokensmith/.well-known/jwks.json",
];

pub(super) struct Keys {
    pub(super) keys: Vec<Jwk>,
    /// The gateway's time, as it heads its answers.
    pub(super) date: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// All keys of all places that answer; the fault of the first when none does.
pub(super) async fn fetch(http: &Http) -> Result<Keys, Fault> {
    let (mut keys, mut date, mut fault) = (Vec::<Jwk>::new(), None, None);
    let mut answered = false;
    for place in PLACES {
        let asked = http.url("GET", place).open().raw().await;
        match asked.and_then(Answer::success) {
            Ok(answer) => {
                date = date.or_else(|| when(&answer));
                let Ok(set) = answer.json::<Set>() else {
                    continue;
                };
                answered = true;
                // Keys of a sort we do not know sign nothing we could check.
                let known = set.keys.into_iter();
                let known = known.filter_map(|key| serde_json::from_value(key).ok());
                keys.extend(known);
            }
            Err(other) => fault = fault.or(Some(other)),
        }
    }
    keys.dedup_by(|a, b| a.common.key_id == b.common.key_id);
    match fault {
        Some(fault) if !answered => {
            Err(fault.hint("without the cluster's keys (JWKS) no signature can be checked; auth.claims() needs none"))
        }
        _ => Ok(Keys { keys, date }),
    }
}

fn when(answer: &Answer) -> Option<Timestamp> {
    DateTimeParser::new()
        .parse_timestamp(answer.header("date")?)
        .ok()
}
