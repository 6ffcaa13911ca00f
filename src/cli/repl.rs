//! `chami` alone: the prompt, or the lines of standard input when that is no terminal.
use super::{Failure, Outcome, run::recorded, target::TargetArgs};
use crate::repl::{self, Room};

pub(super) fn run(target: &TargetArgs, init: bool) -> Outcome {
    let shell = target.shell_at_prompt(repl::sink())?;
    let prompt = target.prompt()?;
    let room = Room {
        init,
        ..Room::new(&shell, &prompt)
    };
    match repl::run(&room) {
        0 => recorded(&shell),
        status => Err(Failure::Status(status)),
    }
}
