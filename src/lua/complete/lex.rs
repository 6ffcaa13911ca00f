//! Lua's tokens, as far as the text goes: the last one may be unfinished.

use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lua) enum Token<'a> {
    Name(&'a str),
    Number(&'a str),
    /// The text between the quotes, and whether the closing one is there.
    Text(&'a str, bool),
    /// A comment that does not end before the cursor.
    Comment,
    /// One character; of two-character operators such as `==` and `..` a character that means nothing to us: `~`.
    Sign(char),
}

pub(in crate::lua) fn tokens(text: &str) -> Vec<Token<'_>> {
    spans(text).filter_map(|(token, _)| token).collect()
}

/// The tokens and where they stand; a whole comment is none.
pub(in crate::lua) fn spans(text: &str) -> impl Iterator<Item = (Option<Token<'_>>, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text[at..].trim_start();
        let start = text.len() - rest.len();
        if rest.is_empty() {
            return None;
        }
        let (token, length) = token(rest);
        at = start + length;
        Some((token, start..at))
    })
}

/// The token `text` begins with and its length; a whole comment is none.
fn token(text: &str) -> (Option<Token<'_>>, usize) {
    let first = text.chars().next().unwrap_or(' ');
    if let Some(comment) = text.strip_prefix("--") {
        if let Some((_, closed, length)) = bracket(comment) {
            return (if closed { None } else { Some(Token::Comment) }, length + 2);
        }
        return match text.find('\n') {
            Some(end) => (None, end),
            None => (Some(Token::Comment), text.len()),
        };
    }
    if let Some((inside, closed, length)) = bracket(text) {
        return (Some(Token::Text(inside, closed)), length);
    }
    if first == '"' || first == '\'' {
        let (inside, closed) = quoted(&text[1..], first);
        let length = 1 + inside.len() + usize::from(closed);
        return (Some(Token::Text(inside, closed)), length);
    }
    if first.is_ascii_digit() {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        let end = end.unwrap_or(text.len());
        return (Some(Token::Number(&text[..end])), end);
    }
    if first.is_alphabetic() || first == '_' {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
        let end = end.unwrap_or(text.len());
        return (Some(Token::Name(&text[..end])), end);
    }
    let twice = ["==", "~=", "<=", ">=", "..", "::", "//", "<<", ">>"];
    match twice.iter().find(|t| text.starts_with(**t)) {
        Some(operator) => (Some(Token::Sign('~')), operator.len()),
        None => (Some(Token::Sign(first)), first.len_utf8()),
    }
}

/// A string up to its closing quote, if that is there.
fn quoted(text: &str, quote: char) -> (&str, bool) {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return (&text[..at], false),
            letter if letter == quote => return (&text[..at], true),
            _ => {}
        }
    }
    (text, false)
}

/// A long bracket `[==[ … ]==]`: inside, whether it is closed, length of the whole.
fn bracket(text: &str) -> Option<(&str, bool, usize)> {
    let bars = text.strip_prefix('[')?;
    let level = bars.len() - bars.trim_start_matches('=').len();
    let inside = bars[level..].strip_prefix('[')?;
    let close = format!("]{}]", "=".repeat(level));
    let open = level + 2;
    Some(match inside.find(&close) {
        Some(end) => (&inside[..end], true, open + end + close.len()),
        None => (inside, false, text.len()),
    })
}
