//! The beginning of a session: the lab is brought into the state the exercise needs, or found as it was left.
// Writing to a String cannot fail.
use super::{Desk, Guide, Opened, Place, plural};
use crate::{
    learn::{
        prepare,
        progress::{Ground, Record, now},
        scene::{declared, scene},
        script::{Part, Script},
        session::Session,
        text::{Kind, is_exercise},
    },
    shell::{Reply, Report, token},
};
use jiff::Timestamp;
use std::fmt::Write as _;

/// How the state was found.
enum Found {
    /// Made anew, from these states.
    Loaded(Vec<String>),
    /// Left by an earlier session.
    Resumed(Option<Timestamp>),
    /// Whatever is there; what it lacks, if anything.
    Taken(Option<String>),
}

impl<'a> Guide<'a> {
    /// Reads the exercise, sees to the state it needs, and puts what stands above its first step into the session.
    pub fn enter(mut desk: Desk<'a>) -> Result<Self, Report> {
        let session = Session::aside(desk.shell);
        let opened = session.open(desk.exercise)?;
        session.ground()?;
        let script = Script::read(&desk.exercise.text);
        let record = desk
            .book
            .progress()
            .record(&desk.exercise.id, desk.site.ground);
        let record = record.cloned().unwrap_or_default();
        let found = state(&desk, session, &opened, &record)?;
        let known = record
            .place
            .filter(|place| place.target == desk.site.target);
        let fresh = Place {
            target: desk.site.target.clone(),
            ..Place::default()
        };
        let mut place = match found {
            Found::Loaded(_) => fresh,
            Found::Resumed(_) | Found::Taken(_) => known.unwrap_or(fresh),
        };
        place.next = place.next.min(script.len());
        let id = desk.exercise.id.clone();
        let ground = desk.site.ground;
        desk.book.change(|progress| {
            progress.touch(&id, ground, now());
        });
        let mut guide = Self {
            session,
            script,
            opened,
            place,
            greeting: String::new(),
            desk,
        };
        guide.set_scene()?;
        guide.show_progress(&[])?;
        guide.greeting = guide.welcome(&found);
        Ok(guide)
    }

    /// The name of a snapshot of this exercise: a named lab may serve several.
    pub(super) fn mark(&self, what: &str) -> String {
        mark(what, self.id())
    }

    /// Header, locals and helpers of the file, where what is typed finds them; and what parts that were run in an earlier
    /// session left for those to come.
    pub(super) fn set_scene(&self) -> Result<(), Report> {
        let shell = self.desk.shell;
        self.session.at(&self.desk.exercise.path)?;
        if let Reply::Failed(report) = shell.eval(&self.script.head) {
            return Err(report);
        }
        let (before, after) = self.script.parts.split_at(self.place.next);
        for part in before.iter().filter(|part| part.kind == Kind::Look) {
            if needed(part, after) {
                // By law a look changes nothing. What it prints was read; what fails is told where its names are used.
                self.session.hush(true)?;
                shell.eval(&part.code);
                self.session.hush(false)?;
            }
        }
        self.reopen()
    }

    fn welcome(&self, found: &Found) -> String {
        let (look, header) = (&self.desk.look, &self.opened.header);
        let minutes = header.minutes.map(|it| format!("about {it} minutes"));
        let minutes = minutes.map_or_else(String::new, |it| look.dim(&format!(" · {it}")));
        let title = look.bold(&format!("{}  {}", header.id, header.title));
        let steps = plural(self.script.len(), "part");
        let next = self.place.next;
        let start = match next {
            0 => format!("the first of {steps}"),
            next if next < self.script.len() => {
                format!(
                    "part {} of {}: {}",
                    next + 1,
                    self.script.len(),
                    self.script.parts[next].title
                )
            }
            _ => "nothing more: all parts were run".to_owned(),
        };
        let words = [
            (":next", format!("shows and runs {start}")),
            (":check", "tells whether the goal is reached".to_owned()),
            (
                ":hint",
                "helps when you want to get there by yourself".to_owned(),
            ),
        ];
        let mut text = format!("{title}{minutes}\n");
        if !self.script.opening.is_empty() {
            let _ = writeln!(text, "\n{}", look.prose(&self.script.opening));
        }
        let _ = writeln!(text, "\n{}", look.beside("goal", 8, &header.goal));
        let _ = writeln!(text, "{}", look.beside("state", 8, &self.tell(found)));
        let (_, names) = scene(&self.script);
        if !names.is_empty() {
            let verb = if names.len() == 1 { "is" } else { "are" };
            let names = names.join(", ");
            let told = format!("{names} {verb} defined for you: `:show 0` shows how");
            let _ = writeln!(text, "{}", look.beside("names", 8, &told));
        }
        let (before, after) = self.script.parts.split_at(next);
        if let Some(told) = lost(before, after) {
            let _ = writeln!(text, "{}", look.beside("missing", 8, &told));
        }
        text.push('\n');
        for (word, about) in words {
            let _ = writeln!(text, "{}", look.beside(word, 8, &about));
        }
        text + &look.dim(
            ":help lists the other words; all else you type is Lua. Tab completes, Ctrl-D leaves.",
        )
    }

    /// What was loaded, and where.
    fn tell(&self, found: &Found) -> String {
        let site = &self.desk.site;
        let place = match site.ground {
            Ground::Cluster => format!("{}, a real cluster", site.target),
            Ground::Lab if site.fleeting => "a lab that ends with this session".to_owned(),
            Ground::Lab if site.own => {
                format!(
                    "a lab of its own (`chami {}` opens it in another terminal)",
                    site.option
                )
            }
            Ground::Lab => format!("the lab of `chami {}`", site.option),
        };
        let how = match found {
            Found::Loaded(needs) if needs.is_empty() => "empty, as this exercise begins".to_owned(),
            Found::Loaded(needs) => {
                let known =
                    |id: &&String| self.desk.course.exercises.iter().any(|it| it.id == **id);
                let named: Vec<&str> = needs.iter().filter(known).map(String::as_str).collect();
                match &named[..] {
                    // A state that no exercise leads to is nothing a student could look up.
                    [] => "loaded with what this exercise begins with".to_owned(),
                    named => format!("loaded with what {} leaves", named.join(" and ")),
                }
            }
            Found::Resumed(last) => {
                let ago = last.map_or_else(String::new, |last| since(last, now()));
                format!("as you left it{ago}; `:reset` begins anew")
            }
            Found::Taken(None) => "as it is".to_owned(),
            Found::Taken(Some(lack)) => {
                format!("as it is. It is not ready for this exercise: {lack}")
            }
        };
        format!("{place}: {how}")
    }
}

/// `learn-start-301`.
fn mark(what: &str, id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let id: String = id.chars().map(plain).collect();
    format!("learn-{what}-{id}")
}

/// Sees to the state, and says what it found.
fn state(desk: &Desk, session: Session, opened: &Opened, record: &Record) -> Result<Found, Report> {
    let needs = &opened.header.needs;
    if desk.site.ground == Ground::Cluster {
        return Ok(Found::Taken(lack(desk, session, needs)?));
    }
    let start = mark("start", &desk.exercise.id);
    if session.has(&start)? {
        return Ok(Found::Resumed(record.last));
    }
    if desk.site.own || desk.site.fleeting || session.untouched()? {
        prepare::build(desk.course, &session, needs)?;
        session.keep(&start)?;
        return Ok(Found::Loaded(needs.clone()));
    }
    Ok(Found::Taken(lack(desk, session, needs)?))
}

/// The first need that is not met: a check of an exercise that must be done before.
fn lack(desk: &Desk, session: Session, needs: &[String]) -> Result<Option<String>, Report> {
    for exercise in prepare::plan(desk.course, &session, needs)? {
        if !is_exercise(&exercise.text) {
            continue;
        }
        session.open(exercise)?;
        if let Some(open) = session.glance()?.into_iter().find(|verdict| !verdict.pass) {
            let why = open
                .text
                .map_or_else(String::new, |text| format!(" ({text})"));
            return Ok(Some(format!(
                "it needs {}, where \"{}\" does not hold{why}. `chami learn {}` is the way there",
                exercise.id, open.title, exercise.id
            )));
        }
    }
    Ok(None)
}

/// ` 20 min ago`.
fn since(last: Timestamp, now: Timestamp) -> String {
    match now.duration_since(last).as_mins() {
        ..1 => " a moment ago".to_owned(),
        minutes @ 1..120 => format!(" {minutes} min ago"),
        minutes @ 120..2880 => format!(" {} h ago", minutes / 60),
        minutes => format!(" {} days ago", minutes / 1440),
    }
}

/// What steps that are over called `local` and parts to come use: a step is not run twice for its names.
fn lost(before: &[Part], after: &[Part]) -> Option<String> {
    let steps = before.iter().enumerate();
    let steps = steps.filter(|(_, part)| part.kind == Kind::Step);
    let lost: Vec<(usize, String)> = steps
        .flat_map(|(at, part)| {
            let names = wanted(part, &before[at + 1..], after);
            names.into_iter().map(move |name| (at + 1, name))
        })
        .collect();
    let (first, _) = lost.first()?;
    let names = lost.iter().map(|(at, name)| format!("{name} (step {at})"));
    let names: Vec<String> = names.collect();
    Some(format!(
        "{}: later parts use what was defined there, and a step is not run again for that; `:show {first}` shows the line to type",
        names.join(", ")
    ))
}

/// Whether later parts use a name that this one declares.
fn needed(part: &Part, later: &[Part]) -> bool {
    let names = declared(&part.code);
    names
        .iter()
        .any(|name| later.iter().any(|it| uses(it, name)))
}

/// The names that this part declares and one of `after` uses before any part between them declares them anew.
fn wanted(part: &Part, between: &[Part], after: &[Part]) -> Vec<String> {
    let anew = |part: &Part, name| declared(&part.code).contains(name);
    let names = declared(&part.code).into_iter().filter(|&name| {
        let stands = !between.iter().any(|it| anew(it, name));
        let mut after = after.iter().take_while(|it| !anew(it, name));
        stands && after.any(|it| uses(it, name))
    });
    names.map(str::to_owned).collect()
}

fn uses(part: &Part, name: &str) -> bool {
    token::tokens(&part.code).any(|it| it.kind == token::Kind::Word && it.text == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_steps_that_later_parts_use_are_told() {
        let file = "exercise { id = \"1\" }\n\nstep \"a\"\nlocal label, once, idle = 1, 2, 3\n\nlook \"b\"\nlocal seen = 1\n\nlook \"c\"\nlocal once = 2\nprint(label, seen)\n\nlook \"d\"\nprint(once)\n";
        let parts = Script::read(file).parts;
        let told = |next: usize| {
            let (before, after) = parts.split_at(next);
            lost(before, after)
        };
        assert_eq!(told(0), None);
        let told_once = told(1).expect("label is gone");
        assert!(
            told_once.starts_with("label (step 1): later parts") && told_once.contains(":show 1"),
            "{told_once}"
        );
        assert!(told(2).is_some());
        // `once` was declared anew by a look, which is run again.
        assert_eq!(told(3), None);
        assert_eq!(told(4), None);
    }
}
