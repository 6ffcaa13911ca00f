//! What a file has beside its owner and its mode: SELinux's label, and the access list.
use rustix::{
    fs::{XattrFlags, fremovexattr, fsetxattr, getxattr},
    io::Errno,
};
use std::{fs::File, path::Path};

/// What is kept beside owner and mode.
const KEPT: [&str; 2] = ["security.selinux", LIST];
const LIST: &str = "system.posix_acl_access";
/// As large as the kernel lets one be.
const LARGEST: usize = 1 << 16;

/// Whether users or groups beside the owner's and the group are named here; where it cannot be told it may be so.
pub(super) fn has_list(path: &Path) -> bool {
    let mut value = vec![0; LARGEST];
    let list = getxattr(path, LIST, &mut value[..]);
    !matches!(list, Err(Errno::NODATA | Errno::OPNOTSUPP))
}

/// Gives a draft what its model has; says whether it has just that now.
pub(super) fn keeps(model: &Path, draft: &File) -> bool {
    let mut value = vec![0; LARGEST];
    let is_none = |error: Errno| matches!(error, Errno::NODATA | Errno::OPNOTSUPP);
    KEPT.iter()
        .all(|name| match getxattr(model, *name, &mut value[..]) {
            Ok(size) => fsetxattr(draft, *name, &value[..size], XattrFlags::empty()).is_ok(),
            // A directory may give lists to what is made in it: to the draft, and not to the model.
            Err(Errno::NODATA) if *name == LIST => {
                fremovexattr(draft, *name).map_or_else(is_none, |()| true)
            }
            // There is none, or the file system has no such thing.
            Err(e) => is_none(e),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::head::{client::here::Here, types::Dress};
    use rustix::fs::setxattr;
    use std::{
        fs,
        io::{self, Write as _},
        os::unix::fs::MetadataExt as _,
    };

    /// An access list that lets user 1 read: owner, user 1, group, mask, others.
    fn list() -> Vec<u8> {
        let entries: [(u16, u16, u32); 5] = [
            (0x01, 6, u32::MAX),
            (0x02, 4, 1),
            (0x04, 4, u32::MAX),
            (0x10, 4, u32::MAX),
            (0x20, 0, u32::MAX),
        ];
        let mut bytes = 2_u32.to_le_bytes().to_vec();
        for (tag, may, id) in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(may.to_le_bytes());
            bytes.extend(id.to_le_bytes());
        }
        bytes
    }

    /// Whether lists can be given here at all; they can on Linux' usual file systems.
    fn may(given: rustix::io::Result<()>) -> bool {
        if given == Err(Errno::OPNOTSUPP) {
            let _ = writeln!(io::stderr(), "SKIPPED: access lists: no such thing here");
            return false;
        }
        given.expect("a list is given");
        true
    }

    #[test]
    fn a_files_access_list_outlives_its_text() {
        let root = tempfile::tempdir().expect("a directory");
        let at = root.path().join("f");
        fs::write(&at, "one").expect("written");
        if !may(setxattr(&at, LIST, &list(), XattrFlags::empty())) {
            return;
        }
        let read = |at: &Path| {
            let mut value = vec![0; LARGEST];
            let size = getxattr(at, LIST, &mut value[..]).expect("it has one");
            value.truncate(size);
            value
        };
        let had = read(&at);
        let before = fs::metadata(&at).expect("there");
        Here::below(root.path())
            .write("/f", "two", &Dress::default())
            .expect("written");
        let after = fs::metadata(&at).expect("there");
        assert_eq!(read(&at), had);
        assert_ne!(
            before.ino(),
            after.ino(),
            "it took the place of the old one"
        );
        assert_eq!(before.mode(), after.mode());
    }

    #[test]
    fn a_directorys_list_for_new_files_is_not_given_to_an_old_one() {
        let root = tempfile::tempdir().expect("a directory");
        let at = root.path().join("f");
        fs::write(&at, "one").expect("written");
        let given = setxattr(
            root.path(),
            "system.posix_acl_default",
            &list(),
            XattrFlags::empty(),
        );
        if !may(given) {
            return;
        }
        Here::below(root.path())
            .write("/f", "two", &Dress::default())
            .expect("written");
        let mut value = vec![0; LARGEST];
        let none = getxattr(&at, LIST, &mut value[..]);
        assert_eq!(none, Err(Errno::NODATA));
        assert_eq!(fs::read_to_string(&at).expect("there"), "two");
    }
}
