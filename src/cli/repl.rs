//! `chami` alone: the prompt, or the lines of standard input when that is no terminal.
use super::{Failure, Outcome, target::TargetArgs};
use crate::{lua::print, repl};

pub(super) fn run(target: &TargetArgs) -> Outcome {
    let shell = target.shell_at_prompt(print::stdout())?;
    match repl::run(&shell, &target.prompt()?) {
        0 => Ok(()),
        status => Err(Failure::Status(status)),
    }
}
