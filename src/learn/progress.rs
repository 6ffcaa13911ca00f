//! What a student has done of the course, kept between sessions: `$XDG_STATE_HOME/chami/learn.json`.
//!
//! For each exercise and each ground (lab, cluster): when it was begun, asked and done, which hints were taken, which checks
//! held at first when, and the place to come back to. Several sessions may be at it together, so each change is made to
//! what stands in the file at that moment, under a lock. No cluster is asked and nothing leaves the machine.
mod file;

pub use file::Book;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The form of the file.
const VERSION: u32 = 1;

/// Where an exercise is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ground {
    Lab,
    Cluster,
}

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub version: u32,
    #[serde(default)]
    pub exercises: BTreeMap<String, BTreeMap<Ground, Record>>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            version: VERSION,
            exercises: BTreeMap::new(),
        }
    }
}

/// One exercise on one ground.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub begun: Option<Timestamp>,
    /// When it was worked on last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<Timestamp>,
    /// When all checks held for the first time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub done: Option<Timestamp>,
    /// How often the checks were asked.
    #[serde(default)]
    pub asked: usize,
    /// How many of the parts were run by `:next`, at most.
    #[serde(default)]
    pub shown: usize,
    /// Hints taken, by the check's title.
    #[serde(default)]
    pub hints: BTreeMap<String, usize>,
    /// When a check held for the first time, by its title.
    #[serde(default)]
    pub checks: BTreeMap<String, Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Place>,
}

impl Record {
    /// Whether something was done in it. To look into an exercise is not to begin it.
    pub fn worked(&self) -> bool {
        let tried = self.asked > 0 || self.shown > 0 || self.hints() > 0;
        tried || self.place.as_ref().is_some_and(|it| !it.undo.is_empty())
    }
}

/// Where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The target it holds for.
    pub target: String,
    /// The part that comes next, counted from 0.
    pub next: usize,
    /// What can be taken back, the newest last.
    #[serde(default)]
    pub undo: Vec<Undo>,
}

/// One input, and the way to where things were before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// What it was, for the student.
    pub what: String,
    /// The part that came next then.
    pub next: usize,
    #[serde(flatten)]
    pub way: Way,
    /// The snapshot of the lab as the input left it: what differs from it now is another's work.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub left: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// A snapshot of the lab.
    Snapshot(String),
    /// Entries of the journal, the newest first.
    Entries(Vec<u64>),
}

/// The second it is; nobody is interested in more.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

impl Record {
    pub fn hints(&self) -> usize {
        self.hints.values().sum()
    }
}

impl Progress {
    pub fn record(&self, id: &str, ground: Ground) -> Option<&Record> {
        self.exercises.get(id)?.get(&ground)
    }

    /// The record to be changed; it was worked on `now`.
    pub fn touch(&mut self, id: &str, ground: Ground, now: Timestamp) -> &mut Record {
        let grounds = self.exercises.entry(id.to_owned()).or_default();
        let record = grounds.entry(ground).or_default();
        record.begun.get_or_insert(now);
        record.last = Some(now);
        record
    }

    /// The checks were asked: those with these titles hold; `all`: that is every one.
    pub fn asked<'a>(
        &mut self,
        (id, ground): (&str, Ground),
        holding: impl IntoIterator<Item = &'a str>,
        all: bool,
        now: Timestamp,
    ) {
        let record = self.touch(id, ground, now);
        record.asked += 1;
        for title in holding {
            record.checks.entry(title.to_owned()).or_insert(now);
        }
        if all {
            record.done.get_or_insert(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reached_first_stays() {
        let at = |seconds| Timestamp::from_second(seconds).expect("a time");
        let mut progress = Progress::default();
        let one = ("301", Ground::Lab);
        progress.asked(one, ["a"], false, at(1));
        progress.asked(one, ["a", "b"], true, at(2));
        progress.asked(one, [], false, at(3));
        let record = progress.record("301", Ground::Lab).expect("a record");
        assert_eq!((record.asked, record.done), (3, Some(at(2))));
        assert_eq!((record.checks["a"], record.checks["b"]), (at(1), at(2)));
        assert_eq!((record.begun, record.last), (Some(at(1)), Some(at(3))));
        assert!(progress.record("301", Ground::Cluster).is_none());
    }

    #[test]
    fn the_file_reads_as_it_was_written() {
        let mut progress = Progress::default();
        let record = progress.touch("301", Ground::Cluster, Timestamp::UNIX_EPOCH);
        record.place = Some(Place {
            target: "demo".into(),
            next: 2,
            undo: vec![Undo {
                what: "step 1".into(),
                next: 1,
                way: Way::Entries(vec![7, 6]),
                left: None,
            }],
        });
        let text = serde_json::to_string(&progress).expect("json");
        assert!(text.contains("\"entries\":[7,6]"), "{text}");
        assert_eq!(
            serde_json::from_str::<Progress>(&text).expect("json"),
            progress
        );
    }
}
