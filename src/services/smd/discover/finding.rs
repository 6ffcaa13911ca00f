//! What is wrong, or worth knowing, about a nodes file: where, why, and how to put it right.
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The file is not sent.
    Error,
    /// Sent, but probably not what was meant.
    Warning,
    /// Sent, and what became of it.
    Note,
}

/// A record of the file and its line; a Lua table has no lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub record: String,
    pub line: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub level: Level,
    /// The rule's short name, for scripts.
    pub rule: &'static str,
    pub line: Option<u64>,
    pub record: String,
    pub message: String,
    pub fix: String,
}

/// Collects findings.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn add(
        &mut self,
        level: Level,
        rule: &'static str,
        place: &Place,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.0.push(Finding {
            level,
            rule,
            line: place.line,
            record: place.record.clone(),
            message: message.into(),
            fix: fix.into(),
        });
    }

    pub(super) fn error(
        &mut self,
        rule: &'static str,
        place: &Place,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.add(Level::Error, rule, place, message, fix);
    }

    pub(super) fn warning(
        &mut self,
        rule: &'static str,
        place: &Place,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.add(Level::Warning, rule, place, message, fix);
    }
}
