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
/// So deep are buckets looked into, and so many files are listed.
const DEEP: usize = 12;
const MANY: usize = 10_000;

impl Machines {
    /// From now on the artifact server has these files as well.
    pub(crate) fn open_files(&self, folder: Option<&Path>) {
        if let Some(folder) = folder {
            // A lab has one such folder, from its start on.
            let _ = self.files.set(folder.to_owned());
        }
    }

    /// The file that stands for an object, and its size.
    pub(super) fn file(&self, path: &str) -> Option<(PathBuf, u64)> {
        let inside = Path::new(path);
        // Nothing leads out of the folder.
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if !inside.components().all(plain) {
            return None;
        }
        let file = self.files.get()?.join(inside);
        let known = fs::metadata(&file).ok().filter(fs::Metadata::is_file)?;
        Some((file, known.len()))
    }

    pub(super) fn has_folder(&self, bucket: &str) -> bool {
        let plain = !bucket.contains(['/', '\\']) && ![".", ".."].contains(&bucket);
        let folder = self.files.get().filter(|_| plain);
        folder.is_some_and(|folder| folder.join(bucket).is_dir())
    }

    /// All of them, as they are listed.
    pub(super) fn all_files(&self) -> Vec<Stored> {
        let mut all = Vec::new();
        if let Some(folder) = self.files.get() {
            walk(folder, folder, DEEP, &mut all);
        }
        all
    }
}

fn walk(top: &Path, folder: &Path, deep: usize, all: &mut Vec<Stored>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(known) = fs::metadata(&path) else {
            continue;
        };
        if known.is_dir() && deep > 0 {
            walk(top, &path, deep - 1, all);
        }
        let name = path.strip_prefix(top).unwrap_or(&path);
        // What lies beside the buckets is no object.
        if known.is_file() && all.len() < MANY && name.components().count() > 1 {
            let path = name.to_string_lossy().into_owned();
            all.push(Stored {
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
