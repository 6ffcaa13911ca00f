//! What a file has beside its owner and its mode: SELinux's label, and the access list.
use rustix::{
    fs::{XattrFlags, fsetxattr, getxattr},
    io::Errno,
};
use std::{fs::File, path::Path};

/// What is kept beside owner and mode.
const KEPT: [&str; 2] = ["security.selinux", "system.posix_acl_access"];
/// As large as the kernel lets one be.
const LARGEST: usize = 1 << 16;

/// Gives a draft what its model has; says whether it has all of it now.
pub(super) fn keeps(model: &Path, draft: &File) -> bool {
    let mut value = vec![0; LARGEST];
    KEPT.iter()
        .all(|name| match getxattr(model, *name, &mut value[..]) {
            Ok(size) => fsetxattr(draft, *name, &value[..size], XattrFlags::empty()).is_ok(),
            // There is none, or the file system has no such thing; or there is no model yet.
            Err(e) => matches!(e, Errno::NODATA | Errno::OPNOTSUPP | Errno::NOENT),
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

    #[test]
    fn a_files_access_list_outlives_its_text() {
        let root = tempfile::tempdir().expect("a directory");
        let at = root.path().join("f");
        fs::write(&at, "one").expect("written");
        if let Err(e) = setxattr(&at, KEPT[1], &list(), XattrFlags::empty()) {
            assert!(
                std::env::var_os("CHAMI_TESTS_COMPLETE").is_none() || e == Errno::OPNOTSUPP,
                "an access list: {e}"
            );
            let _ = writeln!(io::stderr(), "SKIPPED: access lists: {e}");
            return;
        }
        let read = |at: &Path| {
            let mut value = vec![0; LARGEST];
            let size = getxattr(at, KEPT[1], &mut value[..]).expect("it has one");
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
}
