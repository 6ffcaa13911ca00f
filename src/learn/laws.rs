//! What makes an exercise one: laws, each tried on a lab of its own.
//!
//! From the needed state the checks do not all pass, and asking them changes nothing; after the script they all pass; a
//! second run changes nothing; every step is needed and no look is; every check has hints in stages. An exercise that
//! breaks one teaches something false: that it is done, that a step matters, that a line may be left out.
use super::{
    course::{Course, Exercise},
    prepare,
    session::{Difference, Opened, Session, Verdict},
    text::{self, Kind, Mark},
};
use crate::shell::Report;

/// The hints a check must have at least: a nudge, then more.
const STAGES: usize = 2;

/// The laws that one exercise breaks, in words; empty: none.
pub(super) fn broken(
    course: &Course,
    exercise: &Exercise,
    session: &Session,
) -> Result<Vec<String>, Report> {
    let opened = match session.open(exercise) {
        Ok(opened) => opened,
        Err(report) => return Ok(vec![report.message]),
    };
    let mut out = form(course, exercise, &opened);
    if let Err(report) = prepare::plan(course, session, &opened.header.needs) {
        out.push(report.message);
        return Ok(out);
    }
    let trial = Trial {
        course,
        exercise,
        session,
        opened,
        marks: text::marks(&exercise.text),
    };
    trial.before(&mut out)?;
    if trial.script(&mut out)? {
        trial.again(&mut out)?;
        trial.parts(&mut out)?;
        trial.state(&mut out)?;
    }
    Ok(out)
}

/// What can be seen without running anything.
fn form(course: &Course, exercise: &Exercise, opened: &Opened) -> Vec<String> {
    let mut out = Vec::new();
    let id = &opened.header.id;
    if *id != exercise.id {
        out.push(format!("the header says {id}, the file {}", exercise.id));
    }
    let unknown = opened
        .header
        .seed
        .iter()
        .filter(|tag| !course.seeds.knows(tag));
    out.extend(unknown.map(|tag| format!("seed {tag} is not in seeds.txt")));
    if opened.checks.is_empty() {
        out.push("no check".to_owned());
    }
    for check in &opened.checks {
        let count = check.hint.len();
        if count < STAGES {
            let hints = if count == 1 { "hint" } else { "hints" };
            let title = &check.title;
            out.push(format!(
                "check \"{title}\" has {count} {hints}; two stages are wanted"
            ));
        }
    }
    out
}

/// One exercise under trial.
struct Trial<'a> {
    course: &'a Course,
    exercise: &'a Exercise,
    session: &'a Session<'a>,
    opened: Opened,
    marks: Vec<Mark>,
}

impl Trial<'_> {
    /// Puts the lab back into the needed state and opens this text of the exercise.
    fn start(&self, text: &str) -> Result<(), Report> {
        self.session.back("needed")?;
        self.session.open_text(text, &self.exercise.path)?;
        Ok(())
    }

    fn before(&self, out: &mut Vec<String>) -> Result<(), Report> {
        prepare::build(self.course, self.session, &self.opened.header.needs)?;
        self.session.keep("needed")?;
        self.start(&self.exercise.text)?;
        let verdicts = self.session.verify()?;
        if !verdicts.is_empty() && verdicts.iter().all(|v| v.pass) {
            out.push("all checks pass before the first step".to_owned());
        }
        if let Some(what) = told(&self.session.changes("needed")?) {
            out.push(format!("asking the checks changes {what}"));
        }
        Ok(())
    }

    /// Runs the whole; says whether it is worth going on.
    fn script(&self, out: &mut Vec<String>) -> Result<bool, Report> {
        self.start(&self.exercise.text)?;
        let ran = match self.session.try_run()? {
            Ok(ran) => ran,
            Err(report) => {
                out.push(format!("the script fails: {}", report.message));
                return Ok(false);
            }
        };
        let said: Vec<usize> = self.marks.iter().map(|mark| mark.line).collect();
        let done: Vec<usize> = ran.marks.iter().map(|mark| mark.line).collect();
        if said != done {
            let (said, done) = (numbers(&said), numbers(&done));
            out.push(format!(
                "the marks that run stand in lines {done}; those that begin a line in {said}"
            ));
            return Ok(false);
        }
        let failing = failures(&self.session.verify()?);
        for text in &failing {
            out.push(format!("after the script {text}"));
        }
        self.session.keep("done")?;
        Ok(failing.is_empty())
    }

    fn again(&self, out: &mut Vec<String>) -> Result<(), Report> {
        let once = self.opened.header.once;
        self.session.open(self.exercise)?;
        match self.session.try_run()? {
            Ok(_) if once => out.push("once = true, but a second run goes through".to_owned()),
            Err(report) if !once => out.push(format!("a second run fails: {}", report.message)),
            _ => {}
        }
        if let Some(what) = told(&self.session.changes("done")?) {
            let front = if once { "once = true, but " } else { "" };
            out.push(format!("{front}a second run changes {what}"));
        }
        Ok(())
    }

    fn parts(&self, out: &mut Vec<String>) -> Result<(), Report> {
        for (part, mark) in self.marks.iter().enumerate() {
            self.start(&text::without(&self.exercise.text, &self.marks, part))?;
            let trouble = match self.session.try_run()? {
                Err(report) => Some(format!("the script fails: {}", report.message)),
                Ok(_) => failures(&self.session.verify()?).into_iter().next(),
            };
            let place = format!("line {}, {} {}", mark.line, mark.kind.name(), mark.title);
            match (mark.kind, trouble) {
                (Kind::Step, None) => out.push(format!(
                    "{place}: without it all checks pass and nothing fails"
                )),
                (Kind::Look, Some(what)) => out.push(format!("{place}: without it {what}")),
                (Kind::Look, None) => {
                    if let Some(what) = told(&lasting(self.session.changes("done")?)) {
                        out.push(format!("{place}: it is no look, for it changes {what}"));
                    }
                }
                (Kind::Step, Some(_)) => {}
            }
        }
        Ok(())
    }

    /// A script that stood in for this exercise before it existed must have built the same.
    fn state(&self, out: &mut Vec<String>) -> Result<(), Report> {
        let Some(script) = self.course.states.get(&self.exercise.id) else {
            return Ok(());
        };
        self.start(&self.exercise.text)?;
        self.session.run()?;
        self.session.keep("done")?;
        prepare::build_with(self.course, self.session, script)?;
        if let Some(what) = told(&lasting(self.session.changes("done")?)) {
            let id = &script.id;
            out.push(format!("states/{id}.lua gives another end state: {what}"));
        }
        Ok(())
    }
}

/// Two runs write the same at different times: what differs in nothing but that is the same.
fn lasting(differences: Vec<Difference>) -> Vec<Difference> {
    let when = |it: &Difference| it.change == "changed" && it.fields == ["LastUpdate"];
    differences.into_iter().filter(|it| !when(it)).collect()
}

/// `"title" fails: text`, for each check that does.
fn failures(verdicts: &[Verdict]) -> Vec<String> {
    let told = |v: &Verdict| {
        let text = v.text.as_deref().unwrap_or("no reason given");
        format!("\"{}\" fails: {text}", v.title)
    };
    verdicts.iter().filter(|v| !v.pass).map(told).collect()
}

fn numbers(lines: &[usize]) -> String {
    let words: Vec<String> = lines.iter().map(usize::to_string).collect();
    match words.len() {
        0 => "none".to_owned(),
        _ => words.join(", "),
    }
}

/// `2 records: smd groups a (description), smd groups b`, or nothing when there are none.
fn told(differences: &[Difference]) -> Option<String> {
    let one = |d: &Difference| {
        let place = format!("{} {} {}", d.service, d.table, d.key);
        match d.change.as_str() {
            "changed" => format!("{place} ({})", d.fields.join(", ")),
            _ => place,
        }
    };
    let records: Vec<String> = differences.iter().take(3).map(one).collect();
    let records = records.join(", ");
    match differences.len() {
        0 => None,
        1 => Some(format!("1 record: {records}")),
        count => Some(format!("{count} records: {records}")),
    }
}
