//! Where a user's labs keep their things.
use crate::fault::{Fault, Kind};
use jiff::Timestamp;
use std::{
    env, fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
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
            return Err(Fault::new(Kind::Io, message)
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
        .map_err(|error| unusable(path, &error))
}

/// What to do where there is no room.
const FULL: &str = "free some space there and try again; what was stored before is safe";

/// A place that a lab cannot use, and what to do about it.
pub(crate) fn unusable(path: &Path, error: &io::Error) -> Fault {
    let fault = Fault::io(path, error);
    if is_full(error) {
        return fault.status(507).hint(FULL);
    }
    fault.hint(
        "chami --lab=fresh keeps nothing on disk; XDG_STATE_HOME=DIR chooses where labs are kept, \
         XDG_RUNTIME_DIR=DIR where it stands who serves them",
    )
}

/// A record that the disk did not take; what was there before is as it was.
pub(crate) fn not_stored(path: &Path, error: &io::Error, bytes: usize) -> Fault {
    let path = path.display();
    let message = format!("{path}: {error}; {bytes} bytes were not stored");
    let fault = Fault::new(Kind::Io, message).status(507);
    if is_full(error) {
        return fault.hint(FULL);
    }
    fault.hint("see to that disk and try again; what was stored before is safe")
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

/// When a file was written, in UTC; empty when nobody knows.
pub(crate) fn moment(time: Option<SystemTime>) -> String {
    let time = time.and_then(|time| Timestamp::try_from(time).ok());
    let second = time.and_then(|time| Timestamp::from_second(time.as_second()).ok());
    second.map_or_else(String::new, |time| time.to_string())
}
