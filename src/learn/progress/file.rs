//! The file of the progress: read, changed under a lock, replaced as a whole.
use super::{Progress, VERSION};
use crate::fault::{Fault, Kind};
use std::{
    fs::{self, DirBuilder, File},
    io::{self, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

/// The progress as this session knows it. What cannot be kept lives as long as the session.
#[derive(Debug, Default)]
pub struct Book {
    /// None: nothing is kept.
    path: Option<PathBuf>,
    progress: Progress,
    notice: Option<String>,
}

impl Book {
    /// The user's book in this directory; none: a book that ends with its session.
    pub fn open(folder: Option<&Path>) -> Self {
        let mut book = Self {
            path: folder.map(|dir| dir.join("learn.json")),
            ..Self::default()
        };
        if let Some(path) = book.path.clone() {
            match read(&path) {
                Ok(None) => {}
                Ok(Some(progress)) => book.progress = progress,
                // It may be gone by now: what another session mended is no trouble.
                Err(_) => book.change(|_| ()),
            }
        }
        book
    }

    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Changes what stands in the file now, and keeps it.
    pub fn change(&mut self, change: impl FnOnce(&mut Progress)) {
        let Some(path) = self.path.clone() else {
            return change(&mut self.progress);
        };
        let lock = match lock(&path) {
            Ok(lock) => lock,
            Err(error) => {
                self.forgo(&Fault::io(&path, &error));
                return change(&mut self.progress);
            }
        };
        match read(&path) {
            Ok(found) => self.progress = found.unwrap_or_default(),
            Err(Trouble::Damaged) => {
                self.set_aside(&path);
                if self.path.is_none() {
                    return change(&mut self.progress);
                }
            }
            Err(Trouble::Other(fault)) => {
                self.forgo(&fault);
                return change(&mut self.progress);
            }
        }
        change(&mut self.progress);
        if let Err(error) = write(&path, &self.progress) {
            self.forgo(&Fault::io(&path, &error));
        }
        drop(lock);
    }

    /// What the student should know of the file. Said once.
    pub fn notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    fn set_aside(&mut self, path: &Path) {
        let free = |number: usize| {
            let name = match number {
                0 => "learn.json.bad".to_owned(),
                number => format!("learn.json.bad-{number}"),
            };
            Some(path.with_file_name(name)).filter(|place| !place.exists())
        };
        let Some(aside) = (0..100).find_map(free) else {
            let what = "a hundred damaged files of progress lie there already";
            return self.forgo(&Fault::new(Kind::Io, what));
        };
        match fs::rename(path, &aside) {
            Ok(()) => {
                self.progress = Progress::default();
                self.notice = Some(format!(
                    "the progress of the course could not be read: the file is now {}, and a new one begins",
                    aside.display()
                ));
            }
            Err(error) => self.forgo(&Fault::io(path, &error)),
        }
    }

    /// Goes on without the file.
    fn forgo(&mut self, fault: &Fault) {
        self.path = None;
        self.notice = Some(format!("progress is not kept: {}", fault.message));
    }
}

#[derive(Debug)]
enum Trouble {
    Damaged,
    Other(Fault),
}

fn read(path: &Path) -> Result<Option<Progress>, Trouble> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Trouble::Other(Fault::io(path, &error))),
    };
    // A later form is no damage, whatever else stands there.
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(|_| Trouble::Damaged)?;
    if value["version"]
        .as_u64()
        .is_some_and(|it| it > u64::from(VERSION))
    {
        let what = format!("{} is of a later chami", path.display());
        return Err(Trouble::Other(Fault::new(Kind::Unsupported, what)));
    }
    serde_json::from_value(value)
        .map(Some)
        .map_err(|_| Trouble::Damaged)
}

/// Held until dropped.
fn lock(path: &Path) -> io::Result<File> {
    if let Some(dir) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    }
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_extension("lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// Readers see the old file or the new one, never half of it.
fn write(path: &Path, progress: &Progress) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    serde_json::to_writer_pretty(&mut file, progress)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::Ground, *};
    use jiff::Timestamp;
    use std::thread;

    fn hint(book: &mut Book, id: &str) {
        book.change(|it| {
            let record = it.touch(id, Ground::Lab, Timestamp::UNIX_EPOCH);
            *record.hints.entry("a".into()).or_default() += 1;
        });
    }

    #[test]
    fn two_terminals_lose_nothing_of_each_other() {
        let dir = tempfile::tempdir().expect("a directory");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut book = Book::open(Some(dir.path()));
                    for _ in 0..25 {
                        hint(&mut book, "301");
                    }
                    assert_eq!(book.notice(), None);
                });
            }
        });
        let book = Book::open(Some(dir.path()));
        let record = book.progress().record("301", Ground::Lab);
        assert_eq!(record.map(super::super::Record::hints), Some(100));
    }

    #[test]
    fn a_damaged_file_is_set_aside_and_told() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("learn.json");
        for (round, name) in ["learn.json.bad", "learn.json.bad-1"].iter().enumerate() {
            fs::write(&path, "{\"version\": 1, \"exerc").expect("written");
            let mut book = Book::open(Some(dir.path()));
            let notice = book.notice().expect("it is said");
            assert!(notice.contains(name), "round {round}: {notice}");
            assert!(dir.path().join(name).exists());
            hint(&mut book, "301");
            let again = Book::open(Some(dir.path()));
            assert_eq!(again.progress().exercises.len(), 1);
        }
    }

    #[test]
    fn a_later_form_is_left_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("learn.json");
        fs::write(&path, "{\"version\": 2}").expect("written");
        let mut book = Book::open(Some(dir.path()));
        hint(&mut book, "301");
        assert!(book.notice().is_some_and(|it| it.contains("later chami")));
        assert_eq!(book.progress().exercises.len(), 1);
        let left = fs::read_to_string(&path).expect("it is there");
        assert_eq!(left, "{\"version\": 2}");
    }

    #[test]
    fn where_nothing_can_be_kept_the_session_goes_on() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("file");
        fs::write(&file, "").expect("written");
        let mut book = Book::open(Some(&file.join("below")));
        hint(&mut book, "301");
        assert!(
            book.notice()
                .is_some_and(|it| it.starts_with("progress is not kept"))
        );
        assert_eq!(book.progress().exercises.len(), 1);
    }
}
