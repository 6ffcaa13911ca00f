//! The line editor: rustyline stays in here.
mod earlier;
mod failed;
mod helper;
mod keys;
mod tab;

use super::{MORE, Prompt, Room, above, history, screen};
use crate::{
    fault::{Fault, Kind},
    secret,
    shell::Shell,
    terminal,
};
use helper::Helper;
use jiff::Timestamp;
use keys::{Arrow, Hush, Known};
use rustyline::{
    Cmd, CompletionType, Config, Editor as Rusty, EventHandler, ExternalPrinter, KeyEvent,
    error::ReadlineError, history::FileHistory,
};
use std::path::PathBuf;

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
    known: Known,
}

impl<'a> Editor<'a> {
    pub(super) fn new(room: &Room<'a>) -> Result<Self, Fault> {
        terminal::remember();
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .completion_prompt_limit(120)
            .max_history_size(10_000)
            .map_err(|e| broken(&e))?
            .build();
        let mut inner = Rusty::with_config(config).map_err(|e| broken(&e))?;
        let colour = screen::style(screen::Stream::Out).colour;
        let known = Known::default();
        let helper = Helper::new(room.shell, room.verbs, room.prompt, colour, known.clone());
        inner.set_helper(Some(helper));
        inner.bind_sequence(KeyEvent::ctrl('L'), Cmd::ClearScreen);
        inner.bind_sequence(
            KeyEvent::ctrl('C'),
            EventHandler::Conditional(Box::new(Hush)),
        );
        for up in [true, false] {
            let known = known.clone();
            let arrow = Arrow { up, known };
            inner.bind_sequence(arrow.event(), EventHandler::Conditional(Box::new(arrow)));
        }
        // Without it what is printed meanwhile comes where the cursor is.
        if let Ok(mut printer) = inner.create_external_printer() {
            above::install(Box::new(move |text| {
                let _ = printer.print(text);
            }));
        }
        let history = history::file();
        if let Some(path) = &history {
            // The first time there is none.
            let _ = inner.load_history(path);
            known.keep(path.with_file_name("history.failed"));
        }
        for input in inner.history().iter() {
            known.add(input);
        }
        Ok(Self {
            inner,
            prompt: room.prompt.clone(),
            shell: room.shell,
            history,
            known,
        })
    }

    /// Reads a line; `before` are the lines it continues.
    pub(super) fn read(&mut self, before: &str) -> Line {
        if let Some(helper) = self.inner.helper_mut() {
            before.clone_into(&mut helper.before);
        }
        self.shell.prepare();
        let prompt = if before.is_empty() {
            let ends = self.shell.token_ends();
            self.prompt.text(ends, Timestamp::now())
        } else {
            MORE.to_owned()
        };
        match above::reading(|| terminal::edited(|| self.inner.readline(&prompt))) {
            Ok(text) => Line::Text(text),
            Err(ReadlineError::Interrupted) => Line::Cancelled,
            Err(ReadlineError::Eof) => Line::End,
            Err(error) => Line::Broken(broken(&error)),
        }
    }

    /// Puts an input into the history, and on disk at once: what runs next may not return.
    pub(super) fn remember(&mut self, input: &str) {
        self.known.run(input);
        if secret::may_hold(input) || !self.inner.add_history_entry(input).unwrap_or(false) {
            return;
        }
        self.known.add(input);
        if let Some(path) = &self.history {
            // A history that cannot be kept is no reason to disturb the work.
            let _ = self.inner.append_history(path);
        }
    }

    /// What was typed so far.
    pub(super) fn known(&self) -> Known {
        self.known.clone()
    }
}

fn broken(error: &ReadlineError) -> Fault {
    Fault::new(Kind::Io, format!("the terminal: {error}"))
}
