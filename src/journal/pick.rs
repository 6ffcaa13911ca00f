//! Entries as they are shown, and which of them undo means.
use super::{
    entry::{Detail, Entry, Filter, Row, Target},
    keep::born,
};
use crate::fault::{Fault, Kind};
use std::{collections::HashMap, process};

/// Its process died, or was killed, in the middle.
pub(super) const UNKNOWN: &str = "unknown";
/// Its process lives and has not said yet.
const RUNNING: &str = "running";

/// Which entry took back which.
pub(super) struct Undone(HashMap<u64, u64>);

impl Undone {
    /// An undo counts when it went well and was not itself undone later.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut by = HashMap::new();
        for entry in entries {
            let well = entry
                .ended
                .as_ref()
                .is_some_and(|ended| ended.outcome == "ok");
            if let Some(target) = entry.begun.undoes.filter(|_| well) {
                by.insert(target, entry.id());
            }
        }
        // The newest stands by itself; each older one stands unless one that stands took it back.
        let mut standing = HashMap::new();
        for entry in entries.iter().rev() {
            if let Some(target) = entry.begun.undoes
                && by.get(&target) == Some(&entry.id())
                && !standing.contains_key(&entry.id())
            {
                standing.insert(target, entry.id());
            }
        }
        Self(standing)
    }

    pub(super) fn by(&self, id: u64) -> Option<u64> {
        self.0.get(&id).copied()
    }
}

pub(super) fn outcome(entry: &Entry) -> &str {
    match &entry.ended {
        Some(ended) => &ended.outcome,
        None if is_running(entry) => RUNNING,
        None => UNKNOWN,
    }
}

/// Whether the process that began it lives and may still end it.
pub(super) fn is_running(entry: &Entry) -> bool {
    let begun = &entry.begun;
    entry.ended.is_none() && begun.since != 0 && born(begun.pid) == Some(begun.since)
}

/// Whether this process made it.
pub(super) fn is_ours(entry: &Entry) -> bool {
    entry.begun.pid == process::id() && Some(entry.begun.since) == born(process::id())
}

fn row(entry: &Entry, undone: &Undone) -> Row {
    let begun = &entry.begun;
    Row {
        id: entry.id(),
        at: begun.at.clone(),
        user: begun.user.clone(),
        target: begun.target.name.clone(),
        call: begun.call.clone(),
        records: match begun.one_way {
            Some(_) => None,
            None => entry.changes().map(|changes| changes.len()),
        },
        outcome: outcome(entry).to_owned(),
        undone: undone.by(entry.id()),
    }
}

pub(super) fn rows(entries: &[Entry], filter: &Filter) -> Vec<Row> {
    let undone = Undone::of(entries);
    let starts = |row: &Row| {
        let call = filter.call.as_deref();
        call.is_none_or(|call| {
            let rest = row.call.strip_prefix(call);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let is = |wanted: &Option<String>, has: &str| wanted.as_deref().is_none_or(|it| it == has);
    let mut rows: Vec<Row> = entries
        .iter()
        .filter(|entry| !entry.is_idle())
        .filter(|entry| filter.ours.is_none_or(|ours| ours == is_ours(entry)))
        .map(|entry| row(entry, &undone))
        .filter(starts)
        .filter(|row| is(&filter.target, &row.target) && is(&filter.outcome, &row.outcome))
        .collect();
    if let Some(last) = filter.last {
        rows.drain(..rows.len().saturating_sub(last));
    }
    rows
}

pub(super) fn find(entries: &[Entry], id: u64) -> Result<&Entry, Fault> {
    entries
        .iter()
        .find(|entry| entry.id() == id)
        .ok_or_else(|| {
            Fault::not_found(format!("the journal has no entry {id}"))
                .hint("journal() lists those there are; the oldest go when it gets long")
        })
}

pub(super) fn detail(entries: &[Entry], id: u64) -> Result<Detail, Fault> {
    let entry = find(entries, id)?;
    Ok(Detail {
        row: row(entry, &Undone::of(entries)),
        url: entry.begun.target.url.clone(),
        undoes: entry.begun.undoes,
        one_way: entry.begun.one_way.clone(),
        changes: entry.changes().unwrap_or_else(|| seen(entry)),
    })
}

/// Of an entry whose end nobody saw: what stood there before.
fn seen(entry: &Entry) -> Vec<super::Change> {
    let before = entry.begun.before.iter();
    let changes = before.flat_map(|(resource, records)| {
        records.iter().map(move |(id, record)| super::Change {
            resource: resource.clone(),
            id: id.clone(),
            before: Some(record.clone()),
            after: None,
        })
    });
    changes.collect()
}

fn others(entry: &Entry, target: &Target) -> Fault {
    let (id, call, at) = (entry.id(), &entry.begun.call, &entry.begun.at);
    let message = format!(
        "the newest write on {}, {call} ({id}, {at}), was not made in this session",
        target.name
    );
    Fault::new(Kind::Refused, message).hint(format!(
        "undo({id}) takes it back, journal.get({id}) shows what that would change"
    ))
}

/// The entry to be taken back: the one that is named, or the newest on this target that still stands and is no undo.
pub(super) fn wanted<'a>(
    entries: &'a [Entry],
    target: &Target,
    id: Option<u64>,
    real: bool,
) -> Result<&'a Entry, Fault> {
    let undone = Undone::of(entries);
    let Some(id) = id else {
        let stands = |entry: &&Entry| {
            entry.begun.target.is(target)
                && entry.begun.undoes.is_none()
                && !entry.is_idle()
                && undone.by(entry.id()).is_none()
        };
        let newest = entries.iter().rev().find(stands).ok_or_else(|| {
            let message = format!(
                "nothing was written on {} that could be undone",
                target.name
            );
            Fault::not_found(message).hint("journal() lists what is known")
        })?;
        // One undo too many must not take a cluster apart that somebody built last week.
        if real && !is_ours(newest) {
            return Err(others(newest, target));
        }
        return Ok(newest);
    };
    let entry = find(entries, id)?;
    if !entry.is_local() && !entry.begun.target.is(target) {
        let (theirs, ours) = (entry.begun.target.words(), target.words());
        let message = format!("{id} was written on {theirs}, and this session is on {ours}");
        return Err(Fault::bad_argument(message)
            .hint("undo it in a session on its own target; journal { target = … } lists one's"));
    }
    if let Some(by) = undone.by(id) {
        let message = format!("{id} was undone already, by {by}");
        return Err(Fault::new(Kind::Conflict, message).hint(format!("undo({by}) does it again")));
    }
    Ok(entry)
}
