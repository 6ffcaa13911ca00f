//! How a part asks to be merged: `merge_how`, else `merge_type`, in one of three spellings.
use crate::services::cloud_init::document::{Node, Tree};

/// One merger of a list, with its settings.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) settings: Settings,
}

/// Settings as they were written: Python only ever asks whether a word is in them.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Settings {
    Words(Vec<String>),
    /// In a text, a word is found anywhere.
    Text(String),
}

impl Settings {
    pub(super) fn has(&self, word: &str) -> bool {
        match self {
            Self::Words(words) => words.iter().any(|it| it == word),
            Self::Text(text) => text.contains(word),
        }
    }
}

/// What counts when a part says nothing: later keys replace earlier ones.
const SILENT: &str = "dict(replace)+list()+str()";

/// Takes the request out of a part.
pub(super) fn take(entries: &mut Vec<(Node, Node)>) -> Result<Vec<Asked>, String> {
    let asked = match pop(entries, "merge_how") {
        None
        | Some(Node {
            tree: Tree::Null, ..
        }) => pop(entries, "merge_type"),
        found => found,
    };
    let list = match asked.map(|node| node.tree) {
        None | Some(Tree::Null) => Vec::new(),
        Some(Tree::Text(text)) => parse(&text)?,
        Some(Tree::List(items)) => each(&items)?,
        // Python walks over the keys of a mapping, and over nothing when there are none.
        Some(Tree::Map(entries)) => {
            let keys: Vec<Node> = entries.into_iter().map(|(key, _)| key).collect();
            each(&keys)?
        }
        Some(other) => {
            return Err(format!(
                "merge_how is a {}, not a text or a list",
                other.sort()
            ));
        }
    };
    if list.is_empty() {
        parse(SILENT)
    } else {
        Ok(list)
    }
}

fn pop(entries: &mut Vec<(Node, Node)>, key: &str) -> Option<Node> {
    let at = entries
        .iter()
        .position(|(name, _)| name.as_text() == Some(key))?;
    Some(entries.remove(at).1)
}

fn each(items: &[Node]) -> Result<Vec<Asked>, String> {
    let asked = items
        .iter()
        .map(one)
        .collect::<Result<Vec<Option<Asked>>, String>>()?;
    Ok(asked.into_iter().flatten().collect())
}

/// One entry of a list; one without a name counts for nothing.
fn one(item: &Node) -> Result<Option<Asked>, String> {
    let (name, settings) = match &item.tree {
        Tree::Map(_) => {
            let name = item
                .get("name")
                .ok_or("an entry of merge_how has no name")?;
            let name = name.as_text().ok_or("a name in merge_how is no text")?;
            let settings = item
                .get("settings")
                .ok_or_else(|| format!("merge_how: {name} has no settings"))?;
            (
                name.replace('-', "_").trim().to_owned(),
                settings_of(settings)?,
            )
        }
        Tree::List(items) => {
            let (first, rest) = items
                .split_first()
                .ok_or("an entry of merge_how is empty")?;
            let name = first.as_text().ok_or("a name in merge_how is no text")?;
            (
                name.to_owned(),
                Settings::Words(rest.iter().map(Node::key).collect()),
            )
        }
        // Python takes a text apart: its first letter is the name.
        Tree::Text(text) => {
            let mut letters = text.chars();
            let first = letters.next().ok_or("an entry of merge_how is empty")?;
            (first.to_string(), Settings::Text(letters.collect()))
        }
        other => return Err(format!("an entry of merge_how is a {}", other.sort())),
    };
    let asked = Asked { name, settings };
    Ok((!asked.name.is_empty()).then_some(asked))
}

fn settings_of(node: &Node) -> Result<Settings, String> {
    Ok(match &node.tree {
        Tree::List(items) => Settings::Words(items.iter().map(Node::key).collect()),
        Tree::Text(text) => Settings::Text(text.clone()),
        Tree::Map(entries) => Settings::Words(entries.iter().map(|(key, _)| key.key()).collect()),
        other => return Err(format!("settings of merge_how are a {}", other.sort())),
    })
}

/// `list(append)+dict(no_replace,recurse_list)+str()`.
fn parse(text: &str) -> Result<Vec<Asked>, String> {
    let mut list = Vec::new();
    for word in text.split('+') {
        let word = word.to_lowercase().trim().replace('-', "_");
        if word.is_empty() {
            continue;
        }
        let taken = word.strip_suffix(')').and_then(|word| word.split_once('('));
        let named = |name: &str| {
            let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        let Some((name, settings)) = taken.filter(|(name, _)| named(name)) else {
            return Err(format!(
                "merge_how: `{word}` is not of the form name(settings)"
            ));
        };
        let settings = settings.split(',').map(|it| it.trim().to_owned());
        list.push(Asked {
            name: name.to_owned(),
            settings: Settings::Words(settings.filter(|it| !it.is_empty()).collect()),
        });
    }
    Ok(list)
}

/// The request in its short spelling.
pub(super) fn spelled(asked: &[Asked]) -> String {
    let one = |asked: &Asked| match &asked.settings {
        Settings::Words(words) => format!("{}({})", asked.name, words.join(",")),
        Settings::Text(text) => format!("{}({text})", asked.name),
    };
    asked.iter().map(one).collect::<Vec<_>>().join("+")
}
