//! All labs of a user: which there are, and one less.
use super::{
    Lab,
    card::Card,
    dirs::{self, Dirs, lab_name, plain_name, unusable},
    persist::BEGUN,
    seat::lock,
};
use crate::fault::{Fault, Kind};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// What the command line calls the lab that ends with its process.
pub(crate) const FRESH: &str = "fresh";

/// How the name begins of a directory that is no lab any more.
const REMOVED: &str = ".removed-";
/// So old is nothing that somebody is at work on.
const ABANDONED: Duration = Duration::from_secs(3600);

/// One lab of a user, as it is found on the disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// None: the usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What leads to it on the command line.
    pub option: String,
    pub running: bool,
    /// The process that owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// What it takes on the disk, snapshots included.
    pub bytes: u64,
    /// When it was last written to.
    pub used: String,
    pub state: PathBuf,
}

fn missing(name: &str, dirs: &Dirs) -> Result<Fault, Fault> {
    let labs = list(dirs)?;
    let names = labs.iter().filter_map(|lab| lab.name.as_deref());
    Ok(Fault::not_found(format!("no lab \"{name}\"")).did_you_mean(name, names))
}

impl Lab {
    /// The user's labs, the usual one first. Nothing is started.
    pub fn list(&self) -> Result<Vec<Listed>, Fault> {
        let dirs = self.shared.table.options().dirs()?;
        list(&dirs)
    }

    /// Refuses a lab that was named and is not there.
    pub fn must_exist(&self) -> Result<(), Fault> {
        let options = self.shared.table.options();
        let (Some(name), Some(dir)) = (&options.name, self.state()?) else {
            return Ok(());
        };
        if dir.is_dir() {
            return Ok(());
        }
        Err(missing(name, &options.dirs()?)?)
    }

    /// Removes another lab of the user, with all that it holds, and tells what it was.
    pub fn remove(&self, name: &str) -> Result<Listed, Fault> {
        plain_name("lab", name)?;
        let dirs = self.shared.table.options().dirs()?;
        let dir = dirs.state.join(lab_name(Some(name)));
        let conflict = |message: String| Fault::new(Kind::Conflict, message);
        if self.state()?.as_ref() == Some(&dir) {
            let message = format!("lab {name} is the one this session is on");
            return Err(conflict(message).hint("remove it from another: chami lab remove NAME"));
        }
        if !dir.is_dir() {
            return Err(missing(name, &dirs)?);
        }
        let gone = look(&dir, Some(name.to_owned()), Some(&dirs));
        let Some(held) = lock(&dir)? else {
            let who = gone.pid.map_or_else(
                || "another process".to_owned(),
                |pid| format!("process {pid}"),
            );
            let hint = gone.pid.map_or_else(
                || "end that process first".to_owned(),
                |pid| format!("end that process first: kill {pid}"),
            );
            return Err(conflict(format!("lab {name} is served by {who}")).hint(hint));
        };
        // Out of the way first: nobody shall find half a lab.
        sweep(&dirs.state);
        let away = tempfile::Builder::new()
            .prefix(REMOVED)
            .tempdir_in(&dirs.state);
        let away = away.map_err(|e| dirs::unusable(&dirs.state, &e))?;
        fs::rename(&dir, away.path()).map_err(|e| dirs::unusable(&dir, &e))?;
        let _ = fs::remove_file(card(&dirs, &dir, name));
        drop(held);
        away.close().map_err(|e| dirs::unusable(&dir, &e))?;
        Ok(gone)
    }
}

/// Removes what is left of copies and removals whose process was killed.
pub(crate) fn sweep(home: &Path) {
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = [BEGUN, REMOVED].iter().any(|head| name.starts_with(head));
        let age = entry.metadata().and_then(|file| file.modified());
        let age = age.map_or(Duration::ZERO, |time| time.elapsed().unwrap_or_default());
        if ours && age > ABANDONED {
            // One that cannot be removed takes room and does no other harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A lab of that name cannot be made.
pub(crate) fn exists(name: &str) -> Fault {
    Fault::new(Kind::Conflict, format!("lab {name} exists")).hint(format!(
        "chami --lab={name} uses it, chami lab remove {name} ends it for good"
    ))
}

fn list(dirs: &Dirs) -> Result<Vec<Listed>, Fault> {
    let entries = match fs::read_dir(&dirs.state) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unusable(&dirs.state, &error)),
        Ok(entries) => entries.flatten(),
    };
    let lab = |entry: fs::DirEntry| {
        let path = entry.path();
        let label = entry.file_name().into_string().ok()?;
        let name = match label.strip_prefix("lab-") {
            Some(name) => Some(name.to_owned()),
            None if label == "lab" => None,
            None => return None,
        };
        path.is_dir().then(|| look(&path, name, Some(dirs)))
    };
    let mut labs: Vec<Listed> = entries.filter_map(lab).collect();
    labs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(labs)
}

/// What can be seen of a lab from outside.
pub(crate) fn look(dir: &Path, name: Option<String>, dirs: Option<&Dirs>) -> Listed {
    let running = is_held(&dir.join("lock"));
    let card = dirs.map(|dirs| card(dirs, dir, name.as_deref().unwrap_or_default()));
    let pid = card.filter(|_| running).and_then(|card| Card::read(&card));
    let (bytes, used) = size(dir);
    Listed {
        option: name
            .as_ref()
            .map_or_else(|| "--lab".to_owned(), |name| format!("--lab={name}")),
        name,
        running,
        pid: pid.map(|card| card.pid),
        bytes,
        used: dirs::moment(used),
        state: dir.to_owned(),
    }
}

/// Where it stands who serves a lab.
fn card(dirs: &Dirs, dir: &Path, name: &str) -> PathBuf {
    let label = lab_name(Some(name).filter(|name| !name.is_empty()));
    let place = dirs.runtime.as_deref().unwrap_or(dir);
    place.join(format!("{label}.json"))
}

fn is_held(lock: &Path) -> bool {
    let file = File::open(lock);
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// The bytes of all files below, and when the latest of them was written.
fn size(dir: &Path) -> (u64, Option<SystemTime>) {
    let mut sum = (0, None);
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let Ok(file) = entry.metadata() else { continue };
        let (bytes, written) = if file.is_dir() {
            size(&entry.path())
        } else {
            (file.len(), file.modified().ok())
        };
        sum = (sum.0 + bytes, sum.1.max(written));
    }
    sum
}
