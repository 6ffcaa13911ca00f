//! One exercise in one shell: the Rust half of `lib-lua/exercise.lua`. All that the course knows of a shell is here.
use super::{course::Exercise, text};
use crate::{
    fault::{Fault, Kind},
    lab::{Shown, Tick},
    shell::{Reply, Report, Shell},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::path::Path;

/// What an exercise says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub id: String,
    pub title: String,
    pub goal: String,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub seed: Vec<String>,
    #[serde(default)]
    pub minutes: Option<u32>,
    #[serde(default)]
    pub once: bool,
    #[serde(default)]
    pub backend: Backend,
}

/// On what it can be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    #[default]
    Any,
    Lab,
}

/// A check before it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Declared {
    pub title: String,
    #[serde(default)]
    pub hint: Vec<String>,
}

/// An exercise read up to its first step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Opened {
    pub header: Header,
    #[serde(default)]
    pub checks: Vec<Declared>,
}

/// The answer of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub title: String,
    pub pass: bool,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub hint: Vec<String>,
}

/// A mark that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Reached {
    pub(super) line: usize,
}

/// What a run of the whole script left.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Ran {
    #[serde(default)]
    pub(super) marks: Vec<Reached>,
    #[serde(default)]
    pub(super) tries: Vec<String>,
}

/// A record that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Difference {
    pub(super) service: String,
    pub(super) table: String,
    pub(super) key: String,
    pub(super) change: String,
    #[serde(default)]
    pub(super) fields: Vec<String>,
}

/// A shell that works on exercises.
#[derive(Clone, Copy)]
pub(super) struct Session<'a> {
    shell: &'a Shell,
    /// What is called here is not the student's doing: `teach` says nothing of it.
    aside: bool,
}

impl<'a> Session<'a> {
    pub(super) fn new(shell: &'a Shell) -> Self {
        Self {
            shell,
            aside: false,
        }
    }

    /// The same beside somebody who types.
    pub(super) fn aside(shell: &'a Shell) -> Self {
        Self { shell, aside: true }
    }

    /// Reads header and checks; runs nothing of the steps.
    pub(super) fn open(&self, exercise: &Exercise) -> Result<Opened, Report> {
        self.open_text(&exercise.text, &exercise.path)
    }

    /// The same with another text in the exercise's place.
    pub(super) fn open_text(&self, text: &str, path: &Path) -> Result<Opened, Report> {
        let chunk = format!("@{}", path.display());
        self.call("open", &[text, &chunk])
    }

    /// Refuses a cluster, where the opened exercise is for a lab alone.
    pub(super) fn ground(&self) -> Result<(), Report> {
        self.done("ground", &[])
    }

    /// Runs the opened exercise from the top.
    pub(super) fn run(&self) -> Result<Ran, Report> {
        self.call("run", &[])
    }

    /// The same for who wants to know how it goes: only Ctrl-C ends more than the exercise.
    pub(super) fn try_run(&self) -> Result<Result<Ran, Report>, Report> {
        match self.run() {
            Err(report) if report.kind == Some(Kind::Interrupted) => Err(report),
            out => Ok(out),
        }
    }

    /// Asks the checks of the opened exercise.
    pub(super) fn verify(&self) -> Result<Vec<Verdict>, Report> {
        self.call("verify", &[])
    }

    /// Asks each check once: nobody waits, and no time is made to pass.
    pub(super) fn glance(&self) -> Result<Vec<Verdict>, Report> {
        self.call("glance", &[])
    }

    /// Runs a script that builds a state: an exercise's steps, or plain Lua.
    pub(super) fn script(&self, script: &Exercise) -> Result<(), Report> {
        let chunk = format!("@{}", script.path.display());
        self.done("build", &[&script.text, &chunk])
    }

    /// Has the lab's page show how the exercise stands; `verdicts` as far as they were asked for.
    pub(super) fn show(&self, opened: &Opened, verdicts: &[Verdict]) -> Result<(), Report> {
        let header = &opened.header;
        let tick = |(at, check): (usize, &Declared)| {
            let pass = verdicts.get(at).map(|verdict| verdict.pass);
            Tick {
                title: check.title.clone(),
                pass,
            }
        };
        let shown = Shown {
            id: header.id.clone(),
            title: header.title.clone(),
            goal: header.goal.clone(),
            checks: opened.checks.iter().enumerate().map(tick).collect(),
        };
        let shown = serde_json::to_string(&shown).unwrap_or_default();
        self.done("show", &[&shown])
    }

    /// Empties the lab.
    pub(super) fn reset(&self) -> Result<(), Report> {
        self.done("reset", &[])
    }

    /// Remembers the lab's present state under a name.
    pub(super) fn keep(&self, name: &str) -> Result<(), Report> {
        self.done("keep", &[name])
    }

    /// Puts the lab back into a remembered state.
    pub(super) fn back(&self, name: &str) -> Result<(), Report> {
        self.done("back", &[name])
    }

    /// What differs from a remembered state.
    pub(super) fn changes(&self, name: &str) -> Result<Vec<Difference>, Report> {
        self.call("changes", &[name])
    }

    /// Whether a state of this name is remembered.
    pub(super) fn has(&self, name: &str) -> Result<bool, Report> {
        self.call("has", &[name])
    }

    /// Forgets a state; that there is none is no matter.
    pub(super) fn forget(&self, name: &str) -> Result<(), Report> {
        self.done("drop", &[name])
    }

    /// Whether nobody has told the lab's services anything.
    pub(super) fn untouched(&self) -> Result<bool, Report> {
        self.call("untouched", &[])
    }

    /// Whether expected faults are told.
    pub(super) fn aloud(&self, so: bool) -> Result<(), Report> {
        self.ask::<bool>("aloud", if so { "true" } else { "false" })
            .map(drop)
    }

    /// Lets what runs print nothing, and print again.
    pub(super) fn hush(&self, so: bool) -> Result<(), Report> {
        self.ask::<bool>("hush", if so { "true" } else { "false" })
            .map(drop)
    }

    /// Lets `data/x` stand beside this file.
    pub(super) fn at(&self, path: &Path) -> Result<(), Report> {
        self.done("at", &[&path.display().to_string()])
    }

    /// The first and last line of what a check of the opened exercise asks with, counted from 1 both.
    pub(super) fn asks(&self, number: usize) -> Result<Vec<usize>, Report> {
        self.ask("asks", &number.to_string())
    }

    /// The entries of the journal that this session made since `last`, the newest first; without it the newest.
    pub(super) fn entries(&self, last: Option<u64>, target: &str) -> Result<Vec<u64>, Report> {
        let last = last.map_or_else(|| "nil".to_owned(), |id| id.to_string());
        self.ask("entries", &format!("{last}, {}", text::literal(target)))
    }

    /// Takes entries of the journal back.
    pub(super) fn undo(&self, ids: &[u64]) -> Result<(), Report> {
        let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
        self.ask::<bool>("undo", &format!("{{{}}}", ids.join(",")))
            .map(drop)
    }

    /// Whether `node.why` is there.
    pub(super) fn explains_nodes(&self) -> Result<bool, Report> {
        self.call("explains_nodes", &[])
    }

    fn done(&self, name: &str, args: &[&str]) -> Result<(), Report> {
        self.call::<bool>(name, args).map(drop)
    }

    fn call<T: DeserializeOwned>(&self, name: &str, args: &[&str]) -> Result<T, Report> {
        let args: Vec<String> = args.iter().map(|text| text::literal(text)).collect();
        self.ask(name, &args.join(", "))
    }

    /// Calls the Lua half; `args` as Lua reads them.
    fn ask<T: DeserializeOwned>(&self, name: &str, args: &str) -> Result<T, Report> {
        let code = format!("require('exercise')._driver.{name}({args})");
        let odd = |what: String| Fault::internal(format!("exercise {name} answered {what}"));
        self.shell.desk().aside(self.aside);
        let reply = self.shell.run(&code, &[]);
        self.shell.desk().aside(false);
        match reply {
            Reply::Values(values) => {
                let value = serde_json::to_value(values.first()).map_err(|e| odd(e.to_string()))?;
                Ok(serde_json::from_value(value).map_err(|e| odd(e.to_string()))?)
            }
            Reply::Failed(mut report) => {
                // A line of the call above says nothing to anybody.
                report.place.take_if(|place| place.chunk == "-e");
                Err(report)
            }
            other => Err(odd(format!("{other:?}")).into()),
        }
    }
}
