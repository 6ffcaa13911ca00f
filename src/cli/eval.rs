//! `chami -e CODE`: runs a line and prints its value, and nothing else, on standard output.
use super::{
    Outcome,
    output::{self, Format},
    run::{finish, recorded, warn, words},
    target::TargetArgs,
};
use crate::{
    lua::print,
    repl::{
        screen::{self, Stream},
        watch,
    },
};
use std::ffi::OsString;

pub(super) fn run(
    target: &TargetArgs,
    code: &str,
    args: &[OsString],
    format: Option<Format>,
) -> Outcome {
    let sink = match format {
        Some(_) => print::stderr(),
        None => print::stdout(),
    };
    let shell = target.shell(sink)?;
    warn(&shell);
    let reply = watch::interruptible(&shell, || shell.run(code, &words(args)));
    let value = output::joined(finish(reply)?);
    let style = screen::Style {
        rows: usize::MAX,
        ..screen::style(Stream::Out)
    };
    let text = output::text(&value, format.unwrap_or(Format::Table), &style)?;
    output::print(&text)?;
    recorded(&shell)
}
