//! Sets of names as text: `x1000c0s0b[0-4]n0`, `nid[001-640]!nid007`, `@compute & State=Ready`.
//!
//! Pure syntax and algebra, with ClusterShell's grammar: brackets (`brackets`), operators that apply from left to right
//! with one precedence (`parse`), masks (`glob`), and folding that chooses the same boxes (`fold`, `boxes`, `run`). It
//! knows no service: the caller looks up what words stand for (`words`) before the operators are applied (`expand`), so
//! that `3 & @compute` compares nodes, not spellings.
//!
//! What ClusterShell refuses is refused. What it reads but nobody can mean, is too: names with spaces or with a
//! second tool's grammar in them (`hint`), and digits beside a bracket that it reads as another range (`brackets`).
mod boxes;
mod brackets;
mod fold;
mod glob;
mod hint;
mod order;
mod parse;
mod pattern;
mod points;
mod run;
#[cfg(test)]
mod tests;

pub use fold::{Autostep, Axes, Folding, fold};
pub use glob::matches;
pub use hint::range_of_names;
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
    /// What is asked for by group or attribute, as it is written: `@compute`, `State=Ready`.
    pub members: HashMap<String, Vec<String>>,
    /// Every name a mask may describe, and what it stands for.
    pub all: HashMap<String, String>,
}

impl Meanings {
    fn name(&self, name: String) -> String {
        self.names.get(&name).cloned().unwrap_or(name)
    }

    fn members(&self, word: &str) -> Result<&[String], Fault> {
        match self.members.get(word) {
            Some(members) => Ok(members),
            None => Err(
                Fault::bad_argument(format!("nothing is known here of {word}"))
                    .hint("groups and attributes are looked up in SMD: nodes.xnames(set)"),
            ),
        }
    }

    fn masked(&self, masks: &[String]) -> Vec<String> {
        let meant = |name: &&String| masks.iter().any(|mask| matches(mask, name));
        let all = self.all.iter().filter(|(name, _)| meant(name));
        all.map(|(_, stands_for)| stands_for.clone()).collect()
    }

    /// The names a word stands for.
    fn of(&self, word: &Word) -> Result<Vec<String>, Fault> {
        Ok(match word {
            Word::Names(pattern) => {
                let names = pattern.names()?.into_iter();
                names.map(|name| self.name(name)).collect()
            }
            Word::Masks(pattern) => self.masked(&pattern.names()?),
            Word::Groups(_) | Word::Attribute(..) => {
                let mut members = Vec::new();
                for asked in asked(word)? {
                    members.extend_from_slice(self.members(&asked.word)?);
                }
                members
            }
        })
    }
}

/// A word that is looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// As it is written, brackets resolved.
    pub word: String,
    pub sort: Sort,
    /// The group's source, if it says one, or the attribute's name.
    pub source: Option<String>,
    /// The group's own name, or the attribute's value.
    pub name: String,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    Group,
    /// `@@`, `@@role`: the names of the groups.
    Labels,
    Attribute,
    Mask,
}

/// The words of a set, each once, in the order they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub names: Vec<String>,
    pub asked: Vec<Asked>,
}

/// The names `text` stands for, each once, in ClusterShell's order.
pub fn expand(text: &str, meanings: &Meanings) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for term in parse(text)?.terms {
        let more = meanings.of(&term.word)?;
        apply(term.op, &mut names, more);
    }
    names.sort_by(|a, b| order::in_set(a, b));
    names.dedup();
    Ok(names)
}

/// How many names `text` stands for, where that needs no list of them: one word without anything to look up.
pub fn count(text: &str) -> Result<Option<u64>, Fault> {
    let terms = parse(text)?.terms;
    Ok(match &terms[..] {
        [
            Term {
                word: Word::Names(pattern),
                ..
            },
        ] => pattern.distinct(),
        _ => None,
    })
}

/// What has to be looked up before `text` can be expanded.
pub fn words(text: &str) -> Result<Words, Fault> {
    let (mut words, mut names, mut seen) = (Words::default(), HashSet::new(), HashSet::new());
    for term in parse(text)?.terms {
        if let Word::Names(pattern) = &term.word {
            let fresh = pattern.names()?.into_iter();
            let fresh = fresh.filter(|name| names.insert(name.clone()));
            words.names.extend(fresh);
        }
        let fresh = asked(&term.word)?.into_iter();
        let fresh = fresh.filter(|asked| seen.insert(asked.clone()));
        words.asked.extend(fresh);
    }
    Ok(words)
}

/// What a word asks for; names are not asked for.
fn asked(word: &Word) -> Result<Vec<Asked>, Fault> {
    let names = |pattern: &Pattern| Ok(pattern.names()?.into_iter());
    Ok(match word {
        Word::Names(_) => Vec::new(),
        Word::Groups(pattern) => names(pattern)?.map(group).collect(),
        Word::Masks(pattern) => names(pattern)?.map(mask).collect(),
        Word::Attribute(key, values) => names(values)?.map(|value| attribute(key, value)).collect(),
    })
}

fn mask(name: String) -> Asked {
    Asked {
        word: name.clone(),
        sort: Sort::Mask,
        source: None,
        name,
    }
}

fn attribute(key: &str, value: String) -> Asked {
    Asked {
        word: format!("{key}={value}"),
        sort: Sort::Attribute,
        source: Some(key.to_owned()),
        name: value,
    }
}

/// `compute`, `role:Compute`, `@`, `@role`: what stands after the `@` of a group.
fn group(text: String) -> Asked {
    let word = format!("@{text}");
    let some = |source: &str| (!source.is_empty()).then(|| source.to_owned());
    let (sort, source, name) = if let Some(source) = text.strip_prefix('@') {
        (Sort::Labels, some(source), String::new())
    } else if let Some((source, name)) = text.split_once(':') {
        (Sort::Group, some(source), name.to_owned())
    } else {
        (Sort::Group, None, text)
    };
    Asked {
        word,
        sort,
        source,
        name,
    }
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
