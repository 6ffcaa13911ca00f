//! Where entries are: on the disk, in memory, or nowhere.
use super::{
    entry::{Begun, Ended, Entry},
    file::{Limits, Lines},
};
use crate::fault::{Fault, Kind};
use std::{
    env, io,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Where a journal is kept.
#[derive(Clone, Debug)]
pub enum Keep {
    File(PathBuf),
    /// As long as the process lives.
    Memory,
    /// Nothing is kept, because the user wants it so.
    Off,
    /// There is no place for it, for this reason.
    Nowhere(Fault),
}

impl Keep {
    /// A file, unless the environment says `CHAMI_JOURNAL=off`.
    pub fn file(state: Result<PathBuf, Fault>) -> Self {
        match (env::var("CHAMI_JOURNAL").as_deref(), state) {
            (Ok("off"), _) => Self::Off,
            (_, Ok(dir)) => Self::File(dir.join("journal.jsonl")),
            (_, Err(fault)) => Self::Nowhere(fault),
        }
    }
}

pub(super) enum Shelf {
    Lines(Lines),
    Memory(Mutex<Vec<Entry>>),
    Off,
    Nowhere(Fault),
}

impl Shelf {
    pub(super) fn new(keep: Keep) -> Self {
        match keep {
            Keep::File(path) => Self::Lines(Lines::at(path, Limits::USUAL)),
            Keep::Memory => Self::Memory(Mutex::default()),
            Keep::Off => Self::Off,
            Keep::Nowhere(fault) => Self::Nowhere(fault),
        }
    }

    /// Where the key to its marks is kept.
    pub(super) fn key(&self) -> Option<PathBuf> {
        match self {
            Self::Lines(lines) => Some(lines.path().with_extension("key")),
            _ => None,
        }
    }

    pub(super) fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }

    /// Keeps the first half of an entry and numbers it.
    pub(super) fn begin(&self, begun: &mut Begun, sync: bool) -> Result<(), Fault> {
        match self {
            Self::Lines(lines) => lines.begin(begun, sync).map_err(|e| blame(lines, &e)),
            Self::Memory(entries) => {
                let mut entries = held(entries);
                begun.begun = entries.last().map_or(1, |entry| entry.id() + 1);
                entries.push(Entry {
                    begun: begun.clone(),
                    ended: None,
                });
                let more = entries.len() as u64;
                if more > Limits::USUAL.entries {
                    entries.remove(0);
                }
                Ok(())
            }
            Self::Off => Ok(()),
            Self::Nowhere(fault) => Err(fault.clone().hint(HINT)),
        }
    }

    /// Keeps the second half.
    pub(super) fn end(&self, ended: Ended, sync: bool) -> Result<(), Fault> {
        match self {
            Self::Lines(lines) => lines.end(&ended, sync).map_err(|e| blame(lines, &e)),
            Self::Memory(entries) => {
                let mut entries = held(entries);
                let mut newest = entries.iter_mut().rev();
                if let Some(entry) = newest.find(|entry| entry.id() == ended.ended) {
                    entry.ended = Some(ended);
                    entry.slim();
                }
                Ok(())
            }
            Self::Off | Self::Nowhere(_) => Ok(()),
        }
    }

    pub(super) fn read(&self) -> Result<Vec<Entry>, Fault> {
        match self {
            Self::Lines(lines) => lines.read().map_err(|e| Fault::io(lines.path(), &e)),
            Self::Memory(entries) => Ok(held(entries).clone()),
            Self::Off => Err(Fault::new(Kind::Unsupported, "no journal is kept")
                .hint("CHAMI_JOURNAL=off says so; without it every write from then on is kept")),
            Self::Nowhere(fault) => Err(fault.clone()),
        }
    }
}

fn held(entries: &Mutex<Vec<Entry>>) -> MutexGuard<'_, Vec<Entry>> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

const HINT: &str = "make room or a place that can be written to (XDG_STATE_HOME chooses another), \
                    or set CHAMI_JOURNAL=off to write without a journal";

fn blame(lines: &Lines, error: &io::Error) -> Fault {
    let path = lines.path().display();
    let message = format!("the journal {path} cannot be written: {error}");
    Fault::new(Kind::Io, message).hint(HINT)
}
