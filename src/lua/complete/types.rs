//! Types as they are declared: the fields, elements and words they allow.
use crate::lua::docs::{Index, Slot};
use std::collections::HashSet;

/// The fields of the classes and table types that `kind` names.
pub(super) fn fields(docs: &Index, kind: &str) -> Vec<Slot> {
    let mut found = Vec::new();
    for word in parts(kind) {
        let mut next = docs.class(word);
        while let Some(class) = next {
            found.extend(class.fields.iter().cloned());
            next = class.parents.first().and_then(|p| docs.class(p));
        }
        if let Some(alias) = docs.alias(word).filter(|a| a.kind != kind) {
            found.extend(fields(docs, &alias.kind));
        }
        if let Some(inside) = word.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
            found.extend(split(inside, ',').into_iter().filter_map(inline));
        }
    }
    found.retain(|slot| !slot.name.starts_with('['));
    found
}

/// `name?: type` of a table type.
fn inline(text: &str) -> Option<Slot> {
    let (name, kind) = text.split_once(':')?;
    let name = name.trim();
    Some(Slot {
        name: name.trim_end_matches('?').to_owned(),
        optional: name.ends_with('?'),
        kind: kind.trim().to_owned(),
        text: String::new(),
    })
}

/// The type of an item of a list.
pub(super) fn element(kind: &str) -> Option<String> {
    let list = parts(kind).into_iter().find_map(|p| p.strip_suffix("[]"));
    list.map(|item| item.trim_matches(['(', ')']).to_owned())
}

/// The words a string of this type may be, each once.
pub(super) fn words(docs: &Index, kind: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in parts(kind) {
        let part = part.trim_end_matches("[]").trim_matches(['(', ')']);
        let quoted = part.len() > 1 && part.starts_with(['"', '\'']);
        if quoted {
            found.push(part[1..part.len() - 1].to_owned());
        } else if part.contains('|') {
            found.extend(words(docs, part));
        } else if let Some(alias) = docs.alias(part).filter(|a| a.kind != kind) {
            found.extend(words(docs, &alias.kind));
        }
    }
    let mut seen = HashSet::new();
    found.retain(|word| seen.insert(word.clone()));
    found
}

/// The alternatives of a union, without the mark of optional ones.
fn parts(kind: &str) -> Vec<&str> {
    let parts = split(kind, '|').into_iter();
    parts
        .map(|part| part.trim().trim_end_matches('?'))
        .collect()
}

/// Splits at a character that stands outside brackets.
fn split(text: &str, at: char) -> Vec<&str> {
    let mut depth = 0_i32;
    text.split(|c: char| {
        match c {
            '(' | '{' | '<' | '[' => depth += 1,
            ')' | '}' | '>' | ']' => depth -= 1,
            _ => {}
        }
        c == at && depth == 0
    })
    .collect()
}
