//! Values that stand in the lines below their name, as YAML has them.

/// How long an anchor or a tag may be that is looked behind.
const MARK: usize = 200;

/// How much of a value's beginning are an anchor and a tag: `&name`, `!!str`.
pub(super) fn marks(content: &str) -> usize {
    let mut rest = content;
    while rest.starts_with(['&', '!']) {
        let near = match rest.char_indices().nth(MARK) {
            Some((end, _)) => &rest[..end],
            None => rest,
        };
        let Some(length) = near.find([' ', '\t']) else {
            break;
        };
        rest = rest[length..].trim_start_matches([' ', '\t']);
    }
    content.len() - rest.len()
}

/// Whether what follows the `:` says that the value stands below: nothing, `|`, `>-`, `&name`, a comment.
pub(super) fn opens(content: &str) -> bool {
    let rest = match content.strip_prefix(['|', '>']) {
        Some(rest) => rest.trim_start_matches(|c: char| "+-".contains(c) || c.is_ascii_digit()),
        None if content.starts_with(['&', '!']) => {
            return !content.contains([' ', '\t']);
        }
        None => content,
    };
    let rest = rest.trim_start_matches([' ', '\t']);
    rest.is_empty() || rest.starts_with('#')
}

/// The lines after the one that ends at `end` that are indented deeper than the name at `start`.
pub(super) fn below(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let name = text[..start].trim_end_matches(['"', '\'']).len();
    let line = text[..name].trim_end_matches([' ', '\t', '-', '"', '\'']);
    let column = name - line.len();
    let (mut from, mut to) = (None, end);
    let mut next = end + text[end..].find('\n')? + 1;
    while next < text.len() {
        let stop = text[next..].find('\n').map_or(text.len(), |end| next + end);
        let content = text[next..stop].trim();
        if !content.is_empty() {
            let at = stop - text[next..stop].trim_start().len();
            if at - next <= column {
                break;
            }
            from.get_or_insert(at);
            to = at + content.len();
        }
        next = stop + 1;
    }
    Some((from?, to))
}
