//! The journal of writes: who changed what on which target, what stood there before and after; and the way back.
//!
//! One file per user, `$XDG_STATE_HOME/chami/journal.jsonl`, shared by all of that user's processes (`file`). A write
//! takes two lines: `begun`, with the images of the records it may touch, is on the disk before its first request is
//! sent, and `ended` says what became of it and how the records that changed look now. So a process that dies in between
//! leaves an entry whose outcome is unknown, and what it may have touched. A private lab keeps its journal in memory, for
//! both end together.
//!
//! This is a leaf: it knows no service and no Lua. What a write touches is its native's to say (`Scope`), how records are
//! read and put back is the service's (`Images`), by one list call for each resource before the write and one after it.
//! A write with cascades (a component leaves its groups) touches several resources.
//!
//! - What cannot be kept: on a real target the write is refused before it is sent (`io`); on a lab, where nothing is at
//!   stake, it goes on and the shell says so once. `CHAMI_JOURNAL=off` keeps nothing, anywhere.
//! - Where the records before a write cannot be read because nobody answers or lets us in, the write fails with that
//!   fault: its own request would have. Any other trouble with reading makes an entry that cannot be undone, with the
//!   reason; the write itself goes on.
//! - No secret stands in an image (`secrets`): its place is kept and its text is not, and what was hidden cannot be put back.
//!   A mark in its place tells whether it is still the same.
//! - An entry belongs to the target of its session, writes to files included: `undo()` walks back what was done there.
mod back;
mod entry;
mod file;
mod keep;
mod pick;
mod secrets;
mod shelf;
#[cfg(test)]
mod tests;
mod undo;

pub use entry::{After, Begun, Change, Detail, Ended, Entry, Filter, Row, Target};
pub use shelf::Keep;
pub use undo::{Options, Undone};

use crate::{
    clock::{Clock, Pending, Wall},
    fault::{Fault, Kind},
};
use secrets::Veil;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shelf::Shelf;
use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::fs::MetadataExt as _,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// Records by their names.
pub type Records = BTreeMap<String, Value>;
/// Records by their resource.
pub type Picture = BTreeMap<String, Records>;

/// Records that a write may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// `component`, `group`: a word of the service's `Images`.
    pub resource: String,
    /// Their names; none: all there are.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ids: Option<Vec<String>>,
    /// And whatever is below these, as nodes are below a BMC.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub below: bool,
}

impl Touch {
    pub fn of<S: Into<String>>(resource: &str, ids: impl IntoIterator<Item = S>) -> Self {
        Self {
            ids: Some(ids.into_iter().map(Into::into).collect()),
            ..Self::all(resource)
        }
    }

    pub fn all(resource: &str) -> Self {
        Self {
            resource: resource.to_owned(),
            ids: None,
            below: false,
        }
    }

    /// These, or all when none are named.
    pub fn some(resource: &str, ids: Option<&Vec<String>>) -> Self {
        match ids {
            Some(ids) => Self::of(resource, ids),
            None => Self::all(resource),
        }
    }

    pub fn and_below(self) -> Self {
        Self {
            below: true,
            ..self
        }
    }

    fn is_nothing(&self) -> bool {
        self.ids.as_ref().is_some_and(Vec::is_empty)
    }
}

/// What a write touches.
pub enum Scope {
    Touches(Vec<Touch>),
    /// No API takes this back, for this reason.
    OneWay(&'static str),
}

impl From<Vec<Touch>> for Scope {
    fn from(touches: Vec<Touch>) -> Self {
        Self::Touches(touches)
    }
}

impl From<Touch> for Scope {
    fn from(touch: Touch) -> Self {
        Self::Touches(vec![touch])
    }
}

/// A service's records, seen by the journal. What changes by itself (moments, states of a discovery) is left out.
pub trait Images: Send + Sync {
    /// The records as they are, by one list call.
    fn image<'a>(&'a self, touch: &'a Touch) -> Pending<'a, Result<Records, Fault>>;

    /// Makes records be as they were, those that are gone included.
    fn put_back<'a>(
        &'a self,
        resource: &'a str,
        records: &'a Records,
    ) -> Pending<'a, Result<(), Fault>>;

    /// Removes records that were not there.
    fn take_away<'a>(
        &'a self,
        resource: &'a str,
        ids: &'a [String],
    ) -> Pending<'a, Result<(), Fault>>;

    /// Resources in the order in which they are put back.
    fn order(&self) -> &'static [&'static str];

    /// Why this change cannot be taken back, if so.
    fn refuses(&self, _resource: &str, _change: &Change) -> Option<String> {
        None
    }

    /// As much of a record as must be kept to know it again.
    fn lean(&self, record: Value) -> Value {
        record
    }
}

/// What a shell's journal is made of.
pub struct Setup {
    pub keep: Keep,
    pub target: Target,
    /// Nothing at stake is lost with a lab.
    pub real: bool,
    pub user: String,
    pub clock: Arc<dyn Clock>,
}

impl Setup {
    /// A journal in memory, which ends with its shell.
    pub fn memory() -> Self {
        Self {
            keep: Keep::Memory,
            target: Target {
                name: "lab".to_owned(),
                url: String::new(),
            },
            real: false,
            user: user(),
            clock: Arc::new(Wall),
        }
    }
}

/// Who works here, as the environment has it.
pub fn user() -> String {
    let named = |name: &str| env::var(name).ok().filter(|word| !word.is_empty());
    let uid = fs::metadata("/proc/self").map(|file| file.uid()).ok();
    let known = || fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = uid.and_then(|uid| of_uid(&known(), uid));
    let user = user
        .or_else(|| named("USER"))
        .or_else(|| named("LOGNAME"))
        .or_else(|| uid.map(|uid| format!("uid {uid}")));
    let user = user.unwrap_or_else(|| "unknown".to_owned());
    match named("SUDO_USER") {
        Some(behind) if behind != user => format!("{user} ({behind} by sudo)"),
        _ => user,
    }
}

/// The name that passwd has for a number.
fn of_uid(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let theirs: u32 = fields.nth(1)?.parse().ok()?;
        (theirs == uid && !name.is_empty()).then(|| name.to_owned())
    })
}

/// One session's hand in the journal.
pub struct Journal {
    target: Target,
    real: bool,
    user: String,
    clock: Arc<dyn Clock>,
    shelf: Shelf,
    veil: Veil,
    houses: Mutex<BTreeMap<&'static str, Arc<dyn Images>>>,
    /// That something could not be kept; said once.
    notice: OnceLock<String>,
}

impl Journal {
    pub fn new(setup: Setup) -> Arc<Self> {
        let shelf = Shelf::new(setup.keep);
        Arc::new(Self {
            veil: Veil::new(shelf.key()),
            target: setup.target,
            real: setup.real,
            user: setup.user,
            clock: setup.clock,
            shelf,
            houses: Mutex::default(),
            notice: OnceLock::new(),
        })
    }

    /// Says how the records of a service are read and put back.
    pub fn house(&self, name: &'static str, images: Arc<dyn Images>) {
        let mut houses = self.houses.lock().unwrap_or_else(PoisonError::into_inner);
        houses.insert(name, images);
    }

    fn images(&self, house: &str) -> Result<Arc<dyn Images>, Fault> {
        let houses = self.houses.lock().unwrap_or_else(PoisonError::into_inner);
        let found = houses.get(house).cloned();
        found.ok_or_else(|| {
            let message = format!("this chami does not know the records of {house}");
            Fault::new(Kind::Unsupported, message)
        })
    }

    /// What could not be kept, if anything.
    pub fn notice(&self) -> Option<&str> {
        self.notice.get().map(String::as_str)
    }

    /// Entries, the oldest first; those that changed nothing are left out.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Row>, Fault> {
        let entries = self.shelf.read()?;
        Ok(pick::rows(&entries, filter))
    }

    /// The newest entries, a line each, for a report.
    pub fn newest(&self, most: usize) -> String {
        let rows = match self.list(&Filter::default()) {
            Ok(rows) => rows,
            Err(fault) => return fault.to_string(),
        };
        let first = rows.len().saturating_sub(most);
        let line = |row: &Row| {
            let records = row
                .records
                .map_or("?".to_owned(), |count| count.to_string());
            format!(
                "{} {} {} {} records={records} {}",
                row.id, row.at, row.target, row.call, row.outcome
            )
        };
        let lines: Vec<String> = rows[first..].iter().map(line).collect();
        if lines.is_empty() {
            return "none".to_owned();
        }
        lines.join("\n")
    }

    /// One entry with its records.
    pub fn get(&self, id: u64) -> Result<Detail, Fault> {
        let entries = self.shelf.read()?;
        pick::detail(&entries, id)
    }
}
