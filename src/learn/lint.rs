//! The rules of an exercise's form, told with file and line. What the cluster must show for it is `laws`' business.
mod header;
mod hints;
mod shape;

use super::{
    course::{Course, Exercise},
    script::Script,
    session::{Opened, Session},
    text::{self, Mark, is_exercise},
};
use crate::{
    fault::Fault,
    shell::{
        Report, Shell,
        token::{self, Token},
    },
};
use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

/// A rule that is broken, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: PathBuf,
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.what)
    }
}

/// An exercise under the eye, and what was found of it.
struct Page<'a> {
    exercise: &'a Exercise,
    lines: Vec<&'a str>,
    tokens: Vec<Token<'a>>,
    marks: Vec<Mark>,
    script: Script,
    found: Vec<(usize, String)>,
}

impl<'a> Page<'a> {
    fn new(exercise: &'a Exercise) -> Self {
        let source = exercise.text.as_str();
        Self {
            lines: source.lines().collect(),
            tokens: token::tokens(source).collect(),
            marks: text::marks(source),
            script: Script::read(source),
            found: Vec::new(),
            exercise,
        }
    }

    fn tell(&mut self, line: usize, what: impl Into<String>) {
        self.found.push((line, what.into()));
    }

    fn line(&self, offset: usize) -> usize {
        token::line(&self.exercise.text, offset)
    }

    /// The line of the first mark; none: below the last line.
    fn first_mark(&self) -> usize {
        self.marks.first().map_or(usize::MAX, |mark| mark.line)
    }

    /// The line of a string literal that says this.
    fn line_of(&self, said: &str) -> Option<usize> {
        self.line_below(0, said)
    }

    /// The same below the key of this name.
    fn line_under(&self, key: &str, said: &str) -> Option<usize> {
        let at = self.tokens.iter().position(|it| it.text == key)?;
        self.line_below(at, said)
    }

    fn line_below(&self, from: usize, said: &str) -> Option<usize> {
        let literal =
            |it: &&Token| it.kind == token::Kind::Text && super::script::spoken(it.text) == said;
        let found = self.tokens[from..].iter().find(literal)?;
        Some(self.line(found.start))
    }
}

/// Holds these files to the rules; folders stand for the exercises in them, none for the course's own.
pub fn lint(course: &Course, files: &[PathBuf], shell: &Shell) -> Result<Vec<Finding>, Report> {
    let mut read = Vec::new();
    for path in files {
        if path.is_dir() {
            read.extend(Course::open(path)?.exercises);
        } else {
            read.push(Exercise::read(path)?);
        }
    }
    let exercises = if files.is_empty() {
        &course.exercises
    } else {
        &read
    };
    let session = Session::new(shell);
    let mut found = Vec::new();
    for exercise in exercises {
        found.extend(one(course, exercise, session)?);
    }
    Ok(found)
}

fn one(course: &Course, exercise: &Exercise, session: Session) -> Result<Vec<Finding>, Report> {
    let mut page = Page::new(exercise);
    if is_exercise(&exercise.text) {
        shape::rules(&mut page);
        match header::literals(&mut page).then(|| session.open(exercise)) {
            // What is computed cannot be read, and is told already.
            None => {}
            Some(Ok(opened)) => {
                header::rules(&mut page, course, &opened);
                let lines = lines_of_checks(&page, session, &opened)?;
                hints::rules(&mut page, &opened, &lines);
            }
            Some(Err(report)) => {
                let (line, what) = placed(&page, &report);
                page.tell(line, what);
            }
        }
    } else {
        page.tell(1, "no exercise: the first statement is not exercise { … }");
    }
    page.found.sort();
    page.found.dedup();
    let finding = |(line, what)| Finding {
        path: exercise.path.clone(),
        line,
        what,
    };
    Ok(page.found.into_iter().map(finding).collect())
}

/// The line each check begins in.
fn lines_of_checks(page: &Page, session: Session, opened: &Opened) -> Result<Vec<usize>, Report> {
    let line = |number: usize| -> Result<usize, Report> {
        let asks = session.asks(number)?.first().copied().unwrap_or(1);
        let mut above = page.lines[..asks.min(page.lines.len())].iter();
        let head = above.rposition(|line| line.trim_start().starts_with("check"));
        Ok(head.map_or(asks, |at| at + 1))
    };
    (1..=opened.checks.len()).map(line).collect()
}

/// Lua says where in front: `409-x.lua:3: unexpected symbol`.
fn placed(page: &Page, report: &Report) -> (usize, String) {
    let front = format!("{}:", page.exercise.path.display());
    let rest = report.message.strip_prefix(front.as_str());
    let parts = rest.and_then(|rest| rest.split_once(':'));
    if let Some((line, what)) = parts
        && let Ok(line) = line.parse()
    {
        return (line, what.trim().to_owned());
    }
    let place = report.place.as_ref().map(|place| place.line);
    (place.unwrap_or(1), report.message.clone())
}

/// Whether something builds this state: the course, or a file beside the exercise.
fn is_built(course: &Course, path: &Path, id: &str) -> bool {
    let beside = || -> Result<bool, Fault> {
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
        let dir = dir.unwrap_or(Path::new("."));
        let entries = fs::read_dir(dir).map_err(|e| Fault::io(dir, &e))?;
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names = entries.flatten().map(name);
        Ok(names.any(|name| name.starts_with(&format!("{id}-")) && name.ends_with(".lua")))
    };
    course.builder(id).is_some() || beside().unwrap_or(false)
}
