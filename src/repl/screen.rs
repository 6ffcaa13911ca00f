//! What the terminal can show, and writing to it: values to standard output, messages to standard error.
pub use crate::lua::inspect::Style;

use std::{
    env,
    io::{self, IsTerminal, Write},
};
use terminal_size::{Width, terminal_size_of};
use unicode_width::UnicodeWidthStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Error,
}

/// Lines that a list of plain values may fill at the prompt.
const ROWS: usize = 20;
/// For a terminal that does not tell.
const WIDTH: usize = 80;

/// How to write on this stream: without cuts and colours when it is no terminal.
pub fn style(stream: Stream) -> Style {
    let (terminal, size) = match stream {
        Stream::Out => (io::stdout().is_terminal(), terminal_size_of(io::stdout())),
        Stream::Error => (io::stderr().is_terminal(), terminal_size_of(io::stderr())),
    };
    if !terminal {
        return Style::WHOLE;
    }
    Style {
        width: size.map_or(WIDTH, |(Width(columns), _)| usize::from(columns).max(20)),
        rows: ROWS,
        colour: colour(|name| env::var(name).ok()),
        prompt: false,
    }
}

/// Whether the user wants colours on a terminal.
fn colour(var: impl Fn(&str) -> Option<String>) -> bool {
    let forbidden = var("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = var("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    !forbidden && !dumb && var("CLICOLOR").as_deref() != Some("0")
}

/// What the further lines of a message begin with.
const INDENT: &str = "        ";

/// What stands before the next thing to type. The terminal wraps such a line, and who copies it gets it in one piece.
const TYPED: [&str; 2] = ["hint: ", "fix: "];

/// A message as a screen of this width shows it: broken between words, not in the middle of one.
pub fn fold(text: &str, style: &Style) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let said = plain(line);
        if TYPED.iter().any(|it| said.trim_start().starts_with(it)) {
            lines.push(line.to_owned());
            continue;
        }
        let mut piece = String::new();
        for word in line.split_inclusive(' ') {
            let full = seen(&piece) + seen(word.trim_end()) > style.width;
            if full && !piece.trim().is_empty() {
                lines.push(piece.trim_end().to_owned());
                INDENT.clone_into(&mut piece);
            }
            piece.push_str(word);
        }
        lines.push(piece);
    }
    lines.join("\n")
}

/// The columns that a text takes; what paints it takes none.
fn seen(text: &str) -> usize {
    plain(text).width()
}

/// A text without what paints it.
fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.filter_map(|it| Some(it.split_once('m')?.1));
    rest.fold(first, |out, part| out + part)
}

/// A line, or several, on standard output. When nobody reads any more there is nobody to tell.
pub fn show(text: &str) {
    if !text.is_empty() {
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
}

/// The same on standard error.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_break_between_words() {
        let style = Style {
            width: 30,
            ..Style::WHOLE
        };
        let text = "\x1b[1;31mnot_found\x1b[0m: no group of that name\n  at boot.lua:3, in a_function_of_a_name";
        assert_eq!(
            fold(text, &style),
            "\x1b[1;31mnot_found\x1b[0m: no group of that\n        name\n  at boot.lua:3, in\n        a_function_of_a_name"
        );
        let long = "error: https://demo.openchami.cluster:8443/hsm/v2/State/Components";
        assert_eq!(
            fold(long, &style).lines().count(),
            2,
            "what has no space stays whole"
        );
        assert_eq!(fold(text, &Style::WHOLE), text);
    }

    #[test]
    fn what_is_to_be_typed_stays_in_one_piece() {
        let style = Style {
            width: 30,
            ..Style::WHOLE
        };
        for typed in [
            "  \x1b[2mhint:\x1b[0m sudo chami -u http://127.0.0.1:9 -e 'head.dir(\"/a\", { owner = \"root\" })'",
            "fix: sudo systemctl restart coresmd-coredhcp",
        ] {
            assert_eq!(fold(typed, &style), typed);
        }
    }

    #[test]
    fn colour_obeys_the_environment() {
        let with = |vars: &[(&str, &str)]| {
            let vars: Vec<(String, String)> = vars
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect();
            colour(|name| vars.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()))
        };
        assert!(with(&[("TERM", "xterm")]));
        assert!(with(&[("TERM", "xterm"), ("NO_COLOR", "")]));
        assert!(!with(&[("TERM", "xterm"), ("NO_COLOR", "1")]));
        assert!(!with(&[("TERM", "xterm"), ("CLICOLOR", "0")]));
        assert!(!with(&[("TERM", "dumb")]));
        assert!(!with(&[]));
    }
}
