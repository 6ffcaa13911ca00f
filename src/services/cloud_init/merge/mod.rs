//! Merges a node's parts as its cloud-init does, and keeps who said what.
//!
//! The vendor-data of a node includes one text per group. Each is rendered, taken for what its first line says, and
//! cloud-configs are merged one after the other; each later part says itself how it is merged (`how`), and the first
//! matching merger of that list decides (`mergers`).
mod how;
mod kind;
mod mergers;
mod origin;

pub use kind::Kind;
pub use origin::Lost;

use super::{
    document::{self, Node, Place, Tree},
    instance::Instance,
    render,
};
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a node was handed by one group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub name: String,
    pub content: String,
}

/// What became of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub name: String,
    pub kind: Kind,
    /// Whether it is part of the configuration.
    pub merged: bool,
    /// How it asked to be merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Why it is no part of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Names that were not known when it was rendered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// A node's configuration, and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Merged {
    pub config: Value,
    /// Which parts each top-level key comes from.
    pub origin: Map<String, Value>,
    /// Which part each value comes from, by its path.
    pub leaves: Map<String, Value>,
    /// What parts said that is not in the configuration.
    pub lost: Vec<Lost>,
    pub parts: Vec<Outcome>,
}

/// Renders the parts that are templates, if data is given, and merges all in their order.
pub fn merge(parts: &[Part], instance: Option<&Instance>) -> Merged {
    let mut config: Option<Node> = None;
    let mut said = Vec::new();
    let mut outcomes = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let mut outcome = Outcome {
            name: part.name.clone(),
            kind: kind::of(&part.content),
            merged: false,
            how: None,
            why: None,
            missing: Vec::new(),
        };
        let taken = rendered(part, instance, &mut outcome)
            .and_then(|text| add(&text, at, config.clone(), &mut said, &mut outcome));
        match taken {
            Ok(node) => {
                config = Some(node);
                outcome.merged = true;
            }
            Err(why) => outcome.why = Some(why),
        }
        outcomes.push(outcome);
    }
    let config = config.unwrap_or_else(|| Node::new(Tree::Map(Vec::new()), Place::default()));
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    Merged {
        origin: origin::of_keys(&config, &names),
        leaves: origin::of_leaves(&config, &names),
        lost: origin::lost(&config, &said, &names),
        config: config.json(),
        parts: outcomes,
    }
}

/// How a part asks to be merged, or why it cannot be; and whether it says so at all.
pub fn asked(part: &Node) -> Result<(String, bool), String> {
    let mut entries = part.entries().to_vec();
    let before = entries.len();
    let asked = how::take(&mut entries)?;
    mergers::Mergers::new(&asked)?;
    Ok((how::spelled(&asked), entries.len() < before))
}

/// What a text is to a node.
pub fn kind_of(text: &str) -> Kind {
    kind::of(text)
}

/// The text of a part as its handler gets it, which must be a cloud-config.
fn rendered(
    part: &Part,
    instance: Option<&Instance>,
    outcome: &mut Outcome,
) -> Result<String, String> {
    let mut text = part.content.clone();
    if outcome.kind == Kind::Template {
        let Some(instance) = instance else {
            return Err("it is a template, and there is no meta-data to render it with".to_owned());
        };
        let done = render::render(&text, instance).map_err(|fault: Fault| fault.message)?;
        outcome.missing = done.missing;
        outcome.kind = kind::of(&done.text);
        text = done.text;
    }
    match outcome.kind.refusal() {
        Some(why) => Err(why.to_owned()),
        None => Ok(text),
    }
}

/// The configuration with one more part in it.
fn add(
    text: &str,
    at: usize,
    config: Option<Node>,
    said: &mut Vec<(String, Node)>,
    outcome: &mut Outcome,
) -> Result<Node, String> {
    let mut part = document::read(text).map_err(|fault| {
        let Place { line, column } = fault.place;
        format!(
            "line {line}, column {column} is not YAML: {}",
            fault.message
        )
    })?;
    let Tree::Map(entries) = &mut part.tree else {
        return Err(match part.tree {
            Tree::Null => "it is empty".to_owned(),
            other => format!("it is a {}, not a mapping", other.sort()),
        });
    };
    let asked = how::take(entries)?;
    let mergers = mergers::Mergers::new(&asked)?;
    outcome.how = Some(how::spelled(&asked));
    let mut next = 0;
    part.claim(at, &mut next);
    let told = part.leaves();
    let told: Vec<(String, Node)> = told
        .into_iter()
        .map(|(path, leaf)| (path, leaf.clone()))
        .collect();
    let old = config.unwrap_or_else(|| Node::new(Tree::Map(Vec::new()), part.place));
    let merged = mergers.merge(old, part.clone())?;
    said.extend(told.into_iter().filter(|(_, leaf)| !leaf.origin.is_empty()));
    Ok(merged)
}

#[cfg(test)]
mod tests;
