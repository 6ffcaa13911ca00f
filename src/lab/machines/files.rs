//! Real files on the artifact server: a folder of buckets that lies over what the lab makes up, so that machines that are
//! real can boot from it.
use super::{Machines, routes::Stored};
use crate::world::kernel_of;
use axum::body::{Body, Bytes};
use futures_util::stream;
use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::RangeInclusive,
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

    /// What stands at a path in the folder, which neither it nor a link leads out of.
    fn inside(&self, path: &str) -> Option<PathBuf> {
        let (top, path) = (self.files.get()?, Path::new(path));
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        let place = path.components().all(plain).then(|| top.join(path))?;
        led(top, &place)
    }

    /// The file that stands for an object, and its size.
    pub(super) fn file(&self, path: &str) -> Option<(PathBuf, u64)> {
        let file = self.inside(path)?;
        let known = fs::metadata(&file).ok().filter(fs::Metadata::is_file)?;
        Some((file, known.len()))
    }

    pub(super) fn has_folder(&self, bucket: &str) -> bool {
        let plain = !bucket.contains(['/', '\\']);
        let folder = plain.then(|| self.inside(bucket)).flatten();
        folder.is_some_and(|folder| folder.is_dir())
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
                    self.file(&path, file.filter(fs::Metadata::is_file));
                }
                _ => {}
            }
        }
    }

    fn file(&mut self, path: &Path, known: Option<fs::Metadata>) {
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
pub(super) fn bytes(path: &Path, span: RangeInclusive<u64>) -> io::Result<Body> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(*span.start()))?;
    let left = span.end() - span.start() + 1;
    let parts = stream::try_unfold((file, left), |(file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let read = tokio::task::spawn_blocking(move || {
            let size = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            let mut part = vec![0; size];
            let mut file = file;
            file.read_exact(&mut part).map(|()| (part, file))
        });
        let (part, file) = read.await.map_err(io::Error::other)??;
        let left = left - part.len() as u64;
        Ok::<_, io::Error>(Some((Bytes::from(part), (file, left))))
    });
    Ok(Body::from_stream(parts))
}
