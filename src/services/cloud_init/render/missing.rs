//! Names nobody knows, in a rendered text.
use super::MISSING;
use minijinja::State;

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

/// What an unknown prints that did not keep its name: the one variable without a value, else a mark for `spelled`.
pub(super) fn printed(state: &State<'_, '_>) -> String {
    let names = state.known_variables();
    let empty = |name: &&str| state.lookup(name).is_some_and(|value| value.is_undefined());
    let mut empty = names.iter().map(AsRef::as_ref).filter(empty);
    match (empty.next(), empty.next()) {
        (Some(name), None) => format!("{MISSING}{name}"),
        _ => NAMELESS.to_string(),
    }
}

/// What an expression without a value prints: what Python knows of it is the last word of a path. Anything else has no
/// name, and Python's word for that is None; an `if` without its `else` prints nothing.
pub(super) fn spelled(expression: &str) -> String {
    let name = name(expression);
    name.map_or_else(String::new, |name| format!("{MISSING}{name}"))
}

fn name(expression: &str) -> Option<String> {
    let text = expression.trim();
    if text.split_whitespace().any(|word| word == "if") {
        return None;
    }
    if let Some((before, last)) = text.strip_suffix(']').and_then(|it| it.rsplit_once('[')) {
        let quoted = |quote: char| last.trim().strip_prefix(quote)?.strip_suffix(quote);
        let word = quoted('"').or_else(|| quoted('\''));
        let word = word.or_else(|| last.trim().parse::<i64>().is_ok().then_some(last.trim()));
        if !before.is_empty()
            && let Some(word) = word
        {
            return Some(word.to_owned());
        }
    }
    let last = text.rsplit('.').next().unwrap_or(text).trim();
    let name = !last.is_empty() && last.chars().all(|c| c.is_alphanumeric() || c == '_');
    Some(if name { last } else { "None" }.to_owned())
}
