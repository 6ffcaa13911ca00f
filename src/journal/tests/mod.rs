//! The journal with a service of its own: records in memory.
mod ends;
mod file;
mod undo;
mod veiled;

use super::{
    Begun, Change, Ended, Filter, Images, Journal, Keep, Options, Records, Scope, Setup, Target,
    Touch, file::raw,
};
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;

/// Things by name.
#[derive(Default)]
struct Things {
    records: Mutex<Records>,
    looks: AtomicUsize,
    /// What cannot be written to any more.
    stuck: Mutex<Option<String>>,
}

impl Things {
    fn put(&self, id: &str, value: Value) {
        self.records
            .lock()
            .expect("no panic")
            .insert(id.to_owned(), value);
    }

    fn take(&self, id: &str) {
        self.records.lock().expect("no panic").remove(id);
    }

    fn get(&self, id: &str) -> Option<Value> {
        self.records.lock().expect("no panic").get(id).cloned()
    }

    fn sticks(&self, id: &str) -> bool {
        self.stuck.lock().expect("no panic").as_deref() == Some(id)
    }
}

impl Images for Things {
    fn image<'a>(&'a self, touch: &'a Touch) -> Pending<'a, Result<Records, Fault>> {
        Box::pin(async {
            self.looks.fetch_add(1, Ordering::Relaxed);
            let mut records = self.records.lock().expect("no panic").clone();
            if let Some(ids) = &touch.ids {
                let ids: HashSet<&String> = ids.iter().collect();
                records.retain(|id, _| ids.contains(id));
            }
            Ok(records)
        })
    }

    fn put_back<'a>(&'a self, _: &'a str, records: &'a Records) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            for (id, value) in records.iter().filter(|(id, _)| !self.sticks(id)) {
                self.put(id, value.clone());
            }
            Ok(())
        })
    }

    fn take_away<'a>(&'a self, _: &'a str, ids: &'a [String]) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            for id in ids.iter().filter(|id| !self.sticks(id)) {
                self.take(id);
            }
            Ok(())
        })
    }

    fn order(&self) -> &'static [&'static str] {
        &["thing"]
    }
}

/// A session on a target, with things and a journal.
struct Session {
    journal: Arc<Journal>,
    things: Arc<Things>,
}

fn target(name: &str) -> Target {
    Target {
        name: name.to_owned(),
        url: format!("https://{name}.example:8443"),
    }
}

fn session(keep: Keep, name: &str, things: &Arc<Things>) -> Session {
    let journal = Journal::new(Setup {
        keep,
        target: target(name),
        real: true,
        user: "alice".to_owned(),
        ..Setup::memory()
    });
    journal.house("things", things.clone());
    Session {
        journal,
        things: Arc::clone(things),
    }
}

/// A session on `demo` that keeps its journal in a directory.
fn at(dir: &TempDir) -> Session {
    session(Keep::File(place(dir.path())), "demo", &Arc::default())
}

fn place(dir: &Path) -> std::path::PathBuf {
    dir.join("state/journal.jsonl")
}

/// Leaves of the journal the lines that `stays` is for, as written by a process that has died since.
fn dies(dir: &Path, stays: impl Fn(usize, &str) -> bool) {
    let ours = format!("\"pid\":{}", std::process::id());
    let kept = raw(&place(dir)).replace(&ours, "\"pid\":4194999");
    let lines = kept.lines().enumerate();
    let left: Vec<&str> = lines
        .filter(|(at, line)| stays(*at, line))
        .map(|(_, line)| line)
        .collect();
    std::fs::write(place(dir), left.join("\n") + "\n").expect("cut");
}

impl Session {
    /// Writes one thing; null takes it away.
    async fn write(&self, id: &str, value: Value) -> Result<(), Fault> {
        let things = Arc::clone(&self.things);
        let touch = Touch::of("thing", [id]);
        let work = async {
            match value {
                Value::Null => things.take(id),
                value => things.put(id, value),
            }
            Ok(())
        };
        let journal = Arc::clone(&self.journal);
        journal.around("things", touch.into(), work).await
    }

    async fn undo(&self, id: Option<u64>, force: bool) -> Result<super::Undone, Fault> {
        Arc::clone(&self.journal).undo(id, Options { force }).await
    }

    /// The list in short: number, outcome, records, by which undone.
    fn list(&self) -> Vec<(u64, String, Option<usize>, Option<u64>)> {
        let rows = self.journal.list(&Filter::default()).expect("readable");
        rows.into_iter()
            .map(|row| (row.id, row.outcome, row.records, row.undone))
            .collect()
    }
}
