//! Lists of node names, told as a node set where that is shorter: `x1000c0s0b[0-4]n0`.
use crate::{
    lua::shape::Shape,
    nodeset::{Folding, fold},
};
use std::collections::HashSet;

/// The names folded, if they are names, are different, and folding says it shorter.
pub(super) fn folded(items: &[Shape]) -> Option<String> {
    let names: Vec<&str> = items.iter().map(name).collect::<Option<_>>()?;
    short(&names)
}

/// The names of the nodes in one word, or one after the other.
pub(super) fn names(names: &[&str]) -> String {
    short(names).unwrap_or_else(|| names.join(", "))
}

fn short(names: &[&str]) -> Option<String> {
    let different: HashSet<&&str> = names.iter().collect();
    if names.len() < 2 || different.len() < names.len() || !names.iter().all(|n| is_name(n)) {
        return None;
    }
    fold(names, &Folding::default())
        .ok()
        .filter(|set| set.contains('['))
}

fn name(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Text(text) => Some(text),
        _ => None,
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}
