//! Rules that do not do what they look like.
use crate::services::coresmd::{
    config::{Coresmd, Rule},
    types::{Does, Finding},
};

const SETTING: &str = "coresmd.rule";

pub(super) fn check(coresmd: &Coresmd, findings: &mut Vec<Finding>) {
    let rules = &coresmd.rules;
    for (at, rule) in rules.iter().enumerate() {
        if let Some(before) = rules[..at].iter().find(|it| it.takes_all()) {
            let message = format!(
                "the rule {} is never asked: {} in line {} takes every component",
                rule.name, before.name, before.line
            );
            let mut found = Finding::warning(rule.line, SETTING, message);
            found.does = Does::Skip;
            findings.push(found.fix("put the rule for all at the end, or continue:true into it"));
        }
        numbered(rule, findings);
    }
    unnamed(coresmd, "Node", "nodes", "nid{04d}", findings);
}

/// Only nodes have a NID: a number in the name of anything else is always 0.
fn numbered(rule: &Rule, findings: &mut Vec<Finding>) {
    let Some(pattern) = &rule.hostname else {
        return;
    };
    let strangers: Vec<&str> = rule
        .types
        .iter()
        .map(String::as_str)
        .filter(|it| *it != "Node")
        .collect();
    let numbered = rule.host(pattern, "", 1, "x") != rule.host(pattern, "", 2, "x");
    let by_id = rule.host(pattern, "", 1, "x") != rule.host(pattern, "", 1, "y");
    if strangers.is_empty() || !numbered || by_id || rule.id.is_some() {
        return;
    }
    let name = rule.host(pattern, "", 0, "x");
    let kinds = strangers.join(" and ");
    let message = format!("{kinds} have no NID, so that each of them is called {name}");
    let found = Finding::warning(rule.line, SETTING, message);
    findings.push(found.fix("{id} in place of the number: hostname:{id}"));
}

/// Whether some rule gives these a name.
fn unnamed(coresmd: &Coresmd, kind: &str, what: &str, pattern: &str, findings: &mut Vec<Finding>) {
    let named = coresmd.rules.iter().any(|rule| {
        let fits = rule.types.is_empty() || rule.types.iter().any(|it| it == kind);
        fits && rule.hostname.is_some()
    });
    if !named {
        let message =
            format!("no rule names {what}: their host names will be unknown-0001, unknown-0002, …");
        let found = Finding::warning(coresmd.line, SETTING, message);
        findings.push(found.fix(format!(
            "node_pattern={pattern}, or rule=type:{kind},hostname:{pattern}"
        )));
    }
}
