//! What somebody meant who writes another tool's grammar: xCAT's, a shell's, a regular expression.
use super::order::number;

/// What is said of sets in general.
pub(super) const GENERAL: &str = "a node set reads like x1000c0s0b[0-4]n0, nid[001-640]!nid007, @compute & @io or @compute & State=Ready";

/// Letters that only another grammar puts into a name, and what to write instead.
const FOREIGN: &[(&[char], &str)] = &[
    (
        &['{', '}'],
        "ranges stand in brackets: node[1-3], node[01,05]",
    ),
    (
        &['(', ')', '|', '\\', '$', '"', '\''],
        "a node set has no regular expressions: * stands for any letters, ? for one, [1-3] for numbers, a comma for \"or\"",
    ),
    (&['+'], "node1 and the four after it are node[1-5]"),
];

/// The first letter of a name's text that makes no sense, counted in letters, and a hint. `first` says that the text
/// begins the word.
pub(super) fn foreign(text: &str, first: bool) -> Option<(usize, &'static str)> {
    let regex = FOREIGN[1].1;
    match text.chars().next() {
        Some('-') if first => return Some((0, "`!` takes away: @compute ! x1000c0s0b1n0")),
        Some('/' | '~' | '#') if first => return Some((0, regex)),
        _ => {}
    }
    let letters = text.chars().enumerate();
    let known = letters.filter_map(|(at, letter)| {
        let row = FOREIGN
            .iter()
            .find(|(letters, _)| letters.contains(&letter));
        row.map(|(_, hint)| (at, *hint))
    });
    let any = text
        .find(".*")
        .map(|at| (text[..at].chars().count(), regex));
    known.chain(any).min_by_key(|(at, _)| *at)
}

/// `node1-node5`, as xCAT writes a range, in this grammar: `node[1-5]`.
pub fn range_of_names(word: &str) -> Option<String> {
    let cuts = word.match_indices('-');
    cuts.map(|(at, _)| range(&word[..at], &word[at + 1..]))
        .find_map(|range| range)
}

fn range(from: &str, to: &str) -> Option<String> {
    let alike = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b);
    // The numbers that differ, whole: `node19` and `node11` differ in 19 and 11.
    let same = &from.as_bytes()[..alike.count()];
    let digits = same.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let start = same.len() - digits.count();
    let (a, b) = (
        number(&from.as_bytes()[start..]),
        number(&to.as_bytes()[start..]),
    );
    if start == 0 || a.is_empty() || b.is_empty() || a == b {
        return None;
    }
    let (first, last) = (start + a.len(), start + b.len());
    let (head, tail) = (&from[..start], &from[first..]);
    (tail == &to[last..])
        .then(|| format!("{head}[{}-{}]{tail}", &from[start..first], &to[start..last]))
}
