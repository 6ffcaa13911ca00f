//! ochami's configuration files, read as they are: a user who has ochami set up need not set up chami.
//!
//! `/etc/ochami/config.yaml`, then `~/.config/ochami/config.yaml`; the second wins, cluster by cluster and key by key.
//! Unknown keys are accepted, since newer versions of ochami may add some. Written only by `config.*`, and then in place:
//! `keys` knows what may stand where, `draft` edits a text, `change` and `clusters` are the changes, `view` says what
//! holds and where it comes from. Which cluster a session talks to is decided in `target`. Knows no HTTP.
mod change;
mod clusters;
mod draft;
mod files;
mod keys;
mod session;
pub mod target;
#[cfg(test)]
mod tests;
mod view;

pub use change::{Change, Record};
pub use files::{Files, Which};
pub use session::Session;
pub use target::{Ask, Place, Target};
pub use view::Setting;

use draft::Draft;

use crate::fault::Fault;
use jiff::SignedDuration;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

/// What the files say, merged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    pub default_cluster: Option<String>,
    pub default_output_format: Option<String>,
    /// For one request, wall time.
    pub timeout: Option<Duration>,
    /// In the order of the files.
    pub clusters: Vec<Cluster>,
    /// The files this was read from.
    pub read: Vec<PathBuf>,
}

/// A cluster the user has named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    pub name: String,
    /// The gateway.
    pub uri: Option<String>,
    pub enable_auth: bool,
    /// Services with a URI of their own: absolute, or a path below the gateway. By their names in Lua.
    pub services: BTreeMap<String, String>,
}

/// A file as it is written.
#[derive(Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[derive(Default)]
struct File {
    default_cluster: Option<String>,
    default_output_format: Option<String>,
    timeout: Option<String>,
    clusters: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(default)]
    cluster: Option<Body>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Body {
    uri: Option<String>,
    enable_auth: Option<bool>,
    boot_service: Option<Own>,
    bss: Option<Own>,
    cloud_init: Option<Own>,
    metadata_service: Option<Own>,
    pcs: Option<Own>,
    smd: Option<Own>,
    rcs: Option<Own>,
}

#[derive(Deserialize)]
struct Own {
    uri: Option<String>,
}

impl Config {
    fn merged(paths: &[PathBuf]) -> Result<Self, Fault> {
        let mut config = Self::default();
        for path in paths {
            match fs::read_to_string(path) {
                Ok(text) => config.add(path, &text)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Fault::io(path, &error)),
            }
        }
        Ok(config)
    }

    /// The cluster of that name.
    pub fn cluster(&self, name: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.name == name)
    }

    /// Lays a file's content over what is there.
    fn add(&mut self, path: &Path, text: &str) -> Result<(), Fault> {
        let file: File = if text.trim().is_empty() {
            File::default()
        } else {
            serde_saphyr::from_str(text).map_err(|error| malformed(path, &error))?
        };
        if let Some(text) = file.timeout {
            self.timeout = Some(duration(&text).ok_or_else(|| {
                Fault::bad_argument(format!(
                    "{}: timeout: \"{text}\" is no span of time",
                    path.display()
                ))
                .hint("a span is written like 30s, 2m or 1m30s")
            })?);
        }
        self.default_cluster = file.default_cluster.or(self.default_cluster.take());
        self.default_output_format = file
            .default_output_format
            .or(self.default_output_format.take());
        for entry in file.clusters.unwrap_or_default() {
            self.add_cluster(entry);
        }
        self.read.push(path.to_owned());
        Ok(())
    }

    fn add_cluster(&mut self, entry: Entry) {
        let known = self.clusters.iter().position(|old| old.name == entry.name);
        let at = known.unwrap_or_else(|| {
            self.clusters.push(Cluster {
                name: entry.name,
                uri: None,
                enable_auth: true,
                services: BTreeMap::new(),
            });
            self.clusters.len() - 1
        });
        let cluster = &mut self.clusters[at];
        let body = entry.cluster.unwrap_or_default();
        cluster.uri = body.uri.or(cluster.uri.take());
        cluster.enable_auth = body.enable_auth.unwrap_or(cluster.enable_auth);
        let own = [
            ("boot_service", body.boot_service),
            ("bss", body.bss),
            ("cloud_init", body.cloud_init),
            ("metadata_service", body.metadata_service),
            ("pcs", body.pcs),
            ("smd", body.smd),
            ("rcs", body.rcs),
        ];
        for (name, own) in own {
            if let Some(uri) = own.and_then(|own| own.uri) {
                cluster.services.insert(name.to_owned(), uri);
            }
        }
    }
}

/// A span as Go and people write it: `30s`, `1m30s`, `1.5h`; never negative.
fn duration(text: &str) -> Option<Duration> {
    let span: SignedDuration = text.trim().parse().ok()?;
    Duration::try_from(span).ok()
}

fn malformed(path: &Path, error: &serde_saphyr::Error) -> Fault {
    let place = error
        .location()
        .map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
    let text = error.without_snippet().to_string();
    Fault::bad_argument(format!("{}{place}: {text}", path.display()))
        .hint("mend that line, or go past it: chami --ignore-config, or -c FILE for another file")
}
