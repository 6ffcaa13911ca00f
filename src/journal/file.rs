//! The journal's file: JSON lines, appended one write(2) each by whichever process has the lock.
//!
//! The lock is a file of its own, so that the journal can be replaced when it has grown too long. A line torn by a crash
//! costs itself and nothing more: the next writer ends it, and readers pass over what is no line.
use super::entry::{Begun, Ended, Entry};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs::{DirBuilder, File, OpenOptions},
    io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// So much is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) entries: u64,
    pub(super) bytes: u64,
}

impl Limits {
    pub(super) const USUAL: Self = Self {
        entries: 1000,
        bytes: 64 << 20,
    };
}

/// Every line begins so, with its number behind it.
const BEGUN: &[u8] = b"{\"begun\":";
const ENDED: &[u8] = b"{\"ended\":";
/// How far back the last number is looked for at first.
const TAIL: u64 = 64 << 10;

#[derive(Debug)]
pub(super) struct Lines {
    path: PathBuf,
    limits: Limits,
}

impl Lines {
    pub(super) fn at(path: PathBuf, limits: Limits) -> Self {
        Self { path, limits }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends the first line of an entry under the next number. `sync`: it is on the disk when this returns.
    pub(super) fn begin(&self, begun: &mut Begun, sync: bool) -> io::Result<()> {
        let _lock = self.lock()?;
        let mut file = self.open()?;
        begun.begun = last(&mut file)? + 1;
        let length = file.metadata()?.len();
        put(&mut file, begun)?;
        if sync && let Err(error) = file.sync_data() {
            // It is refused, so it must not stand there as begun.
            let _ = file.set_len(length);
            return Err(error);
        }
        if self.is_long(&mut file, begun.begun).unwrap_or(false) {
            // The entry stands whatever becomes of this; the next write tries again.
            let _ = self.compact();
        }
        Ok(())
    }

    /// Appends the second line of an entry.
    pub(super) fn end(&self, ended: &Ended, sync: bool) -> io::Result<()> {
        let _lock = self.lock()?;
        let mut file = self.open()?;
        put(&mut file, ended)?;
        if sync {
            file.sync_data()?;
        }
        Ok(())
    }

    /// Every entry that can be read, by number.
    pub(super) fn read(&self) -> io::Result<Vec<Entry>> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            file => file?,
        };
        let mut entries: BTreeMap<u64, Entry> = BTreeMap::new();
        let mut lines = BufReader::with_capacity(1 << 20, file);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            if line.starts_with(BEGUN)
                && let Ok(begun) = serde_json::from_slice::<Begun>(&line)
            {
                entries.insert(begun.begun, Entry { begun, ended: None });
            } else if line.starts_with(ENDED)
                && let Ok(ended) = serde_json::from_slice::<Ended>(&line)
                && let Some(entry) = entries.get_mut(&ended.ended)
            {
                entry.ended = Some(ended);
                entry.slim();
            }
            line.clear();
        }
        Ok(entries.into_values().collect())
    }

    fn lock(&self) -> io::Result<File> {
        if let Some(dir) = self.path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        }
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let lock = options.open(self.path.with_extension("lock"))?;
        lock.lock()?;
        Ok(lock)
    }

    fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.create(true).append(true).read(true).mode(0o600);
        options.open(&self.path)
    }

    fn is_long(&self, file: &mut File, last: u64) -> io::Result<bool> {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(0))?;
        let mut head = [0; 64];
        let count = file.read(&mut head)?;
        let first = number(&head[..count]).unwrap_or(last);
        Ok(length > self.limits.bytes || last.saturating_sub(first) >= 2 * self.limits.entries)
    }

    /// Keeps the newest entries, and of these only what changed. The file is replaced as a whole or stays as it is.
    fn compact(&self) -> io::Result<()> {
        let mut kept = Vec::new();
        let mut bytes = 0;
        for entry in self.read()?.into_iter().rev() {
            // The number of the newest is where counting goes on.
            if entry.is_idle() && !kept.is_empty() {
                continue;
            }
            let lines = lines_of(&entry)?;
            bytes += lines.len() as u64;
            let full = kept.len() as u64 >= self.limits.entries || bytes > self.limits.bytes / 2;
            if full && !kept.is_empty() {
                break;
            }
            kept.push(lines);
        }
        let dir = self.path.parent().unwrap_or(Path::new("."));
        // Made with mode 0600.
        let mut draft = NamedTempFile::new_in(dir)?;
        for lines in kept.iter().rev() {
            draft.write_all(lines)?;
        }
        draft.as_file().sync_data()?;
        draft.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

fn lines_of(entry: &Entry) -> io::Result<Vec<u8>> {
    let mut lines = line(&entry.begun)?;
    if let Some(ended) = &entry.ended {
        lines.extend(line(ended)?);
    }
    Ok(lines)
}

fn line(what: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    Ok(line)
}

/// Appends a line with one write; what went in half is taken back.
fn put(file: &mut File, what: &impl Serialize) -> io::Result<()> {
    let length = file.metadata()?.len();
    let mut text = Vec::new();
    if length > 0 && !ends_whole(file)? {
        text.push(b'\n');
    }
    text.extend(line(what)?);
    let outcome = match file.write(&text) {
        Ok(count) if count == text.len() => return Ok(()),
        Ok(_) => Err(ErrorKind::StorageFull.into()),
        Err(error) => Err(error),
    };
    // If that fails as well, half a line stays, which readers pass over.
    let _ = file.set_len(length);
    outcome
}

/// Whether the last line has its end: a process that died may have left half of one.
fn ends_whole(file: &mut File) -> io::Result<bool> {
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// The number behind `{"begun":`.
fn number(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(BEGUN)?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

/// The number given out last: numbers grow along the file.
fn last(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let mut span = TAIL;
    loop {
        let from = length.saturating_sub(span);
        file.seek(SeekFrom::Start(from))?;
        let mut tail = Vec::new();
        // No more than there was: a device gives without end.
        (&*file).take(length - from).read_to_end(&mut tail)?;
        let mut lines = tail.split(|byte| *byte == b'\n');
        if from > 0 {
            // begins somewhere in a line
            lines.next();
        }
        if let Some(found) = lines.rev().find_map(number) {
            return Ok(found);
        }
        if from == 0 {
            return Ok(0);
        }
        span *= 8;
    }
}

/// The file as it is.
#[cfg(test)]
pub(super) fn raw(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
