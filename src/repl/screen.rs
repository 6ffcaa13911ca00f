//! What the terminal can show, and writing to it: values to standard output, messages to standard error.
pub use crate::lua::inspect::Style;

use crate::{lua::inspect::fold, progress};
use std::{
    env,
    io::{self, IsTerminal, Write},
};
use terminal_size::{Width, terminal_size_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Error,
}

/// Lines that a list of plain values may fill at the prompt.
const ROWS: usize = 20;
/// For a terminal that does not tell.
const WIDTH: usize = 80;
/// How much deeper a message's broken lines go on.
const HANG: usize = 8;

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

/// A message as a screen of this width shows it.
pub fn message(text: &str, style: &Style) -> String {
    fold(text, style, HANG)
}

/// A line, or several, on standard output. When nobody reads any more there is nobody to tell.
pub fn show(text: &str) {
    if !text.is_empty() {
        progress::hide();
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
}

/// The same of a message.
pub fn tell(text: &str, style: &Style) {
    show(&message(text, style));
}

/// A line, or several, on standard error.
pub fn say(text: &str) {
    progress::hide();
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

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
