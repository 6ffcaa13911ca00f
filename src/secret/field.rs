//! Secrets that are known by the name before them: `"password": "…"`, `token=…&`, `Authorization: …`, `--token …`.
use super::{HIDDEN, PRIVATE_KEY, Piece, TOKEN};

/// How the names of secrets end, with `_` for `-` and in small letters: `refresh_token`, `X-Lab-Secret`, `Set-Cookie`.
const ENDINGS: &[&str] = &[
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

fn ending(name: &str) -> Option<&'static str> {
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
    let mut at = 0;
    while let Some(start) = text[at..].find(is_letter).map(|step| at + step) {
        let end = text[start..]
            .find(|c| !is_letter(c))
            .map_or(text.len(), |length| start + length);
        if let Some(ending) = ending(&text[start..end])
            && let Some((from, to)) = value(text, start, end, ending)
            && from < to
            && ![HIDDEN, TOKEN, PRIVATE_KEY]
                .iter()
                .any(|done| text[from..].starts_with(done))
        {
            pieces.push((from..to, HIDDEN));
        }
        at = end;
    }
}

/// Where the value of the name at `start..end` stands.
fn value(text: &str, start: usize, end: usize, ending: &str) -> Option<(usize, usize)> {
    let after = &text[end..];
    let closed = after.trim_start_matches(['"', '\'', ']', '\\']);
    let quoted = closed.len() < after.len();
    let rest = closed.trim_start_matches([' ', '\t']);
    let sign = rest.chars().next()?;
    let from = |rest: &str| text.len() - rest.len();
    let option = text[start..end].starts_with("--");
    match sign {
        '=' if rest.starts_with("==") => None,
        ':' if rest.starts_with("::") => None,
        '=' | ':' | '(' => {
            let rest = rest[1..].trim_start_matches([' ', '\t']);
            let at = from(rest);
            if let Some(inside) = string(rest) {
                return Some((at + inside.start, at + inside.end));
            }
            let length = match sign {
                '=' => bare(rest),
                ':' => line(text, start, rest, ending)?,
                _ => 0,
            };
            Some((at, at + length))
        }
        // A call without parentheses: `password "…"`.
        '"' | '\'' | '[' if !quoted || rest.len() < closed.len() => {
            let inside = string(rest)?;
            Some((from(rest) + inside.start, from(rest) + inside.end))
        }
        _ if option && rest.len() < closed.len() => Some((from(rest), from(rest) + bare(rest))),
        _ => None,
    }
}

/// What stands between quotes or long brackets at the beginning of `rest`; an open one goes to the end.
fn string(rest: &str) -> Option<std::ops::Range<usize>> {
    if let Some(inside) = rest.strip_prefix("[[") {
        return Some(2..inside.find("]]").map_or(rest.len(), |end| 2 + end));
    }
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

/// The length of a value without quotes after `=`.
fn bare(rest: &str) -> usize {
    rest.find(|c: char| c.is_whitespace() || "&,;\"')}\\".contains(c))
        .unwrap_or(rest.len())
}

/// The length of a value without quotes after `:`, as YAML and headers have it.
fn line(text: &str, start: usize, rest: &str, ending: &str) -> Option<usize> {
    let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
    let content = rest[..end].trim_end();
    if LINES.contains(&ending) {
        return Some(content.find(['"', '\'']).unwrap_or(content.len()));
    }
    let before = text[..start].trim_end_matches([' ', '\t', '"', '\'']);
    if !(before.is_empty() || before.ends_with(['\n', '-', '{', ','])) {
        return None;
    }
    let flow = before.ends_with(['{', ',']);
    let content = match content.find([',', '}']) {
        Some(end) if flow => content[..end].trim_end(),
        _ => content,
    };
    let begins = content.chars().next()?;
    let word = !content.contains(char::is_whitespace) && content.len() >= 6;
    let parts = "{[|>&*".contains(begins);
    (!parts && (word || !WORDS.contains(&ending))).then_some(content.len())
}
