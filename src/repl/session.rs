//! The prompt without a terminal: lines in, turns out. Transcripts drive this very code.
use super::{
    screen::Style,
    words::{self, Verbs, Word, word},
};
use crate::{
    lua::{Reply, Report, inspect, shape::Shape},
    shell::Shell,
};

/// What became of a piece of input.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    Values(Vec<Shape>),
    Failed(Box<Report>),
    /// A word for the user.
    Note(String),
    Leave(u8),
}

impl Turn {
    /// As it is shown; empty when there is nothing to show.
    pub fn text(&self, style: &Style) -> String {
        match self {
            Self::Values(values) => {
                let texts: Vec<String> =
                    values.iter().map(|v| inspect::inspect(v, style)).collect();
                texts.join("\n")
            }
            Self::Failed(report) => report.text(style),
            Self::Note(text) => text.clone(),
            Self::Leave(_) => String::new(),
        }
    }
}

/// Runs a whole input.
pub type Eval<'a> = dyn Fn(&str) -> Reply + 'a;

/// An input that grows line by line until it is whole.
pub struct Session<'a> {
    eval: &'a Eval<'a>,
    shell: &'a Shell,
    verbs: Option<Verbs<'a>>,
    pending: String,
}

impl<'a> Session<'a> {
    pub fn new(eval: &'a Eval<'a>, shell: &'a Shell) -> Self {
        Self {
            eval,
            shell,
            verbs: None,
            pending: String::new(),
        }
    }

    /// The same with further words.
    pub fn with(self, verbs: Option<Verbs<'a>>) -> Self {
        Self { verbs, ..self }
    }

    /// The lines of an input that is not whole yet.
    pub fn pending(&self) -> &str {
        &self.pending
    }

    /// An unfinished input is forgotten.
    pub fn clear(&mut self) {
        self.pending.clear();
    }

    /// Ctrl-C at the prompt: an unfinished input is forgotten, and what goes on beside the prompt ends: a background job
    /// that only computes, so that the prompt can go on, and telling what happens in the lab.
    pub fn cancel(&mut self) -> Option<Turn> {
        self.pending.clear();
        self.shell.interrupt();
        let hushed = self.shell.hush();
        hushed.then(|| Turn::Note("(the lab is no longer watched)".to_owned()))
    }

    /// Takes a line, or several that were pasted: each whole input runs by itself, as if typed. `before` sees an input
    /// just before it runs. After a failure the rest of a paste is left out.
    pub fn feed(&mut self, text: &str, before: &mut dyn FnMut(&str), show: &mut dyn FnMut(Turn)) {
        let lines: Vec<&str> = text.trim_end_matches('\n').split('\n').collect();
        for (at, line) in lines.iter().enumerate() {
            if !self.pending.is_empty() {
                self.pending.push('\n');
            }
            self.pending.push_str(copied(line.trim_end_matches('\r')));
            let rest = &lines[at + 1..];
            if self.pending.trim().is_empty() {
                self.pending.clear();
                continue;
            }
            if rest.first().is_some_and(|next| self.goes_on(next)) || self.unfinished() {
                continue;
            }
            let input = std::mem::take(&mut self.pending);
            before(&input);
            let turn = self.turn(&input);
            let ends = matches!(turn, Turn::Failed(_) | Turn::Leave(_));
            let failed = matches!(turn, Turn::Failed(_));
            show(turn);
            if ends {
                let left = rest.iter().filter(|l| !l.trim().is_empty()).count();
                if failed && left > 0 {
                    show(Turn::Note(format!("({left} more lines not run)")));
                }
                return;
            }
        }
    }

    /// Lines of `---` wait for the function they document; an empty line ends the wait.
    fn unfinished(&self) -> bool {
        let mut lines = self.pending.split('\n');
        if lines.all(|line| line.starts_with("---")) {
            return true;
        }
        word(&self.pending, self.verbs.as_ref()).is_none() && self.shell.unfinished(&self.pending)
    }

    fn turn(&self, input: &str) -> Turn {
        match (word(input, self.verbs.as_ref()), &self.verbs) {
            (Some(Word::Leave), _) => Turn::Leave(0),
            (Some(Word::Shell(command)), _) => words::shell(command, self.shell),
            (Some(Word::Verb(name, arguments)), Some(verbs)) => verbs.turn(name, arguments),
            (Some(Word::Lua(code)), _) => self.lua(&code),
            _ => self.lua(input),
        }
    }

    fn lua(&self, code: &str) -> Turn {
        match (self.eval)(code) {
            Reply::Nothing | Reply::Incomplete => Turn::Values(Vec::new()),
            Reply::Values(values) => Turn::Values(values),
            Reply::Failed(report) => Turn::Failed(Box::new(report)),
            Reply::Exit(status) => Turn::Leave(status),
        }
    }

    /// Whether a line continues the one above although that could end there.
    fn goes_on(&self, line: &str) -> bool {
        goes_on(line) && !self.verbs.is_some_and(|verbs| verbs.has(line))
    }
}

/// A line without the prompt that was copied with it: from a page, or from a screen.
fn copied(line: &str) -> &str {
    if let Some(rest) = line.trim_start().strip_prefix('…') {
        return rest.strip_prefix(' ').unwrap_or(rest);
    }
    let Some((name, rest)) = line.split_once(" ❯ ") else {
        return line;
    };
    let sign = |c: char| c.is_alphanumeric() || " ._-()·,".contains(c);
    if name.chars().all(sign) { rest } else { line }
}

fn goes_on(line: &str) -> bool {
    let line = line.trim_start();
    let sign = line.starts_with([
        '.', ':', '+', '*', '/', ')', '}', ']', '=', '<', '>', '~', ',',
    ]);
    sign || line.starts_with("and ") || line.starts_with("or ")
}

#[cfg(test)]
mod tests {
    use super::copied;

    #[test]
    fn a_prompt_that_was_copied_is_no_lua() {
        assert_eq!(copied("lab ❯ smd.group.list()"), "smd.group.list()");
        assert_eq!(copied("demo (token ends in 4 min) ❯ x"), "x");
        assert_eq!(copied("  …   kernel = 1,"), "  kernel = 1,");
        assert_eq!(copied("print 'lab ❯ x'"), "print 'lab ❯ x'");
        assert_eq!(copied("x = '…'"), "x = '…'");
    }
}
