//! The file: lines torn and whole, several writers, what is dropped when it grows long.
use super::*;
use crate::journal::file::{Limits, Lines};
use std::{fs, os::unix::fs::PermissionsExt as _, os::unix::fs::symlink, thread};

const SMALL: Limits = Limits {
    entries: 5,
    bytes: 1 << 20,
};

fn begun(call: &str) -> Begun {
    Begun {
        call: call.to_owned(),
        ..Begun::default()
    }
}

fn ended(id: u64) -> Ended {
    Ended {
        ended: id,
        outcome: "ok".to_owned(),
        after: None,
    }
}

#[test]
fn numbers_grow_and_the_file_is_private() {
    let dir = tempfile::tempdir().expect("a directory");
    let lines = Lines::at(place(dir.path()), SMALL);
    for number in 1..=3 {
        let mut one = begun("x");
        lines.begin(&mut one, true).expect("kept");
        assert_eq!(one.begun, number);
    }
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&place(dir.path())), 0o600);
    assert_eq!(mode(&dir.path().join("state")), 0o700);
}

#[test]
fn a_torn_line_costs_only_itself() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = place(dir.path());
    let lines = Lines::at(path.clone(), SMALL);
    for call in ["one", "two"] {
        lines.begin(&mut begun(call), false).expect("kept");
    }
    let whole = raw(&path);
    let first = whole.find('\n').expect("a line") + 1;
    for cut in [first + 1, whole.len() - 5, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).expect("cut");
        let calls = |lines: &Lines| -> Vec<String> {
            let all = lines.read().expect("readable");
            all.into_iter().map(|entry| entry.begun.call).collect()
        };
        // without its line's end alone an entry is whole
        let kept: &[&str] = if cut == whole.len() - 1 {
            &["one", "two"]
        } else {
            &["one"]
        };
        assert_eq!(calls(&lines), kept, "cut at {cut}");
        let mut third = begun("three");
        lines.begin(&mut third, false).expect("kept");
        // a number that was given out is not given out again, if it can be read
        let next = if cut == first + 1 { 2 } else { 3 };
        assert_eq!(third.begun, next, "cut at {cut}");
        assert_eq!(calls(&lines), [kept, &["three"]].concat(), "cut at {cut}");
    }
}

#[test]
fn writers_do_not_tear_each_others_lines() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = place(dir.path());
    let usual = Limits::USUAL;
    let writers = (0..4).map(|_| {
        let lines = Lines::at(path.clone(), usual);
        thread::spawn(move || {
            for _ in 0..20 {
                let mut one = begun(&"long ".repeat(2000));
                lines.begin(&mut one, false).expect("kept");
                lines.end(&ended(one.begun), false).expect("kept");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.join().expect("no panic");
    }
    let all = Lines::at(path, usual).read().expect("readable");
    let ids: Vec<u64> = all.iter().map(super::super::entry::Entry::id).collect();
    assert_eq!(ids, (1..=80).collect::<Vec<u64>>());
    assert!(all.iter().all(|entry| entry.ended.is_some()));
}

#[test]
fn a_long_file_keeps_the_newest_and_what_changed_of_them() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = place(dir.path());
    let lines = Lines::at(path.clone(), SMALL);
    for number in 1..=11 {
        let mut one = begun("x");
        let records = [
            ("changed".to_owned(), json!(1)),
            ("same".to_owned(), json!(2)),
        ];
        one.before.insert("thing".to_owned(), records.into());
        lines.begin(&mut one, false).expect("kept");
        assert_eq!(one.begun, number);
        let after = [(
            "thing".to_owned(),
            [("changed".to_owned(), json!(3))].into(),
        )];
        let end = Ended {
            after: Some(after.into()),
            ..ended(number)
        };
        lines.end(&end, false).expect("kept");
    }
    let all = lines.read().expect("readable");
    let ids: Vec<u64> = all.iter().map(super::super::entry::Entry::id).collect();
    // the eleventh made it too long, before it had ended itself
    assert_eq!(ids, [7, 8, 9, 10, 11]);
    assert_eq!(raw(&path).matches("same").count(), 1, "the newest alone");
    let mut next = begun("x");
    lines.begin(&mut next, false).expect("kept");
    assert_eq!(next.begun, 12);
}

#[test]
fn an_entry_larger_than_all_that_is_kept_stays_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let limits = Limits {
        entries: 5,
        bytes: 4096,
    };
    let lines = Lines::at(place(dir.path()), limits);
    lines.begin(&mut begun("small"), false).expect("kept");
    lines
        .begin(&mut begun(&"large".repeat(2000)), false)
        .expect("kept");
    let all = lines.read().expect("readable");
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].id(), 2);
}

#[test]
fn a_full_disk_is_told_and_nothing_is_half_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("journal.jsonl");
    symlink("/dev/full", &path).expect("a link");
    let lines = Lines::at(path, SMALL);
    let error = lines.begin(&mut begun("x"), true).expect_err("it is full");
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
}

#[test]
fn an_entry_stands_though_the_file_cannot_be_shortened() {
    let dir = tempfile::tempdir().expect("a directory");
    // In so deep a directory the journal's own names are as long as can be, and that of a draft is too long.
    let mut deep = dir.path().to_owned();
    while deep.as_os_str().len() < 4086 {
        let rest = 4086 - deep.as_os_str().len() - 1;
        let step = if rest > 400 { 200 } else { rest.min(200) };
        let step = if rest > 200 && rest <= 400 {
            rest / 2
        } else {
            step
        };
        deep.push("d".repeat(step));
    }
    let lines = Lines::at(deep.join("j.jsonl"), SMALL);
    for number in 1..=12 {
        let mut one = begun("x");
        lines.begin(&mut one, true).expect("kept");
        assert_eq!(one.begun, number);
    }
    assert_eq!(lines.read().expect("readable").len(), 12);
}
