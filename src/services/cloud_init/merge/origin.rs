//! Who said what: each value of the result carries the part and leaf it came from.
use crate::services::cloud_init::document::{Node, Tree};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A value that a part gave and the configuration does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    pub part: String,
    pub path: String,
    pub line: usize,
}

/// The names of the parts in a set of origins, in their order.
fn named(parts: &BTreeSet<usize>, names: &[&str]) -> Vec<String> {
    let found = parts.iter().filter_map(|at| names.get(*at));
    found.map(|&name| name.to_owned()).collect()
}

fn parts(node: &Node) -> BTreeSet<usize> {
    let leaves = node.leaves();
    leaves
        .iter()
        .flat_map(|(_, leaf)| leaf.origin.iter().map(|(part, _)| *part))
        .collect()
}

pub(super) fn of_keys(config: &Node, names: &[&str]) -> Map<String, Value> {
    let entries = config.entries().iter();
    entries
        .map(|(key, value)| (key.key(), Value::from(named(&parts(value), names))))
        .collect()
}

/// One name, or several joined by ` + ` where texts were put together.
pub(super) fn of_leaves(config: &Node, names: &[&str]) -> Map<String, Value> {
    let leaves = config
        .leaves()
        .into_iter()
        .filter(|(_, leaf)| !leaf.origin.is_empty());
    leaves
        .map(|(path, leaf)| (path, Value::from(named(&parts(leaf), names).join(" + "))))
        .collect()
}

pub(super) fn lost(config: &Node, said: &[(String, Node)], names: &[&str]) -> Vec<Lost> {
    let leaves = config.leaves();
    let kept: BTreeSet<(usize, usize)> = leaves
        .iter()
        .flat_map(|(_, leaf)| leaf.origin.clone())
        .collect();
    said.iter()
        // An empty list that others were added to is not lost, and null may have been the wish to delete.
        .filter(|(_, leaf)| !matches!(&leaf.tree, Tree::Null | Tree::List(_) | Tree::Map(_)))
        .filter(|(_, leaf)| !leaf.origin.iter().any(|origin| kept.contains(origin)))
        .filter_map(|(path, leaf)| {
            let part = names.get(leaf.origin.first()?.0)?;
            Some(Lost {
                part: (*part).to_owned(),
                path: path.clone(),
                line: leaf.place.line,
            })
        })
        .collect()
}
