//! What somebody types at the prompt, and what the prompt says to it.
use super::{HIDDEN, hide};
use std::borrow::Cow;

/// So many letters of hex or base64url in quotes are no name anybody typed.
const TYPED: usize = 32;
/// So many are 256 bits at least: a token that has no form of its own.
const VALUE: usize = 43;

/// Whose first word is a token.
const CALLS: &[&str] = &["login", "exchange", "refresh", "renew"];

/// Whether a line somebody typed may hold a secret: then it is not to be kept at all.
pub fn may_hold(input: &str) -> bool {
    let lower = input.to_lowercase();
    let after = |word: &str, given: fn(&str) -> bool| {
        lower
            .match_indices(word)
            .any(|(at, _)| given(&lower[at + word.len()..]))
    };
    let names = ["token", "password", "passwd", "secret"];
    names.iter().any(|word| after(word, given))
        || CALLS.iter().any(|word| after(word, literal))
        || lower.contains("bearer ")
        || quoted(input)
        || hide(input) != input
}

/// What came of a line, without its secrets. A token that has no form of its own is known by standing alone.
pub fn hide_value(text: &str) -> Cow<'_, str> {
    let hidden = hide(text);
    let bare = |line: &str| {
        let word = line.trim_matches(|c: char| c.is_whitespace() || "\"',;".contains(c));
        opaque(word, VALUE).then(|| line.replace(word, HIDDEN))
    };
    if !hidden.lines().any(|line| bare(line).is_some()) {
        return hidden;
    }
    let lines = hidden.split('\n');
    let lines = lines.map(|line| bare(line).unwrap_or_else(|| line.to_owned()));
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

/// Whether a value follows the name of a secret: `token = "…"`, `password("…")`, `--token …`.
fn given(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['"', '\'', ']', '_']).trim_start();
    rest.starts_with(['=', ':', '(', '"', '\''])
        && !rest.starts_with("==")
        && !rest.starts_with("()")
}

/// Whether a string of one word follows the name of a call: `login "…"`, `refresh([[…]])`.
fn literal(rest: &str) -> bool {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start();
    let inside = match rest.strip_prefix("[[") {
        Some(inside) => inside.split("]]").next(),
        None => rest
            .strip_prefix(['"', '\''])
            .and_then(|inside| inside.split(&rest[..1]).next()),
    };
    // Between the quotes of two other strings stands more than a word: `print("login", "x")`.
    inside.is_some_and(|inside| {
        let word = inside.trim();
        word.starts_with(|c: char| c.is_ascii_alphanumeric() || "-_.".contains(c))
            && !word.contains(char::is_whitespace)
    })
}

/// Whether a long word of hex or base64url stands in quotes.
fn quoted(input: &str) -> bool {
    let mut parts = input.split(['"', '\'', '[', ']']);
    parts.next();
    parts.any(|part| opaque(part.trim(), TYPED))
}

/// Whether a word is random, as far as letters tell. The names of events and configurations are UUIDs, and no secrets.
fn opaque(word: &str, length: usize) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    word.len() >= length
        && word.chars().all(letter)
        && word.contains(|c: char| c.is_ascii_alphanumeric())
        && !is_uuid(word)
}

fn is_uuid(word: &str) -> bool {
    let parts = word.split('-').map(str::len);
    parts.eq([8, 4, 4, 4, 12]) && word.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}
