//! The prompt: reads lines, has the shell run them, shows what came of it.
//!
//! `session` is the core, which knows no terminal and which transcripts drive; `editor` keeps rustyline to itself; `screen`
//! and `watch` (Ctrl-C) serve the other ways to run code as well.
mod above;
mod editor;
mod history;
mod init;
mod pager;
pub mod question;
pub mod screen;
pub mod session;
pub mod watch;
mod words;

pub use above::sink;
pub use words::Verbs;

use crate::{
    fault::Fault,
    jwt,
    lua::{Reply, Report},
    shell::Shell,
};
use editor::{Editor, Line};
use jiff::{SignedDuration, Timestamp};
use screen::{Stream, Style};
use session::{Session, Turn};
use std::io::{self, BufRead, IsTerminal, Write};

/// What the prompt says of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// `lab`, `demo`.
    pub name: String,
    /// Not simulated: what is typed happens.
    pub real: bool,
    /// What makes this session special, as `insecure`.
    pub notes: Vec<&'static str>,
}

impl Prompt {
    /// `lab ❯ `, or `demo (token ends in 4 min) ❯ `; `ends` is when the session's token does.
    pub fn text(&self, ends: Option<Timestamp>, now: Timestamp) -> String {
        let mut notes: Vec<String> = self.notes.iter().map(|note| (*note).to_owned()).collect();
        notes.extend(ends.and_then(|ends| {
            let rest = ends.duration_since(now);
            if rest.is_negative() || rest.is_zero() {
                return Some("token expired".to_owned());
            }
            (rest < SOON).then(|| format!("token ends in {}", jwt::span(rest)))
        }));
        let notes = match &notes[..] {
            [] => String::new(),
            notes => format!(" ({})", notes.join(", ")),
        };
        format!("{}{notes} ❯ ", self.name)
    }
}

/// The prompt says that the token ends from then on.
const SOON: SignedDuration = SignedDuration::from_mins(15);

/// Stands before the further lines of an input.
pub const MORE: &str = "  … ";

/// What a prompt is made of.
#[derive(Clone, Copy)]
pub struct Room<'a> {
    pub shell: &'a Shell,
    pub prompt: &'a Prompt,
    /// Said at first; none: what this is and where it works.
    pub greeting: Option<&'a str>,
    /// Words beside Lua.
    pub verbs: Option<Verbs<'a>>,
    /// Stands around each input that is Lua, and runs it.
    pub typed: Option<&'a Typed<'a>>,
    /// Whether the user's `init.lua` is run first, where somebody sits at the prompt.
    pub init: bool,
}

impl<'a> Room<'a> {
    pub fn new(shell: &'a Shell, prompt: &'a Prompt) -> Self {
        Self {
            shell,
            prompt,
            greeting: None,
            verbs: None,
            typed: None,
            init: true,
        }
    }

    fn eval(&self, code: &str) -> Reply {
        watch::interruptible(self.shell, || match self.typed {
            Some(typed) => typed(code, &|| self.shell.eval(code)),
            None => self.shell.eval(code),
        })
    }
}

/// Takes an input and what runs it.
pub type Typed<'a> = dyn Fn(&str, &dyn Fn() -> Reply) -> Reply + 'a;

/// Reads and runs until the input ends; returns the exit status.
pub fn run(room: &Room) -> u8 {
    if io::stdin().is_terminal() {
        interactive(room)
    } else {
        piped(room)
    }
}

/// What this is, where it works, what to type first.
fn greeting(prompt: &Prompt) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let place = if prompt.real {
        format!("on {}: a real cluster", prompt.name)
    } else if prompt.name == "tape" {
        "on a tape: what was recorded, and no cluster".to_owned()
    } else {
        "on the lab: a simulated cluster, yours to break".to_owned()
    };
    format!(
        "chami {version} · OpenCHAMI in Lua, {place}\n\
         help() shows what to type first · Tab completes · Ctrl-D leaves"
    )
}

fn interactive(room: &Room) -> u8 {
    let shell = room.shell;
    let mut editor = match Editor::new(room) {
        Ok(editor) => editor,
        Err(fault) => return fail(&Report::from(fault)),
    };
    match room.greeting {
        Some(greeting) => screen::show(greeting),
        None => screen::show(&greeting(room.prompt)),
    }
    if io::stderr().is_terminal() {
        shell.desk().hear(Box::new(above::Above::default()));
    }
    if room.init {
        init::run(shell);
    }
    let eval = |code: &str| room.eval(code);
    let mut session = Session::new(&eval, shell).with(room.verbs);
    loop {
        let style = Style {
            prompt: true,
            ..screen::style(Stream::Out)
        };
        let line = match editor.read(session.pending()) {
            Line::Text(text) => text,
            Line::Cancelled => {
                let told = session.cancel();
                told.inspect(|it| screen::show(&it.text(&style)));
                continue;
            }
            // The unfinished input is dropped, and not the session.
            Line::End if !session.pending().is_empty() => {
                session.clear();
                screen::show("");
                continue;
            }
            Line::End => return 0,
            Line::Broken(fault) => return fail(&Report::from(fault)),
        };
        let mut status = None;
        let known = editor.known();
        let mut before = |chunk: &str| editor.remember(chunk);
        shell.screen().set_rows(pager::rows());
        session.feed(&line, &mut before, &mut |turn| {
            for page in shell.screen().take_pages() {
                pager::show(&page);
            }
            known.came(&turn);
            match turn {
                Turn::Leave(code) => status = Some(code),
                turn @ Turn::Values(_) => pager::show(&turn.text(&style)),
                turn @ Turn::Failed(_) => screen::tell(&turn.text(&style), &style),
                turn => screen::show(&turn.text(&style)),
            }
        });
        if let Some(status) = status {
            return status;
        }
    }
}

/// Standard input is a file or a pipe: its lines run like a script's, values are shown, the first failure ends it.
fn piped(room: &Room) -> u8 {
    let shell = room.shell;
    let eval = |code: &str| room.eval(code);
    let mut session = Session::new(&eval, shell).with(room.verbs);
    let style = screen::style(Stream::Out);
    shell.screen().set_notes_apart();
    for line in io::stdin().lock().lines() {
        let line = match line {
            Ok(line) => line,
            Err(error) => return fail(&Fault::io("standard input", &error).into()),
        };
        let mut status = None;
        session.feed(&line, &mut |_| (), &mut |turn| match turn {
            Turn::Leave(code) => status = Some(code),
            Turn::Failed(report) => status = Some(fail(&report)),
            turn => screen::show(&turn.text(&style)),
        });
        if let Some(status) = status {
            return status;
        }
    }
    if session.pending().is_empty() {
        return 0;
    }
    let fault = Fault::bad_argument("standard input ends in the middle of a statement");
    fail(&fault.hint("an end, a bracket or a quote is missing").into())
}

fn fail(report: &Report) -> u8 {
    // What scripts printed comes before it.
    let _ = io::stdout().flush();
    let style = screen::style(Stream::Error);
    screen::say(&screen::message(&report.text(&style), &style));
    report.exit_code()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_says_when_the_token_ends() {
        let prompt = Prompt {
            name: "demo".into(),
            real: true,
            notes: vec!["insecure"],
        };
        let now = Timestamp::UNIX_EPOCH;
        let at = |seconds| prompt.text(Timestamp::from_second(seconds).ok(), now);
        assert_eq!(prompt.text(None, now), "demo (insecure) ❯ ");
        assert_eq!(at(900), "demo (insecure) ❯ ");
        assert_eq!(at(899), "demo (insecure, token ends in 14 min) ❯ ");
        assert_eq!(at(30), "demo (insecure, token ends in 30 s) ❯ ");
        assert_eq!(at(0), "demo (insecure, token expired) ❯ ");
    }
}
