//! Two habits of Jinja2 that the engine has not, put into words it understands: `"nid%03d" % n` formats, and the line's
//! end behind `{% raw %}` stays.
use std::iter::repeat_n;

/// The source in the engine's dialect; all stays on its line.
pub(super) fn translate(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if rest.starts_with("{#") {
            end_of(rest, "#}")
        } else if let Some((tag, inside)) = raw(rest) {
            out.push_str(&tag);
            out.push_str(&rest[inside.0..inside.1]);
            rest = &rest[inside.1..];
            continue;
        } else if rest.starts_with("{{") || rest.starts_with("{%") {
            let end = close(rest, if rest.starts_with("{{") { "}}" } else { "%}" });
            out.push_str(&formatted(&rest[..end]));
            rest = &rest[end..];
            continue;
        } else {
            1
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out + rest
}

fn end_of(text: &str, end: &str) -> usize {
    text.find(end).map_or(text.len(), |at| at + end.len())
}

/// A `{% raw %}` tag that keeps the line's end, and where its inside begins and ends.
fn raw(text: &str) -> Option<(String, (usize, usize))> {
    let word = text
        .strip_prefix("{%")?
        .trim_start_matches(['-', '+'])
        .trim_start();
    let after = word.strip_prefix("raw")?.trim_start();
    let begin = text.len() - after.len();
    let (tag, begin) = if after.starts_with("%}") {
        (format!("{}+%}}", &text[..begin]), begin + 2)
    } else {
        after.strip_prefix("-%}")?;
        (text[..begin + 3].to_owned(), begin + 3)
    };
    let ends = text[begin..].match_indices("{%").find(|(at, _)| {
        let tag = &text[begin + at + 2..];
        tag.trim_start_matches(['-', '+'])
            .trim_start()
            .starts_with("endraw")
    });
    let end = ends.map_or(text.len(), |(at, _)| begin + at);
    Some((tag, (begin, end.max(begin))))
}

/// Where a tag ends; closing marks in strings do not count.
fn close(text: &str, mark: &str) -> usize {
    let mut at = 2;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(mark) {
            return at + mark.len();
        }
        at += string(rest).unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
    }
    text.len()
}

/// The length of the string literal a text begins with.
fn string(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    Some(text.len())
}

/// A tag in which strings are formatted by the filter instead of the operator.
fn formatted(tag: &str) -> String {
    let mut out = String::new();
    let mut rest = tag;
    while let Some(at) = rest.find(['"', '\'']) {
        let end = at + string(&rest[at..]).unwrap_or(1);
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        let behind = rest.trim_start();
        let Some(operand) = behind.strip_prefix('%').filter(|it| !it.starts_with('}')) else {
            continue;
        };
        let operand = operand.trim_start();
        let length = primary(operand);
        if length == 0 {
            continue;
        }
        let inside = operand[..length]
            .strip_prefix('(')
            .and_then(|it| it.strip_suffix(')'));
        let inside = inside.map_or(&operand[..length], |it| it.trim_end().trim_end_matches(','));
        let lines = rest[..rest.len() - operand.len()].matches('\n').count();
        out.extend(repeat_n('\n', lines));
        out += "|format(";
        out += &formatted(inside);
        out.push(')');
        rest = &operand[length..];
    }
    out + rest
}

/// The length of the operand a text begins with: a name, number, string or bracket, and what hangs on it.
fn primary(text: &str) -> usize {
    let mut at = text.len() - text.trim_start_matches(['-', '+']).len();
    let begin = at;
    loop {
        let rest = &text[at..];
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let taken = match rest.chars().next() {
            Some('(' | '[' | '{') => bracket(rest),
            Some('"' | '\'') if at == begin => string(rest).unwrap_or(0),
            Some('.' | '|') if at > begin => 1,
            Some(c) if word(c) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
            _ => 0,
        };
        if taken == 0 {
            return at;
        }
        at += taken;
    }
}

/// The length of what stands in brackets, the brackets included.
fn bracket(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if let Some(length) = string(rest) {
            at += length;
            continue;
        }
        let letter = rest.chars().next().unwrap_or(' ');
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        at += letter.len_utf8();
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn raw_tags_keep_the_lines_end() {
        assert_eq!(
            translate("{% raw %}\n{{ x }}{% endraw %}"),
            "{% raw +%}\n{{ x }}{% endraw %}"
        );
        let stripped = "{% raw -%}\n{{ x }}{% endraw %}";
        assert_eq!(translate(stripped), stripped);
    }

    #[test]
    fn broken_raw_tags_are_left_to_the_engine() {
        for text in [
            "{% raw",
            "{%raw",
            "{% raw %",
            "{% raw -",
            "{% raw -%",
            "{% raw é",
            "{% rawé %}",
        ] {
            assert_eq!(translate(text), text);
        }
    }
}
