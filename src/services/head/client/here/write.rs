//! A file's text, put in its place in one step: a draft beside it is made like it first, and takes its place then.
//!
//! So nobody reads half a text, or one that is for somebody else. What it had stays: owner, group, mode, SELinux's label and
//! the access list. What does not stay: further names of the file (hard links keep the old text), capabilities, attributes
//! of users' own. A new file has the label that its directory gives; where the policy has another one for its name,
//! `restorecon` sets it. Where nothing can take the file's place, as of a mount point, or what it had cannot be given to
//! another, the text is written in place (`over`).
use super::{
    Here,
    attributes::keeps,
    files::fit,
    over::{self, Stands},
    refused,
    way::{Held, Place},
};
use crate::{
    fault::{Fault, Kind},
    services::head::types::{Dress, Ids},
};
use rustix::{
    fs::{AtFlags, Mode, OFlags, openat, renameat, unlinkat},
    io::Errno,
};
use std::{
    fs::{File, Metadata, OpenOptions, Permissions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown},
    path::Path,
};
use uuid::Uuid;

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
    fn of(about: &Metadata) -> Self {
        Self {
            ids: Ids {
                uid: Some(about.uid()),
                gid: Some(about.gid()),
            },
            mode: Some(about.permissions().mode() & 0o7777),
        }
    }

    /// As the file is that it takes the place of, where nothing else is said.
    fn or(self, old: Option<Self>) -> Self {
        let Some(old) = old else { return self };
        Self {
            ids: Ids {
                uid: self.ids.uid.or(old.ids.uid),
                gid: self.ids.gid.or(old.ids.gid),
            },
            mode: self.mode.or(old.mode),
        }
    }

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

/// What is to take a file's place; one that does not is taken away.
struct Draft<'a> {
    place: &'a Place,
    name: String,
    file: File,
}

impl<'a> Draft<'a> {
    fn beside(place: &'a Place, mode: u32) -> Result<Self, Errno> {
        let name = format!(".chami-{}", Uuid::new_v4().simple());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file = openat(place.dir(), &name, flags, Mode::from_raw_mode(mode))?.into();
        Ok(Self { place, name, file })
    }

    /// A link that was laid there meanwhile goes, and what it leads to is not touched.
    fn take_place(&self) -> Result<(), Errno> {
        let dir = self.place.dir();
        renameat(dir, &self.name, dir, &self.place.name)
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // Where it took its place nothing has this name any more.
        let _ = unlinkat(self.place.dir(), &self.name, AtFlags::empty());
    }
}

impl Here {
    /// With the permissions, the owner and the label it had, where nothing else is said. A link's target is replaced, not
    /// the link.
    pub(super) fn write(&self, path: &str, text: &str, dress: &Dress) -> Result<(), Fault> {
        let (ids, mode) = fit(dress)?;
        let place = self.place(path, false)?;
        let old = place.held(path)?;
        if let Some(old) = old.as_ref().filter(|it| !it.about.is_file()) {
            let is = if old.about.is_dir() {
                "a directory"
            } else {
                "no file"
            };
            return Err(Fault::new(Kind::Conflict, format!("{path} is {is}")));
        }
        let was = old.as_ref().map(|it| Look::of(&it.about));
        let look = Look { ids, mode }.or(was);
        let done = replace(&place, old.as_ref(), text, look);
        let done = done.map_err(|e| refused(Path::new(path), &e))?;
        match old {
            Some(old) if !done => in_place(path, &old, text, look),
            _ => Ok(()),
        }
    }
}

/// False: nothing can take the old one's place, or not with all that it had.
fn replace(place: &Place, old: Option<&Held>, text: &str, look: Look) -> io::Result<bool> {
    let mode = look.mode.map_or(FRESH, |_| CLOSED);
    let mut draft = Draft::beside(place, mode)?;
    if let Some(old) = old
        && !keeps(&old.path(), &draft.file)
    {
        return Ok(false);
    }
    // The text is in it when it is for whom it is to be, and costs setuid once more.
    look.give(&draft.file)?;
    draft.file.write_all(text.as_bytes())?;
    look.give(&draft.file)?;
    draft.file.sync_data()?;
    match draft.take_place() {
        Err(Errno::BUSY) if old.is_some() => Ok(false),
        done => done.map(|()| true).map_err(io::Error::from),
    }
}

/// It is for whom it is to be before the text is in it, and where that fails as it was.
fn in_place(path: &str, held: &Held, text: &str, look: Look) -> Result<(), Fault> {
    let at = Path::new(path);
    let opened = OpenOptions::new().read(true).write(true).open(held.path());
    let mut file = opened.map_err(|e| refused(at, &e))?;
    let mut old = Vec::new();
    let done = file
        .read_to_end(&mut old)
        .and_then(|_| over::reserve(&file, text.len() as u64))
        .and_then(|()| look.give(&file))
        .map_err(|e| (e, Stands::Old))
        .and_then(|()| over::write(&file, &old, text.as_bytes()))
        .and_then(|()| look.give(&file).map_err(|e| (e, Stands::New)));
    done.map_err(|(error, stands)| {
        if stands == Stands::Old {
            let _ = Look::of(&held.about).give(&file);
        }
        let mut fault = refused(at, &error);
        fault.message = format!("{}; {}", fault.message, stands.said());
        match stands {
            Stands::Neither => fault.hint("make room, and the same call writes it whole"),
            _ => fault,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn in_place_it_is_closed_before_the_text_is_in_it_and_loses_no_bit() {
        let root = tempfile::tempdir().expect("a directory");
        let at = root.path().join("f");
        fs::write(&at, "a longer text").expect("written");
        let here = Here::below(root.path());
        let held = here.place("/f", false).expect("there").held("/f");
        let held = held.expect("no link").expect("there");
        let look = Look {
            ids: Ids::default(),
            mode: Some(0o4710),
        };
        in_place("/f", &held, "short", look).expect("written");
        assert_eq!(fs::read_to_string(&at).expect("there"), "short");
        let about = fs::metadata(&at).expect("there");
        assert_eq!(about.mode() & 0o7777, 0o4710);
        assert_eq!(about.ino(), held.about.ino());
    }
}
