//! Which files a session reads, and which one a write goes to.
use super::{Config, Fault};
use crate::fault::Kind;
use serde::Deserialize;
use std::{
    env,
    path::{Path, PathBuf},
};

/// ochami's files, or the one that stands in for them.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// In the order of reading; a later one wins.
    read: Vec<PathBuf>,
    system: Option<PathBuf>,
    user: Option<PathBuf>,
}

/// Which file is meant, as `{ system = true }`; without a word, all for reading and the user's for writing.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    system: bool,
    user: bool,
}

impl Which {
    /// Whether one file is named.
    pub(super) fn is_one(self) -> bool {
        self.system || self.user
    }
}

impl Files {
    /// ochami's own two. The home is `$HOME`'s, then that of the user's account; ochami knows only the latter.
    pub fn ours() -> Self {
        let user = env::home_dir().map(|home| home.join(".config/ochami/config.yaml"));
        Self::at(Some("/etc/ochami/config.yaml".into()), user)
    }

    /// These two in their place.
    pub fn at(system: Option<PathBuf>, user: Option<PathBuf>) -> Self {
        Self {
            read: system.iter().chain(&user).cloned().collect(),
            system,
            user,
        }
    }

    /// That file and no other (`-c`); it must exist.
    pub fn only(path: &Path) -> Result<Self, Fault> {
        if !path.exists() {
            let what = format!("{}: there is no such file", path.display());
            return Err(Fault::new(Kind::Io, what)
                .hint("-c names the one file to read; --ignore-config reads none"));
        }
        Ok(Self::at(None, Some(path.to_owned())))
    }

    /// The same, of which nothing is read (`--ignore-config`).
    pub fn unread(self) -> Self {
        Self {
            read: Vec::new(),
            ..self
        }
    }

    /// What the files say together.
    pub fn load(&self) -> Result<Config, Fault> {
        Config::merged(&self.read)
    }

    /// The files that `which` names; all that are read, if it names none.
    pub fn reading(&self, which: Which) -> Result<Vec<PathBuf>, Fault> {
        if which.is_one() {
            return Ok(vec![self.writing(which)?.to_owned()]);
        }
        Ok(self.read.clone())
    }

    /// All that count once `path` was written.
    pub fn with(&self, path: &Path) -> Vec<PathBuf> {
        if self.read.iter().any(|read| read == path) {
            return self.read.clone();
        }
        vec![path.to_owned()]
    }

    /// The file that `which` names; the user's, if it names none.
    pub fn writing(&self, which: Which) -> Result<&Path, Fault> {
        let chosen = match which {
            Which {
                system: true,
                user: true,
            } => {
                let what = "system and user cannot both be meant";
                return Err(Fault::bad_argument(what).hint("a write goes into one file"));
            }
            Which { system: true, .. } => &self.system,
            _ => &self.user,
        };
        match (chosen, &self.user) {
            (Some(path), _) => Ok(path),
            (None, Some(only)) => {
                let what = format!("this session has one file, {}", only.display());
                Err(Fault::bad_argument(what)
                    .hint("leave system = true out, or start chami without -c"))
            }
            (None, None) => Err(Fault::new(
                Kind::Unsupported,
                "this session has no configuration file",
            )
            .hint("start chami -c FILE, or with a HOME")),
        }
    }
}
