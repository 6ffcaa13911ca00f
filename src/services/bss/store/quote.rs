//! BSS writes what it is given between quotes into its SQL, as it is. So a text with an apostrophe is refused by the
//! database, and here in the same words.
//!
//! One thing is not imitated: where such a text makes valid SQL of its own (`x' OR '1'='1`) the real service obeys it.

use std::fmt::Write as _;

/// What PostgreSQL understands of a text between quotes; `None`: it is no longer one literal.
pub(super) fn literal(text: &str) -> Option<String> {
    let plain = text.replace("''", "\u{0}");
    (!plain.contains('\'') && !text.contains('\u{0}')).then(|| plain.replace('\u{0}', "'"))
}

/// The database's words for the first broken literal of `column='value' OR column='value';`, if there is one.
pub(super) fn broken(values: &[(&str, &str)], link: &str, end: &str) -> Option<String> {
    let at = values
        .iter()
        .position(|(_, value)| literal(value).is_none())?;
    let parts: Vec<String> = values[at..]
        .iter()
        .map(|(column, value)| format!("{column}'{value}'"))
        .collect();
    let statement = parts.join(link) + end;
    Some(words(&statement[values[at].0.len()..]))
}

/// The same for the values of a list, `IN ('a', 'b');`.
pub(super) fn broken_list(values: &[String], end: &str) -> Option<String> {
    let pairs: Vec<(&str, &str)> = values.iter().map(|value| ("", value.as_str())).collect();
    broken(&pairs, ", ", end)
}

/// The same for a search in the history.
pub fn broken_search(name: &str, endpoint: &str) -> Option<String> {
    let values = [("name = ", name), ("endpoint = ", endpoint)];
    let given: Vec<_> = values.into_iter().filter(|(_, v)| !v.is_empty()).collect();
    broken(&given, " AND ", ";")
}

/// What is wrong with a statement from here on, where a literal begins.
fn words(statement: &str) -> String {
    let mut rest = statement.char_indices().skip(1).peekable();
    let mut end = None;
    while let Some((at, letter)) = rest.next() {
        if letter == '\'' && rest.next_if(|(_, next)| *next == '\'').is_none() {
            end = Some(at + 1);
            break;
        }
    }
    let Some(end) = end else {
        return format!("pq: unterminated quoted string at or near \"{statement}\"");
    };
    let rest = statement[end..].trim_start();
    // a b or x before an apostrophe begins a literal of bits
    let bits = match rest.as_bytes() {
        [b'b' | b'B', b'\'', ..] => Some("bit"),
        [b'x' | b'X', b'\'', ..] => Some("hexadecimal"),
        _ => None,
    };
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let length = match (bits, rest.get(2..).and_then(|rest| rest.find('\''))) {
        (Some(_), Some(end)) => end + 3,
        (Some(sort), None) => {
            return format!("pq: unterminated {sort} string literal at or near \"{rest}\"");
        }
        _ => rest.find(|letter| !word(letter)).unwrap_or(rest.len()),
    };
    let first = rest.chars().next().map_or(0, char::len_utf8);
    format!(
        "pq: syntax error at or near \"{}\"",
        &rest[..length.max(first)]
    )
}

/// A text as Go's `%q` writes it.
pub fn go_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            letter if letter.is_control() => {
                // writing to a string does not fail
                let _ = write!(out, "\\x{:02x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apostrophe_is_told_in_the_databases_words() {
        assert_eq!(literal("console=ttyS0"), Some("console=ttyS0".into()));
        assert_eq!(literal("a=''b''"), Some("a='b'".into()));
        for (params, wanted) in [
            ("it's", "pq: syntax error at or near \"s\""),
            ("a='b c' d", "pq: syntax error at or near \"b\""),
            (
                "k'x",
                "pq: unterminated hexadecimal string literal at or near \"x';\"",
            ),
            ("'", "pq: unterminated quoted string at or near \"''';\""),
        ] {
            let values = [("kernel_uri=", "k"), ("cmdline=", params)];
            assert_eq!(broken(&values, " OR ", ";").as_deref(), Some(wanted));
        }
        assert_eq!(broken(&[("cmdline=", "p")], " OR ", ";"), None);
        let hosts = ["x1".to_owned(), "it's".to_owned()];
        let wanted = Some("pq: syntax error at or near \"s\"".to_owned());
        assert_eq!(broken_list(&hosts, ");"), wanted);
        assert_eq!(go_quoted("a\"b\\c\n"), r#""a\"b\\c\n""#);
    }
}
