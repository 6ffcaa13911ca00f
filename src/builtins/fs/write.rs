//! Writing so that a reader, a crash or a full disk never meets half a file.
use crate::fault::{Fault, Kind};
use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};
use tempfile::Builder;

/// Replaces a file's content in one step; its permissions stay.
pub(in crate::builtins) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    // A link's target is replaced, not the link.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    let dir = dir.unwrap_or(Path::new("."));
    if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        // A device or a pipe takes bytes; it cannot be replaced. A directory says so itself.
        return append(path, bytes);
    }
    let work = || {
        let mut draft = Builder::new()
            .permissions(Permissions::from_mode(FRESH))
            .tempfile_in(dir)?;
        draft.write_all(bytes)?;
        if let Ok(old) = fs::metadata(path) {
            draft.as_file().set_permissions(old.permissions())?;
        }
        draft.as_file().sync_data()?;
        draft.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    work().map_err(|e| blame(path, bytes.len(), &e))
}

/// A new file's mode, of which the system takes off the user's umask.
const FRESH: u32 = 0o666;

/// Adds to the end of a file, which is made when missing; what was added in part is taken back.
pub(super) fn append(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let work = || {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        let before = file.metadata()?.len();
        file.write_all(bytes).inspect_err(|_| {
            // On a device there is nothing to take back.
            let _ = file.set_len(before);
        })
    };
    work().map_err(|e| blame(path, bytes.len(), &e))
}

fn blame(path: &Path, count: usize, error: &io::Error) -> Fault {
    // The name that the new file had until then says nothing to anybody.
    let why = error.to_string();
    let why = why.split(" at path ").next().unwrap_or_default();
    let path = path.display();
    let fault = Fault::new(
        Kind::Io,
        format!("{path}: {count} bytes could not be written: {why}"),
    );
    match error.kind() {
        io::ErrorKind::StorageFull => fault.hint("the disk is full; the file is as it was"),
        io::ErrorKind::NotFound => fault.hint("fs.mkdir makes the directory"),
        io::ErrorKind::PermissionDenied => {
            fault.hint("choose a place you may write to; chami never uses sudo")
        }
        _ => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::{append, replace};
    use std::{fs, path::Path};

    #[test]
    fn a_file_is_replaced_whole_and_a_failure_leaves_nothing_behind() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("a");
        replace(&path, b"one").expect("written");
        append(&path, b"two").expect("appended");
        assert_eq!(fs::read(&path).expect("read"), b"onetwo");
        replace(&path, b"3").expect("written");
        assert_eq!(fs::read(&path).expect("read"), b"3");
        let below = path.join("b");
        let fault = replace(&below, b"x").expect_err("a file is no directory");
        assert!(
            fault.message.contains("1 bytes could not be written"),
            "{fault}"
        );
        assert_eq!(fs::read_dir(dir.path()).expect("list").count(), 1);
    }

    #[test]
    fn a_full_disk_is_named() {
        let fault = replace(Path::new("/dev/full"), b"abc").expect_err("it is full");
        assert!(fault.message.starts_with("/dev/full: 3 bytes"), "{fault}");
        assert!(fault.hint.expect("a hint").contains("disk is full"));
    }
}
