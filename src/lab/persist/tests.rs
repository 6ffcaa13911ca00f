//! What survives: kills, torn and changed files, full disks.
mod beside;

use super::{
    Config, Entry, JOURNAL, Keeper, Loaded, STATE, Whole,
    tape::{Out, Tape},
};
use crate::{
    fault::Kind,
    table::{Change, Journal},
};
use serde_json::{Value, json};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tempfile::TempDir;

fn begun(dir: &Path) -> Keeper {
    let (keeper, _) = Keeper::open(dir, false).expect("an empty directory opens");
    rewrite(&keeper, &Whole::default());
    keeper
}

fn rewrite(keeper: &Keeper, whole: &Whole) {
    let quiet = keeper.quiet();
    keeper
        .rewrite(&Config::default(), whole, &quiet)
        .expect("there is room");
}

fn write(keeper: &Keeper, key: &str) {
    let change = Change {
        table: "groups",
        key: key.to_owned(),
        value: Some(json!({ "label": key })),
    };
    keeper.append("smd", &[change]).expect("there is room");
}

/// The keys of the writes that come back, and the notice.
fn reopened(dir: &Path) -> (Vec<String>, Option<String>) {
    let (_, loaded) = Keeper::open(dir, false).expect("opens whatever happened");
    let notice = loaded.notice.clone();
    (keys(&loaded), notice)
}

fn keys(loaded: &Loaded) -> Vec<String> {
    let mut found = Vec::new();
    let stored = loaded.state.as_ref().map(|state| &state.whole);
    if let Some(groups) = stored.and_then(|w| w.stores.get("groups")) {
        let names = groups.as_array().into_iter().flatten();
        found.extend(names.filter_map(|n| n.as_str().map(str::to_owned)));
    }
    for entry in &loaded.entries {
        match entry {
            Entry::Write { changes, .. } => found.extend(changes.iter().map(|c| c.1.clone())),
            Entry::Whole(_) => found.clear(),
            Entry::Begin { .. } | Entry::Clock { .. } => {}
        }
    }
    found
}

fn whole(names: &[&str]) -> Whole {
    let mut whole = Whole::default();
    whole.stores.insert("groups".into(), json!(names));
    whole
}

/// Changes one byte in the middle of the file's given line.
fn spoil(path: &Path, line: usize) {
    let mut bytes = fs::read(path).expect("the file is there");
    let starts = bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::len);
    let at: usize = starts.take(line - 1).sum::<usize>() + 30;
    bytes[at] ^= 1;
    fs::write(path, bytes).expect("the file can be written");
}

#[test]
fn a_write_comes_back_without_a_clean_end() {
    let dir = TempDir::new().expect("a temporary directory");
    let keeper = begun(dir.path());
    write(&keeper, "io");
    keeper.clock(5).expect("there is room");
    write(&keeper, "compute");
    std::mem::forget(keeper);
    assert_eq!(
        reopened(dir.path()),
        (vec!["io".into(), "compute".into()], None)
    );
}

#[test]
fn a_journal_goes_on_after_it_was_read() {
    let dir = TempDir::new().expect("a temporary directory");
    write(&begun(dir.path()), "one");
    let (keeper, _) = Keeper::open(dir.path(), false).expect("opens");
    assert!(keeper.is_open(), "a whole journal needs no new state");
    write(&keeper, "two");
    assert_eq!(reopened(dir.path()).0, ["one", "two"]);
}

#[test]
fn a_torn_last_line_costs_only_itself() {
    let dir = TempDir::new().expect("a temporary directory");
    let keeper = begun(dir.path());
    write(&keeper, "one");
    write(&keeper, "two");
    let path = dir.path().join(JOURNAL);
    let bytes = fs::read(&path).expect("the journal is there");
    fs::write(&path, &bytes[..bytes.len() - 7]).expect("it can be written");
    let (keys, notice) = reopened(dir.path());
    assert_eq!(keys, ["one"]);
    assert!(notice.expect("it says so").contains("journal.jsonl.bad"));
    assert!(dir.path().join("journal.jsonl.bad").exists());
}

#[test]
fn a_changed_byte_is_seen_and_what_came_before_it_stays() {
    let dir = TempDir::new().expect("a temporary directory");
    let keeper = begun(dir.path());
    for key in ["one", "two", "three"] {
        write(&keeper, key);
    }
    spoil(&dir.path().join(JOURNAL), 3);
    let (keys, notice) = reopened(dir.path());
    assert_eq!(keys, ["one"]);
    assert!(notice.expect("it says so").contains("line 3"));
}

#[test]
fn a_damaged_state_is_made_again_from_its_predecessor() {
    let dir = TempDir::new().expect("a temporary directory");
    let keeper = begun(dir.path());
    write(&keeper, "one");
    rewrite(&keeper, &whole(&["one"]));
    write(&keeper, "two");
    spoil(&dir.path().join(STATE), 1);
    let (keys, notice) = reopened(dir.path());
    assert_eq!(keys, ["one", "two"]);
    assert!(notice.expect("it says so").contains("state.json.bad"));
}

#[test]
fn a_crash_between_any_two_steps_of_rewriting_loses_nothing() {
    let dir = TempDir::new().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    let copy = |from: &str, to: &str| fs::copy(at(from), at(to)).expect("copies");
    let keeper = begun(dir.path());
    write(&keeper, "one");
    copy(STATE, "s1");
    copy(JOURNAL, "j1");
    rewrite(&keeper, &whole(&["one"]));
    copy(STATE, "s2");
    copy(JOURNAL, "j2");
    let remove = |name: &str| fs::remove_file(at(name)).unwrap_or_default();
    // (state, journal, old state, old journal) after each step
    for step in [
        ["s1", "", "", "j1"],
        ["s1", "j2", "", "j1"],
        ["", "j2", "s1", "j1"],
        ["s2", "j2", "s1", "j1"],
    ] {
        for (from, to) in step
            .iter()
            .zip([STATE, JOURNAL, "state.json.old", "journal.jsonl.old"])
        {
            remove(to);
            if !from.is_empty() {
                copy(from, to);
            }
        }
        assert_eq!(reopened(dir.path()), (vec!["one".into()], None), "{step:?}");
    }
}

#[test]
fn a_crash_in_the_rewriting_after_a_crash_in_the_rewriting_loses_nothing() {
    let dir = TempDir::new().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    let keeper = begun(dir.path());
    write(&keeper, "one");
    let first = fs::read(at(STATE)).expect("the state");
    rewrite(&keeper, &whole(&["one"]));
    // The first: the new journal is there, the new state is not.
    for missing in [false, true] {
        fs::write(at("state.json.old"), &first).expect("written");
        fs::write(at(STATE), &first).expect("written");
        if missing {
            fs::remove_file(at(STATE)).expect("it was there");
        }
        let (keeper, loaded) = Keeper::open(dir.path(), false).expect("opens");
        assert_eq!(keys(&loaded), ["one"]);
        assert!(loaded.unsettled && keeper.is_open() && loaded.notice.is_none());
        let quiet = keeper.quiet();
        let settled = keeper.settle(&Config::default(), &whole(&["one"]), &quiet);
        settled.expect("there is room");
        drop(quiet);
        write(&keeper, "two");
        // The second: the journal has made way for the next one.
        let journal = fs::read(at(JOURNAL)).expect("the journal");
        let old = fs::read(at("journal.jsonl.old")).expect("the one before");
        fs::rename(at(JOURNAL), at("journal.jsonl.old")).expect("renamed");
        assert_eq!(
            reopened(dir.path()),
            (vec!["one".into(), "two".into()], None)
        );
        fs::write(at("journal.jsonl.old"), old).expect("written");
        let begin = journal.split_inclusive(|b| *b == b'\n').next();
        fs::write(at(JOURNAL), begin.expect("a line")).expect("written");
    }
}

#[test]
fn a_reset_lasts_even_if_the_state_after_it_is_damaged() {
    let dir = TempDir::new().expect("a temporary directory");
    let keeper = begun(dir.path());
    write(&keeper, "one");
    keeper.replaced(&Whole::default()).expect("there is room");
    rewrite(&keeper, &Whole::default());
    write(&keeper, "two");
    spoil(&dir.path().join(STATE), 1);
    assert_eq!(reopened(dir.path()).0, ["two"]);
}

#[test]
fn after_the_end_nothing_is_taken() {
    let dir = TempDir::new().expect("a temporary directory");
    let keeper = begun(dir.path());
    keeper.end();
    let refused = keeper.clock(1).expect_err("it has ended");
    assert_eq!(refused.status, Some(503));
}

#[test]
fn a_snapshot_comes_back_by_name_only() {
    let dir = TempDir::new().expect("a temporary directory");
    let keeper = begun(dir.path());
    keeper.save("before", &whole(&["one"])).expect("saved");
    assert_eq!(
        keeper.saved("before").expect("it is there"),
        whole(&["one"])
    );
    assert_eq!(keeper.snapshots(), ["before"]);
    let missing = keeper.saved("befor").expect_err("no such one");
    assert_eq!(missing.kind, Kind::NotFound);
    assert!(
        missing
            .hint
            .expect("names what there is")
            .contains("before")
    );
    for name in ["../state", "", ".hidden", "a/b"] {
        let refused = keeper
            .save(name, &Whole::default())
            .expect_err("no plain name");
        assert_eq!(refused.kind, Kind::BadArgument);
    }
}

/// A disk that takes only so much of each line while it is full.
#[derive(Clone, Default)]
struct Disk {
    bytes: Arc<Mutex<Vec<u8>>>,
    full: Arc<AtomicBool>,
    stuck: Arc<AtomicBool>,
}

impl Disk {
    fn text(&self) -> String {
        String::from_utf8(self.bytes.lock().expect("no panic").clone()).expect("text")
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.bytes.lock().expect("no panic");
        if self.full.load(Ordering::Relaxed) {
            if kept.ends_with(b"half") {
                return Err(io::ErrorKind::StorageFull.into());
            }
            kept.extend(b"half");
            return Ok(4);
        }
        kept.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Out for Disk {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        if self.stuck.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let length = usize::try_from(length).expect("small");
        self.bytes.lock().expect("no panic").truncate(length);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_with_path_and_bytes_and_leaves_whole_lines() {
    let disk = Disk::default();
    let mut tape = Tape::new("/there/journal.jsonl".into(), Box::new(disk.clone()), 0);
    tape.append("first\n").expect("there is room");
    disk.full.store(true, Ordering::Relaxed);
    let fault = tape.append("second\n").expect_err("the disk is full");
    assert_eq!((fault.kind, fault.status), (Kind::Io, Some(507)));
    assert!(fault.message.contains("/there/journal.jsonl") && fault.message.contains("7 bytes"));
    assert_eq!(disk.text(), "first\n");
    disk.full.store(false, Ordering::Relaxed);
    tape.append("third\n").expect("there is room again");
    assert_eq!(disk.text(), "first\nthird\n");
}

#[test]
fn a_line_that_could_not_be_taken_back_is_taken_back_before_the_next() {
    let disk = Disk::default();
    let mut tape = Tape::new("journal".into(), Box::new(disk.clone()), 0);
    disk.full.store(true, Ordering::Relaxed);
    disk.stuck.store(true, Ordering::Relaxed);
    tape.append("one line\n").expect_err("the disk is full");
    tape.append("two lines\n").expect_err("and stays so");
    disk.full.store(false, Ordering::Relaxed);
    disk.stuck.store(false, Ordering::Relaxed);
    tape.append("three\n").expect("there is room again");
    assert_eq!(disk.text(), "three\n");
}

#[test]
fn the_kernels_own_full_device_is_told_likewise() {
    let Ok(full) = OpenOptions::new().append(true).open("/dev/full") else {
        return;
    };
    let mut tape = Tape::new("/dev/full".into(), Box::new(full), 0);
    let fault = tape.append("line\n").expect_err("always full");
    assert_eq!(fault.status, Some(507));
    assert!(fault.message.contains("/dev/full"), "{fault}");
    assert!(fault.message.contains("os error 28"), "{fault}");
}

#[test]
fn a_line_is_json_with_its_checksum() {
    let line = super::seal(r#"{"do":"clock","advanced":5}"#);
    let value: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(value["body"]["advanced"], 5);
    assert_eq!(
        super::seal::unseal(&line),
        Some(r#"{"do":"clock","advanced":5}"#)
    );
    assert_eq!(super::seal::unseal(&line.replace('5', "6")), None);
    assert_eq!(super::seal::unseal(line.trim_end()), None);
}
