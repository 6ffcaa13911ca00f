//! A text written over another one, where nothing can take its file's place: who reads at that moment may see half of it.
//!
//! Room is taken first. Then one write lays the text over the old one, and blank lines over what is left of it: cut short at
//! any moment after, it is the new text. Where the write fails the old text is laid there again.
use std::{
    fs::File,
    io,
    os::unix::fs::{FileExt as _, MetadataExt as _},
};

/// Which of both texts stands after it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    Old,
    New,
    Neither,
}

impl Stands {
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Old => "the old text stands there as it was",
            Self::New => "the new text stands there",
            Self::Neither => {
                "neither text stands there whole, for the old one could not be written back"
            }
        }
    }
}

/// Takes the room that a text of this length wants, while the old one stands.
#[cfg(target_os = "linux")]
pub(super) fn reserve(file: &File, length: u64) -> io::Result<()> {
    use rustix::{
        fs::{FallocateFlags, fallocate},
        io::Errno,
    };
    let has = file.metadata()?.size();
    if length <= has {
        return Ok(());
    }
    match fallocate(file, FallocateFlags::KEEP_SIZE, has, length - has) {
        // Some file systems give none ahead: then the write tells.
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        done => done.map_err(io::Error::from),
    }
}

/// Elsewhere nobody gives room without changing the text.
#[cfg(not(target_os = "linux"))]
pub(super) fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

/// Where it fails: why, and which text stands.
pub(super) fn write(file: &File, old: &[u8], text: &[u8]) -> Result<(), (io::Error, Stands)> {
    lay(file, text).map_err(|error| {
        let _ = lay(file, old);
        let stands = match is(file, old) {
            Ok(true) => Stands::Old,
            _ => Stands::Neither,
        };
        (error, stands)
    })
}

fn lay(file: &File, text: &[u8]) -> io::Result<()> {
    let has = usize::try_from(file.metadata()?.size()).unwrap_or_default();
    let mut bytes = text.to_vec();
    bytes.resize(has.max(text.len()), b'\n');
    file.write_all_at(&bytes, 0)?;
    file.set_len(text.len() as u64)?;
    file.sync_data()
}

fn is(file: &File, text: &[u8]) -> io::Result<bool> {
    let mut bytes = vec![0; text.len()];
    let whole = file.metadata()?.size() == text.len() as u64;
    file.read_exact_at(&mut bytes, 0)?;
    Ok(whole && bytes == text)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

    const LARGE: usize = 1 << 16;

    /// A file that holds a text, and cannot grow.
    fn full(text: &[u8]) -> File {
        let file = memfd_create("full", MemfdFlags::ALLOW_SEALING).expect("a file");
        let file = File::from(file);
        file.write_all_at(text, 0).expect("written");
        fcntl_add_seals(&file, SealFlags::GROW).expect("sealed");
        file
    }

    #[test]
    fn where_it_fails_the_old_text_is_written_back() {
        let (old, new) = (vec![b'o'; LARGE], vec![b'n'; 2 * LARGE]);
        let file = full(&old);
        assert!(reserve(&file, 1).is_ok());
        assert!(reserve(&file, new.len() as u64).is_err(), "before anything");
        assert!(is(&file, &old).expect("read"));
        // As a kernel leaves it that lays what it can before it refuses the rest.
        file.write_all_at(&new[..LARGE / 2], 0).expect("written");
        let (_, stands) = write(&file, &old, &new).expect_err("no room");
        assert_eq!(stands, Stands::Old);
        assert!(is(&file, &old).expect("read"));
        // What is longer than it cannot be written back.
        let longer = vec![b'l'; 3 * LARGE];
        let (_, stands) = write(&file, &longer, &new).expect_err("no room");
        assert_eq!(stands, Stands::Neither);
    }

    #[test]
    fn nothing_is_left_of_a_longer_text() {
        let old = b"127.0.0.1 localhost\n10.0.0.1 old\n";
        let file = full(old);
        write(&file, old, b"short\n").expect("written");
        assert!(is(&file, b"short\n").expect("read"));
    }
}
