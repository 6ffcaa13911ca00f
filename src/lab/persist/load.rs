//! Reads a lab's state back: the last whole record counts, whatever happened to the files since.
//!
//! Each rewriting keeps its predecessor (`state.json.old`, `journal.jsonl.old`), and one generation's state and journal
//! together are the next one's state. So a crash between two renames, or a `state.json` damaged later, loses nothing.
use super::{
    JOURNAL, STATE,
    record::{Entry, State},
    seal::unseal,
};
use crate::fault::Fault;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What the files gave.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) state: Option<State>,
    /// What happened after `state`, oldest first.
    pub(crate) entries: Vec<Entry>,
    /// What was damaged and where it lies now, for the user.
    pub(crate) notice: Option<String>,
    /// The journal can simply go on: its length.
    pub(super) go_on: Option<u64>,
    /// The highest generation that was seen.
    pub(super) generation: u64,
}

pub(super) fn load(dir: &Path) -> Result<Loaded, Fault> {
    let mut loaded = Loaded::default();
    let mut notices = Vec::new();
    let mut state = read_state(&dir.join(STATE), &mut notices)?;
    let current = state.is_some();
    if state.is_none() {
        state = read_state(&old(dir, STATE), &mut notices)?;
    }
    let mut next = state.as_ref().map_or(0, |s| s.generation);
    let mut follows = false;
    for (path, is_current) in [(old(dir, JOURNAL), false), (dir.join(JOURNAL), true)] {
        let Some(journal) = read_journal(&path)? else {
            continue;
        };
        loaded.generation = loaded.generation.max(journal.generation);
        let fits = journal.generation == next || (follows && journal.generation == next + 1);
        if fits && state.is_some() {
            next = journal.generation;
            follows = true;
            let whole = journal.damage.is_none();
            if is_current && current && whole {
                loaded.go_on = Some(journal.length);
            }
            loaded.entries.extend(journal.entries);
        }
        if let Some(line) = journal.damage
            && is_current
        {
            notices.push(set_aside(&path, &format!("line {line}"), fits)?);
        }
        if journal.damage.is_some() {
            break;
        }
    }
    loaded.generation = loaded.generation.max(next);
    loaded.state = state;
    if !notices.is_empty() {
        loaded.notice = Some(notices.join("; "));
        loaded.go_on = None;
    }
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
        Err(error) => Err(Fault::io(path, &error)),
    }
}

fn read_state(path: &Path, notices: &mut Vec<String>) -> Result<Option<State>, Fault> {
    let Some(bytes) = bytes(path)? else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&bytes).ok();
    let state = text
        .and_then(unseal)
        .and_then(|body| serde_json::from_str(body).ok());
    if state.is_none() {
        notices.push(set_aside(path, "the state", false)?);
    }
    Ok(state)
}

struct Read {
    generation: u64,
    entries: Vec<Entry>,
    length: u64,
    /// The first line, counted from 1, that is not as it was written.
    damage: Option<usize>,
}

fn read_journal(path: &Path) -> Result<Option<Read>, Fault> {
    let Some(bytes) = bytes(path)? else {
        return Ok(None);
    };
    let mut read = Read {
        generation: 0,
        entries: Vec::new(),
        length: bytes.len() as u64,
        damage: None,
    };
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let text = std::str::from_utf8(line).ok();
        let entry = text
            .and_then(unseal)
            .and_then(|body| serde_json::from_str(body).ok());
        match entry {
            Some(Entry::Begin { generation }) if number == 0 => read.generation = generation,
            Some(entry) if number > 0 => read.entries.push(entry),
            _ => {
                read.damage = Some(number + 1);
                break;
            }
        }
    }
    Ok(Some(read))
}

/// Keeps a damaged file beside and says so.
fn set_aside(path: &Path, what: &str, kept: bool) -> Result<String, Fault> {
    let mut bad = path.as_os_str().to_owned();
    bad.push(".bad");
    fs::rename(path, &bad).map_err(|error| Fault::io(path, &error))?;
    let rest = if kept {
        "the lab goes on from the last whole record before it"
    } else {
        "the lab goes on from the last whole state before it"
    };
    Ok(format!(
        "{what} of {} was damaged: {rest}; the damaged file is {}",
        path.display(),
        Path::new(&bad).display()
    ))
}
