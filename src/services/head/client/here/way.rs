//! The way to a path, part by part, each directory held open: what was looked at on it is what is worked on then.
//!
//! Whoever may write in a directory may lay a link there, and so choose what root changes. So a link is followed where only
//! root or the caller can have laid it; another one is refused, and what comes in something's place meanwhile is not touched.
use super::{Here, attributes, files::leads_nowhere, refused};
use crate::fault::{Fault, Kind};
use nix::unistd::{Gid, Uid};
use rustix::{
    fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, readlinkat, statat},
    io::Errno,
};
use std::{
    ffi::{OsStr, OsString},
    fs::{File, Metadata},
    io,
    os::unix::{
        ffi::{OsStrExt as _, OsStringExt as _},
        fs::{MetadataExt as _, PermissionsExt as _},
    },
    path::{Path, PathBuf},
};

/// Held without a right to read it, where there is such a thing.
#[cfg(target_os = "linux")]
const HOLD: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const HOLD: OFlags = OFlags::NONBLOCK;
/// As many links as the kernel follows.
const HOPS: usize = 40;
const STICKY: u32 = 0o1000;

/// What stands somewhere; what comes in its place later is not it.
pub(super) struct Held {
    file: File,
    pub(super) about: Metadata,
}

impl Held {
    fn open(dir: impl std::os::fd::AsFd, name: &OsStr, more: OFlags) -> Result<Self, Errno> {
        let flags = HOLD | OFlags::NOFOLLOW | OFlags::CLOEXEC | more;
        let file = File::from(openat(dir, name, flags, Mode::empty())?);
        let about = file.metadata();
        let failed = |e: io::Error| Errno::from_io_error(&e).unwrap_or(Errno::IO);
        let about = about.map_err(failed)?;
        Ok(Self { file, about })
    }

    /// A name that leads to nothing else, whatever is moved or laid on the way.
    #[cfg(target_os = "linux")]
    pub(super) fn path(&self) -> PathBuf {
        use std::os::fd::AsRawFd as _;
        format!("/proc/self/fd/{}", self.file.as_raw_fd()).into()
    }

    /// The name it has at this moment, where the system has no such one; of what has none an empty one, which is nowhere.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn path(&self) -> PathBuf {
        let path = rustix::fs::getpath(&self.file).unwrap_or_default();
        OsString::from_vec(path.into_bytes()).into()
    }

    /// Whether others than root and this user may put something into this directory, or take something away.
    fn is_shared(&self) -> bool {
        let mode = self.about.permissions().mode();
        let theirs = || {
            let gid = self.about.gid();
            let own = gid == 0 || gid == Gid::effective().as_raw();
            // Behind the group's bits there may be a list of users.
            !own || attributes::has_list(&self.path())
        };
        is_foreign(self.about.uid()) || mode & 0o002 != 0 || mode & 0o020 != 0 && theirs()
    }

    /// Whether a link in this directory leads where root or this user wants. In a sticky one each has his own.
    fn vouches(&self, owner: u32) -> bool {
        let sticky = self.about.permissions().mode() & STICKY != 0;
        !self.is_shared() || sticky && !is_foreign(self.about.uid()) && !is_foreign(owner)
    }
}

fn is_foreign(uid: u32) -> bool {
    uid != 0 && uid != Uid::effective().as_raw()
}

/// Where something stands, or is to stand.
pub(super) struct Place {
    dir: Held,
    pub(super) name: OsString,
    /// Written out, links followed.
    pub(super) real: String,
}

impl Place {
    pub(super) fn dir(&self) -> &File {
        &self.dir.file
    }

    /// What sort of thing stands there, a link itself too; none: nothing.
    pub(super) fn sort(&self) -> Option<FileType> {
        let stat = statat(self.dir(), &self.name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(FileType::from_raw_mode(stat.st_mode))
    }

    /// What stands there; none: nothing. A link that was laid meanwhile is no answer, and a file's further name is none where
    /// others may give names.
    pub(super) fn held(&self, path: &str) -> Result<Option<Held>, Fault> {
        let held = match Held::open(self.dir(), &self.name, OFlags::empty()) {
            Err(Errno::NOENT) => return Ok(None),
            // As some systems say it of a link.
            Err(Errno::LOOP) => return Err(moved(path)),
            Err(e) => return Err(refused(Path::new(path), &e.into())),
            Ok(held) if held.about.is_symlink() => return Err(moved(path)),
            Ok(held) => held,
        };
        if held.about.is_file() && held.about.nlink() > 1 && self.dir.is_shared() {
            let message = format!(
                "{path} has another name elsewhere, and others may write where it stands: whose file it is nobody knows"
            );
            let hint = format!("find / -xdev -inum {} shows its names", held.about.ino());
            return Err(Fault::new(Kind::Refused, message).hint(hint));
        }
        Ok(Some(held))
    }
}

fn moved(path: &str) -> Fault {
    let message = format!("{path} became a link while it was worked on");
    Fault::new(Kind::Conflict, message).hint("somebody else changes it: ls -l shows where it leads")
}

/// What is gone, and what is left to go.
struct Way {
    /// The root, and the directories below it with their names.
    gone: Vec<(OsString, Held)>,
    /// The next part last.
    left: Vec<OsString>,
    hops: usize,
}

impl Way {
    fn dir(&self) -> &Held {
        // The root is never left.
        &self.gone[self.gone.len() - 1].1
    }

    fn add(&mut self, path: &Path) {
        let parts = path.as_os_str().as_bytes().split(|it| *it == b'/');
        let parts = parts.filter(|it| !it.is_empty() && *it != b".");
        let parts: Vec<_> = parts.map(|it| OsStr::from_bytes(it).to_owned()).collect();
        self.left.extend(parts.into_iter().rev());
    }

    /// Where it leads, when it is a link, and whose that is.
    fn link(&self, part: &OsStr) -> Result<Option<(PathBuf, u32)>, Errno> {
        let dir = &self.dir().file;
        let stat = match statat(dir, part, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink => stat,
            Ok(_) | Err(Errno::NOENT) => return Ok(None),
            Err(e) => return Err(e),
        };
        let target = readlinkat(dir, part, Vec::new())?;
        let target = OsString::from_vec(target.into_bytes());
        Ok(Some((target.into(), stat.st_uid)))
    }

    fn turn(&mut self, target: &Path) -> Result<(), Errno> {
        self.hops += 1;
        if self.hops > HOPS {
            return Err(Errno::LOOP);
        }
        if target.is_absolute() {
            self.gone.truncate(1);
        }
        self.add(target);
        Ok(())
    }

    fn enter(&mut self, part: OsString) -> Result<(), Errno> {
        let next = Held::open(&self.dir().file, &part, OFlags::DIRECTORY)?;
        self.gone.push((part, next));
        Ok(())
    }

    fn real(&self, part: &OsStr) -> String {
        let names = self.gone.iter().skip(1).map(|(name, _)| name.as_os_str());
        let parts: PathBuf = names.chain((part != ".").then_some(part)).collect();
        format!("/{}", parts.display())
    }

    fn end(mut self, part: OsString) -> Option<Place> {
        let real = self.real(&part);
        Some(Place {
            dir: self.gone.pop()?.1,
            name: part,
            real,
        })
    }
}

impl Here {
    /// The place of a path; `itself`: when it is a link, that of the link.
    pub(super) fn place(&self, path: &str, itself: bool) -> Result<Place, Fault> {
        let failed = |e: Errno| match e {
            Errno::NOENT => Fault::not_found(format!("{path}: its directory is not there"))
                .hint("head.dir makes it"),
            e => refused(Path::new(path), &e.into()),
        };
        let root = Held::open(CWD, self.root.as_os_str(), OFlags::DIRECTORY).map_err(failed)?;
        let mut way = Way {
            gone: vec![(OsString::new(), root)],
            left: Vec::new(),
            hops: 0,
        };
        way.add(Path::new(path));
        let mut is_link = false;
        let mut last = OsString::from(".");
        while let Some(part) = way.left.pop() {
            if part == ".." {
                way.gone.truncate((way.gone.len() - 1).max(1));
                continue;
            }
            let at_end = way.left.is_empty();
            match way.link(&part).map_err(failed)? {
                Some((target, owner)) if !(at_end && itself) => {
                    if !way.dir().vouches(owner) {
                        return Err(strange(&way.real(&part), &target));
                    }
                    is_link |= at_end;
                    way.turn(&target).map_err(failed)?;
                }
                _ if at_end => last = part,
                _ => match way.enter(part) {
                    Err(Errno::NOENT) if is_link => return Err(leads_nowhere(path)),
                    done => done.map_err(failed)?,
                },
            }
        }
        let place = way.end(last);
        let place = place.ok_or_else(|| Fault::internal("a path without a root"))?;
        if is_link && place.sort().is_none() {
            return Err(leads_nowhere(path));
        }
        Ok(place)
    }
}

/// The refusal of a link that anybody may have laid.
fn strange(link: &str, target: &Path) -> Fault {
    let message = format!(
        "{link} is a link to {}, and others than root may lay one there: it is not followed",
        target.display()
    );
    Fault::new(Kind::Refused, message)
        .hint("ls -ld shows whose link it is; if what it leads to is meant, name that path")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs::{self, Permissions},
        os::unix::fs::symlink,
    };

    #[test]
    fn links_of_ones_own_are_followed_and_what_is_above_the_root_is_not() {
        let root = tempfile::tempdir().expect("a directory");
        let at = |name: &str| root.path().join(name);
        fs::create_dir_all(at("a/b")).expect("made");
        for (target, link) in [("../..", "a/up"), ("/a/b", "a/abs"), ("round", "round")] {
            symlink(target, at(link)).expect("linked");
        }
        let here = Here::below(root.path());
        let real = |path: &str, itself| here.place(path, itself).map(|it| it.real);
        for (path, itself, led) in [
            ("/", false, "/"),
            ("/a/up", false, "/"),
            ("/a/up", true, "/a/up"),
            ("/a/up/a/abs/new", false, "/a/b/new"),
            ("/a/b/../../x", false, "/x"),
        ] {
            assert_eq!(real(path, itself).as_deref(), Ok(led), "{path}");
        }
        assert!(real("/round", false).is_err() && real("/none/x", false).is_err());
    }

    #[test]
    fn what_stands_where_all_may_write_is_ones_own_if_the_directory_is_sticky() {
        let root = tempfile::tempdir().expect("a directory");
        let dir = root.path().join("d");
        fs::create_dir(&dir).expect("made");
        fs::write(root.path().join("f"), "one").expect("written");
        symlink("../f", dir.join("link")).expect("linked");
        fs::hard_link(root.path().join("f"), dir.join("hard")).expect("linked");
        let here = Here::below(root.path());
        for (mode, link, hard) in [
            (0o755, true, true),
            (0o1777, true, false),
            (0o777, false, false),
        ] {
            fs::set_permissions(&dir, Permissions::from_mode(mode)).expect("set");
            assert_eq!(here.place("/d/link", false).is_ok(), link, "{mode:o}");
            let place = here.place("/d/hard", false).expect("no link");
            assert_eq!(place.held("/d/hard").is_ok(), hard, "{mode:o}");
        }
    }
}
