//! Files and directories.
use super::{Here, refused};
use crate::{
    fault::{Fault, Kind},
    services::head::types::Entry,
};
use nix::unistd::{Gid, Group, Uid, User};
use std::{
    fs::{self, Permissions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::Path,
};
use tempfile::Builder;

/// A larger file is no text that somebody wrote.
const LARGEST: u64 = 1 << 20;
/// A new file's mode, of which the system takes off the umask.
const FRESH: u32 = 0o644;

impl Here {
    pub(super) fn look(&self, path: &str) -> Result<Option<Entry>, Fault> {
        let about = match fs::metadata(self.at(path)) {
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(e) => return Err(refused(Path::new(path), &e)),
            Ok(about) => about,
        };
        let kind = if about.is_dir() {
            "directory"
        } else if about.is_file() {
            "file"
        } else {
            "other"
        };
        let (uid, gid) = (about.uid(), about.gid());
        let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
        let group = Group::from_gid(Gid::from_raw(gid)).ok().flatten();
        Ok(Some(Entry {
            path: path.to_owned(),
            kind: kind.to_owned(),
            owner: user.map_or_else(|| uid.to_string(), |it| it.name),
            group: group.map_or_else(|| gid.to_string(), |it| it.name),
            mode: format!("{:04o}", about.permissions().mode() & 0o7777),
            uid,
            gid,
        }))
    }

    pub(super) fn read(&self, path: &str) -> Result<String, Fault> {
        let at = self.at(path);
        let large = fs::metadata(&at).is_ok_and(|about| about.len() > LARGEST);
        if large {
            let message = format!("{path} is larger than 1 MiB, and no text to be read whole");
            return Err(Fault::new(Kind::Unsupported, message).hint("fs.read reads any file"));
        }
        fs::read_to_string(at).map_err(|e| refused(Path::new(path), &e))
    }

    /// In one step, with the permissions and the owner it had.
    pub(super) fn write(&self, path: &str, text: &str) -> Result<(), Fault> {
        let at = self.at(path);
        // A link's target is replaced, not the link.
        let at = fs::canonicalize(&at).unwrap_or(at);
        let blame = |e: io::Error| match e.kind() {
            ErrorKind::NotFound => Fault::not_found(format!("{path}: its directory is not there"))
                .hint("head.dir makes it"),
            _ => refused(Path::new(path), &e),
        };
        let dir = at.parent().unwrap_or(Path::new("/"));
        let work = || {
            let fresh = Permissions::from_mode(FRESH);
            let mut draft = Builder::new().permissions(fresh).tempfile_in(dir)?;
            draft.write_all(text.as_bytes())?;
            if let Ok(old) = fs::metadata(&at) {
                draft.as_file().set_permissions(old.permissions())?;
                chown(draft.path(), Some(old.uid()), Some(old.gid()))?;
            }
            draft.as_file().sync_data()?;
            draft.persist(&at).map_err(|e| e.error)?;
            Ok::<_, io::Error>(())
        };
        match work() {
            // A mount point of its own: nothing can take its place.
            Err(e) if e.kind() == ErrorKind::ResourceBusy => fs::write(&at, text).map_err(blame),
            done => done.map_err(blame),
        }
    }

    pub(super) fn mkdir(&self, path: &str) -> Result<(), Fault> {
        match fs::create_dir(self.at(path)) {
            // Somebody was quicker.
            Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
            done => done.map_err(|e| refused(Path::new(path), &e)),
        }
    }

    pub(super) fn chown(
        &self,
        path: &str,
        owner: Option<&str>,
        group: Option<&str>,
    ) -> Result<(), Fault> {
        let uid = owner.map(user).transpose()?;
        let gid = group.map(group_of).transpose()?;
        chown(self.at(path), uid, gid).map_err(|e| refused(Path::new(path), &e))
    }

    pub(super) fn chmod(&self, path: &str, mode: &str) -> Result<(), Fault> {
        let mode = u32::from_str_radix(mode, 8)
            .map_err(|_| Fault::bad_argument(format!("{mode:?} is no mode")))?;
        let done = fs::set_permissions(self.at(path), Permissions::from_mode(mode));
        done.map_err(|e| refused(Path::new(path), &e))
    }

    pub(super) fn remove(&self, path: &str) -> Result<(), Fault> {
        let at = self.at(path);
        let is_dir = fs::symlink_metadata(&at).is_ok_and(|it| it.is_dir());
        let done = if is_dir {
            fs::remove_dir(&at)
        } else {
            fs::remove_file(&at)
        };
        done.map_err(|e| match e.kind() {
            ErrorKind::DirectoryNotEmpty => {
                Fault::new(Kind::Conflict, format!("{path} is not empty"))
                    .hint("only an empty directory is removed; what is in it you remove yourself")
            }
            _ => refused(Path::new(path), &e),
        })
    }
}

fn user(name: &str) -> Result<u32, Fault> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    match User::from_name(name) {
        Ok(Some(user)) => Ok(user.uid.as_raw()),
        Ok(None) => Err(
            Fault::bad_argument(format!("this machine has no user {name}")).hint(format!(
                "sudo useradd {name}; getent passwd lists who there is"
            )),
        ),
        Err(e) => Err(Fault::new(Kind::Io, format!("user {name}: {}", e.desc()))),
    }
}

fn group_of(name: &str) -> Result<u32, Fault> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    match Group::from_name(name) {
        Ok(Some(group)) => Ok(group.gid.as_raw()),
        Ok(None) => Err(
            Fault::bad_argument(format!("this machine has no group {name}")).hint(format!(
                "sudo groupadd {name}; getent group lists those there are"
            )),
        ),
        Err(e) => Err(Fault::new(Kind::Io, format!("group {name}: {}", e.desc()))),
    }
}
