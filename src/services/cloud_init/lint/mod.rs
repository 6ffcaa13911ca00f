//! Finds the faults of a group's text before it is uploaded: what a node would refuse, leave out, or misread.
mod head;
mod keys;
mod names;
mod secrets;
mod tags;

use super::{
    document::{self, Node, Tree},
    instance::Instance,
    merge::{self, Kind},
    render::{self, Rendered},
};
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The node leaves the text out, or a secret is open.
    Error,
    /// Probably not what was meant.
    Warning,
    /// Worth knowing.
    Note,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    /// The rule's short name, for scripts.
    pub rule: &'static str,
    pub line: usize,
    pub column: usize,
    pub message: String,
    pub hint: String,
}

/// Collects findings.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(
        &mut self,
        severity: Severity,
        rule: &'static str,
        (line, column): (usize, usize),
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let (message, hint) = (message.into(), hint.into());
        self.0.push(Finding {
            severity,
            rule,
            line,
            column,
            message,
            hint,
        });
    }

    fn error(
        &mut self,
        rule: &'static str,
        at: (usize, usize),
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(Severity::Error, rule, at, message, hint);
    }

    fn warning(
        &mut self,
        rule: &'static str,
        at: (usize, usize),
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(Severity::Warning, rule, at, message, hint);
    }

    fn note(
        &mut self,
        rule: &'static str,
        at: (usize, usize),
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(Severity::Note, rule, at, message, hint);
    }
}

/// What is wrong, or worth knowing, about a text; a node's data make it exact.
pub fn lint(content: &str, instance: Option<&Instance>) -> Vec<Finding> {
    let mut findings = Findings::default();
    head::check(content, &mut findings);
    tags::check(content, &mut findings);
    let sketched = sketched(content, &mut findings);
    let rendered = instance.and_then(|instance| rendered(content, instance, &mut findings));
    names::check(content, instance, rendered.as_ref(), &mut findings);
    // What the file itself says is searched for secrets, not what a node's data add.
    match &sketched {
        Some(text) => body(text, rendered.as_ref(), &mut findings),
        None => secrets::of_text(content, &mut findings),
    }
    let mut findings = findings.0;
    findings.sort_by_key(|it| (it.line, it.column, it.severity));
    findings.dedup();
    findings
}

/// The form of a text without a node. What only a node's data can show is left to them.
fn sketched(content: &str, findings: &mut Findings) -> Option<Rendered> {
    match render::sketch(content) {
        Ok(rendered) => Some(rendered),
        Err(trouble) => {
            // Names are known to be there; without syntax there is no form.
            if let Err(trouble) = render::names_in(content) {
                let at = (trouble.line, trouble.column.unwrap_or(1));
                let message = trouble.fault.message;
                findings.error(
                    "jinja",
                    at,
                    told(&message),
                    trouble.fault.hint.unwrap_or_default(),
                );
            } else {
                let at = (trouble.line, trouble.column.unwrap_or(1));
                findings.note(
                    "unseen",
                    at,
                    "the YAML behind this cannot be seen without a node's data",
                    "give the node's meta-data as well",
                );
            }
            None
        }
    }
}

fn rendered(content: &str, instance: &Instance, findings: &mut Findings) -> Option<Rendered> {
    match render::attempt(content, instance) {
        Ok(rendered) => Some(rendered),
        Err(trouble) => {
            let at = (trouble.line, trouble.column.unwrap_or(1));
            let known = findings
                .0
                .iter()
                .any(|it| it.rule == "jinja" || it.rule == "hyphen" && it.line == at.0);
            if !known {
                let message = trouble.fault.message;
                findings.error(
                    "jinja",
                    at,
                    told(&message),
                    trouble.fault.hint.unwrap_or_default(),
                );
            }
            None
        }
    }
}

/// A message without the line it begins with, which stands in a field of its own.
fn told(message: &str) -> String {
    let rest = message
        .strip_prefix("line ")
        .and_then(|it| it.split_once(": "));
    rest.map_or_else(|| message.to_owned(), |(_, rest)| rest.to_owned())
}

/// The text as YAML: from a node's data where there are any, else in its form.
fn body(sketched: &Rendered, rendered: Option<&Rendered>, findings: &mut Findings) {
    let text = rendered.unwrap_or(sketched);
    if merge::kind_of(&text.text) != Kind::CloudConfig {
        secrets::of_text(&sketched.text, findings);
        return;
    }
    let place = |rendered: &Rendered, node: &Node| {
        (rendered.source_line(node.place.line), node.place.column)
    };
    match document::read(&text.text) {
        Err(fault) => {
            let line = text.source_line(fault.place.line);
            findings.error(
                "yaml",
                (line, fault.place.column),
                format!("this is not YAML: {}", fault.message),
                "YAML is indented with spaces; a text with : or # in it wants quotes",
            );
        }
        Ok(node) => match &node.tree {
            Tree::Map(_) => keys::check(&node, &|node| place(text, node), findings),
            Tree::Null => findings.note(
                "empty",
                (1, 1),
                "nothing is configured here",
                "add keys below #cloud-config",
            ),
            other => findings.error(
                "yaml",
                place(text, &node),
                format!(
                    "a cloud-config is a mapping, and this is a {}",
                    other.sort()
                ),
                "write `key: value` lines",
            ),
        },
    }
    match document::read(&sketched.text) {
        Ok(node) => secrets::check(&node, &|node| place(sketched, node), findings),
        Err(_) => secrets::of_text(&sketched.text, findings),
    }
}

#[cfg(test)]
mod tests;
