//! `tokensmith bootstrap-token create`, the command on the head node; under the lab's control API, past the gateway.
use super::{Lab, mint};
use crate::{
    clock::Span,
    fault::{Fault, Kind},
    services::tokensmith::store::{Grant, Policy, Refusal},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    subject: String,
    audience: String,
    #[serde(default)]
    scopes: Scopes,
    #[serde(default)]
    ttl: Option<Span>,
    #[serde(default)]
    refresh_ttl: Option<Span>,
}

/// One text with commas or spaces, as on the command line, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scopes {
    Line(String),
    List(Vec<String>),
}

impl Default for Scopes {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Scopes {
    fn words(self) -> Vec<String> {
        let lines = match self {
            Self::Line(line) => vec![line],
            Self::List(lines) => lines,
        };
        let words = lines
            .iter()
            .flat_map(|line| line.split([',', ' ', '\t', '\n']));
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Makes one; its text is told here and nowhere else.
pub(super) fn create(lab: &Lab, body: &[u8]) -> Result<Value, Fault> {
    let order: Order = serde_json::from_slice(body)
        .map_err(|error| Fault::bad_argument(format!("this body cannot be used: {error}")))?;
    for (name, value) in [("subject", &order.subject), ("audience", &order.audience)] {
        if value.trim().is_empty() {
            let message = format!("a bootstrap token needs its {name}");
            let hint = "subject: the service that will use it; audience: the service it is for";
            return Err(Fault::bad_argument(message).hint(hint));
        }
    }
    let ttl = within("ttl", order.ttl, 10 * MINUTE, (MINUTE, HOUR), "1m and 1h")?;
    let longest = (HOUR, 30 * DAY);
    let refresh_ttl = within(
        "refresh_ttl",
        order.refresh_ttl,
        DAY,
        longest,
        "1h and 30 days",
    )?;
    let now = lab.now();
    let policy = Policy {
        grant: Grant {
            subject: order.subject,
            audience: order.audience,
            scopes: order.scopes.words(),
        },
        refresh_ttl,
        created_at: now,
        expires_at: now.checked_add(ttl).unwrap_or(Timestamp::MAX),
        consumed_at: None,
        consumed_by: String::new(),
        family: String::new(),
    };
    let token = mint::opaque()?;
    let told = json!({ "token": token, "expires_at": policy.expires_at });
    let kept = lab.shelf.write(|store| {
        store.put(&token, policy);
        Ok::<_, Refusal>(())
    });
    match kept {
        Ok(()) => Ok(told),
        Err(Refusal::Disk(fault)) => Err(fault),
        Err(_) => Err(Fault::new(
            Kind::Internal,
            "the bootstrap token was not kept",
        )),
    }
}

fn within(
    name: &str,
    asked: Option<Span>,
    usual: i64,
    (least, most): (i64, i64),
    bounds: &str,
) -> Result<SignedDuration, Fault> {
    let span = asked.map_or(Ok(SignedDuration::from_secs(usual)), |Span(span)| {
        SignedDuration::try_from(span)
    });
    let fits = |span: &SignedDuration| (least..=most).contains(&span.as_secs());
    span.ok().filter(fits).ok_or_else(|| {
        Fault::bad_argument(format!("{name}: not between {bounds}"))
            .hint("tokensmith makes no others; leave it out for the usual one")
    })
}
