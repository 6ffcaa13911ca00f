//! Where a type ends: LuaCATS puts free text behind it without a mark.

/// Splits `text` into a type and what follows. A type ends at a space outside brackets and quotes, unless `|` or the
/// colon of a function's result stands next to that space.
pub(super) fn split(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let (mut depth, mut quote) = (0_usize, None);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(letter),
            (None, '(' | '{' | '[' | '<') => depth += 1,
            (None, ')' | '}' | ']' | '>') => depth = depth.saturating_sub(1),
            (None, space) if space.is_whitespace() && depth == 0 && !joined(text, at) => {
                return (&text[..at], text[at..].trim());
            }
            _ => {}
        }
    }
    (text.trim_end(), "")
}

/// Whether the space at `at` stands inside a union or between `fun(…):` and its result.
fn joined(text: &str, at: usize) -> bool {
    let (left, right) = (text[..at].trim_end(), text[at..].trim_start());
    left.ends_with(['|', ':', ',']) || right.starts_with(['|', ':'])
}
