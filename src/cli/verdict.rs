//! `chami why` and `chami doctor`, the verbs that judge nodes: the verdict is printed, and the exit status tells whether
//! something is wrong, for a look in the morning and for cron.
use super::{
    Failure, Outcome,
    output::{self, Format},
    run::{finish, recorded, warn},
    target::TargetArgs,
};
use crate::{
    fault::Kind,
    lua::{print, shape::Shape},
    repl::{
        screen::{self, Stream},
        watch,
    },
};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Which nodes: an xname, NID, MAC or name, or a set as nid[1-5] or @compute; without one all of SMD
    nodes: Option<String>,
    /// A nodes file to compare SMD with
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
}

/// What judges: Lua that gives its verdict, as text or as data, and whether something is wrong.
#[derive(Clone, Copy)]
pub(super) enum Judge {
    Why,
    Doctor,
}

impl Judge {
    fn code(self) -> &'static str {
        match self {
            Self::Why => "return require('node.why').report(...)",
            Self::Doctor => "return require('doctor')._report(...)",
        }
    }
}

/// Prints what was found; 6, as a check that fails, when something is wrong.
pub(super) fn run(
    target: &TargetArgs,
    judge: Judge,
    args: Args,
    format: Option<Format>,
) -> Outcome {
    let shell = target.shell(print::stderr())?;
    warn(&shell);
    let form = if format.is_some() { "data" } else { "text" };
    let words = [
        args.nodes.unwrap_or_default(),
        args.file.unwrap_or_default(),
        form.to_owned(),
    ];
    let reply = watch::interruptible(&shell, || shell.run(judge.code(), &words));
    let mut values = finish(reply)?.into_iter();
    let told = values.next().unwrap_or(Shape::Nil);
    let sick = values.next() == Some(Shape::Bool(true));
    let style = screen::Style {
        rows: usize::MAX,
        ..screen::style(Stream::Out)
    };
    output::print(&output::text(
        &told,
        format.unwrap_or(Format::Table),
        &style,
    )?)?;
    recorded(&shell)?;
    if sick {
        return Err(Failure::Status(Kind::CheckFailed.exit_code()));
    }
    Ok(())
}
