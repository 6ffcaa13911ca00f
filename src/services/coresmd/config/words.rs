//! The words of a plugin, each with its line, and the settings among them: `key=value`, between comments.
use super::yaml::{Node, Value};
use crate::services::coresmd::types::{Does, Finding};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) line: usize,
}

/// The words of a plugin's value. Anything but a text has none.
pub(super) fn split(source: &str, node: &Node) -> Vec<Word> {
    let Value::Text(value) = &node.value else {
        return Vec::new();
    };
    let (mut at, mut line) = (node.start, node.line);
    value
        .split_whitespace()
        .map(|word| {
            // What YAML made of the text keeps the order of its words, so each stands behind the last.
            if let Some(found) = source.get(at..).and_then(|rest| rest.find(word)) {
                line += source[at..at + found].matches('\n').count();
                at += found + word.len();
            }
            Word {
                text: word.to_owned(),
                line,
            }
        })
        .collect()
}

/// One setting of a plugin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting<'a> {
    /// Counts the words that are no comment, as the server's messages do.
    pub(super) number: usize,
    pub(super) key: &'a str,
    pub(super) value: &'a str,
    pub(super) line: usize,
}

/// Reads `key=value` words, past comments; each setting is handed on, what is none is found.
pub(super) fn settings<'a>(
    plugin: &str,
    words: &'a [Word],
    known: &[&str],
    findings: &mut Vec<Finding>,
    mut each: impl FnMut(&Setting<'a>, &mut Vec<Finding>),
) {
    let (mut number, mut opened, mut lost) = (0, None, Vec::new());
    for (at, word) in words.iter().enumerate() {
        let text = word.text.as_str();
        let (opens, closes) = (text.starts_with("/*"), text.ends_with("*/"));
        if text.len() >= 2 && (opens || closes) {
            if opens {
                opened = Some(at);
            }
            if closes && opened.take().is_none() {
                let log = format!(
                    "arg {}: comment terminator (\"*/\") found without start of comment (\"/*\")",
                    at + 1
                );
                let found =
                    Finding::skipped(word.line, plugin, "a comment ends here that never began");
                findings.push(found.fix("take the */ away").log(log));
            }
            continue;
        }
        if let Some(start) = opened {
            lost.extend(eaten(plugin, word, &words[start], known));
            continue;
        }
        number += 1;
        match text.split_once('=') {
            Some((key, value)) => each(
                &Setting {
                    number,
                    key,
                    value,
                    line: word.line,
                },
                findings,
            ),
            None => findings.push(no_setting(plugin, word, number)),
        }
    }
    if let Some(start) = opened {
        let log = format!(
            "arg {}: unterminated comment (\"/*\" found without a \"*/\")",
            start + 1
        );
        let message = "this comment has no end: all words behind it are part of it";
        let found = Finding::skipped(words[start].line, plugin, message);
        findings.push(found.fix("end it with a word */").log(log));
    }
    findings.extend(lost);
}

fn no_setting(plugin: &str, word: &Word, number: usize) -> Finding {
    let text = &word.text;
    let log = format!(
        "non-comment arg {number}: invalid format '{text}', should be 'key=val' (skipping)"
    );
    let message =
        format!("`{text}` is no setting: this version takes key=value, no words by their position");
    Finding::skipped(word.line, plugin, message)
        .fix("write each as key=value, as dhcp.render{ … } does; or is this file for v0.4?")
        .log(log)
}

/// A setting that an open comment swallows, which the server does not say.
fn eaten(plugin: &str, word: &Word, start: &Word, known: &[&str]) -> Option<Finding> {
    let (key, _) = word.text.split_once('=')?;
    // Within one line it is meant: a setting that was put away.
    if !known.contains(&key) || word.line == start.line {
        return None;
    }
    let line = start.line;
    let message = format!(
        "this setting is inside the comment that began in line {line}: it counts for nothing"
    );
    let mut found = Finding::warning(word.line, format!("{plugin}.{key}"), message);
    found.does = Does::Skip;
    Some(found.fix(format!("end the comment in line {line} with a word */")))
}
