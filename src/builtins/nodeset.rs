//! Node sets for Lua: syntax and algebra; what words stand for is looked up by `lib-lua/nodes.lua`.
use super::Builtin;
use crate::{
    fault::Fault,
    lua::Natives,
    nodeset::{self, Axes, Meanings, Words, natural},
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

pub(super) const NODESET: Builtin = Builtin {
    name: "nodeset",
    natives: |n, _| nodeset_natives(n),
};

pub(super) const NODES: Builtin = Builtin {
    name: "nodes",
    natives: |n, _| nodes_natives(n),
};

fn nodeset_natives(n: &mut Natives) {
    n.sync("groups", |(set,): (Set,)| Ok(words(&set)?.groups));
    n.sync("expand", |(set, groups): (Set, Option<Groups>)| {
        expand(&set, &groups_only(groups))
    });
    n.sync(
        "fold",
        |(names, options): (Vec<Name>, Option<FoldOptions>)| {
            let names: Vec<String> = names.into_iter().map(Name::text).collect();
            nodeset::fold(&names, &options.unwrap_or_default().axes()?)
        },
    );
}

fn nodes_natives(n: &mut Natives) {
    n.sync("words", |(set,): (Set,)| words(&set));
    n.sync("expand", |(set, found): (Set, LookedUp)| {
        expand(&set, &found.into())
    });
    n.sync(
        "unknown",
        |(what, word, known): (String, String, Vec<String>)| unknown(&what, &word, known),
    );
}

type Groups = HashMap<String, Vec<String>>;

fn groups_only(groups: Option<Groups>) -> Meanings {
    Meanings {
        names: HashMap::new(),
        groups: groups.unwrap_or_default(),
    }
}

/// Refuses a word that nothing is known by, and names the nearest that is.
fn unknown(what: &str, word: &str, mut known: Vec<String>) -> Result<(), Fault> {
    // In order, for Lua hands them over in none: of equally near ones the last is named.
    known.sort_by(|a, b| natural(a, b));
    let fault = Fault::bad_argument(format!("there is no {what} `{word}`"));
    let near = known
        .iter()
        .map(|name| (strsim::jaro_winkler(name, word), name))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    Err(match near {
        Some((likeness, name)) if likeness > 0.6 => fault.hint(format!("did you mean {name}?")),
        _ if known.is_empty() => {
            fault.hint("SMD knows none at all: discover.static loads a nodes file")
        }
        _ => fault.hint("smd.component.list() and smd.group.list() show what SMD knows"),
    })
}

/// A name, or a NID written as a number.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a name or a NID")]
enum Name {
    Text(String),
    Nid(u64),
}

impl Name {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Nid(nid) => nid.to_string(),
        }
    }
}

/// What the user may write for a set.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a node set: text, a NID, or a list of these"
)]
enum Set {
    Text(String),
    Nid(u64),
    List(Vec<Set>),
}

impl Set {
    /// The set's texts; a list is the union of its items, in their order.
    fn texts(&self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Nid(nid) => vec![nid.to_string()],
            Self::List(items) => items.iter().flat_map(Self::texts).collect(),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LookedUp {
    names: HashMap<String, String>,
    groups: HashMap<String, Vec<String>>,
}

impl From<LookedUp> for Meanings {
    fn from(found: LookedUp) -> Self {
        Self {
            names: found.names,
            groups: found.groups,
        }
    }
}

#[derive(Serialize)]
struct Parts {
    names: Vec<String>,
    groups: Vec<String>,
}

fn words(set: &Set) -> Result<Parts, Fault> {
    let mut all = Words::default();
    for text in set.texts() {
        let words = nodeset::words(&text)?;
        all.names.extend(words.names);
        all.groups.extend(words.groups);
    }
    Ok(Parts {
        names: all.names,
        groups: all.groups,
    })
}

/// Text comes in natural order, a list in the order of its items; each name once.
fn expand(set: &Set, meanings: &Meanings) -> Result<Vec<String>, Fault> {
    let texts = set.texts();
    if let [text] = &texts[..] {
        return nodeset::expand(text, meanings);
    }
    let (mut names, mut seen) = (Vec::new(), HashSet::new());
    for text in texts {
        for name in nodeset::expand(&text, meanings)? {
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
    }
    Ok(names)
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FoldOptions {
    axis: Option<Axis>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected an axis: 1, -1, \"1,3\", \"1-2\" or a list of numbers"
)]
enum Axis {
    One(i64),
    List(Vec<i64>),
    Text(String),
}

impl FoldOptions {
    /// As `nodeset --axis` has it: numbers from 1, ranges, negative ones from the end.
    fn axes(self) -> Result<Axes, Fault> {
        let list = match self.axis {
            None => return Ok(Axes::All),
            Some(Axis::One(axis)) => vec![axis],
            Some(Axis::List(list)) => list,
            Some(Axis::Text(text)) => {
                let mut list = Vec::new();
                for part in text.split(',') {
                    list.extend(axes_of(part.trim()).ok_or_else(|| wrong_axis(&text))?);
                }
                list
            }
        };
        if list.contains(&0) {
            return Err(wrong_axis("0"));
        }
        Ok(Axes::Only(list))
    }
}

/// `2`, `-1` or `1-3`.
fn axes_of(part: &str) -> Option<Vec<i64>> {
    if let Ok(axis) = part.parse() {
        return Some(vec![axis]);
    }
    let (from, to) = part.split_once('-')?;
    let (from, to): (i64, i64) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to && to < 100).then(|| (from..=to).collect())
}

fn wrong_axis(text: &str) -> Fault {
    Fault::bad_argument(format!("`{text}` names no axis of a name"))
        .hint("axes are counted from 1, or from the end with -1: { axis = \"1-2\" }")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_read_as_clustershell_has_them() {
        let axes = |text: &str| {
            FoldOptions {
                axis: Some(Axis::Text(text.to_owned())),
            }
            .axes()
        };
        assert_eq!(axes("1-2,-1").ok(), Some(Axes::Only(vec![1, 2, -1])));
        for wrong in ["", "a", "0", "3-1", "1-"] {
            assert!(axes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lists_keep_their_order_and_texts_are_sorted() {
        let text = Set::Text("n2,n10,n1".to_owned());
        let sorted = expand(&text, &Meanings::default()).expect("a set");
        assert_eq!(sorted, ["n1", "n2", "n10"]);
        let list = Set::List(vec![
            Set::Text("n2".to_owned()),
            Set::Nid(7),
            Set::Text("n[1-2]".to_owned()),
        ]);
        let kept = expand(&list, &Meanings::default()).expect("a set");
        assert_eq!(kept, ["n2", "7", "n1"]);
    }
}
