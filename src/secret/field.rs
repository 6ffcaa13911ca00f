//! Secrets that are known by the name before them: `"password": "…"`, `token=…&`, `Authorization: …`, `--token …`.
use super::{
    HIDDEN, PRIVATE_KEY, Piece, TOKEN,
    ahead::{Ahead, End},
    block,
};

/// How the names of secrets end, with `_` for `-` and in small letters: `refresh_token`, `X-Lab-Secret`, `Set-Cookie`.
pub(super) const ENDINGS: &[&str] = &[
    "access_key",
    "accesskey",
    "api_key",
    "apikey",
    "assertion",
    "authorization",
    "code_verifier",
    "cookie",
    "credential",
    "credentials",
    "deputykey",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "privatekey",
    "psk",
    "pwd",
    "reservationkey",
    "secret",
    "secret_key",
    "token",
];

/// Their values have blanks in them and go to the end of their line.
const LINES: &[&str] = &["authorization", "cookie"];

/// These stand in sentences as well (`invalid token: it ended`); only one whole word after them can be a value.
const WORDS: &[&str] = &["token", "secret", "assertion", "credential", "credentials"];

/// Whether the value of a field, header or parameter of this name is a secret.
pub fn is_field(name: &str) -> bool {
    ending(name).is_some()
}

/// cloud-config's words that end so and say yes or no.
const PLAIN: &[&str] = &["lock_passwd", "lock-passwd"];

fn ending(name: &str) -> Option<&'static str> {
    if PLAIN.contains(&name) {
        return None;
    }
    let matches = |ending: &&&str| {
        let start = name.len().checked_sub(ending.len());
        let tail = start.and_then(|start| name.as_bytes().get(start..));
        tail.is_some_and(|tail| {
            tail.iter()
                .zip(ending.as_bytes())
                .all(|(a, b)| a.eq_ignore_ascii_case(b) || (*a == b'-' && *b == b'_'))
        })
    };
    ENDINGS.iter().find(matches).copied()
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

pub(super) fn by_name(text: &str, pieces: &mut Vec<Piece>) {
    look(text, &Ahead::new(text), pieces);
}

/// The same, with the one that looks ahead.
pub(super) fn look(text: &str, ahead: &Ahead, pieces: &mut Vec<Piece>) {
    let (mut at, mut block) = (0, 0);
    while let Some(start) = text[at..].find(is_letter).map(|step| at + step) {
        let end = text[start..]
            .find(|c| !is_letter(c))
            .map_or(text.len(), |length| start + length);
        at = end;
        let Some(ending) = ending(&text[start..end]) else {
            continue;
        };
        let name = Name {
            text,
            ahead,
            start,
            end,
            ending,
        };
        let Some(value) = name.value() else {
            continue;
        };
        let (from, to) = match value {
            Value::Here(from, to) => (from, to),
            // All of a block inside of another one is hidden already.
            Value::Below(..) if start < block => continue,
            Value::Below(from, to) => match block::below(text, start, to) {
                Some(lines) => {
                    block = lines.1;
                    lines
                }
                None => (from, to),
            },
        };
        let done = [HIDDEN, TOKEN, PRIVATE_KEY];
        if from < to && !done.iter().any(|done| text[from..].starts_with(done)) {
            pieces.push((from..to, HIDDEN));
        }
    }
}

/// Where a value stands, and where it seems to.
enum Value {
    Here(usize, usize),
    /// In the lines below; where none belongs to the name it is this after all.
    Below(usize, usize),
}

/// The name of a secret, found at `start..end`.
struct Name<'a> {
    text: &'a str,
    ahead: &'a Ahead<'a>,
    start: usize,
    end: usize,
    ending: &'static str,
}

impl Name<'_> {
    fn value(&self) -> Option<Value> {
        let after = &self.text[self.end..];
        let closed = after.trim_start_matches(['"', '\'', ']', '\\']);
        let quoted = closed.len() < after.len();
        let rest = closed.trim_start_matches([' ', '\t']);
        let sign = rest.chars().next()?;
        let from = |rest: &str| self.text.len() - rest.len();
        let option = self.text[self.start..self.end].starts_with("--");
        match sign {
            '=' if rest.starts_with("==") => None,
            ':' if rest.starts_with("::") => None,
            '=' | ':' | '(' => {
                let rest = rest[1..].trim_start_matches([' ', '\t']);
                let at = from(rest);
                if let Some((from, to)) = self.string(at) {
                    return Some(Value::Here(from, to));
                }
                match sign {
                    '=' => Some(Value::Here(at, self.ahead.next(End::Bare, at))),
                    ':' => self.line(at, quoted),
                    _ => None,
                }
            }
            // A call without parentheses: `password "…"`.
            '"' | '\'' | '[' if !quoted || rest.len() < closed.len() => {
                let (from, to) = self.string(from(rest))?;
                Some(Value::Here(from, to))
            }
            _ if option && rest.len() < closed.len() => {
                let at = from(rest);
                Some(Value::Here(at, self.ahead.next(End::Bare, at)))
            }
            _ => None,
        }
    }

    /// What stands between quotes or long brackets that open at `at`; an open one goes to the end.
    fn string(&self, at: usize) -> Option<(usize, usize)> {
        let rest = &self.text[at..];
        if rest.starts_with("[[") {
            return Some((at + 2, self.ahead.next(End::Long, at + 2)));
        }
        let inside = string(rest)?;
        Some((at + inside.start, at + inside.end))
    }

    /// A value without quotes after `:`, as YAML and headers have it.
    fn line(&self, at: usize, quoted: bool) -> Option<Value> {
        let (text, ahead) = (self.text, self.ahead);
        let end = ahead.content(at);
        let before = &text[..self.start];
        if LINES.contains(&self.ending) {
            return Some(Value::Here(at, ahead.next(End::Quote, at).min(end)));
        }
        let cut = |from: usize, to: usize| from + text[from..to.max(from)].trim_end().len();
        // A quote opens right before the name: all of it is a header, as `curl -H "…"` has it.
        if !quoted && before.ends_with(['"', '\'']) {
            let to = ahead.next(End::Quote, at).min(end);
            let to = at + text[at..to].trim_end_matches('\\').len();
            let word = ahead.next(End::Blank, at) >= to;
            return (word || !self.is_word()).then_some(Value::Here(at, to));
        }
        let before = before.trim_end_matches([' ', '\t', '"', '\'']);
        if !(before.is_empty() || before.ends_with(['\n', '-', '{', ','])) {
            return None;
        }
        if before.ends_with(['{', ',']) {
            let from = at + block::marks(&text[at..end]);
            let to = cut(from, ahead.next(End::Flow, from).min(end));
            return self.plain(from, to);
        }
        let from = at + block::marks(&text[at..end]);
        if block::opens(&text[from..end]) && !text[..self.end].ends_with("chpasswd") {
            return Some(Value::Below(at, end));
        }
        self.plain(from, end)
    }

    fn plain(&self, from: usize, to: usize) -> Option<Value> {
        let begins = self.text[from..to].chars().next()?;
        let word = self.ahead.next(End::Blank, from) >= to && to - from >= 6;
        let parts = "{[*".contains(begins);
        (!parts && (word || !WORDS.contains(&self.ending))).then_some(Value::Here(from, to))
    }

    /// Whether the name is one that stands in sentences.
    fn is_word(&self) -> bool {
        WORDS.contains(&self.ending) && self.ending.len() == self.end - self.start
    }
}

/// What stands between quotes at the beginning of `rest`; an open one goes to the end.
fn string(rest: &str) -> Option<std::ops::Range<usize>> {
    let skip = rest.len() - rest.trim_start_matches('\\').len();
    let quote = rest[skip..].chars().next().filter(|c| "\"'".contains(*c))?;
    let begin = skip + 1;
    // Inside a string of another text quotes are escaped themselves: `\"…\"`.
    let close = format!("{}{quote}", &rest[..skip]);
    let mut at = begin;
    while let Some(found) = rest[at..].find(&close).map(|step| at + step) {
        let slashes = rest[..found].bytes().rev().take_while(|b| *b == b'\\');
        if slashes.count() % 2 == 0 || skip > 0 {
            return Some(begin..found);
        }
        at = found + close.len();
    }
    Some(begin..rest.len())
}
