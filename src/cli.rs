//! The command line: which verb, on which cluster, in which form. One file per verb; no verb knows another.
//!
//! Standard output is for what was asked for, standard error for messages. The exit status is the fault's, 2 for a command
//! line that cannot be understood, 141 when the reader of the output went away.
mod care;
mod completion;
mod docs;
mod eval;
mod lab;
mod learn;
mod man;
mod output;
mod repl;
mod run;
mod tape;
mod target;
mod token;
mod variables;
mod verdict;

use crate::{
    fault::Fault,
    lua::Report,
    progress,
    repl::screen::{self, Stream},
};
use clap::{Parser, Subcommand};
use output::Format;
use std::{
    ffi::OsString,
    io::{self, IsTerminal},
    process::ExitCode,
};
use target::TargetArgs;
use verdict::Judge;

const STATUSES: &str = "\
Exit status:
    0  all went well                        5  the service cannot be reached, or TLS fails
    1  it failed: not found, refused, …     6  a check failed
    2  bad argument, or wrong usage       124  it took too long
    3  some of several items failed       130  stopped by Ctrl-C
    4  no token, or not enough rights     141  the reader of the output went away";

/// The scriptable shell for OpenCHAMI clusters: Lua at a prompt, in a file or in one line, on a cluster or on a
/// simulated one.
#[derive(Parser)]
#[command(
    name = "chami",
    version,
    disable_help_subcommand = true,
    override_usage = "chami [OPTIONS]                 a prompt\n       \
                      chami [OPTIONS] FILE [ARGS]     runs a Lua file\n       \
                      chami [OPTIONS] -e CODE [ARGS]  runs a line, prints its value\n       \
                      chami [OPTIONS] VERB",
    after_help = format!("{STATUSES}\n\nEnvironment:{}", variables::lines())
)]
struct Cli {
    #[command(flatten)]
    target: TargetArgs,
    /// Run this Lua code and print its value
    #[arg(short = 'e', value_name = "CODE", allow_hyphen_values = true)]
    code: Option<String>,
    /// How values are printed
    #[arg(
        short = 'F',
        long = "format-output",
        value_name = "FORMAT",
        global = true
    )]
    format: Option<Format>,
    /// Start the prompt without ~/.config/chami/init.lua
    #[arg(long)]
    no_init: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Run a Lua file; its own arguments follow it
    Run(run::Args),
    /// Serve a simulated cluster, look at it, set it back
    Lab(lab::Args),
    /// Exercises: what there is to learn, and how far you are
    Learn(learn::Args),
    /// Tell why a node does not come up; 6 when something is wrong
    Why(verdict::Args),
    /// Look at the whole cluster: services, what they agree on, all nodes; 6 when something is wrong
    Doctor(verdict::Args),
    /// Print the whole reference as Markdown, or write the book or what editors want
    Docs(docs::Args),
    /// Print the completion script for a shell
    Completion(completion::Args),
    /// Print a manual page
    Man(man::Args),
    /// Print the version
    Version,
    /// A file and its arguments, without a verb
    #[command(external_subcommand)]
    File(Vec<OsString>),
}

/// How a verb ends when it fails.
enum Failure {
    /// Said on standard error, and its status returned.
    Report(Box<Report>),
    /// All is said; only the status is left.
    Status(u8),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Report(Box::new(Report::from(fault)))
    }
}

impl From<Report> for Failure {
    fn from(report: Report) -> Self {
        Self::Report(Box::new(report))
    }
}

type Outcome = Result<(), Failure>;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output, mistakes to standard error; a reader that went away is no matter.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    token::conceal(cli.target.given_token());
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Status(status)) => ExitCode::from(status),
        Err(Failure::Report(report)) => {
            screen::say(&report.text(&screen::style(Stream::Error)));
            ExitCode::from(report.exit_code())
        }
    }
}

/// Whether somebody sees how far long work has come, and nothing else reads what they see.
fn at_a_terminal(format: Option<Format>) -> bool {
    format.is_none() && io::stderr().is_terminal() && io::stdout().is_terminal()
}

fn dispatch(cli: Cli) -> Outcome {
    let Cli {
        target,
        code,
        format,
        no_init,
        verb,
    } = cli;
    if at_a_terminal(format) {
        progress::enable();
    }
    match (code, verb) {
        (Some(code), None) => eval::run(&target, &code, &[], format),
        (Some(code), Some(Verb::File(args))) => eval::run(&target, &code, &args, format),
        (Some(_), Some(_)) => Err(Fault::bad_argument("-e and a verb cannot both be meant")
            .hint("chami -e CODE, or the verb alone; chami --help lists both")
            .into()),
        (None, None) => repl::run(&target, !no_init),
        (None, Some(Verb::Run(args))) => run::run(&target, &args.file, &args.args, format),
        (None, Some(Verb::File(words))) => match words.split_first() {
            Some((file, args)) => run::run(&target, file, args, format),
            None => repl::run(&target, !no_init),
        },
        (None, Some(Verb::Lab(args))) => lab::run(&target, args, format),
        (None, Some(Verb::Learn(args))) => learn::run(&target, args, format),
        (None, Some(Verb::Why(args))) => verdict::run(&target, Judge::Why, args, format),
        (None, Some(Verb::Doctor(args))) => verdict::run(&target, Judge::Doctor, args, format),
        (None, Some(Verb::Docs(args))) => docs::run(&target, &args),
        (None, Some(Verb::Completion(args))) => completion::run(&args),
        (None, Some(Verb::Man(args))) => man::run(&target, args.page),
        (None, Some(Verb::Version)) => {
            output::print(&format!("chami {}\n", env!("CARGO_PKG_VERSION")))
        }
    }
}

/// The names of all verbs, for those who mistype one.
fn verbs() -> Vec<String> {
    let command = <Cli as clap::CommandFactory>::command();
    command
        .get_subcommands()
        .map(|verb| verb.get_name().to_owned())
        .collect()
}

#[cfg(test)]
mod tests;
