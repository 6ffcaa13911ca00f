//! Reads a tape. What is damaged is said with its line; nothing is guessed.
use super::entry::{Entry, FORMAT, Head, Message};
use crate::fault::{Fault, Kind};
use serde::de::DeserializeOwned;
use std::{fs, path::Path};

/// A tape, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Tape {
    pub head: Head,
    pub entries: Vec<Entry>,
}

impl Tape {
    pub fn load(path: &Path) -> Result<Self, Fault> {
        let bytes = fs::read(path).map_err(|error| {
            Fault::io(path, &error).hint("record(\"x.tape\") in a session makes a tape")
        })?;
        Self::read(&bytes).map_err(|fault| Fault {
            message: format!("{}: {}", path.display(), fault.message),
            ..fault
        })
    }

    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').zip(1..);
        let head = lines.next().map_or(&b""[..], |(line, _)| line);
        let head: Head = parsed(head, 1)?;
        if head.chami_tape != FORMAT {
            let message = format!(
                "line 1: a tape of format {}, and this chami reads format {FORMAT}",
                head.chami_tape
            );
            return Err(Fault::new(Kind::Io, message)
                .hint(format!("it was recorded by chami {}", head.chami)));
        }
        let entries = lines.map(|(line, number)| {
            let entry: Entry = parsed(line, number)?;
            sound(&entry, number)?;
            Ok(entry)
        });
        Ok(Self {
            head,
            entries: entries.collect::<Result<_, Fault>>()?,
        })
    }
}

fn parsed<T: DeserializeOwned>(line: &[u8], number: usize) -> Result<T, Fault> {
    if !line.ends_with(b"\n") {
        let what = if line.is_empty() {
            "the tape is empty"
        } else {
            "the line is not whole"
        };
        return Err(damage(number, what).hint(
            "a recording that was killed may leave half a line: without it the tape is good",
        ));
    }
    serde_json::from_slice(line).map_err(|error| {
        let text = error.to_string();
        // serde_json counts lines of its own.
        let what = text.split(" at line ").next().unwrap_or_default();
        damage(number, &format!("column {}: {what}", error.column()))
            .hint("is it a tape, and as record wrote it?")
    })
}

fn damage(number: usize, what: &str) -> Fault {
    Fault::new(Kind::Io, format!("line {number}: {what}"))
}

/// A body must be readable, or be left out on purpose.
fn sound(entry: &Entry, number: usize) -> Result<(), Fault> {
    let answer = match &entry.end {
        super::entry::End::Answer { message, .. } => Some(message),
        _ => None,
    };
    let broken = |message: &Message| match (&message.left_out, message.body()) {
        (None, Err(why)) => Some(why),
        _ => None,
    };
    match broken(&entry.ask).or_else(|| answer.and_then(broken)) {
        Some(why) => Err(damage(number, &why).hint("is it a tape, and as record wrote it?")),
        None => Ok(()),
    }
}
