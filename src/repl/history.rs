//! What was typed, kept between sessions; what looks like a secret is not kept.
use std::{
    env, fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

/// `$XDG_STATE_HOME/chami/history`; its directory is made, for the user alone.
pub(super) fn file() -> Option<PathBuf> {
    let state = env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
        .or_else(|| Some(env::home_dir()?.join(".local/state")))?;
    let dir = state.join("chami");
    make(&dir).then(|| dir.join("history"))
}

fn make(dir: &Path) -> bool {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(dir).is_ok()
}
