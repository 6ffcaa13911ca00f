//! `chami why [NODE]`: why a node does not come up; without a node, which nodes have something wrong.
//!
//! Ends with 0 when nothing is found wrong and with 6, as a check that fails, when something is.
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
    /// The node: xname, NID, MAC or name; without one all nodes are asked about
    node: Option<String>,
    /// A nodes file to compare SMD with
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
}

/// The verdicts, as text or as data, and whether something is wrong.
const CODE: &str = "return require('node.why').report(...)";

pub(super) fn run(target: &TargetArgs, args: Args, format: Option<Format>) -> Outcome {
    let shell = target.shell(print::stderr())?;
    warn(&shell);
    let form = if format.is_some() { "data" } else { "text" };
    let words = [
        args.node.unwrap_or_default(),
        args.file.unwrap_or_default(),
        form.to_owned(),
    ];
    let reply = watch::interruptible(&shell, || shell.run(CODE, &words));
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
