//! Sets of names as text: `x1000c0s0b[0-4]n0`, `nid[001-640]!nid007`, `@compute & @io`.
//!
//! Pure syntax and algebra, after ClusterShell's grammar. It knows no service: the caller looks up what words stand for
//! (`words`) before the operators are applied (`expand`), so that `3 & @compute` compares nodes, not spellings. A set that was written as text comes back in natural order, without duplicates, as ClusterShell does
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
use std::collections::{HashMap, HashSet};

/// What the words of a set stand for, as far as the caller has looked them up.
#[derive(Clone, Debug, Default)]
pub struct Meanings {
    /// A name that is not here stands for itself.
    pub names: HashMap<String, String>,
    /// The members of each group; one that is not here is unknown.
    pub groups: HashMap<String, Vec<String>>,
}

impl Meanings {
    fn name(&self, name: String) -> String {
        self.names.get(&name).cloned().unwrap_or(name)
    }

    fn group(&self, group: &str) -> Result<&[String], Fault> {
        match self.groups.get(group) {
            Some(members) => Ok(members),
            None => Err(
                Fault::bad_argument(format!("there is no group @{group} here"))
                    .hint("groups are looked up in SMD: smd.group.list() shows them"),
            ),
        }
    }
}

/// The words of a set, each once, in the order they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub names: Vec<String>,
    pub groups: Vec<String>,
}

/// The names `text` stands for, in natural order, each once.
pub fn expand(text: &str, meanings: &Meanings) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for term in parse(text)?.terms {
        let more = match &term.word {
            Word::Names(pattern) => {
                let names = pattern.names()?;
                names.into_iter().map(|name| meanings.name(name)).collect()
            }
            Word::Group(pattern) => {
                let mut members = Vec::new();
                for group in pattern.names()? {
                    members.extend_from_slice(meanings.group(&group)?);
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

/// What has to be looked up before `text` can be expanded.
pub fn words(text: &str) -> Result<Words, Fault> {
    let (mut words, mut seen) = (Words::default(), HashSet::new());
    for term in parse(text)?.terms {
        let (list, pattern) = match &term.word {
            Word::Names(pattern) => (&mut words.names, pattern),
            Word::Group(pattern) => (&mut words.groups, pattern),
        };
        for name in pattern.names()? {
            let group = matches!(term.word, Word::Group(_));
            if seen.insert((group, name.clone())) {
                list.push(name);
            }
        }
    }
    Ok(words)
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
