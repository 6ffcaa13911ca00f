//! Real files on the artifact server: a folder of buckets that lies over what the lab makes up, so that machines that are
//! real can boot from it.
use super::{Machines, routes::Stored};
use crate::world::kernel_of;
use axum::body::{Body, Bytes};
use futures_util::stream;
use rustix::fs::{Mode, OFlags};
use std::{
    fs::{self, File, Metadata},
    io,
    ops::RangeInclusive,
    os::unix::fs::FileExt as _,
    path::{Component, Path, PathBuf},
};

const CHUNK: usize = 256 << 10;
/// So deep are buckets looked into, so many files are listed, and so many entries are looked at for that.
const DEEP: usize = 12;
const MANY: usize = 10_000;
const LOOKED: usize = 20 * MANY;

impl Machines {
    /// From now on the artifact server has these files as well.
    pub(crate) fn open_files(&self, folder: Option<&Path>) {
        if let Some(folder) = folder {
            // A lab has one such folder, from its start on, and it is compared with where links lead.
            let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
            let _ = self.files.set(folder);
        }
    }

    /// What stands at a path in the folder, opened. A folder may be far away, and hang.
    async fn opened(&self, path: &str) -> io::Result<(File, Metadata)> {
        let top = self.files.get().cloned();
        let (top, path) = (top.ok_or(io::ErrorKind::NotFound)?, path.to_owned());
        let look = move || {
            let file = inside(&top, Path::new(&path))?;
            let known = file.metadata()?;
            Ok((file, known))
        };
        let looked = tokio::task::spawn_blocking(look);
        looked.await.map_err(io::Error::other)?
    }

    /// The file that stands for an object, and its size; none: there is no such file. Fails where it may not be read.
    pub(super) async fn file(&self, path: &str) -> io::Result<Option<(File, u64)>> {
        match self.opened(path).await {
            Ok((file, known)) => Ok(known.is_file().then_some((file, known.len()))),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(error),
            Err(_) => Ok(None),
        }
    }

    pub(super) async fn has_folder(&self, bucket: &str) -> bool {
        let plain = !bucket.contains(['/', '\\']);
        plain && self.opened(bucket).await.is_ok_and(|(_, it)| it.is_dir())
    }

    /// All of them, as they are listed. Takes its time.
    pub(super) fn all_files(&self) -> Vec<Stored> {
        let Some(top) = self.files.get() else {
            return Vec::new();
        };
        let mut walk = Walk {
            top,
            all: Vec::new(),
            left: LOOKED,
        };
        walk.down(top, DEEP);
        walk.all
    }
}

/// Opens what a path in the folder leads to, by links as well, if that is inside. Who may write there cannot have anything
/// else opened by changing a link meanwhile: on the way that was found no link is followed.
fn inside(top: &Path, path: &Path) -> io::Result<File> {
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    let place = path.components().all(plain).then(|| top.join(path));
    let place = place.and_then(|place| led(top, &place));
    let place = place.as_deref().and_then(|it| it.strip_prefix(top).ok());
    beneath(top, place.ok_or(io::ErrorKind::NotFound)?)
}

/// Opens a path of folders and a file, none of which may be a link.
fn beneath(top: &Path, path: &Path) -> io::Result<File> {
    let folder = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut at = rustix::fs::open(top, folder, Mode::empty())?;
    // What waits for somebody at its other end, a pipe, is not waited for.
    let each = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        let more = parts.peek().map_or(OFlags::empty(), |_| OFlags::DIRECTORY);
        at = rustix::fs::openat(&at, part.as_os_str(), each | more, Mode::empty())?;
    }
    Ok(at.into())
}

/// Where a path leads, if that is inside.
fn led(top: &Path, path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().filter(|it| it.starts_with(top))
}

struct Walk<'a> {
    top: &'a Path,
    all: Vec<Stored>,
    left: usize,
}

impl Walk<'_> {
    /// Links to folders are not followed: they may lead round in a circle.
    fn down(&mut self, folder: &Path, deep: usize) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 || self.all.len() >= MANY {
                return;
            }
            let (path, sort) = (entry.path(), entry.file_type());
            match sort {
                Ok(sort) if sort.is_dir() && deep > 0 => self.down(&path, deep - 1),
                Ok(sort) if sort.is_file() => self.file(&path, entry.metadata().ok()),
                Ok(sort) if sort.is_symlink() => {
                    let file = led(self.top, &path).and_then(|file| fs::metadata(file).ok());
                    self.file(&path, file.filter(Metadata::is_file));
                }
                _ => {}
            }
        }
    }

    fn file(&mut self, path: &Path, known: Option<Metadata>) {
        let name = path.strip_prefix(self.top).unwrap_or(path);
        // What lies beside the buckets is no object.
        if let Some(known) = known.filter(|_| name.components().count() > 1) {
            let path = name.to_string_lossy().into_owned();
            self.all.push(Stored {
                kernel: kernel_of(&path),
                bytes: known.len(),
                private: false,
                dracut: None,
                path,
            });
        }
    }
}

/// A part of a file, read as it goes out.
pub(super) fn bytes(file: File, span: RangeInclusive<u64>) -> Body {
    let (start, end) = span.into_inner();
    let parts = stream::try_unfold((file, start), move |(file, at)| async move {
        if at > end {
            return Ok(None);
        }
        let read = tokio::task::spawn_blocking(move || {
            let left = end - at + 1;
            let size = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            let mut part = vec![0; size];
            file.read_exact_at(&mut part, at).map(|()| (part, file))
        });
        let (part, file) = read.await.map_err(io::Error::other)??;
        let next = at + part.len() as u64;
        Ok::<_, io::Error>(Some((Bytes::from(part), (file, next))))
    });
    Body::from_stream(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// As somebody would who swaps a link in after the path was looked at.
    #[test]
    fn no_link_is_followed_when_it_is_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path().join("s3");
        fs::create_dir_all(top.join("b/real")).expect("made");
        fs::create_dir(folder.path().join("etc")).expect("made");
        fs::write(top.join("b/real/file"), b"inside").expect("written");
        fs::write(folder.path().join("etc/file"), b"secret").expect("written");
        symlink(folder.path().join("etc"), top.join("b/way")).expect("linked");
        symlink("real/file", top.join("b/link")).expect("linked");
        let open = |path: &str| beneath(&top, Path::new(path)).is_ok();
        assert!(open("b/real/file") && open("b/real"));
        for swapped in ["b/way", "b/way/file", "b/link", "b/real/file/more"] {
            assert!(!open(swapped), "{swapped}");
        }
        // A link that leads to something inside is looked at before.
        let top = top.canonicalize().expect("it is there");
        assert!(inside(&top, Path::new("b/link")).is_ok());
        assert!(inside(&top, Path::new("b/way/file")).is_err());
    }
}
