//! What a service answered: decoded, or turned into the Fault that tells why not.
use super::denied;
use crate::{
    fault::{Fault, Kind},
    secret::hide,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A whole answer, refusals included.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// What had been asked: `GET http://…`.
    pub(super) line: String,
    pub(super) service: Option<String>,
    /// What to do when the door stayed shut.
    pub(super) denied: Option<String>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// This answer if it is a success, else its Fault.
    pub fn success(self) -> Result<Self, Fault> {
        if self.is_success() {
            Ok(self)
        } else {
            Err(self.fault())
        }
    }

    /// The first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.body).map_err(|error| self.garbled(&error))
    }

    /// All JSON documents of a body that holds several, one after another.
    pub fn documents(&self) -> Result<Vec<Value>, Fault> {
        serde_json::Deserializer::from_slice(&self.body)
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|error| self.garbled(&error))
    }

    /// A body that is not what was agreed on: says where it goes wrong.
    fn garbled(&self, error: &serde_json::Error) -> Fault {
        let who = self.service.as_deref().unwrap_or("the server");
        let message = if self.body.is_empty() {
            format!("{who} answered {} with an empty body", self.status)
        } else {
            let near = excerpt(&self.text(), error.line(), error.column());
            format!("{who} answered what chami cannot read: {error}, near `{near}`")
        };
        let hint = if self.is_html() {
            "that is a web page: does the URL lead to the cluster's gateway?"
        } else {
            "is this service of a version chami knows?"
        };
        let mut fault = Fault::new(Kind::Protocol, message)
            .status(self.status)
            .cause(&self.line)
            .hint(hint);
        fault.service.clone_from(&self.service);
        fault
    }

    /// The Fault of a refusal, in the service's own words.
    pub fn fault(&self) -> Fault {
        let kind = Kind::of_status(self.status);
        let mut fault = Fault::new(kind, self.detail())
            .status(self.status)
            .cause(&self.line);
        fault.hint = self.advice(kind);
        fault.service.clone_from(&self.service);
        fault
    }

    fn is_html(&self) -> bool {
        let declared = self.header("content-type").unwrap_or_default();
        declared.starts_with("text/html") || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// What the service says went wrong.
    fn detail(&self) -> String {
        if (300..400).contains(&self.status) {
            let there = self.header("location").unwrap_or("nowhere");
            return format!("the server sends us on to {there}");
        }
        let first = serde_json::Deserializer::from_slice(&self.body)
            .into_iter::<Value>()
            .next();
        if let Some(Ok(document)) = first
            && let Some(text) = told(&document)
        {
            return hide(&text).into_owned();
        }
        let text = self.text();
        if text.trim().is_empty() || self.is_html() {
            return format!("{} {}", self.status, reason(self.status));
        }
        shorten(&hide(text.trim()), 400)
    }

    fn advice(&self, kind: Kind) -> Option<String> {
        let text = match kind {
            Kind::Unauthorized | Kind::Forbidden => return self.denied.clone(),
            Kind::Unsupported => "the cluster's services know this call but do not do it".into(),
            Kind::Unreachable => {
                "the gateway answers, the service behind it does not: is it running?".into()
            }
            Kind::Io if self.status == 507 => {
                "free some space there; what was stored before is safe".into()
            }
            Kind::Refused if (300..400).contains(&self.status) => {
                "-u URL names the gateway; chami follows nobody to another host".into()
            }
            Kind::NotFound if self.text().starts_with("404 page not found") => {
                "no such path there: is that service at this URL?".into()
            }
            _ => return None,
        };
        Some(text)
    }
}

/// The sentence for people in an error document (RFC 7807, OAuth, and the services' own forms).
fn told(document: &Value) -> Option<String> {
    if let Some(text) = denied::policy(document) {
        return Some(text);
    }
    ["detail", "error_description", "message", "error", "title"]
        .into_iter()
        .filter_map(|key| document.get(key)?.as_str())
        .find(|text| !text.trim().is_empty())
        .map(|text| text.trim().to_owned())
        .or_else(|| document.as_str().map(str::to_owned))
}

fn reason(status: u16) -> &'static str {
    reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("(no standard status)")
}

fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most).collect();
    format!("{kept}…")
}

/// About 60 characters around a place in the text.
fn excerpt(text: &str, line: usize, column: usize) -> String {
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or(text);
    let masked = hide(line);
    // Masking may have moved the place; then the beginning of the line tells more than a wrong spot.
    let from = if masked.len() == line.len() {
        line.char_indices()
            .take_while(|(at, _)| *at < column)
            .count()
    } else {
        0
    };
    let skip = from.saturating_sub(40);
    let cut: String = masked.chars().skip(skip).collect();
    shorten(cut.trim(), 60)
}
