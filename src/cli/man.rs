//! `chami man`: the manual pages, made from the texts that `--help`, `help()` and the exercises have.
mod command;
mod course;
mod library;

use super::{Outcome, output, target::TargetArgs};
use clap_mangen::roff::{Roff, bold, roman};
use std::io;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Which page: chami(1), chami-lua(7) or chami-exercises(7)
    #[arg(value_enum, default_value_t = Page::Chami)]
    pub(super) page: Page,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Page {
    /// The command line
    Chami,
    /// What can be typed at the prompt and in scripts
    Lua,
    /// The course
    Exercises,
}

pub(super) fn run(target: &TargetArgs, page: Page) -> Outcome {
    let text = match page {
        Page::Chami => command::page(),
        Page::Lua => library::page(),
        Page::Exercises => {
            let shell = target.private_shell(Box::new(io::sink()))?;
            course::page(&shell)?
        }
    };
    output::print(&text)
}

/// A page of section 7 with its title and name.
fn page(name: &str, about: &str) -> Roff {
    let mut roff = Roff::new();
    let source = concat!("chami ", env!("CARGO_PKG_VERSION"));
    roff.control("TH", [name, "7", "", source, "chami"]);
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{name} - {about}"))]);
    roff
}

fn pairs(title: &str, rows: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (name, text) in rows {
        row(&mut roff, name, text);
    }
    roff
}

fn row(roff: &mut Roff, name: &str, text: &str) {
    roff.control("TP", []);
    roff.text([bold(name)]);
    roff.text([roman(text)]);
}

/// Paragraphs; lines that are set in stay as they are.
fn prose(roff: &mut Roff, text: &str) {
    let mut plain = true;
    roff.control("PP", []);
    for line in text.lines() {
        let set_in = line.starts_with("  ");
        match (plain, set_in) {
            (true, true) => drop(roff.control("nf", [])),
            (false, false) => drop(roff.control("fi", [])),
            _ => {}
        }
        plain = !set_in;
        match line {
            "" => drop(roff.control("PP", [])),
            line => drop(roff.text([roman(line)])),
        }
    }
    if !plain {
        roff.control("fi", []);
    }
}

fn text(roff: &Roff) -> String {
    roff.to_roff()
}

/// Fails only when memory cannot be written to.
fn memory(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    let _ = write(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}
