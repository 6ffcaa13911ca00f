//! `chami learn`: the exercises, what is done of them, and whether they keep their laws. Also `chami FILE` where the file
//! is an exercise.
mod author;
mod prompt;

use super::{
    Failure, Outcome,
    output::{self, Format},
    run::recorded,
    target::TargetArgs,
};
use crate::{
    fault::{Fault, Kind},
    learn::{self, Course, Entry, Exercise, State, Verdict, report},
    lua::print,
    repl::watch,
    shell::{Report, Shell},
};
use serde::Serialize;
use std::{borrow::Cow, fmt::Write, path::PathBuf};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_long_help = report::SHAPE)]
#[group(multiple = false)]
pub(super) struct Args {
    /// Open this exercise at a prompt: its number, or a file of yours. Without it: what there is, and how far you are
    #[arg(value_name = "ID")]
    exercise: Option<String>,
    /// List the exercises, and which of them are done on this cluster
    #[arg(long)]
    list: bool,
    /// Ask an exercise's checks
    #[arg(long, value_name = "ID")]
    check: Option<String>,
    /// Tell an exercise's goal, and every hint to the first check that fails
    #[arg(long, value_name = "ID")]
    hint: Option<String>,
    /// Run an exercise on a lab of its own, then ask its checks
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Try the laws that exercises keep, of one or of all
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "")]
    test: Option<String>,
    /// Write what was done, when, and with how many hints, for who teaches the course; - is standard output
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(subcommand)]
    verb: Option<author::Verb>,
}

pub(super) fn run(target: &TargetArgs, args: Args, format: Option<Format>) -> Outcome {
    let course = Course::embedded()?;
    if let Some(verb) = args.verb {
        return author::run(target, &course, verb);
    }
    if args.list {
        return list(target, &course, format);
    }
    if let Some(id) = &args.check {
        return check(target, &*course.named(id)?, format);
    }
    if let Some(id) = &args.hint {
        return hint(target, &*course.named(id)?);
    }
    if let Some(id) = &args.run {
        return run_alone(target, &course, id, format);
    }
    if let Some(id) = &args.test {
        return test(target, &course, id);
    }
    if let Some(file) = &args.report {
        return prompt::report(target, &course, file);
    }
    match &args.exercise {
        Some(id) => prompt::open(target, &course, &*course.named(id)?),
        None => prompt::overview(target, &course, format),
    }
}

/// An exercise in a file of its own, on the user's lab or the cluster that was named.
pub(super) fn file(target: &TargetArgs, exercise: &Exercise, format: Option<Format>) -> Outcome {
    let shell = target.shell_for_course(sink(format))?;
    perform(&shell, exercise, format)
}

/// Where an exercise's own output goes: standard output is for what was asked for.
fn sink(format: Option<Format>) -> print::Sink {
    match format {
        Some(_) => print::stderr(),
        None => print::stdout(),
    }
}

fn list(target: &TargetArgs, course: &Course, format: Option<Format>) -> Outcome {
    let shell = target.shell_for_course(print::stderr())?;
    let entries = watched(&shell, || learn::list(course, &shell))?;
    match format {
        None | Some(Format::Table) => output::print(&table(&entries)),
        Some(format) => data(&entries, format),
    }
}

fn table(entries: &[Entry]) -> String {
    let mut text = String::new();
    for entry in entries {
        let state = match entry.state {
            State::Open => "open",
            State::Done => "done",
        };
        let needs = match entry.needs.join(", ") {
            none if none.is_empty() => String::new(),
            ids => format!("  (needs {ids})"),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}  {state}  {}{needs}", entry.id, entry.title);
    }
    text
}

fn check(target: &TargetArgs, exercise: &Exercise, format: Option<Format>) -> Outcome {
    let shell = target.shell_for_course(print::stderr())?;
    let verdicts = watched(&shell, || learn::check(exercise, &shell))?;
    prompt::asked(target, exercise, &verdicts)?;
    conclude(exercise, &verdicts, format)
}

fn hint(target: &TargetArgs, exercise: &Exercise) -> Outcome {
    let shell = target.shell_for_course(print::stderr())?;
    let (goal, verdicts) = watched(&shell, || learn::state(exercise, &shell))?;
    let mut text = format!("goal  {goal}\n");
    match verdicts.iter().find(|verdict| !verdict.pass) {
        None => text += "      which is reached: every check holds\n",
        Some(open) => {
            prompt::hinted(target, exercise, open)?;
            let _ = writeln!(text, "\nfail  {}", open.title);
            for (at, hint) in open.hint.iter().enumerate() {
                let _ = writeln!(text, "  {}.  {hint}", at + 1);
            }
        }
    }
    output::print(&text)
}

fn run_alone(target: &TargetArgs, course: &Course, id: &str, format: Option<Format>) -> Outcome {
    let exercise = &*course.named(id)?;
    let shell = target.private_shell(sink(format))?;
    watched(&shell, || learn::prepare(course, exercise, &shell))?;
    perform(&shell, exercise, format)
}

fn perform(shell: &Shell, exercise: &Exercise, format: Option<Format>) -> Outcome {
    let outcome = watched(shell, || learn::run(exercise, shell))?;
    if format.is_none() {
        output::print("\n")?;
    }
    conclude(exercise, &outcome.verdicts, format)?;
    if format.is_none() && !outcome.tries.is_empty() {
        output::print(&format!("\ntry   {}\n", outcome.tries.join("\ntry   ")))?;
    }
    recorded(shell)
}

/// Tells what became of the checks; one that fails is the command's failure.
fn conclude(exercise: &Exercise, verdicts: &[Verdict], format: Option<Format>) -> Outcome {
    match format {
        None | Some(Format::Table) => output::print(&lines(verdicts))?,
        Some(format) => data(&verdicts, format)?,
    }
    match learn::failed(&exercise.id, verdicts) {
        Some(fault) => Err(fault.into()),
        None => Ok(()),
    }
}

fn lines(verdicts: &[Verdict]) -> String {
    let mut text = String::new();
    for verdict in verdicts {
        let word = if verdict.pass { "pass" } else { "fail" };
        let _ = writeln!(text, "{word}  {}", verdict.title);
        if let Some(why) = &verdict.text {
            let _ = writeln!(text, "      {why}");
        }
    }
    text
}

fn data(value: &impl Serialize, format: Format) -> Outcome {
    output::print(&output::data(value, format)?)
}

fn test(target: &TargetArgs, course: &Course, id: &str) -> Outcome {
    let exercises = match id {
        "" => course.exercises.iter().map(Cow::Borrowed).collect(),
        id => vec![course.named(id)?],
    };
    let mut count = 0;
    let mut tell = |name: &str, broken: &[String]| {
        count += broken.len();
        let text = match broken {
            [] => format!("{name}  keeps the laws\n"),
            broken => broken
                .iter()
                .fold(String::new(), |text, law| text + name + "  " + law + "\n"),
        };
        output::print(&text)
    };
    for exercise in exercises {
        let shell = target.private_shell(Box::new(std::io::sink()))?;
        let broken = watched(&shell, || learn::broken(course, &exercise, &shell))?;
        tell(&exercise.id, &broken)?;
    }
    if id.is_empty() {
        let shell = target.private_shell(Box::new(std::io::sink()))?;
        tell("all", &learn::gaps(course, &shell)?)?;
    }
    match count {
        0 => Ok(()),
        1 => Err(Fault::new(Kind::CheckFailed, "1 law is broken").into()),
        many => Err(Fault::new(Kind::CheckFailed, format!("{many} laws are broken")).into()),
    }
}

/// Ctrl-C stops an exercise as it stops a script.
fn watched<T>(shell: &Shell, work: impl FnOnce() -> Result<T, Report>) -> Result<T, Failure> {
    watch::interruptible(shell, work).map_err(Failure::from)
}
