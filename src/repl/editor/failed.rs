//! Which inputs failed, kept between sessions beside the history: they can be called back and mended, and are not proposed.
use crate::secret;
use std::{
    collections::HashSet,
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

/// From so many lines on the file is written anew.
const LINES: usize = 2000;

/// A file of lines `["input", true]`: it failed; false: it went well after all. The last one counts.
#[derive(Default)]
pub(super) struct Failed(Option<PathBuf>);

impl Failed {
    /// The file, and what failed according to it.
    pub(super) fn open(path: PathBuf) -> (Self, HashSet<String>) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut failed = HashSet::new();
        // A line that another session is just writing is no line yet.
        for (input, so) in text
            .lines()
            .filter_map(|it| serde_json::from_str::<(String, bool)>(it).ok())
        {
            if so {
                failed.insert(input);
            } else {
                failed.remove(&input);
            }
        }
        let it = Self(Some(path));
        if text.lines().count() > LINES {
            it.shorten(&failed);
        }
        (it, failed)
    }

    /// Some are forgotten, and will be proposed once more.
    fn shorten(&self, failed: &HashSet<String>) {
        let Some(path) = &self.0 else { return };
        if fs::remove_file(path).is_ok() {
            failed
                .iter()
                .take(LINES / 2)
                .for_each(|input| self.note(input, true));
        }
    }

    /// What cannot be kept is no reason to disturb the work.
    pub(super) fn note(&self, input: &str, so: bool) {
        let Some(path) = self.0.as_ref().filter(|_| !secret::may_hold(input)) else {
            return;
        };
        let Ok(line) = serde_json::to_string(&(input, so)) else {
            return;
        };
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path);
        let _ = file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_known_to_the_next_session_until_it_goes_well() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("failed");
        let (file, none) = Failed::open(path.clone());
        assert!(none.is_empty());
        file.note("smd.group.lst()", true);
        file.note("two\nlines(", true);
        file.note(
            "token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'",
            true,
        );
        file.note("smd.group.lst()", false);
        let (_, failed) = Failed::open(path.clone());
        assert_eq!(failed, HashSet::from(["two\nlines(".to_owned()]));
        for n in 0..LINES {
            file.note(&format!("f{n}("), true);
        }
        let (_, failed) = Failed::open(path.clone());
        assert_eq!(failed.len(), LINES + 1);
        assert!(fs::read_to_string(path).expect("there").lines().count() <= LINES);
    }
}
