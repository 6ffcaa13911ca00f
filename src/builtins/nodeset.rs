//! Node sets for Lua: syntax and algebra; what words stand for is looked up by `lib-lua/nodes.lua`.
mod options;

use super::Builtin;
use crate::{
    fault::Fault,
    lua::Natives,
    nodeset::{self, Asked, Folding, Meanings, Sort, natural},
};
use options::FoldOptions;
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
    n.sync("asked", |(set,): (Set,)| words(&set));
    n.sync("count", |(set,): (Set,)| match &set.texts()[..] {
        [text] => Ok(nodeset::count(text)?.and_then(|count| i64::try_from(count).ok())),
        _ => Ok(None),
    });
    n.sync("expand", |(set, found): (Set, Option<LookedUp>)| {
        expand(&set, &found.unwrap_or_default().into())
    });
    n.sync(
        "fold",
        |(names, options): (Vec<Name>, Option<FoldOptions>)| {
            let names: Vec<String> = names.into_iter().map(Name::text).collect();
            nodeset::fold(&names, &options.unwrap_or_default().folding()?)
        },
    );
    n.sync("split", |(names, parts): (Vec<String>, i64)| {
        split(&names, parts)
    });
}

fn nodes_natives(n: &mut Natives) {
    n.sync("words", |(set,): (Set,)| words(&set));
    n.sync("expand", |(set, found): (Set, LookedUp)| {
        expand(&set, &found.into())
    });
    n.sync("no_nodes", |(word,): (String,)| no_nodes(&word));
    n.sync(
        "unknown",
        |(what, word, known): (String, String, Vec<String>)| unknown(&what, &word, known),
    );
}

/// Refuses a word that nothing is known by, and names the nearest that is.
fn unknown(what: &str, word: &str, mut known: Vec<String>) -> Result<(), Fault> {
    // In order, for Lua hands them over in none: of equally near ones the last is named.
    known.sort_by(|a, b| natural(a, b));
    let fault = Fault::bad_argument(format!("there is no {what} `{word}`"));
    if let Some(range) = nodeset::range_of_names(word) {
        return Err(fault.hint(format!("a range of nodes reads {range}")));
    }
    let near = known
        .iter()
        .map(|name| (strsim::jaro_winkler(name, word), name))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    Err(match near {
        Some((likeness, name)) if likeness > 0.75 => fault.hint(format!("did you mean {name}?")),
        _ if known.is_empty() => {
            fault.hint("SMD knows none at all: discover.static loads a nodes file")
        }
        _ if known.len() <= 8 || is_vocabulary(&known) => {
            fault.hint(format!("what there is: {}", known.join(", ")))
        }
        _ => fault.hint("smd.component.list() and smd.group.list() show what SMD knows"),
    })
}

/// The words an attribute can be, not the names of many nodes.
fn is_vocabulary(known: &[String]) -> bool {
    let word = |name: &String| name.chars().all(char::is_alphabetic);
    known.len() <= 40 && known.iter().all(word)
}

fn no_nodes(word: &str) -> Result<(), Fault> {
    Err(Fault::bad_argument(format!(
        "{word} stands for names of groups, and these are no nodes"
    ))
    .hint(format!("nodeset.expand \"{word}\" lists them")))
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
    members: HashMap<String, Vec<String>>,
    all: HashMap<String, String>,
}

impl From<LookedUp> for Meanings {
    fn from(found: LookedUp) -> Self {
        Self {
            names: found.names,
            members: found.members,
            all: found.all,
        }
    }
}

#[derive(Serialize)]
struct Parts {
    names: Vec<String>,
    asked: Vec<AskedFor>,
}

/// A word that is to be looked up.
#[derive(Serialize)]
struct AskedFor {
    word: String,
    sort: &'static str,
    source: Option<String>,
    name: String,
}

impl From<Asked> for AskedFor {
    fn from(asked: Asked) -> Self {
        Self {
            word: asked.word,
            sort: match asked.sort {
                Sort::Group => "group",
                Sort::Labels => "labels",
                Sort::Attribute => "attribute",
                Sort::Mask => "mask",
            },
            source: asked.source,
            name: asked.name,
        }
    }
}

fn words(set: &Set) -> Result<Parts, Fault> {
    let (mut names, mut asked) = (Vec::new(), Vec::new());
    for text in set.texts() {
        let words = nodeset::words(&text)?;
        names.extend(words.names);
        asked.extend(words.asked.into_iter().map(AskedFor::from));
    }
    Ok(Parts { names, asked })
}

/// `parts` sets of about as many names each, in their order; fewer when there are fewer names.
fn split(names: &[String], parts: i64) -> Result<Vec<String>, Fault> {
    let Some(parts) = usize::try_from(parts).ok().filter(|parts| *parts > 0) else {
        return Err(
            Fault::bad_argument(format!("a set is not split into {parts} parts"))
                .hint("for example in four: nodeset.split(set, 4)"),
        );
    };
    let (size, more) = (names.len() / parts, names.len() % parts);
    let (mut rest, mut sets) = (names, Vec::new());
    for part in 0..parts.min(names.len()) {
        let (these, others) = rest.split_at(size + usize::from(part < more));
        sets.push(nodeset::fold(these, &Folding::default())?);
        rest = others;
    }
    Ok(sets)
}

/// Text comes in ClusterShell's order, a list in the order of its items; each name once.
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

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn parts_differ_by_one_name_at_most() {
        let names: Vec<String> = (1..6).map(|n| format!("n{n}")).collect();
        let parts = |count| split(&names, count).expect("parts");
        assert_eq!(parts(2), ["n[1-3]", "n[4-5]"]);
        assert_eq!(parts(9).len(), 5);
        assert!(split(&[], 3).expect("parts").is_empty());
        for wrong in [0, -1] {
            assert!(split(&names, wrong).is_err(), "{wrong}");
        }
    }
}
