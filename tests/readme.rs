//! The README's tour is a session: its `chami` blocks, one after another, on an empty lab.
//! `CHAMI_BLESS=1` writes what was seen into the README.
#[path = "support/transcript.rs"]
mod transcript;

use std::{env, fs};
use transcript::{Transcript, difference, root};

const OPEN: &str = "```chami\n";
const CLOSE: &str = "```\n";

/// The README in turns: prose, session, prose, session, …, prose.
fn parts(text: &str) -> Vec<String> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((prose, after)) = rest.split_once(OPEN) {
        let (session, after) = after.split_once(CLOSE).expect("a block is closed");
        parts.extend([prose.to_owned(), session.to_owned()]);
        rest = after;
    }
    parts.push(rest.to_owned());
    parts
}

#[test]
fn the_tour_goes_as_written() {
    let path = root().join("README.md");
    let written = fs::read_to_string(&path).expect("README.md");
    let mut parts = parts(&written);
    let sessions: Vec<String> = parts.iter().skip(1).step_by(2).cloned().collect();
    assert!(!sessions.is_empty(), "README.md has no tour");
    let mut played = Transcript::parse(&sessions.concat())
        .played()
        .steps
        .into_iter();
    for (session, part) in sessions.iter().zip(parts.iter_mut().skip(1).step_by(2)) {
        let count = Transcript::parse(session).steps.len();
        let steps = played.by_ref().take(count).collect();
        *part = Transcript {
            head: Vec::new(),
            steps,
        }
        .text();
    }
    let mut seen = String::new();
    for (at, part) in parts.iter().enumerate() {
        match at % 2 {
            0 => seen.push_str(part),
            _ => seen.extend([OPEN, part, CLOSE]),
        }
    }
    if env::var_os("CHAMI_BLESS").is_some() {
        fs::write(&path, seen).expect("README.md can be rewritten");
        return;
    }
    assert!(
        written == seen,
        "{}\nCHAMI_BLESS=1 takes it over",
        difference(&written, &seen)
    );
}
