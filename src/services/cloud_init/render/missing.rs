//! Names nobody knows, in a rendered text.
use super::MISSING;

/// Stands for a name until the source gives it; no text holds this character.
pub(super) const NAMELESS: char = '\u{10ffff}';

/// The names of unknowns in a rendered text, each once, in order.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in text.match_indices(MISSING) {
        let rest = &text[at + MISSING.len()..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches(['"', '\'', ',', ']', '}']);
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    found
}

/// What Python knows of an unknown: the last word of a path. Anything else has no name, and Python's word for that is None.
pub(super) fn spelled(expression: &str) -> String {
    let text = expression.trim();
    if let Some((before, last)) = text.strip_suffix(']').and_then(|it| it.rsplit_once('[')) {
        let quoted = |quote: char| last.trim().strip_prefix(quote)?.strip_suffix(quote);
        let word = quoted('"').or_else(|| quoted('\''));
        let word = word.or_else(|| last.trim().parse::<i64>().is_ok().then_some(last.trim()));
        if !before.is_empty()
            && let Some(word) = word
        {
            return word.to_owned();
        }
    }
    let last = text.rsplit('.').next().unwrap_or(text).trim();
    let name = !last.is_empty() && last.chars().all(|c| c.is_alphanumeric() || c == '_');
    if name { last.to_owned() } else { "None".to_owned() }
}
