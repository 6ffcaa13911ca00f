//! The lab's memory on disk: `state.json`, everything at one moment, and `journal.jsonl`, each acknowledged write since.
//!
//! A line is written before the request is answered, so `kill -9` loses nothing acknowledged; the disk is waited for
//! when the state is rewritten, not per line. Knows files and records, no service and no HTTP.
mod load;
mod record;
mod rewrite;
mod seal;
mod snapshots;
mod tape;
#[cfg(test)]
mod tests;

pub(crate) use load::Loaded;
pub(crate) use record::{Config, Entry, Live, Stores, Whole};
pub(crate) use rewrite::Quiet;

use super::dirs;
use crate::{
    fault::{Fault, Kind},
    table::{Change, Journal, Turn},
};
use load::{load, old};
use record::Line;
use seal::{Sealed, seal};
use serde::Serialize;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard},
};
use tape::Tape;
use tempfile::{NamedTempFile, TempPath};

const STATE: &str = "state.json";
const JOURNAL: &str = "journal.jsonl";
const SNAPSHOTS: &str = "snapshots";
/// How the names of files begin that are not whole yet.
pub(crate) const BEGUN: &str = ".begun-";
/// A journal longer than this and than twice the state is rewritten, which keeps writers waiting: a load of ten thousand
/// nodes (some 30 MB) should get through without.
const LONG: u64 = 32 << 20;

/// Keeps one lab's state directory.
pub(crate) struct Keeper {
    dir: PathBuf,
    /// Whether to wait for the disk: not for a lab that ends with its process.
    durable: bool,
    /// Writers hold it for reading; who needs a moment without writers, for writing.
    turn: RwLock<()>,
    /// Who rewrites holds it.
    alone: Mutex<()>,
    pages: Mutex<Pages>,
}

struct Pages {
    /// None: the lab has ended.
    tape: Option<Tape>,
    generation: u64,
    /// How long a journal without news is, or less.
    begin: u64,
    /// The journal is long from here on.
    limit: u64,
    /// The state of this journal's generation could not be put in its place: what came before is needed.
    behind: bool,
}

/// While it lives no service writes.
pub(crate) type Still<'a> = RwLockWriteGuard<'a, ()>;

impl Keeper {
    /// Reads the directory. Nothing can be written before `begin` or `go_on`.
    pub(crate) fn open(dir: &Path, durable: bool) -> Result<(Self, Loaded), Fault> {
        sweep(dir);
        let loaded = load(dir)?;
        let mut pages = Pages {
            tape: None,
            generation: loaded.generation,
            begin: 0,
            limit: long(0),
            behind: false,
        };
        if let Some(length) = loaded.go_on {
            let path = dir.join(JOURNAL);
            let file = append_to(&path).map_err(|e| Fault::io(&path, &e))?;
            pages.tape = Some(Tape::new(path, Box::new(file), length));
        }
        let keeper = Self {
            dir: dir.to_owned(),
            durable,
            turn: RwLock::default(),
            alone: Mutex::default(),
            pages: Mutex::new(pages),
        };
        Ok((keeper, loaded))
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Removes a stored state; named snapshots stay.
    pub(crate) fn forget(dir: &Path) -> Result<(), Fault> {
        for name in [STATE, JOURNAL] {
            for path in [dir.join(name), old(dir, name)] {
                match fs::remove_file(&path) {
                    Err(e) if e.kind() != io::ErrorKind::NotFound => {
                        return Err(Fault::io(&path, &e));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Whether the journal found can simply be continued.
    pub(crate) fn is_open(&self) -> bool {
        self.pages().tape.is_some()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the writers at work and keeps others out.
    pub(crate) fn still(&self) -> Still<'_> {
        self.turn.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &Line) -> Result<(), Fault> {
        let body = serde_json::to_string(line).map_err(|e| unwritable(&e))?;
        let line = seal(&body);
        match &mut self.pages().tape {
            Some(tape) => tape.append(&line),
            None => Err(ended()),
        }
    }

    pub(crate) fn clock(&self, advanced: u64) -> Result<(), Fault> {
        self.add(&Line::Clock { advanced })
    }

    pub(crate) fn replaced(&self, whole: &Whole) -> Result<(), Fault> {
        self.add(&Line::Whole(whole))
    }

    /// Whether the journal says anything that the state does not.
    pub(crate) fn has_news(&self) -> bool {
        let pages = self.pages();
        pages
            .tape
            .as_ref()
            .is_some_and(|tape| tape.length() > pages.begin)
    }

    /// Whether it is time to rewrite the state.
    pub(crate) fn is_long(&self) -> bool {
        let pages = self.pages();
        let length = pages.tape.as_ref().map_or(0, Tape::length);
        length > pages.limit
    }

    /// Waits until the journal is on the disk.
    pub(crate) fn sync(&self) -> Result<(), Fault> {
        self.pages().tape.as_mut().map_or(Ok(()), Tape::sync)
    }

    /// Writes one record, a file of its own that is not yet waited for; how long it is as well. It goes to the file bit by
    /// bit: of ten thousand nodes it is a hundred megabytes.
    fn prepare_record(
        &self,
        path: &Path,
        record: &impl Serialize,
    ) -> Result<(NamedTempFile, u64), Fault> {
        let mut size = 0;
        let file = self.begin(|file| {
            let mut sealed = Sealed::begin(file)?;
            let outcome = serde_json::to_writer(&mut sealed, record);
            size = sealed.length();
            outcome?;
            sealed.end()
        });
        // What fails and is no matter of the disk is a record that JSON cannot hold.
        let file = file.map_err(|e| dirs::not_stored(path, &e, size))?;
        Ok((file, size as u64))
    }

    /// No write is taken from now on.
    pub(crate) fn end(&self) {
        self.pages().tape = None;
    }

    /// Writes a file beside `path`, whole and on the disk, ready to take its place.
    fn prepare(&self, path: &Path, bytes: &[u8]) -> Result<TempPath, Fault> {
        let file = self.begin(|file| file.write_all(bytes));
        let file = file.map_err(|e| dirs::not_stored(path, &e, bytes.len()))?;
        self.synced(file, path)
    }

    fn begin(
        &self,
        content: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<NamedTempFile> {
        let mut file = tempfile::Builder::new()
            .prefix(BEGUN)
            .tempfile_in(&self.dir)?;
        content(file.as_file_mut())?;
        Ok(file)
    }

    /// Waits until it is on the disk.
    fn synced(&self, file: NamedTempFile, path: &Path) -> Result<TempPath, Fault> {
        if self.durable {
            let synced = file.as_file().sync_all();
            synced.map_err(|e| Fault::io(path, &e))?;
        }
        Ok(file.into_temp_path())
    }
}

impl Journal for Keeper {
    fn turn(&self) -> Turn<'_> {
        Some(self.turn.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn append(&self, service: &'static str, changes: &[Change]) -> Result<(), Fault> {
        self.add(&Line::Write { service, changes })
    }
}

/// How long a journal may grow beside a state of that size.
fn long(state: u64) -> u64 {
    super::seams::journal_limit().unwrap_or_else(|| LONG.max(2 * state))
}

/// Removes what a killed owner had begun to write beside; whole files get their names at the end.
fn sweep(dir: &Path) {
    for dir in [dir.to_owned(), dir.join(SNAPSHOTS)] {
        let files = fs::read_dir(&dir).into_iter().flatten().flatten();
        let begun = files.filter(|file| file.file_name().to_string_lossy().starts_with(BEGUN));
        for file in begun {
            // One that cannot be removed takes room and does no other harm.
            let _ = fs::remove_file(file.path());
        }
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
}

fn put(file: TempPath, path: &Path) -> Result<(), Fault> {
    file.persist(path).map_err(|e| Fault::io(path, &e.error))
}

fn keep_old(path: &Path, old: &Path) -> Result<(), Fault> {
    match fs::rename(path, old) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Fault::io(path, &error)),
        _ => Ok(()),
    }
}

fn unwritable(error: &serde_json::Error) -> Fault {
    Fault::internal(format!("a record cannot be written as JSON: {error}"))
}

fn ended() -> Fault {
    Fault::new(Kind::Unreachable, "this lab has ended")
        .status(503)
        .hint("ask again: the next process takes it over")
}
