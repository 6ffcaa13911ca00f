//! `chami completion SHELL`: Tab for bash, zsh, fish and others.
use super::{Cli, Outcome, output};
use clap::CommandFactory;
use clap_complete::{Shell, generate};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Which shell
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Outcome {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "chami", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}
