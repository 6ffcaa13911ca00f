//! The course: exercises that teach on a lab, their checks, and the laws that hold them to what they promise.
//!
//! An exercise is one plain Lua file (`lib-lua/exercise.lua` has its verbs); here it is found (`course`), read up to its
//! first step and run (`session`), put on the states it needs (`prepare`), and tried (`laws`). Knows neither the command
//! line nor how a lab is made: its user hands over shells.
mod course;
pub mod doc;
pub mod draft;
mod guide;
mod laws;
pub mod lint;
mod page;
mod prepare;
mod progress;
pub mod report;
pub mod roster;
mod scene;
mod script;
mod seeds;
mod session;
mod text;

pub use course::{Course, Exercise};
pub use guide::{Desk, Guide, Show, Shown, Site, WORDS, Word};
pub use page::Look;
pub use progress::{Book, Ground, Progress, Record, now};
pub use session::{Declared, Header, Opened, Verdict};
pub use text::is_exercise;

use crate::{
    fault::{Fault, Kind},
    shell::{Report, Shell},
};
use serde::Serialize;
use session::Session;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub id: String,
    pub title: String,
    pub goal: String,
    pub needs: Vec<String>,
    pub seed: Vec<String>,
    pub state: State,
}

/// Whether the cluster is where the exercise leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Open,
    Done,
}

/// What became of an exercise that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub verdicts: Vec<Verdict>,
    /// What it proposes to try.
    pub tries: Vec<String>,
}

/// Every exercise, and whether its checks hold on the shell's cluster.
pub fn list(course: &Course, shell: &Shell) -> Result<Vec<Entry>, Report> {
    let session = Session::new(shell);
    let entry = |exercise: &Exercise| {
        let header = session.open(exercise)?.header;
        let verdicts = session.glance()?;
        let done = verdicts.iter().all(|verdict| verdict.pass);
        Ok(Entry {
            id: header.id,
            title: header.title,
            goal: header.goal,
            needs: header.needs,
            seed: header.seed,
            state: if done { State::Done } else { State::Open },
        })
    };
    course.exercises.iter().map(entry).collect()
}

/// Asks the checks of one exercise.
pub fn check(exercise: &Exercise, shell: &Shell) -> Result<Vec<Verdict>, Report> {
    let session = Session::new(shell);
    session.open(exercise)?;
    session.verify()
}

/// What an exercise is about, and how its checks stand at this moment.
pub fn state(exercise: &Exercise, shell: &Shell) -> Result<(String, Vec<Verdict>), Report> {
    let session = Session::new(shell);
    let goal = session.open(exercise)?.header.goal;
    Ok((goal, session.glance()?))
}

/// Runs an exercise where the shell is, then asks its checks.
pub fn run(exercise: &Exercise, shell: &Shell) -> Result<Outcome, Report> {
    let session = Session::new(shell);
    session.open(exercise)?;
    let ran = session.run()?;
    Ok(Outcome {
        verdicts: session.verify()?,
        tries: ran.tries,
    })
}

/// Brings the shell's lab into the state that an exercise needs; what was there is gone.
pub fn prepare(course: &Course, exercise: &Exercise, shell: &Shell) -> Result<(), Report> {
    let session = Session::new(shell);
    let needs = session.open(exercise)?.header.needs;
    prepare::build(course, &session, &needs)
}

/// The laws that an exercise breaks, tried on the shell's lab, which must be private.
pub fn broken(course: &Course, exercise: &Exercise, shell: &Shell) -> Result<Vec<String>, Report> {
    laws::broken(course, exercise, &Session::new(shell))
}

/// What the course as a whole lacks: tags that are not taught where they should be.
pub fn gaps(course: &Course, shell: &Shell) -> Result<Vec<String>, Report> {
    let session = Session::new(shell);
    let mut taught = Vec::new();
    for exercise in &course.exercises {
        if let Ok(opened) = session.open(exercise) {
            taught.push((exercise.id.clone(), opened.header.seed));
        }
    }
    Ok(course.seeds.untaught(&taught))
}

/// The fault of checks that do not all hold, with the first hint of the first that does not.
pub fn failed(id: &str, verdicts: &[Verdict]) -> Option<Fault> {
    let open: Vec<&Verdict> = verdicts.iter().filter(|verdict| !verdict.pass).collect();
    let first = open.first()?;
    let word = if open.len() == 1 { "fails" } else { "fail" };
    let message = format!("{id}: {} of {} checks {word}", open.len(), verdicts.len());
    let fault = Fault::new(Kind::CheckFailed, message);
    Some(match first.hint.first() {
        Some(hint) => fault.hint(hint),
        None => fault,
    })
}
