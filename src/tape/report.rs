//! The text of a report of what went wrong: one Markdown file, without secrets.
use super::{Desk, line};
use crate::{
    http::{Body, Exchange, Outcome},
    secret,
};
use std::fmt::Write as _;

/// So many letters of a body are told.
const LETTERS: usize = 1000;
/// In a body that was cut off, so long a word may be base64, and nobody can look into half of it.
const ENCODED: usize = 40;

/// What a report says beside what the desk knows.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What runs: chami, Lua, the system, the services.
    pub versions: Vec<(String, String)>,
    /// The configuration and where each value comes from, secrets out of sight.
    pub settings: Vec<(String, String)>,
}

const CONTENTS: &str = "\
This file holds: versions, the configuration without its secrets, what was typed last in this session and what came of it, \
and the last requests with the beginnings of their bodies. Tokens, passwords, keys and cookies were taken out, where chami \
knows one by its form or by the name before it. It does not hold: what scripts printed, files, the environment, longer \
bodies. Read it through before you pass it on: names and addresses of the cluster are in it.";

const REPLAY: &str = "\
To show it once more: `record(\"x.tape\")`, or `chami --record x.tape FILE`, keeps all exchanges of a session without \
their secrets, and `chami --replay x.tape FILE` runs the same lines from that file without any cluster.";

impl Report {
    pub fn text(&self, desk: &Desk, last: &[Exchange]) -> String {
        let mut out = format!("# chami: what happened\n\n{CONTENTS}\n");
        table(&mut out, "Versions", &self.versions);
        let target = [("target".to_owned(), desk.target().to_owned())];
        table(&mut out, "Target", &target);
        table(&mut out, "Configuration", &self.settings);
        out += "\n## The session's last lines\n\n";
        for (input, output) in desk.diary().all() {
            block(&mut out, &format!("❯ {input}"));
            block(&mut out, &output);
        }
        out += "\n## The last requests\n\n";
        for exchange in last {
            block(&mut out, &told(exchange));
        }
        for (title, part) in desk.parts() {
            let _ = write!(out, "\n## {title}\n\n");
            block(&mut out, &secret::hide(&part));
        }
        let _ = write!(out, "\n## How to replay\n\n{REPLAY}\n");
        out
    }
}

fn table(out: &mut String, title: &str, rows: &[(String, String)]) {
    let _ = write!(out, "\n## {title}\n\n");
    for (name, value) in rows {
        block(
            out,
            &format!("{name}: {}", secret::hide_header(name, value)),
        );
    }
}

/// Indented, as Markdown wants a text that is to stay as it is.
fn block(out: &mut String, text: &str) {
    for line in text.lines() {
        let _ = writeln!(out, "    {line}");
    }
}

fn told(exchange: &Exchange) -> String {
    let mut text = format!("{} {}", exchange.at, line(exchange));
    if let Some(call) = &exchange.call {
        let _ = write!(text, " {}", call.native);
    }
    body(&mut text, '>', &exchange.body);
    match &exchange.outcome {
        Outcome::Answer { body: it, .. } => body(&mut text, '<', it),
        Outcome::Fault { fault, .. } => {
            let fault = super::entry::hidden(fault);
            let _ = write!(text, "\n  ! {}", fault.message);
        }
        Outcome::Abandoned => {}
    }
    text
}

fn body(out: &mut String, mark: char, body: &Body) {
    if body.length == 0 {
        return;
    }
    let Ok(text) = String::from_utf8(body.bytes.clone()).or_else(|error| {
        // The cut may have gone through a letter.
        let good = error.utf8_error().valid_up_to();
        let mut bytes = error.into_bytes();
        bytes.truncate(if good + 4 > bytes.len() { good } else { 0 });
        if bytes.is_empty() {
            Err(())
        } else {
            String::from_utf8(bytes).map_err(|_| ())
        }
    }) else {
        let _ = write!(out, "\n  {mark} ({} bytes that are no text)", body.length);
        return;
    };
    let mut text = secret::hide(&text).into_owned();
    if !body.is_whole() {
        text = unencoded(&text);
    }
    let whole = body.is_whole() && text.chars().count() <= LETTERS;
    let shown: String = text.chars().take(LETTERS).collect();
    for line in shown.lines() {
        let _ = write!(out, "\n  {mark} {line}");
    }
    if !whole {
        let _ = write!(out, "\n  {mark} … ({} bytes in all)", body.length);
    }
}

/// The text without words that may hold more than they show.
fn unencoded(text: &str) -> String {
    let letter = |c: char| c.is_ascii_alphanumeric() || "+/=-_".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|c| !letter(c)).unwrap_or(rest.len());
        if word >= ENCODED {
            out.push_str("(encoded)");
        } else {
            out.push_str(&rest[..word]);
        }
        let next = rest[word..].chars().next().map_or(0, char::len_utf8);
        out.push_str(&rest[word..word + next]);
        rest = &rest[word + next..];
    }
    out
}
