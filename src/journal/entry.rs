//! What an entry says: the two lines it is written in, and the forms in which it is shown.
use super::{Picture, Touch};
use crate::fault::Kind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a session talks to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Target {
    /// As the prompt shows it.
    pub name: String,
    /// The gateway's; a lab has none, its name says which one it is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
}

impl Target {
    /// Whether both are one cluster, whatever it was called.
    pub fn is(&self, other: &Self) -> bool {
        let plain = |url: &str| url.trim_end_matches('/').to_ascii_lowercase();
        plain(&self.url) == plain(&other.url) && (!self.url.is_empty() || self.name == other.name)
    }

    /// For sentences: `demo (https://…)`.
    pub fn words(&self) -> String {
        match self.url.as_str() {
            "" => self.name.clone(),
            url => format!("{} ({url})", self.name),
        }
    }
}

/// A write that is about to be sent. The number stands first, so that it is found without reading the images.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Begun {
    pub begun: u64,
    pub at: String,
    pub user: String,
    pub pid: u32,
    /// When that process began, in the system's own count: numbers of processes come again.
    pub since: u64,
    pub target: Target,
    pub call: String,
    /// Whose records these are.
    pub house: String,
    pub touches: Vec<Touch>,
    pub before: Picture,
    /// `RESOURCE ID` of the records in which something was hidden.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<String>,
    /// Why it cannot be taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_way: Option<String>,
    /// The entry that this one takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
}

/// The records that changed, as they are now; null: gone.
pub type After = BTreeMap<String, BTreeMap<String, Value>>;

/// What became of a write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ended {
    pub ended: u64,
    /// `ok`, or the kind of the fault.
    pub outcome: String,
    /// None: nobody could look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<After>,
}

/// A write as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub begun: Begun,
    pub ended: Option<Ended>,
}

/// One record that changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Change {
    pub resource: String,
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// An entry in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    pub id: u64,
    pub at: String,
    pub user: String,
    pub target: String,
    pub call: String,
    /// How many records changed; nothing when that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<usize>,
    pub outcome: String,
    /// The entry that took this one back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone: Option<u64>,
}

/// An entry with its records.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Detail {
    #[serde(flatten)]
    pub row: Row,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
    /// Why it cannot be taken back, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_way: Option<String>,
    pub changes: Vec<Change>,
}

/// Which entries are listed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// A call, or what it begins with: `smd.group`.
    pub call: Option<String>,
    pub target: Option<String>,
    pub outcome: Option<String>,
    /// Made by this process, or by others.
    pub ours: Option<bool>,
    /// So many of the newest.
    pub last: Option<usize>,
}

impl Entry {
    pub fn id(&self) -> u64 {
        self.begun.begun
    }

    /// What changed, if that is known.
    pub fn changes(&self) -> Option<Vec<Change>> {
        let after = self.ended.as_ref()?.after.as_ref()?;
        let changes = after.iter().flat_map(|(resource, records)| {
            let before = self.begun.before.get(resource);
            records.iter().map(move |(id, now)| Change {
                resource: resource.clone(),
                id: id.clone(),
                before: before.and_then(|records| records.get(id)).cloned(),
                after: (!now.is_null()).then(|| now.clone()),
            })
        });
        Some(changes.collect())
    }

    /// Whether it wrote to files of this machine, which are the same whatever cluster the session is on.
    pub fn is_local(&self) -> bool {
        self.begun.house == "fs"
    }

    /// Whether it is known to have changed nothing that has an image.
    pub fn is_idle(&self) -> bool {
        let Some(ended) = &self.ended else {
            return false;
        };
        if self.begun.undoes.is_some() && ended.outcome == "ok" {
            // That all was as before already is remembered as well.
            return false;
        }
        if self.begun.one_way.is_some() {
            // What was wrong already in its arguments was not sent.
            return ended.outcome == Kind::BadArgument.name();
        }
        let after = ended.after.as_ref();
        after.is_some_and(|after| after.values().all(BTreeMap::is_empty))
    }

    /// Lets go of the images of what did not change.
    pub fn slim(&mut self) {
        let Some(after) = self.ended.as_ref().and_then(|ended| ended.after.as_ref()) else {
            return;
        };
        for (resource, records) in &mut self.begun.before {
            let changed = after.get(resource);
            records.retain(|id, _| changed.is_some_and(|changed| changed.contains_key(id)));
        }
    }
}
