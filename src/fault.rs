//! The one error of chami: what failed, why, and what to type next.
//!
//! The kinds are closed and are API: scripts compare `e.kind`, shells compare the exit status. Every border (HTTP,
//! libvirt, files, arguments) turns its own errors into a `Fault` once; hints are added where the user's words are known.
use serde::{Deserialize, Serialize};
use std::fmt;

/// What sort of failure; fixes the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    BadArgument,
    Partial,
    Unauthorized,
    Forbidden,
    Unreachable,
    Tls,
    CheckFailed,
    Drift,
    Timeout,
    Interrupted,
    NotFound,
    Conflict,
    NoEffect,
    Refused,
    Unsupported,
    Protocol,
    Io,
    Internal,
}

impl Kind {
    /// All kinds, for tests that must see each of them provoked.
    pub const ALL: [Self; 18] = [
        Self::BadArgument,
        Self::Partial,
        Self::Unauthorized,
        Self::Forbidden,
        Self::Unreachable,
        Self::Tls,
        Self::CheckFailed,
        Self::Drift,
        Self::Timeout,
        Self::Interrupted,
        Self::NotFound,
        Self::Conflict,
        Self::NoEffect,
        Self::Refused,
        Self::Unsupported,
        Self::Protocol,
        Self::Io,
        Self::Internal,
    ];

    /// The name scripts see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BadArgument => "bad_argument",
            Self::Partial => "partial",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::CheckFailed => "check_failed",
            Self::Drift => "drift",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::NoEffect => "no_effect",
            Self::Refused => "refused",
            Self::Unsupported => "unsupported",
            Self::Protocol => "protocol",
            Self::Io => "io",
            Self::Internal => "internal",
        }
    }

    /// The exit status of a process that ends with this fault.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::BadArgument => 2,
            Self::Partial => 3,
            Self::Unauthorized | Self::Forbidden => 4,
            Self::Unreachable | Self::Tls => 5,
            Self::CheckFailed | Self::Drift => 6,
            Self::Timeout => 124,
            Self::Interrupted => 130,
            _ => 1,
        }
    }

    /// The kind of a refused HTTP request.
    pub const fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            501 => Self::Unsupported,
            502..=504 => Self::Unreachable,
            507 => Self::Io,
            _ => Self::Refused,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One item of a `partial` fault: which node, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub node: String,
    pub fault: Fault,
}

/// What failed, why, and what to do about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: Kind,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cause: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub items: Vec<Item>,
}

impl Fault {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            status: None,
            service: None,
            cause: None,
            items: Vec::new(),
        }
    }

    pub fn bad_argument(message: impl Into<String>) -> Self {
        Self::new(Kind::BadArgument, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// A file or directory that cannot be used: names the path and what the system said.
    pub fn io(path: impl AsRef<std::path::Path>, error: &std::io::Error) -> Self {
        let path = path.as_ref().display();
        Self::new(Kind::Io, format!("{path}: {error}"))
    }

    /// A broken promise inside chami itself.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
            .hint("this is a defect of chami: please report what you typed")
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Hints at the known word that was probably meant by `word`, else at all there are.
    pub fn did_you_mean<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match nearest(word, known.iter().copied()) {
            Some(near) => self.hint(format!("did you mean {near}?")),
            None if known.is_empty() => self,
            None => self.hint(format!("known are: {}", known.join(", "))),
        }
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    pub fn items(mut self, items: Vec<Item>) -> Self {
        self.items = items;
        self
    }
}

/// The word of `known` that `word` is most like, if it is like any; case counts for nothing.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|name| (likeness(&word, &name.to_lowercase()), name))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// From 0 to 1. One slip in a short word (`sdm`) counts for more than Jaro and Winkler give it.
fn likeness(word: &str, name: &str) -> f64 {
    let slip = word.len() > 2 && strsim::damerau_levenshtein(word, name) == 1;
    let score = strsim::jaro_winkler(word, name);
    if slip { score.max(0.81) } else { score }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} ({status}): {}", self.kind, self.message),
            None => write!(f, "{}: {}", self.kind, self.message),
        }
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::{Fault, nearest};

    #[test]
    fn the_nearest_word_is_offered_and_a_far_one_is_not() {
        let known = ["state", "role", "nid_start"];
        assert_eq!(nearest("Sate", known), Some("state"));
        assert_eq!(nearest("nidstart", known), Some("nid_start"));
        assert_eq!(nearest("colour", known), None);
        let fault = Fault::bad_argument("x").did_you_mean("colour", known);
        assert_eq!(
            fault.hint.as_deref(),
            Some("known are: state, role, nid_start")
        );
    }
}
