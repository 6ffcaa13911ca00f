//! Sets of names as text: `x1000c0s0b[0-4]n0`, `nid[001-640]!nid007`, `@compute & @io`.
//!
//! Pure syntax and algebra, after ClusterShell's grammar. It knows no service: what a `@group` word stands for is asked
//! of the caller. A set that was written as text comes back in natural order, without duplicates, as ClusterShell does
//! it; operators have one precedence and apply from left to right.
mod fold;
mod order;
mod parse;
mod pattern;
#[cfg(test)]
mod tests;

pub use fold::{Axes, fold};
pub use order::natural;
pub use parse::{Expr, Op, Term, Word, parse};
pub use pattern::Pattern;

use crate::fault::Fault;
use std::collections::HashSet;

/// What the word after `@` stands for; asked once for each group word of an expression.
pub type Groups<'a> = dyn FnMut(&str) -> Result<Vec<String>, Fault> + 'a;

/// The names `text` stands for, in natural order, each once.
pub fn expand(text: &str, groups: &mut Groups) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for term in parse(text)?.terms {
        let more = match &term.word {
            Word::Names(pattern) => pattern.names()?,
            Word::Group(pattern) => {
                let mut members = Vec::new();
                for group in pattern.names()? {
                    members.extend(groups(&group)?);
                }
                members
            }
        };
        apply(term.op, &mut names, more);
    }
    names.sort_by(|a, b| natural(a, b));
    names.dedup();
    Ok(names)
}

/// The groups `text` names, in the order they are written, each once.
pub fn groups(text: &str) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    for term in parse(text)?.terms {
        if let Word::Group(pattern) = term.word {
            for group in pattern.names()? {
                if !found.contains(&group) {
                    found.push(group);
                }
            }
        }
    }
    Ok(found)
}

/// Applies one operator to the set so far. The set may hold a name twice until `expand` is done.
fn apply(op: Op, names: &mut Vec<String>, more: Vec<String>) {
    match op {
        Op::Union => names.extend(more),
        Op::Minus => {
            let gone: HashSet<String> = more.into_iter().collect();
            names.retain(|name| !gone.contains(name));
        }
        Op::And => {
            let kept: HashSet<String> = more.into_iter().collect();
            names.retain(|name| kept.contains(name));
        }
        Op::Xor => {
            let left: HashSet<String> = names.drain(..).collect();
            let right: HashSet<String> = more.into_iter().collect();
            names.extend(left.symmetric_difference(&right).cloned());
        }
    }
}
