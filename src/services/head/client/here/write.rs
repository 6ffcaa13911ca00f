//! A file's text, put in its place in one step: a draft beside it is made like it first, and takes its place then.
//!
//! So nobody reads half a text, or one that is for somebody else. What it had stays: owner, group, mode, SELinux's label and
//! the access list. What does not stay: further names of the file (hard links keep the old text), capabilities, attributes
//! of users' own. A new file has the label that its directory gives; where the policy has another one for its name,
//! `restorecon` sets it. Where nothing can take the file's place, as of a mount point, or what it had cannot be given to
//! another, the text is written in place: all of it stays then, and who reads at that moment may see half of it.
use super::{
    Here,
    attributes::keeps,
    files::{fit, leads_nowhere},
    refused,
};
use crate::{
    fault::{Fault, Kind},
    services::head::types::{Dress, Ids},
};
use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::{MetadataExt, PermissionsExt as _, fchown},
    path::{Path, PathBuf},
};
use tempfile::Builder;

/// A new file's mode, of which the system takes off the umask.
const FRESH: u32 = 0o644;
/// Until it is as it is to be.
const CLOSED: u32 = 0o600;

/// What a file is to be like at the end.
#[derive(Clone, Copy)]
struct Look {
    ids: Ids,
    mode: Option<u32>,
}

impl Look {
    /// The mode last: another owner costs setuid and setgid, and so does writing.
    fn give(self, file: &File) -> io::Result<()> {
        let Ids { uid, gid } = self.ids;
        if uid.is_some() || gid.is_some() {
            fchown(file, uid, gid)?;
        }
        self.mode.map_or(Ok(()), |mode| {
            file.set_permissions(Permissions::from_mode(mode))
        })
    }
}

impl Here {
    /// With the permissions, the owner and the label it had, where nothing else is said.
    pub(super) fn write(&self, path: &str, text: &str, dress: &Dress) -> Result<(), Fault> {
        let (ids, mode) = fit(dress)?;
        let at = self.aim(path)?;
        let old = fs::metadata(&at).ok();
        if old.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(Fault::new(Kind::Conflict, format!("{path} is a directory")));
        }
        let old = old.as_ref();
        let look = Look {
            ids: Ids {
                uid: ids.uid.or(old.map(MetadataExt::uid)),
                gid: ids.gid.or(old.map(MetadataExt::gid)),
            },
            mode: mode.or(old.map(|it| it.permissions().mode() & 0o7777)),
        };
        match replace(&at, text, look) {
            Ok(true) => Ok(()),
            Ok(false) => in_place(&at, text, look),
            Err(e) => Err(e),
        }
        .map_err(|e| match e.kind() {
            ErrorKind::NotFound => Fault::not_found(format!("{path}: its directory is not there"))
                .hint("head.dir makes it"),
            _ => refused(Path::new(path), &e),
        })
    }

    /// A link's target is replaced, not the link.
    fn aim(&self, path: &str) -> Result<PathBuf, Fault> {
        let at = self.at(path);
        match fs::canonicalize(&at) {
            Ok(real) => Ok(real),
            Err(_) if at.is_symlink() => Err(leads_nowhere(path)),
            Err(_) => Ok(at),
        }
    }
}

/// False: nothing can take its place, or not with all that it had.
fn replace(at: &Path, text: &str, look: Look) -> io::Result<bool> {
    let mode = look.mode.map_or(FRESH, |_| CLOSED);
    let dir = at.parent().unwrap_or(Path::new("/"));
    let mut draft = Builder::new()
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(dir)?;
    if !keeps(at, draft.as_file()) {
        return Ok(false);
    }
    // The text is in it when it is for whom it is to be, and costs setuid once more.
    look.give(draft.as_file())?;
    draft.write_all(text.as_bytes())?;
    look.give(draft.as_file())?;
    draft.as_file().sync_data()?;
    match draft.persist(at).map_err(|e| e.error) {
        Err(e) if e.kind() == ErrorKind::ResourceBusy => Ok(false),
        done => done.map(|_| true),
    }
}

/// It is for whom it is to be before the text is in it.
fn in_place(at: &Path, text: &str, look: Look) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(at)?;
    look.give(&file)?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()?;
    look.give(&file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_place_it_is_closed_before_the_text_is_in_it_and_loses_no_bit() {
        let root = tempfile::tempdir().expect("a directory");
        let at = root.path().join("f");
        fs::write(&at, "a longer text").expect("written");
        let look = Look {
            ids: Ids::default(),
            mode: Some(0o4710),
        };
        in_place(&at, "short", look).expect("written");
        assert_eq!(fs::read_to_string(&at).expect("there"), "short");
        let mode = fs::metadata(&at).expect("there").mode() & 0o7777;
        assert_eq!(mode, 0o4710);
    }
}
