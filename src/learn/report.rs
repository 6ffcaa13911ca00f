//! What an instructor is given: one JSON document with what a student did. Its names are stable; new ones may come.
use super::{
    course::Course,
    progress::{Ground, Progress},
    roster::{Listed, Stage, roster},
};
use crate::{
    journal,
    shell::{Report as Trouble, Shell},
};
use jiff::Timestamp;
use serde::Serialize;

/// The document, in words; `chami learn --help` shows it.
pub const SHAPE: &str = "\
The report (--report FILE) is one JSON object; times are RFC 3339, in UTC, of this machine's clock:
    report      1, the form described here
    chami       the version that wrote it
    user        who the system says works here
    made        when it was written
    exercises   one object for each exercise, and for each ground it was worked on:
        id, title, minutes    as the exercise says; minutes is what it should take
        ground                lab or cluster
        state                 open, begun or done
        begun, last, done     when; done: all checks held for the first time
        asked                 how often the checks were asked
        parts, shown          how many parts it has, and how many were run by :next
        hints                 how many hints were taken
        checks                title, hints taken, and held: when it held for the first time";

/// The form of the document.
const FORM: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub report: u32,
    pub chami: &'static str,
    pub user: String,
    pub made: Timestamp,
    pub exercises: Vec<Row>,
}

/// One exercise on one ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    pub ground: Ground,
    pub state: Stage,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begun: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<Timestamp>,
    pub asked: usize,
    pub parts: usize,
    pub shown: usize,
    pub hints: usize,
    pub checks: Vec<Check>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub title: String,
    pub hints: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Timestamp>,
}

/// All there is to report; an exercise that was never begun has one row, for the lab.
pub fn report(
    course: &Course,
    shell: &Shell,
    progress: &Progress,
    now: Timestamp,
) -> Result<Report, Trouble> {
    let lab = roster(course, shell, progress, Ground::Lab)?;
    let cluster = roster(course, shell, progress, Ground::Cluster)?;
    let mut exercises = Vec::new();
    for (on_lab, on_cluster) in rows(&lab, Ground::Lab)
        .into_iter()
        .zip(rows(&cluster, Ground::Cluster))
    {
        let twice = on_cluster.begun.is_some();
        if on_lab.begun.is_some() || !twice {
            exercises.push(on_lab);
        }
        exercises.extend(twice.then_some(on_cluster));
    }
    Ok(Report {
        report: FORM,
        chami: env!("CARGO_PKG_VERSION"),
        user: journal::user(),
        made: now,
        exercises,
    })
}

pub fn rows(list: &[Listed], ground: Ground) -> Vec<Row> {
    list.iter().map(|it| row(it, ground)).collect()
}

fn row(it: &Listed, ground: Ground) -> Row {
    let record = &it.record;
    let check = |title: &String| Check {
        title: title.clone(),
        hints: record.hints.get(title).copied().unwrap_or_default(),
        held: record.checks.get(title).copied(),
    };
    Row {
        id: it.id.clone(),
        title: it.title.clone(),
        minutes: it.header.minutes,
        ground,
        state: it.stage(),
        begun: record.begun,
        last: record.last,
        done: record.done,
        asked: record.asked,
        parts: it.parts,
        shown: record.shown,
        hints: record.hints(),
        checks: it.checks.iter().map(check).collect(),
    }
}
