//! Jinja's tags as they are written: names with a dash in them, which Jinja takes for a subtraction.
use super::Findings;
use crate::services::cloud_init::render;

pub(super) fn check(content: &str, findings: &mut Findings) {
    if !render::is_template(content) {
        return;
    }
    for (line, number) in content.lines().zip(1..) {
        for (at, inside) in inside(line) {
            if let Some((column, path)) = dashed(inside) {
                let column = line[..at].chars().count() + column + 1;
                findings.error(
                    "hyphen",
                    (number, column),
                    format!(
                        "`{path}` is a subtraction to Jinja: the node leaves the whole text out"
                    ),
                    format!("write `{}`", path.replace('-', "_")),
                );
            }
        }
    }
}

/// The insides of the tags on a line, and where they begin.
fn inside(line: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (open, close) in [("{{", "}}"), ("{%", "%}")] {
        for (at, _) in line.match_indices(open) {
            let rest = &line[at + 2..];
            found.push((at + 2, &rest[..rest.find(close).unwrap_or(rest.len())]));
        }
    }
    found
}

/// The first path with a dash between letters, outside of strings, and how many characters stand before it.
fn dashed(inside: &str) -> Option<(usize, &str)> {
    let mut quote = None;
    let mut begin = 0;
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    let judge = |path: &'_ str| {
        let parts: Vec<&str> = path.split('-').collect();
        let letter = |part: &&str| part.starts_with(|c: char| c.is_alphabetic() || c == '_');
        parts.len() > 1 && parts.iter().all(letter)
    };
    for (at, letter) in inside.char_indices().chain([(inside.len(), ' ')]) {
        let quoted = quote.is_some();
        match quote {
            Some(end) if letter == end => quote = None,
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            _ => {}
        }
        if quoted || !word(letter) {
            let path = &inside[begin..at];
            if !quoted && judge(path) {
                return Some((inside[..begin].chars().count(), path));
            }
            begin = at + letter.len_utf8();
        }
    }
    None
}
