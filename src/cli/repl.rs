//! `chami` alone: the prompt, or the lines of standard input when that is no terminal.
use super::{Failure, Outcome, run::recorded, target::TargetArgs};
use crate::{lua::print, repl};

pub(super) fn run(target: &TargetArgs) -> Outcome {
    let shell = target.shell_at_prompt(print::stdout())?;
    match repl::run(&shell, &target.prompt()?) {
        0 => recorded(&shell),
        status => Err(Failure::Status(status)),
    }
}
