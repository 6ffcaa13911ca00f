//! `chami learn`, `chami learn ID`, `--report`: the student's side of the course, and what was kept of it.
use crate::{
    cli::{
        Outcome,
        output::{self, Format},
        run::recorded,
        target::{Seat, TargetArgs},
    },
    config::Place,
    fault::Fault,
    lab::Dirs,
    learn::{
        Book, Course, Desk, Exercise, Ground, Guide, Look, Shown, Site, Verdict, WORDS, Word, now,
        report, roster,
    },
    lua::{Reply, print},
    repl::{
        self, Room, Verbs,
        screen::{self, Stream},
        session::Turn,
        watch,
    },
};
use std::{cell::RefCell, io::Write as _, path::Path};

use super::{Failure, data, watched};

/// The user's own record; where there is no place for it, one that ends with this process.
fn book() -> Book {
    let folder = Dirs::from_env().ok().map(|dirs| dirs.state);
    Book::open(folder.as_deref())
}

fn tell(book: &mut Book) {
    if let Some(notice) = book.notice() {
        screen::say(&format!("chami learn: {notice}"));
    }
}

fn ground(place: &Place) -> Ground {
    match place {
        Place::Gateway(_) => Ground::Cluster,
        Place::Lab(_) | Place::FreshLab => Ground::Lab,
    }
}

/// The list with what was done of it. No cluster is asked.
pub(super) fn overview(target: &TargetArgs, course: &Course, format: Option<Format>) -> Outcome {
    let shell = target.shell_for_course(print::stderr())?;
    let mut book = book();
    tell(&mut book);
    let here = target.course_place()?;
    let list = roster::roster(course, &shell, book.progress(), ground(&here))?;
    match format {
        None | Some(Format::Table) => {
            let style = screen::style(Stream::Out);
            output::print(&roster::table(&list, &look(&style)))
        }
        Some(format) => data(&report::rows(&list, ground(&here)), format),
    }
}

/// What was done, for who teaches the course.
pub(super) fn report(target: &TargetArgs, course: &Course, file: &Path) -> Outcome {
    let shell = target.shell_for_course(print::stderr())?;
    let mut book = book();
    tell(&mut book);
    let whole = report::report(course, &shell, book.progress(), now())?;
    let text = output::data(&whole, Format::JsonPretty)?;
    if file == Path::new("-") {
        return output::print(&text);
    }
    target.may_write("learn --report")?;
    replace(file, &text).map_err(|error| Failure::from(Fault::io(file, &error)))?;
    screen::say(&format!("written to {}", file.display()));
    Ok(())
}

fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(dir.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

/// Checks that were asked from the command line count as well.
pub(super) fn asked(target: &TargetArgs, exercise: &Exercise, verdicts: &[Verdict]) -> Outcome {
    let here = target.course_place()?;
    let mut book = book();
    let holding = verdicts
        .iter()
        .filter(|it| it.pass)
        .map(|it| it.title.as_str());
    let all = verdicts.iter().all(|it| it.pass);
    book.change(|progress| {
        progress.asked((&exercise.id, ground(&here)), holding, all, now());
    });
    tell(&mut book);
    let own = lab_of(exercise);
    let begun = Dirs::from_env().is_ok_and(|dirs| dirs.state.join(format!("lab-{own}")).is_dir());
    if !all && begun && !target.is_named() {
        let id = &exercise.id;
        screen::say(&format!(
            "(chami learn {id} works on a lab of its own; to ask there: chami --lab={own} learn --check {id})"
        ));
    }
    Ok(())
}

fn look(style: &screen::Style) -> Look {
    Look {
        width: style.width,
        colour: style.colour,
    }
}

/// Hints that were asked for from the command line count as well: all of this check.
pub(super) fn hinted(target: &TargetArgs, exercise: &Exercise, open: &Verdict) -> Outcome {
    let here = target.course_place()?;
    let mut book = book();
    book.change(|progress| {
        let record = progress.touch(&exercise.id, ground(&here), now());
        record.hints.insert(open.title.clone(), open.hint.len());
    });
    tell(&mut book);
    Ok(())
}

/// The lab that an exercise has for itself at the prompt, so that no other work is in danger.
fn lab_of(exercise: &Exercise) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let id: String = exercise.id.chars().map(plain).collect();
    format!("learn-{id}")
}

/// An exercise at the prompt.
pub(super) fn open(target: &TargetArgs, course: &Course, exercise: &Exercise) -> Outcome {
    let Seat {
        shell,
        mut prompt,
        target,
        own,
    } = target.shell_for_exercise(&lab_of(exercise), repl::sink())?;
    let site = Site {
        ground: ground(&target.place),
        option: option(&target.place, &target.name),
        target: target.name,
        own,
        fleeting: target.place == Place::FreshLab,
    };
    prompt.name = sign(&prompt.name, own, &exercise.id);
    let style = screen::style(Stream::Out);
    let desk = Desk {
        shell: &shell,
        course,
        exercise,
        site,
        book: book(),
        look: look(&style),
    };
    let guide = RefCell::new(watched(&shell, || Guide::enter(desk))?);
    let heard = || {
        if let Some(notice) = guide.borrow_mut().notice() {
            screen::say(&format!("chami learn: {notice}"));
        }
    };
    heard();
    let verb = |name: &str, rest: &str| {
        let mut show = |shown: Shown| screen::show(&turn(shown).text(&style));
        let done = watch::interruptible(&shell, || guide.borrow_mut().word(name, rest, &mut show));
        heard();
        match done {
            Ok(()) => Turn::Values(Vec::new()),
            Err(report) => Turn::Failed(Box::new(report)),
        }
    };
    let typed = |code: &str, run: &dyn Fn() -> Reply| guide.borrow_mut().typed(code, run);
    let names = WORDS.map(|word| word.name);
    let greeting = guide.borrow().greeting().to_owned();
    let room = Room {
        greeting: Some(&greeting),
        verbs: Some(Verbs {
            names: &names,
            like: &Word::like,
            run: &verb,
        }),
        typed: Some(&typed),
        ..Room::new(&shell, &prompt)
    };
    match repl::run(&room) {
        0 => recorded(&shell),
        status => Err(Failure::Status(status)),
    }
}

/// What the prompt says: the exercise, and where it is done unless that is its own lab.
fn sign(target: &str, own: bool, id: &str) -> String {
    if own {
        return format!("learn {id}");
    }
    format!("{target} · {id}")
}

fn turn(shown: Shown) -> Turn {
    match shown {
        Shown::Text(text) => Turn::Note(text),
        Shown::Reply(Reply::Values(values)) => Turn::Values(values),
        Shown::Reply(Reply::Failed(report)) => Turn::Failed(Box::new(report)),
        Shown::Reply(Reply::Exit(status)) => Turn::Leave(status),
        Shown::Reply(Reply::Nothing | Reply::Incomplete) => Turn::Values(Vec::new()),
    }
}

/// What leads another session to the same place.
fn option(place: &Place, name: &str) -> String {
    match place {
        Place::Lab(Some(name)) => format!("--lab={name}"),
        Place::Lab(None) => "--lab".to_owned(),
        Place::FreshLab => "--lab=fresh".to_owned(),
        Place::Gateway(_) => format!("-C {name}"),
    }
}
