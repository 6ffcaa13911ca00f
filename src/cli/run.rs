//! `chami FILE [args]`: runs a Lua file as a script.
use super::{Failure, Outcome, learn, output::Format, target::TargetArgs, verbs};
use crate::{
    fault::{Fault, Kind},
    learn::{Exercise, is_exercise},
    lua::{Reply, print, shape::Shape},
    repl::{screen, watch},
    shell::Shell,
};
use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The file; - reads standard input
    pub(super) file: OsString,
    /// What the script finds in `...` and `arg`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) args: Vec<OsString>,
}

pub(super) fn run(
    target: &TargetArgs,
    file: &OsStr,
    args: &[OsString],
    format: Option<Format>,
) -> Outcome {
    let path = Path::new(if file == "-" {
        OsStr::new("/dev/stdin")
    } else {
        file
    });
    if !path.exists() {
        return Err(missing(file).into());
    }
    // Standard input can be read but once.
    if file != "-"
        && let Ok(exercise) = Exercise::read(path)
        && is_exercise(&exercise.text)
    {
        return learn::file(target, &exercise, format);
    }
    let sink = match format {
        Some(_) => print::stderr(),
        None => print::stdout(),
    };
    let shell = target.shell(sink)?;
    warn(&shell);
    let reply = watch::interruptible(&shell, || shell.run_file(path, &words(args)));
    finish(reply)?;
    recorded(&shell)
}

/// The end of what was recorded: where all else went well, a tape that broke off is the failure.
pub(super) fn recorded(shell: &Shell) -> Outcome {
    shell.desk().stop()?;
    Ok(())
}

/// Says so before work begins that the token may not outlast.
pub(super) fn warn(shell: &Shell) {
    if let Some(text) = shell.token_warning() {
        screen::say(&text);
    }
}

/// Says whether a verb may have been meant.
fn missing(file: &OsStr) -> Fault {
    let name = file.to_string_lossy();
    let fault = Fault::new(Kind::Io, format!("there is no file {name}"));
    let near = verbs()
        .into_iter()
        .map(|verb| (strsim::jaro_winkler(&verb, &name), verb))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, verb)) => fault.hint(format!("the verb is spelled chami {verb}")),
        None => fault.hint("chami --help lists the verbs; chami -e CODE runs a line"),
    }
}

/// The values of a run, or how it failed.
pub(super) fn finish(reply: Reply) -> Result<Vec<Shape>, Failure> {
    match reply {
        Reply::Nothing | Reply::Exit(0) => Ok(Vec::new()),
        Reply::Values(values) => Ok(values),
        Reply::Exit(status) => Err(Failure::Status(status)),
        Reply::Failed(report) => Err(report.into()),
        Reply::Incomplete => Err(Fault::bad_argument("the code ends in the middle").into()),
    }
}

pub(super) fn words(args: &[OsString]) -> Vec<String> {
    let word = |arg: &OsString| arg.to_string_lossy().into_owned();
    args.iter().map(word).collect()
}
