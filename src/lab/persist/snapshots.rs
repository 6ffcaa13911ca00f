//! Named snapshots: whole states in files of their own, which nothing but their names ties to the lab's; and a copy of all
//! of it for another lab.
use super::{BEGUN, Config, Keeper, SNAPSHOTS, Whole, put, seal::unseal};
use crate::{
    fault::{Fault, Kind},
    lab::{dirs, status::Snapshot},
};
use serde::Serialize;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

impl Keeper {
    /// Stores a named snapshot.
    pub(crate) fn save(&self, name: &str, whole: &impl Serialize) -> Result<Snapshot, Fault> {
        let path = self.snapshot(name)?;
        let parent = self.dir.join(SNAPSHOTS);
        dirs::private_dir(&parent)?;
        let (file, _) = self.prepare_record(&path, whole)?;
        put(self.synced(file, &path)?, &path)?;
        if self.durable {
            let dir = File::open(&parent).and_then(|dir| dir.sync_all());
            dir.map_err(|e| Fault::io(&parent, &e))?;
        }
        Ok(self.about(name.to_owned()))
    }

    /// Reads a named snapshot.
    pub(crate) fn saved(&self, name: &str) -> Result<Whole, Fault> {
        let path = self.snapshot(name)?;
        let bytes = fs::read(&path).map_err(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                return Fault::io(&path, &error);
            }
            self.unknown(name)
        })?;
        let text = std::str::from_utf8(&bytes).ok().and_then(unseal);
        let whole = text.and_then(|body| serde_json::from_str(body).ok());
        whole.ok_or_else(|| {
            let message = format!("{}: the snapshot was damaged", path.display());
            Fault::new(Kind::Io, message).hint(format!("lab.snapshot \"{name}\" takes a new one"))
        })
    }

    /// All snapshots by name, sorted.
    pub(crate) fn kept(&self) -> Vec<Snapshot> {
        let names = self.snapshots().into_iter();
        names.map(|name| self.about(name)).collect()
    }

    fn about(&self, name: String) -> Snapshot {
        let path = self.dir.join(SNAPSHOTS).join(format!("{name}.json"));
        let file = fs::metadata(&path).ok();
        Snapshot {
            name,
            bytes: file.as_ref().map_or(0, fs::Metadata::len),
            taken: dirs::moment(file.and_then(|file| file.modified().ok())),
            path,
        }
    }

    /// Removes a snapshot and tells what it was.
    pub(crate) fn discard(&self, name: &str) -> Result<Snapshot, Fault> {
        let path = self.snapshot(name)?;
        let gone = self.about(name.to_owned());
        fs::remove_file(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => self.unknown(name),
            _ => dirs::unusable(&path, &error),
        })?;
        Ok(gone)
    }

    /// Makes a lab's directory at `to` that holds `whole` and this lab's snapshots; it is there at once or not at all.
    pub(crate) fn copy(
        &self,
        to: &Path,
        config: &Config,
        whole: &impl Serialize,
    ) -> Result<(), Fault> {
        let parent = to.parent().unwrap_or(to);
        dirs::private_dir(parent)?;
        let begun = tempfile::Builder::new().prefix(BEGUN).tempdir_in(parent);
        let begun = begun.map_err(|e| dirs::unusable(parent, &e))?;
        self.fill(begun.path(), config, whole)
            .map_err(|mut fault| {
                // By the name it was to have: the other means nothing to anybody.
                let (begun, to) = (begun.path().display().to_string(), to.display().to_string());
                fault.message = fault.message.replace(&begun, &to);
                fault
            })?;
        fs::rename(begun.path(), to).map_err(|error| match error.kind() {
            io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists => {
                Fault::new(Kind::Conflict, format!("{} is there", to.display()))
            }
            _ => dirs::unusable(to, &error),
        })?;
        // It has its name now, and is not to be removed under the old one.
        let _ = begun.keep();
        let synced = File::open(parent).and_then(|dir| dir.sync_all());
        synced.map_err(|e| Fault::io(parent, &e))
    }

    fn fill(&self, dir: &Path, config: &Config, whole: &impl Serialize) -> Result<(), Fault> {
        let (other, _) = Self::open(dir, true)?;
        other.rewrite(config, whole, &other.quiet())?;
        let names = self.snapshots();
        if !names.is_empty() {
            dirs::private_dir(&dir.join(SNAPSHOTS))?;
        }
        for name in names {
            let from = self.snapshot(&name)?;
            let bytes = fs::read(&from).map_err(|e| Fault::io(&from, &e))?;
            let path = other.snapshot(&name)?;
            put(other.prepare(&path, &bytes)?, &path)?;
        }
        Ok(())
    }

    fn unknown(&self, name: &str) -> Fault {
        let known = self.snapshots();
        let fault = Fault::not_found(format!("no snapshot \"{name}\""));
        if known.is_empty() {
            return fault.hint(format!("lab.snapshot \"{name}\" takes one"));
        }
        fault.did_you_mean(name, known.iter().map(String::as_str))
    }

    /// The names of all snapshots, sorted.
    pub(crate) fn snapshots(&self) -> Vec<String> {
        let files = fs::read_dir(self.dir.join(SNAPSHOTS));
        let name = |file: io::Result<fs::DirEntry>| {
            let name = file.ok()?.file_name().into_string().ok()?;
            name.strip_suffix(".json").map(str::to_owned)
        };
        let mut names: Vec<_> = files.into_iter().flatten().filter_map(name).collect();
        names.sort();
        names
    }

    fn snapshot(&self, name: &str) -> Result<PathBuf, Fault> {
        dirs::plain_name("snapshot", name)?;
        Ok(self.dir.join(SNAPSHOTS).join(format!("{name}.json")))
    }
}
