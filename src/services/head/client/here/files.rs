//! Files and directories.
use super::{
    Here, refused,
    way::{Held, Place},
};
use crate::{
    fault::{Fault, Kind},
    services::head::types::{Dress, Entry, Ids, is_system, stays},
};
use nix::unistd::{Gid, Group, Uid, User};
use rustix::{
    fs::{AtFlags, FileType, Mode, mkdirat, symlinkat, unlinkat},
    io::Errno,
};
use std::{
    fs::{self, Permissions},
    io::{self, ErrorKind},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::Path,
};

/// A larger file is no text that somebody wrote.
const LARGEST: u64 = 1 << 20;

impl Here {
    pub(super) fn look(&self, path: &str, links: bool) -> Result<Option<Entry>, Fault> {
        let at = self.at(path);
        let link = fs::symlink_metadata(&at)
            .ok()
            .filter(|it| links && it.is_symlink());
        let about = match (fs::metadata(&at), link.clone()) {
            // A link that leads nowhere is there all the same.
            (Err(_), Some(link)) => Ok(link),
            (followed, _) => followed,
        };
        let about = match about {
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(e) => return Err(refused(Path::new(path), &e)),
            Ok(about) => about,
        };
        let kind = if link.is_some() {
            "link"
        } else if about.is_dir() {
            "directory"
        } else if about.is_file() {
            "file"
        } else {
            "other"
        };
        let target = link.and_then(|_| fs::read_link(&at).ok());
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
            target: target.map(|it| it.to_string_lossy().into_owned()),
            real: self.real(path).filter(|real| real != path),
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

    pub(super) fn mkdir(&self, path: &str) -> Result<(), Fault> {
        let place = self.place(path, false)?;
        match mkdirat(place.dir(), &place.name, Mode::from_raw_mode(0o777)) {
            // Somebody was quicker.
            Err(Errno::EXIST) => Ok(()),
            done => done.map_err(|e| refused(Path::new(path), &e.into())),
        }
    }

    pub(super) fn link(&self, path: &str, target: &str) -> Result<(), Fault> {
        let place = self.place(path, true)?;
        let done = symlinkat(target, place.dir(), &place.name);
        done.map_err(|e| refused(Path::new(path), &e.into()))
    }

    /// What is to be changed. The system's own directories are left alone, by whatever way one comes to them.
    fn to_change(&self, path: &str) -> Result<Held, Fault> {
        let place = self.place(path, false)?;
        let held = place.held(path)?.ok_or_else(|| {
            let gone = io::Error::from(ErrorKind::NotFound);
            refused(Path::new(path), &gone)
        })?;
        may_change(path, &place, held.about.is_dir())?;
        Ok(held)
    }

    pub(super) fn chown(
        &self,
        path: &str,
        owner: Option<&str>,
        group: Option<&str>,
    ) -> Result<(), Fault> {
        let Ids { uid, gid } = who(owner, group)?;
        let held = self.to_change(path)?;
        let done = chown(held.path(), uid, gid);
        done.map_err(|e| refused(Path::new(path), &e))
    }

    pub(super) fn chmod(&self, path: &str, mode: &str) -> Result<(), Fault> {
        let mode = Permissions::from_mode(mode_of(mode)?);
        let held = self.to_change(path)?;
        let done = fs::set_permissions(held.path(), mode);
        done.map_err(|e| refused(Path::new(path), &e))
    }

    pub(super) fn remove(&self, path: &str) -> Result<(), Fault> {
        let place = self.place(path, true)?;
        let is_dir = place.sort() == Some(FileType::Directory);
        // One of the system's may be a link to another, as /bin is.
        let leads = is_system(path) && fs::metadata(self.at(path)).is_ok_and(|it| it.is_dir());
        may_change(path, &place, is_dir || leads)?;
        // Of another kind by now, the kernel refuses it.
        let flags = if is_dir {
            AtFlags::REMOVEDIR
        } else {
            AtFlags::empty()
        };
        let done = unlinkat(place.dir(), &place.name, flags).map_err(io::Error::from);
        done.map_err(|e| match e.kind() {
            ErrorKind::DirectoryNotEmpty => {
                Fault::new(Kind::Conflict, format!("{path} is not empty"))
                    .hint("only an empty directory is removed; what is in it you remove yourself")
            }
            _ => refused(Path::new(path), &e),
        })
    }
}

fn may_change(path: &str, place: &Place, is_dir: bool) -> Result<(), Fault> {
    if is_dir && (is_system(path) || is_system(&place.real)) {
        return Err(stays(path));
    }
    Ok(())
}

/// What a file is to be like, as numbers; wrong words are refused before anything is done.
pub(super) fn fit(dress: &Dress) -> Result<(Ids, Option<u32>), Fault> {
    let ids = who(dress.owner.as_deref(), dress.group.as_deref())?;
    Ok((ids, dress.mode.as_deref().map(mode_of).transpose()?))
}

pub(super) fn who(owner: Option<&str>, group: Option<&str>) -> Result<Ids, Fault> {
    Ok(Ids {
        uid: owner.map(user).transpose()?,
        gid: group.map(group_of).transpose()?,
    })
}

fn mode_of(mode: &str) -> Result<u32, Fault> {
    u32::from_str_radix(mode, 8).map_err(|_| Fault::bad_argument(format!("{mode:?} is no mode")))
}

pub(super) fn leads_nowhere(path: &str) -> Fault {
    let message = format!("{path} is a link, and what it leads to is not there");
    Fault::new(Kind::Conflict, message).hint(format!(
        "head.file({path:?}, nil, {{ absent = true }}) removes the link"
    ))
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
