//! One line of a tape, and how an exchange becomes one: here its secrets go.
use crate::{
    fault::{Fault, Item},
    http::{Body, Exchange, Loss, Options, Outcome},
    secret,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap};

/// The version of the format that this chami writes and reads.
pub(super) const FORMAT: u32 = 1;

/// A longer body is not kept.
pub(super) const LONGEST: usize = 8 << 20;

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub chami_tape: u32,
    pub chami: String,
    /// The name of the target.
    pub target: String,
    /// When it begins, on the target's clock.
    pub start: Timestamp,
    /// Services with an address of their own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub services: BTreeMap<String, String>,
    /// How often requests were repeated.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retries: Option<u32>,
}

impl Head {
    pub fn new(target: &str, start: Timestamp, options: &Options) -> Self {
        let services = options.services.iter();
        let services = services.map(|(name, url)| (name.clone(), secret::hide(url).into_owned()));
        Self {
            chami_tape: FORMAT,
            chami: env!("CARGO_PKG_VERSION").to_owned(),
            target: target.to_owned(),
            start,
            services: services.collect(),
            retries: options.retries,
        }
    }
}

/// One exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When it ended, on the target's clock.
    pub at: Timestamp,
    pub method: String,
    /// Path and query at the gateway; elsewhere the whole URL.
    pub place: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub service: Option<String>,
    /// The gateway's URL.
    pub base: String,
    /// The variable that its token is read from, where one was missing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub variable: Option<String>,
    #[serde(skip_serializing_if = "is_first", default = "first")]
    pub attempt: u32,
    /// How long it took, in microseconds.
    pub us: u64,
    pub ask: Message,
    pub end: End,
}

fn first() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde gives a reference
fn is_first(attempt: &u32) -> bool {
    *attempt == 1
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum End {
    Answer {
        status: u16,
        message: Message,
    },
    Fault {
        fault: Fault,
        #[serde(default)]
        loss: Loss,
    },
    Abandoned,
}

/// Headers and a body, which is text, or in base64, or left out for a reason; none of these: empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub left_out: Option<String>,
}

impl Message {
    /// Without secrets.
    pub fn of(headers: &[(String, String)], body: &Body) -> Self {
        let header = |(name, value): &(String, String)| {
            let hidden = secret::hide_header(name, value).into_owned();
            (name.clone(), hidden)
        };
        let mut message = Self {
            headers: headers.iter().map(header).collect(),
            ..Self::default()
        };
        message.fill(body);
        message
    }

    fn fill(&mut self, body: &Body) {
        if !body.is_whole() {
            let most = LONGEST >> 20;
            self.left_out = Some(format!(
                "{} bytes, and a tape keeps {most} MiB of a body",
                body.length
            ));
        } else if let Ok(text) = std::str::from_utf8(&body.bytes) {
            self.text = (!text.is_empty()).then(|| secret::hide(text).into_owned());
        } else if let Cow::Owned(_) = secret::hide(&String::from_utf8_lossy(&body.bytes)) {
            self.left_out = Some(format!(
                "{} bytes that are no text and hold a secret",
                body.length
            ));
        } else {
            self.base64 = Some(STANDARD.encode(&body.bytes));
        }
    }

    /// The body as bytes; an error says why there is none.
    pub fn body(&self) -> Result<Vec<u8>, String> {
        match (&self.left_out, &self.text, &self.base64) {
            (Some(why), ..) => Err(why.clone()),
            (_, Some(text), _) => Ok(text.clone().into_bytes()),
            (_, _, Some(code)) => STANDARD
                .decode(code)
                .map_err(|error| format!("its base64 is damaged: {error}")),
            _ => Ok(Vec::new()),
        }
    }
}

impl Entry {
    /// The line for an exchange that ended at `at`, without its secrets.
    pub fn of(exchange: &Exchange, at: Timestamp) -> Self {
        let refused = matches!(&exchange.outcome, Outcome::Answer { status: 401, .. });
        let end = match &exchange.outcome {
            Outcome::Answer {
                status,
                headers,
                body,
            } => End::Answer {
                status: *status,
                message: Message::of(headers, body),
            },
            Outcome::Fault { fault, loss } => End::Fault {
                fault: hidden(fault),
                loss: *loss,
            },
            Outcome::Abandoned => End::Abandoned,
        };
        Self {
            at,
            method: exchange.method.clone(),
            place: secret::hide(&exchange.place).into_owned(),
            call: exchange.call.as_ref().map(|call| call.native.clone()),
            service: exchange.service.map(str::to_owned),
            base: secret::hide(&exchange.base).into_owned(),
            variable: exchange.variable.clone().filter(|_| refused),
            attempt: exchange.attempt,
            us: u64::try_from(exchange.took.as_micros()).unwrap_or(u64::MAX),
            ask: Message::of(&exchange.headers, &exchange.body),
            end,
        }
    }
}

/// A fault without secrets in its words.
pub(super) fn hidden(fault: &Fault) -> Fault {
    let clean = |text: &String| secret::hide(text).into_owned();
    Fault {
        message: clean(&fault.message),
        hint: fault.hint.as_ref().map(clean),
        cause: fault.cause.as_ref().map(clean),
        items: fault
            .items
            .iter()
            .map(|item| Item {
                node: item.node.clone(),
                fault: hidden(&item.fault),
            })
            .collect(),
        ..fault.clone()
    }
}
