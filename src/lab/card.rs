//! `lab.json`: who serves a lab, where, and the secret its control API wants. Readable by its user alone.
use super::dirs::{private_dir, unusable};
use crate::{fault::Fault, http::Base};
use serde::{Deserialize, Serialize};
use std::{
    fmt, fs,
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
};

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) pid: u32,
    pub(crate) http: String,
    pub(crate) https: String,
    pub(crate) ca: PathBuf,
    pub(crate) state: PathBuf,
    pub(crate) secret: String,
    /// All advances of the clock, in nanoseconds: others of this user know the lab's time by it.
    #[serde(default)]
    pub(crate) advanced: u64,
}

/// The secret is never shown.
impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card")
            .field("pid", &self.pid)
            .field("http", &self.http)
            .field("https", &self.https)
            .finish_non_exhaustive()
    }
}

impl Card {
    /// `None`: there is none, or none that can be read.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Whole or not at all: others read it at any time.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Fault> {
        let dir = path.parent().unwrap_or(path);
        private_dir(dir)?;
        let text = serde_json::to_vec_pretty(self)
            .map_err(|e| Fault::internal(format!("lab.json: {e}")))?;
        let mut file = tempfile::NamedTempFile::new_in(dir).map_err(|e| unusable(dir, &e))?;
        file.write_all(&text).map_err(|e| unusable(path, &e))?;
        file.persist(path).map_err(|e| Fault::io(path, &e.error))?;
        Ok(())
    }

    /// The way in, past any proxy.
    pub(crate) fn base(&self, token: Option<String>) -> Base {
        let host = self.http.trim_start_matches("http://").parse();
        Base {
            url: self.http.clone(),
            token,
            address: host.ok().map(|host: SocketAddr| host.ip()),
            control: Some(self.secret.clone()),
            ..Base::default()
        }
    }

    /// The port of one of its URLs.
    pub(crate) fn port(url: &str) -> Option<u16> {
        url.rsplit(':').next()?.parse().ok()
    }
}
