//! Reads a lab's state back: the last whole record counts, whatever happened to the files since.
//!
//! Each rewriting keeps its predecessor (`state.json.old`, `journal.jsonl.old`), and one generation's state and journal
//! together are the next one's state. So a crash between two renames, or a `state.json` damaged later, loses nothing.
use super::{
    JOURNAL, STATE,
    record::{Entry, State},
    seal::unseal,
};
use crate::{
    fault::{Fault, Kind},
    lab::dirs,
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
};

/// So many damaged files of one name are kept.
const KEPT: usize = 9;

/// What the files gave.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) state: Option<State>,
    /// What happened after `state`, oldest first.
    pub(crate) entries: Vec<Entry>,
    /// When the files were last written, by the machine's clock of then.
    pub(crate) written: Option<Timestamp>,
    /// What was damaged and where it lies now, for the user.
    pub(crate) notice: Option<String>,
    /// What is kept of before does not lead up to it: another damage would find nothing to go on from.
    pub(crate) gap: bool,
    /// The journal can go on: its length.
    pub(super) go_on: Option<u64>,
    /// Its generation has no state yet: somebody was killed while he wrote it.
    pub(crate) unsettled: bool,
    /// The highest generation that was seen.
    pub(super) generation: u64,
}

pub(super) fn load(dir: &Path) -> Result<Loaded, Fault> {
    let (state_path, journal_path) = (dir.join(STATE), dir.join(JOURNAL));
    let written = [&state_path, &journal_path].into_iter().filter_map(|path| {
        let time = fs::metadata(path).ok()?.modified().ok()?;
        Timestamp::try_from(time).ok()
    });
    let written = written.max();
    let mut notices = Vec::new();
    let current = read_state(&state_path)?;
    let before = match current {
        Found::Whole(_) => Found::Missing,
        _ => read_state(&old(dir, STATE))?,
    };
    let damaged = matches!(current, Found::Damaged);
    let is_current = matches!(current, Found::Whole(_));
    let state = current.whole().or(before.whole());
    if damaged {
        let rest = match &state {
            Some(_) => "the lab goes on from the state before it and the writes since",
            None => "no whole state is left, and the lab begins anew",
        };
        notices.push(set_aside(&state_path, "was damaged", rest)?);
    }
    let mut loaded = chain(dir, state.as_ref(), is_current, &mut notices)?;
    if state.is_none() && journal_path.exists() {
        let rest = "there is no state that it goes on from, and the lab begins anew";
        notices.push(set_aside(&journal_path, "cannot be used", rest)?);
    }
    loaded.state = state;
    loaded.written = written;
    loaded.gap = !notices.is_empty() && loaded.go_on.is_none();
    if !notices.is_empty() {
        loaded.notice = Some(notices.join("; "));
    }
    Ok(loaded)
}

/// The lines that follow on the state, in one journal or two.
fn chain(
    dir: &Path,
    state: Option<&State>,
    is_current: bool,
    notices: &mut Vec<String>,
) -> Result<Loaded, Fault> {
    let mut loaded = Loaded::default();
    let mut next = state.map_or(0, |s| s.generation);
    let mut follows = false;
    let mut gap = false;
    for (path, is_last) in [(old(dir, JOURNAL), false), (dir.join(JOURNAL), true)] {
        let fits = |generation| generation == next || (follows && generation == next + 1);
        // The predecessor of a whole state's journal is of no use any more, whatever it looks like.
        let needed = |generation| is_last || !is_current || fits(generation);
        let Some(journal) = read_journal(&path, needed)? else {
            continue;
        };
        loaded.generation = loaded.generation.max(journal.generation);
        let Some(_) = state else { continue };
        let (fits, needed) = (fits(journal.generation), needed(journal.generation));
        if fits && !gap {
            next = journal.generation;
            follows = true;
            if is_last && journal.damage.is_none() {
                loaded.go_on = Some(journal.length);
                let generation = state.map(|state| state.generation);
                loaded.unsettled = !is_current || generation != Some(journal.generation);
            }
            loaded.entries.extend(journal.entries);
        }
        match journal.damage {
            Some(line) if needed => {
                gap = true;
                let rest = "the lab goes on from the last whole record before it";
                notices.push(set_aside(
                    &path,
                    &format!("was damaged in line {line}"),
                    rest,
                )?);
            }
            None if is_last && (gap || journal.generation > next) => {
                let rest = "what comes before it is lost, and the lab goes on from there";
                notices.push(set_aside(&path, "cannot be used", rest)?);
            }
            _ => {}
        }
    }
    loaded.generation = loaded.generation.max(next);
    Ok(loaded)
}

pub(super) fn old(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.old"))
}

/// Reads the file; `None` when there is none.
fn bytes(path: &Path) -> Result<Option<Vec<u8>>, Fault> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(dirs::unusable(path, &error)),
    }
}

enum Found {
    Missing,
    Damaged,
    Whole(Box<State>),
}

impl Found {
    fn whole(self) -> Option<State> {
        match self {
            Self::Whole(state) => Some(*state),
            _ => None,
        }
    }
}

/// The record in a line; `None` if it is not as it was written. A whole one that means nothing here is no damage.
fn record<T: DeserializeOwned>(path: &Path, line: &[u8]) -> Result<Option<T>, Fault> {
    let Some(body) = std::str::from_utf8(line).ok().and_then(unseal) else {
        return Ok(None);
    };
    serde_json::from_str(body).map(Some).map_err(|error| {
        let message = format!("{}: another chami wrote this: {error}", path.display());
        Fault::new(Kind::Conflict, message)
            .hint("use the chami that wrote it, or begin anew: chami lab serve --empty")
    })
}

fn read_state(path: &Path) -> Result<Found, Fault> {
    let Some(bytes) = bytes(path)? else {
        return Ok(Found::Missing);
    };
    let state = record(path, &bytes)?;
    Ok(state.map_or(Found::Damaged, |state| Found::Whole(Box::new(state))))
}

struct Read {
    generation: u64,
    entries: Vec<Entry>,
    length: u64,
    /// The first line, counted from 1, that is not as it was written.
    damage: Option<usize>,
}

/// Reads a journal; of one whose generation is not `wanted` no more than that.
fn read_journal(path: &Path, wanted: impl Fn(u64) -> bool) -> Result<Option<Read>, Fault> {
    let unusable = |error: &io::Error| dirs::unusable(path, error);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(&error)),
    };
    let mut read = Read {
        generation: 0,
        entries: Vec::new(),
        length: file.metadata().map_err(|e| unusable(&e))?.len(),
        damage: None,
    };
    let (mut file, mut line) = (BufReader::new(file), Vec::new());
    for number in 1.. {
        line.clear();
        let count = file.read_until(b'\n', &mut line);
        // Its first line says whose journal it is, so there is one.
        if count.map_err(|e| unusable(&e))? == 0 && number > 1 {
            break;
        }
        match record(path, &line)? {
            Some(Entry::Begin { generation }) if number == 1 => {
                read.generation = generation;
                if !wanted(generation) {
                    break;
                }
            }
            Some(entry) if number > 1 => read.entries.push(entry),
            _ => {
                read.damage = Some(number);
                break;
            }
        }
    }
    Ok(Some(read))
}

/// Keeps a damaged file beside and says so.
fn set_aside(path: &Path, what: &str, rest: &str) -> Result<String, Fault> {
    let bad = free_name(path);
    fs::rename(path, &bad).map_err(|error| dirs::unusable(path, &error))?;
    let (path, bad) = (path.display(), bad.display());
    Ok(format!("{path} {what}: {rest}; the file is now {bad}"))
}

/// `.bad`, and `.bad.2` and so on while earlier ones are there.
fn free_name(path: &Path) -> PathBuf {
    let name = |number: usize| {
        let mut name = path.as_os_str().to_owned();
        name.push(".bad");
        if number > 1 {
            name.push(format!(".{number}"));
        }
        PathBuf::from(name)
    };
    let free = (1..KEPT).map(name).find(|path| !path.exists());
    free.unwrap_or_else(|| name(KEPT))
}
