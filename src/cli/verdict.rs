//! What verbs that judge nodes have in common: the verdict is printed, and the exit status tells whether something is wrong.
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

/// What is asked about nodes: Lua that gives what it found, and whether something is wrong.
pub(super) struct Asked {
    pub(super) code: &'static str,
    pub(super) whom: Option<String>,
    pub(super) file: Option<String>,
}

/// Prints what was found; 6 when something is wrong.
pub(super) fn judged(target: &TargetArgs, asked: &Asked, format: Option<Format>) -> Outcome {
    let shell = target.shell(print::stderr())?;
    warn(&shell);
    let form = if format.is_some() { "data" } else { "text" };
    let words = [
        asked.whom.clone().unwrap_or_default(),
        asked.file.clone().unwrap_or_default(),
        form.to_owned(),
    ];
    let reply = watch::interruptible(&shell, || shell.run(asked.code, &words));
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
