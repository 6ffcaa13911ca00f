//! Where a user's labs keep their things.
use crate::fault::Fault;
use std::{
    env, fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

/// The two roots everything stands under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    /// `$XDG_STATE_HOME/chami`: the labs' states and the keys they share.
    pub state: PathBuf,
    /// `$XDG_RUNTIME_DIR/chami`: who serves which lab at this moment.
    pub runtime: Option<PathBuf>,
}

impl Dirs {
    /// As the XDG base directory specification says.
    pub fn from_env() -> Result<Self, Fault> {
        let absolute = |name: &str| {
            env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let state = absolute("XDG_STATE_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
        let Some(state) = state else {
            let message = "neither XDG_STATE_HOME nor HOME says where the lab can keep its state";
            return Err(Fault::new(crate::fault::Kind::Io, message)
                .hint("set HOME, or use a lab that keeps nothing: chami --lab=fresh"));
        };
        Ok(Self {
            state: state.join("chami"),
            runtime: absolute("XDG_RUNTIME_DIR").map(|dir| dir.join("chami")),
        })
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.state.join("keys")
    }
}

/// `lab`, or `lab-NAME`.
pub(crate) fn lab_name(name: Option<&str>) -> String {
    name.map_or_else(|| "lab".to_owned(), |name| format!("lab-{name}"))
}

/// A name that is one plain file name, whoever gave it.
pub(crate) fn plain_name(what: &str, name: &str) -> Result<(), Fault> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(plain) {
        let message = format!("\"{name}\" cannot be the name of a {what}");
        return Err(Fault::bad_argument(message)
            .hint("letters, digits, - _ and . (not at the beginning), such as before-upgrade"));
    }
    Ok(())
}

/// Makes a directory that nobody else may look into.
pub(crate) fn private_dir(path: &Path) -> Result<(), Fault> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| {
            let fault = Fault::io(path, &error);
            let elsewhere = [
                io::ErrorKind::PermissionDenied,
                io::ErrorKind::ReadOnlyFilesystem,
                io::ErrorKind::StorageFull,
            ];
            if elsewhere.contains(&error.kind()) {
                return fault.hint("XDG_STATE_HOME chooses another place for the lab's state");
            }
            fault
        })
}
