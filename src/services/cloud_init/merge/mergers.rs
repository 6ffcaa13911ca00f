//! cloud-init's three mergers: for mappings, lists and texts. The type of the old value picks one; where a list names
//! none for it, the old value stays.
use super::how::{Asked, Settings};
use crate::services::cloud_init::document::{Node, Place, Tree};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Replace,
    NoReplace,
    Append,
    Prepend,
}

#[derive(Debug)]
enum Merger {
    Dict {
        replace: bool,
        lists: bool,
        texts: bool,
        delete: bool,
    },
    List {
        method: Method,
        dicts: bool,
        lists: bool,
        texts: bool,
    },
    Text {
        append: bool,
    },
}

/// A part's mergers, in its order.
#[derive(Debug)]
pub(super) struct Mergers(Vec<Merger>);

impl Mergers {
    pub(super) fn new(asked: &[Asked]) -> Result<Self, String> {
        asked.iter().map(merger).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn merge(&self, old: Node, new: Node) -> Result<Node, String> {
        for merger in &self.0 {
            match (merger, &old.tree) {
                (Merger::Dict { .. }, Tree::Map(_)) => return self.dict(merger, old, new),
                (Merger::List { .. }, Tree::List(_)) => return self.list(merger, old, new),
                (Merger::Text { append }, Tree::Text(_)) => return text(*append, old, new),
                _ => {}
            }
        }
        Ok(old)
    }

    fn dict(&self, merger: &Merger, old: Node, new: Node) -> Result<Node, String> {
        let Merger::Dict {
            replace,
            lists,
            texts,
            delete,
        } = *merger
        else {
            return Ok(old);
        };
        let Node {
            tree: Tree::Map(mut entries),
            place,
            origin,
        } = old
        else {
            return Ok(old);
        };
        let Tree::Map(added) = new.tree else {
            return Ok(Node {
                tree: Tree::Map(entries),
                place,
                origin,
            });
        };
        for (key, value) in added {
            let at = entries
                .iter()
                .position(|(name, _)| name.tree.same_key(&key.tree));
            let Some(at) = at else {
                entries.push((key, value));
                continue;
            };
            if delete && value.tree == Tree::Null {
                entries.remove(at);
                continue;
            }
            let inner = match &value.tree {
                Tree::List(_) => lists,
                Tree::Text(_) => texts,
                Tree::Map(_) => true,
                _ => false,
            };
            let slot = &mut entries[at].1;
            if replace {
                *slot = value;
            } else if inner {
                *slot = self.merge(slot.clone(), value)?;
            }
        }
        Ok(Node {
            tree: Tree::Map(entries),
            place,
            origin,
        })
    }

    fn list(&self, merger: &Merger, old: Node, new: Node) -> Result<Node, String> {
        let Merger::List {
            method,
            dicts,
            lists,
            texts,
        } = *merger
        else {
            return Ok(old);
        };
        let Node {
            tree: Tree::List(mut items),
            place,
            origin,
        } = old
        else {
            return Ok(old);
        };
        if method == Method::Replace && !matches!(new.tree, Tree::List(_)) {
            return Ok(new);
        }
        match method {
            Method::Append => items.extend(parts(new)?),
            Method::Prepend => {
                let mut all = parts(new)?;
                all.append(&mut items);
                items = all;
            }
            Method::NoReplace | Method::Replace => {
                if matches!(new.tree, Tree::Map(_))
                    && !items.is_empty()
                    && !new.entries().is_empty()
                {
                    return Err("a mapping cannot be merged into a list item by item".to_owned());
                }
                for (slot, value) in items.iter_mut().zip(parts(new)?) {
                    let inner = match &value.tree {
                        Tree::List(_) => lists,
                        Tree::Text(_) => texts,
                        Tree::Map(_) => dicts,
                        _ => false,
                    };
                    if method == Method::NoReplace {
                        continue;
                    }
                    *slot = if inner {
                        self.merge(slot.clone(), value)?
                    } else {
                        value
                    };
                }
            }
        }
        Ok(Node {
            tree: Tree::List(items),
            place,
            origin,
        })
    }
}

/// What Python's `extend` takes from a value: items, the letters of a text, the keys of a mapping.
fn parts(new: Node) -> Result<Vec<Node>, String> {
    let (place, origin) = (new.place, new.origin);
    let one = |tree: Tree, place: Place| Node {
        tree,
        place,
        origin: origin.clone(),
    };
    match new.tree {
        Tree::List(items) => Ok(items),
        Tree::Text(text) => {
            let letters = text
                .chars()
                .map(|letter| one(Tree::Text(letter.to_string()), place));
            Ok(letters.collect())
        }
        Tree::Map(entries) => Ok(entries
            .into_iter()
            .map(|(key, _)| one(key.tree, place))
            .collect()),
        other => Err(format!("a {} cannot be added to a list", other.sort())),
    }
}

fn text(append: bool, old: Node, new: Node) -> Result<Node, String> {
    if !append {
        return Ok(new);
    }
    match (old.tree, new.tree) {
        (Tree::Text(first), Tree::Text(second)) => Ok(Node {
            tree: Tree::Text(first + &second),
            place: new.place,
            origin: old.origin.into_iter().chain(new.origin).collect(),
        }),
        (_, other) => Err(format!("a {} cannot be added to a text", other.sort())),
    }
}

/// The first of the words that a setting names.
fn method(settings: &Settings, known: &[(&str, Method)], silent: Method) -> Method {
    let found = known.iter().find(|(word, _)| settings.has(word));
    found.map_or(silent, |(_, method)| *method)
}

fn merger(asked: &Asked) -> Result<Merger, String> {
    let settings = &asked.settings;
    let lists = settings.has("recurse_array") || settings.has("recurse_list");
    let texts = settings.has("recurse_str");
    match asked.name.strip_prefix("m_").unwrap_or(&asked.name) {
        "dict" => {
            let known = [
                ("replace", Method::Replace),
                ("no_replace", Method::NoReplace),
            ];
            Ok(Merger::Dict {
                replace: method(settings, &known, Method::NoReplace) == Method::Replace,
                lists,
                texts,
                delete: settings.has("allow_delete"),
            })
        }
        "list" => {
            let known = [
                ("append", Method::Append),
                ("prepend", Method::Prepend),
                ("replace", Method::Replace),
                ("no_replace", Method::NoReplace),
            ];
            Ok(Merger::List {
                method: method(settings, &known, Method::Replace),
                dicts: settings.has("recurse_dict"),
                lists,
                texts,
            })
        }
        "str" => Ok(Merger::Text {
            append: settings.has("append"),
        }),
        _ => Err(format!(
            "merge_how names {}, and there are only dict, list and str",
            asked.name
        )),
    }
}
