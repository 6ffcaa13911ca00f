//! `chami docs`: the reference of all modules; the book; what an editor needs to know the library.
mod chapters;
mod editor;

use super::{Outcome, output, target::TargetArgs};
use crate::{
    book,
    learn::Course,
    lua::{help, library},
};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Write the book into a directory: tour, exercises and reference as a web site that needs no server
    #[arg(long, value_name = "DIR", conflicts_with = "editor")]
    html: Option<PathBuf>,
    /// Make a directory of scripts known to lua-language-server and emmylua: completion, types, documentation
    #[arg(long, value_name = "DIR")]
    editor: Option<PathBuf>,
}

pub(super) fn run(target: &TargetArgs, args: &Args) -> Outcome {
    if let Some(dir) = &args.html {
        target.may_write("docs --html")?;
        let shell = target.private_shell(Box::new(std::io::sink()))?;
        book::write(&chapters::all(&Course::embedded()?, &shell)?, dir)?;
        return output::print(&format!("{}\n", dir.join("index.html").display()));
    }
    if let Some(dir) = &args.editor {
        target.may_write("docs --editor")?;
        let written = editor::write(dir)?;
        return output::print(&written);
    }
    output::print(&help::reference(&library::index()))
}
