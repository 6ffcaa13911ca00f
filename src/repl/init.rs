//! `init.lua`: what the user wants to have at every prompt. An error in it is told, and the session goes on.
use super::{
    screen::{self, Stream},
    watch,
};
use crate::{lua::Reply, shell::Shell};
use std::{env, path::PathBuf};

/// `$XDG_CONFIG_HOME/chami/init.lua`, if there is one.
fn file() -> Option<PathBuf> {
    let config = env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
        .or_else(|| Some(env::home_dir()?.join(".config")))?;
    Some(config.join("chami/init.lua")).filter(|path| path.exists())
}

/// Runs it, once.
pub(super) fn run(shell: &Shell) {
    let Some(path) = file() else { return };
    let reply = watch::interruptible(shell, || shell.run_file(&path, &[]));
    match reply {
        Reply::Failed(report) => {
            let style = screen::style(Stream::Error);
            screen::say(&screen::message(&report.text(&style), &style));
            screen::say(&format!(
                "({} failed; the session goes on without the rest of it, and --no-init leaves it out)",
                path.display()
            ));
        }
        Reply::Exit(_) => screen::say(&format!("({} cannot end the session)", path.display())),
        Reply::Nothing | Reply::Incomplete | Reply::Values(_) => {}
    }
}
