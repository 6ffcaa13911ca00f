//! The line editor: rustyline stays in here.
use super::{MORE, Prompt, Room, Verbs, history, screen};
use crate::{
    fault::{Fault, Kind},
    secret,
    shell::Shell,
};
use jiff::Timestamp;
use rustyline::{
    Cmd, CompletionType, Config, Context, Editor as Rusty, Helper as IsHelper, KeyEvent,
    completion::{Completer, Pair},
    error::ReadlineError,
    highlight::Highlighter,
    hint::Hinter,
    history::FileHistory,
    validate::Validator,
};
use std::{borrow::Cow, path::PathBuf};

/// What the user did.
pub(super) enum Line {
    Text(String),
    /// Ctrl-C: the line is dropped.
    Cancelled,
    /// Ctrl-D.
    End,
    Broken(Fault),
}

pub(super) struct Editor<'a> {
    inner: Rusty<Helper<'a>, FileHistory>,
    prompt: Prompt,
    shell: &'a Shell,
    history: Option<PathBuf>,
}

impl<'a> Editor<'a> {
    pub(super) fn new(room: &Room<'a>) -> Result<Self, Fault> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .completion_prompt_limit(120)
            .max_history_size(10_000)
            .map_err(|e| broken(&e))?
            .build();
        let mut inner = Rusty::with_config(config).map_err(|e| broken(&e))?;
        inner.set_helper(Some(Helper {
            shell: room.shell,
            verbs: room.verbs,
            before: String::new(),
            colour: screen::style(screen::Stream::Out).colour,
            real: room.prompt.real,
        }));
        inner.bind_sequence(KeyEvent::ctrl('L'), Cmd::ClearScreen);
        let history = history::file();
        if let Some(path) = &history {
            // The first time there is none.
            let _ = inner.load_history(path);
        }
        Ok(Self {
            inner,
            prompt: room.prompt.clone(),
            shell: room.shell,
            history,
        })
    }

    /// Reads a line; `before` are the lines it continues.
    pub(super) fn read(&mut self, before: &str) -> Line {
        if let Some(helper) = self.inner.helper_mut() {
            before.clone_into(&mut helper.before);
        }
        let prompt = if before.is_empty() {
            let ends = self.shell.token_ends();
            self.prompt.text(ends, Timestamp::now())
        } else {
            MORE.to_owned()
        };
        match self.inner.readline(&prompt) {
            Ok(text) => Line::Text(text),
            Err(ReadlineError::Interrupted) => Line::Cancelled,
            Err(ReadlineError::Eof) => Line::End,
            Err(error) => Line::Broken(broken(&error)),
        }
    }

    /// Puts an input into the history, and on disk at once: what runs next may not return.
    pub(super) fn remember(&mut self, input: &str) {
        if secret::may_hold(input) || !self.inner.add_history_entry(input).unwrap_or(false) {
            return;
        }
        if let Some(path) = &self.history {
            // A history that cannot be kept is no reason to disturb the work.
            let _ = self.inner.append_history(path);
        }
    }
}

fn broken(error: &ReadlineError) -> Fault {
    Fault::new(Kind::Io, format!("the terminal: {error}"))
}

struct Helper<'a> {
    shell: &'a Shell,
    verbs: Option<Verbs<'a>>,
    before: String,
    colour: bool,
    real: bool,
}

impl Helper<'_> {
    /// The session's own words that begin as this line does.
    fn words(&self, line: &str) -> Option<(usize, Vec<Pair>)> {
        let verbs = self.verbs.filter(|_| self.before.is_empty())?;
        let word = line.strip_prefix(':')?;
        if !word.chars().all(char::is_alphanumeric) {
            return None;
        }
        let fitting = verbs.names.iter().filter(|name| name.starts_with(word));
        let pair = |name: &&str| Pair {
            display: format!(":{name}"),
            replacement: format!(":{name} "),
        };
        Some((0, fitting.map(pair).collect()))
    }
}

impl IsHelper for Helper<'_> {}
impl Validator for Helper<'_> {}

impl Hinter for Helper<'_> {
    type Hint = String;
}

impl Highlighter for Helper<'_> {
    /// The prompt of a real cluster warns.
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        match (self.colour, self.real) {
            (false, _) => prompt.into(),
            (true, true) => format!("\x1b[1;33m{prompt}\x1b[0m").into(),
            (true, false) => format!("\x1b[32m{prompt}\x1b[0m").into(),
        }
    }
}

impl Completer for Helper<'_> {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        if let Some(words) = self.words(&line[..pos]) {
            return Ok(words);
        }
        let front = match self.before.as_str() {
            "" => String::new(),
            before => format!("{before}\n"),
        };
        let completion = self
            .shell
            .complete(&format!("{front}{line}"), front.len() + pos);
        let pair = |c: crate::lua::complete::Candidate| Pair {
            display: c.label,
            replacement: c.text,
        };
        let pairs = completion.candidates.into_iter().map(pair).collect();
        Ok((completion.start.saturating_sub(front.len()), pairs))
    }
}
