//! The little of the shell that cloud-configs use: words in quotes, `;`, `&&`, `||`, and output into a file. A line with
//! more in it (variables, pipes, loops) is noted as not run.
use super::{commands, work::Work};
use crate::secret;

/// A command of `runcmd` or `bootcmd`.
#[derive(Clone, Debug)]
pub(super) enum Line {
    /// For the shell.
    Shell(String),
    /// As it stands.
    Words(Vec<String>),
}

/// Whether a command runs, by how the one before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    Always,
    IfGood,
    IfBad,
}

/// One command, and where its output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) joint: Joint,
    pub(super) words: Vec<String>,
    pub(super) into: Option<Into>,
    /// Messages that nobody wants to see.
    pub(super) quiet: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Into {
    pub(super) path: String,
    pub(super) append: bool,
}

/// Runs all lines; the status is that of the last command.
pub(super) fn run(node: &mut Work, key: &str, lines: &[Line]) -> u8 {
    let mut status = 0;
    for line in lines {
        let steps = match line {
            Line::Shell(text) => steps(text),
            Line::Words(words) => Some(vec![Step {
                joint: Joint::Always,
                words: words.clone(),
                into: None,
                quiet: false,
            }]),
        };
        let Some(steps) = steps else {
            if let Line::Shell(text) = line {
                node.note(format!("{key}: not run: {}", told(text)));
            }
            continue;
        };
        for step in &steps {
            let runs = match step.joint {
                Joint::Always => true,
                Joint::IfGood => status == 0,
                Joint::IfBad => status != 0,
            };
            if runs {
                status = one(node, key, step);
            }
        }
    }
    status
}

fn one(node: &mut Work, key: &str, step: &Step) -> u8 {
    if step.words.is_empty() {
        return 0;
    }
    let Some(done) = commands::execute(node, &step.words) else {
        let text = shlex::try_join(step.words.iter().map(String::as_str)).unwrap_or_default();
        node.note(format!("{key}: not run, counts as done: {}", told(&text)));
        return 0;
    };
    match &step.into {
        Some(into) => save(node, into, &done.output),
        None => {
            for line in done.output.lines() {
                node.say(line);
            }
        }
    }
    if !step.quiet {
        for line in done.errors.lines() {
            node.say(line);
        }
    }
    done.status
}

fn save(node: &mut Work, into: &Into, text: &str) {
    if into.path == "/dev/null" {
        return;
    }
    let path = super::work::absolute(&into.path);
    let there = node.guest.file(&path).cloned();
    let mut bytes = Vec::new();
    let mut mode = 0o644;
    if let Some(there) = there {
        mode = u32::from_str_radix(&there.permissions, 8).unwrap_or(mode);
        if into.append {
            bytes = there.bytes();
        }
    } else if into.append {
        node.note(format!(
            "{path}: what the image has in it before what is appended is not known"
        ));
    }
    bytes.extend_from_slice(text.as_bytes());
    node.guest.write(&path, &bytes, mode);
}

/// A command as a note may show it: the first line, and nothing that may be a secret.
fn told(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    if secret::may_hold(text) {
        let word = first.split_whitespace().next().unwrap_or_default();
        return format!("{word} … (its words may hold a secret)");
    }
    let mut shown: String = first.chars().take(80).collect();
    if shown.len() < first.len() || lines.next().is_some() {
        shown.push('…');
    }
    shown
}

/// A text of the shell as its commands; None where it has more in it than is understood.
pub(super) fn steps(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut step = empty(Joint::Always);
    let mut letters = Letters { text, at: 0 };
    while let Some(token) = letters.token()? {
        match token {
            Token::Word(raw) => step.words.push(word(&raw)?),
            Token::Joint(joint) => {
                let next = empty(joint);
                if !step.words.is_empty() {
                    steps.push(std::mem::replace(&mut step, next));
                } else if joint == Joint::Always && step.joint == Joint::Always {
                    step = next;
                } else {
                    return None;
                }
            }
            Token::Into { errors, append } => {
                let Token::Word(raw) = letters.token()?? else {
                    return None;
                };
                let path = word(&raw)?;
                match (errors, path.as_str()) {
                    (true, "/dev/null") => step.quiet = true,
                    (true, _) => return None,
                    (false, _) => step.into = Some(Into { path, append }),
                }
            }
        }
    }
    if !step.words.is_empty() {
        steps.push(step);
    }
    Some(steps)
}

fn empty(joint: Joint) -> Step {
    Step {
        joint,
        words: Vec::new(),
        into: None,
        quiet: false,
    }
}

/// A word without its quotes.
fn word(raw: &str) -> Option<String> {
    let mut words = shlex::split(raw)?;
    match words.len() {
        1 => words.pop(),
        _ => None,
    }
}

enum Token {
    Word(String),
    Joint(Joint),
    Into { errors: bool, append: bool },
}

/// A sign, and either where output goes (whether messages, whether behind what is there) or how commands are joined.
type Sign = (&'static str, Result<(bool, bool), Joint>);

const SIGNS: &[Sign] = &[
    ("2>>", Ok((true, true))),
    ("2>", Ok((true, false))),
    ("1>>", Ok((false, true))),
    ("1>", Ok((false, false))),
    (">>", Ok((false, true))),
    (">", Ok((false, false))),
    ("&&", Err(Joint::IfGood)),
    ("||", Err(Joint::IfBad)),
    (";", Err(Joint::Always)),
    ("\n", Err(Joint::Always)),
];

struct Letters<'a> {
    text: &'a str,
    at: usize,
}

impl Letters<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// The next token; `Some(None)` at the end, None at what is not understood.
    #[allow(clippy::option_option)] // the outer one is the failure
    fn token(&mut self) -> Option<Option<Token>> {
        let blank = |c: char| matches!(c, ' ' | '\t' | '\r');
        let skipped = self.rest().len() - self.rest().trim_start_matches(blank).len();
        self.at += skipped;
        if self.rest().starts_with('#') {
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
        // One stream into the other: both reach the console.
        for both in ["2>&1", ">&2", "1>&2"] {
            if self.rest().starts_with(both) {
                self.at += both.len();
                return self.token();
            }
        }
        if self.rest().is_empty() {
            return Some(None);
        }
        for (sign, means) in SIGNS {
            if self.rest().starts_with(sign) {
                self.at += sign.len();
                return Some(Some(match *means {
                    Ok((errors, append)) => Token::Into { errors, append },
                    Err(joint) => Token::Joint(joint),
                }));
            }
        }
        self.raw().map(|raw| Some(Token::Word(raw)))
    }

    /// A word with its quotes, up to a blank or a sign.
    fn raw(&mut self) -> Option<String> {
        let (mut quote, mut escaped, mut raw) = (None, false, String::new());
        for letter in self.text[self.at..].chars() {
            match (quote, letter) {
                _ if escaped => escaped = false,
                (Some('\''), '\'') | (Some('"'), '"') => quote = None,
                (quote, '\\') if quote != Some('\'') => escaped = true,
                (quote, '$' | '`') if quote != Some('\'') => return None,
                (None, '\'' | '"') => quote = Some(letter),
                (None, ' ' | '\t' | '\r' | '\n' | ';' | '>' | '&' | '|') => break,
                (None, '(' | ')' | '{' | '}' | '<' | '*' | '?' | '~' | '!') => return None,
                _ => {}
            }
            raw.push(letter);
        }
        self.at += raw.len();
        // A lone & or | comes to here: the shell's, and not understood.
        (!raw.is_empty() && quote.is_none() && !escaped).then_some(raw)
    }
}
