//! What rustyline asks while a line is typed: what may follow, how it is coloured.
//!
//! Nothing here waits for a request: names of the cluster were asked for before (`Shell::prepare`), and a VM that is busy
//! with something else leaves the hint out.
use super::{
    super::{Prompt, Verbs},
    earlier::earlier,
    keys::Known,
};
use crate::{
    lua::paint::{Paint, paint},
    shell::Shell,
};
use rustyline::{
    Context, Helper as IsHelper,
    completion::{Completer, Pair},
    highlight::{CmdKind, Highlighter},
    hint::{Hint, Hinter},
    validate::Validator,
};
use std::borrow::Cow;

pub(super) struct Helper<'a> {
    pub(super) shell: &'a Shell,
    pub(super) verbs: Option<Verbs<'a>>,
    known: Known,
    /// The lines that the one being typed continues.
    pub(super) before: String,
    colour: bool,
    real: bool,
}

impl<'a> Helper<'a> {
    pub(super) fn new(
        shell: &'a Shell,
        verbs: Option<Verbs<'a>>,
        prompt: &Prompt,
        colour: bool,
        known: Known,
    ) -> Self {
        Self {
            shell,
            verbs,
            known,
            before: String::new(),
            colour,
            real: prompt.real,
        }
    }

    /// The whole input up to the end of `line`, and how much of it stood there before.
    fn whole(&self, line: &str) -> (String, usize) {
        match self.before.as_str() {
            "" => (line.to_owned(), 0),
            before => (format!("{before}\n{line}"), before.len() + 1),
        }
    }
}

impl IsHelper for Helper<'_> {}
impl Validator for Helper<'_> {}

/// Grey text behind the cursor.
pub(super) struct Grey {
    text: String,
    /// Whether the right arrow takes it over.
    usable: bool,
}

impl Hint for Grey {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        self.usable.then_some(self.text.as_str())
    }
}

impl Hinter for Helper<'_> {
    type Hint = Grey;

    /// The parameters of the call that was just opened; else the rest of what was typed earlier.
    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<Grey> {
        if !self.colour || pos < line.len() {
            return None;
        }
        if line.trim_end().ends_with(['(', ',']) {
            let (text, _) = self.whole(line);
            let params = self.shell.hint(&text);
            if let Some(text) = params {
                return Some(Grey {
                    text,
                    usable: false,
                });
            }
        }
        let text = earlier(line, pos, context, &self.known)?;
        Some(Grey { text, usable: true })
    }
}

const RESET: &str = "\x1b[0m";

fn shade(paint: Paint) -> &'static str {
    match paint {
        Paint::Keyword => "\x1b[35m",
        Paint::Text => "\x1b[32m",
        Paint::Number => "\x1b[36m",
        Paint::Comment => "\x1b[90m",
        Paint::Pair => "\x1b[1;4m",
    }
}

impl Highlighter for Helper<'_> {
    /// The prompt of a real cluster warns.
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        match (self.colour, self.real) {
            (false, _) => prompt.into(),
            (true, true) => format!("\x1b[1;33m{prompt}{RESET}").into(),
            (true, false) => format!("\x1b[32m{prompt}{RESET}").into(),
        }
    }

    /// Lines above are read along: the one being typed may be in the middle of a string.
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        if !self.colour || line.starts_with(['!', ':']) {
            return line.into();
        }
        let (text, front) = self.whole(line);
        let (mut out, mut at) = (String::with_capacity(2 * line.len()), front);
        for (span, kind) in paint(&text, front + pos) {
            let start = span.start.max(front);
            if span.end <= front {
                continue;
            }
            out += &text[at..start];
            // Each line of a piece by itself: the editor writes its own prompts between them.
            let lines = text[start..span.end].split('\n');
            let lines: Vec<String> = lines
                .map(|it| format!("{}{it}{RESET}", shade(kind)))
                .collect();
            out += &lines.join("\n");
            at = span.end;
        }
        out += &text[at..];
        out.into()
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        format!("\x1b[90m{hint}{RESET}").into()
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.colour
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
        let (text, front) = self.whole(line);
        let (start, pairs) = self.offered(&text[..front + pos]);
        Ok((start.saturating_sub(front), pairs))
    }
}
