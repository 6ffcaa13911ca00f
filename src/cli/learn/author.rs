//! `chami learn new`, `lint`, `doc`: for who writes exercises, and for who reads them on paper.
use crate::{
    cli::{Outcome, output, target::TargetArgs},
    fault::{Fault, Kind},
    learn::{Course, doc, draft, lint},
    lua::print,
    repl::screen,
};
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Write the skeleton of an exercise: ID-title.lua, with places to fill in
    New {
        /// Its number, as 409
        id: String,
        /// What it is about
        title: String,
    },
    /// Hold exercises to the rules of their form: files of yours, or those that come with chami
    Lint {
        /// The files; none: the exercises of the course
        files: Vec<PathBuf>,
    },
    /// Print an exercise as a page to read, in Markdown
    Doc {
        /// Its number, or a file of yours
        #[arg(value_name = "ID")]
        exercise: String,
    },
}

pub(super) fn run(target: &TargetArgs, course: &Course, verb: Verb) -> Outcome {
    match verb {
        Verb::New { id, title } => {
            target.may_write("learn new")?;
            let path = draft::write(course, &id, &title)?;
            screen::say(&format!(
                "written: {path}. chami learn lint {path} tells what is left to fill in.",
                path = path.display()
            ));
            Ok(())
        }
        Verb::Lint { files } => check(target, course, &files),
        Verb::Doc { exercise } => {
            let shell = target.shell_for_course(print::stderr())?;
            output::print(&doc::page(&*course.named(&exercise)?, &shell)?)
        }
    }
}

fn check(target: &TargetArgs, course: &Course, files: &[PathBuf]) -> Outcome {
    let shell = target.shell_for_course(print::stderr())?;
    let found = lint::lint(course, files, &shell)?;
    for it in &found {
        output::print(&format!("{it}\n"))?;
    }
    match found.len() {
        0 => Ok(()),
        1 => Err(Fault::new(Kind::CheckFailed, "1 rule is broken").into()),
        many => Err(Fault::new(Kind::CheckFailed, format!("{many} rules are broken")).into()),
    }
}
