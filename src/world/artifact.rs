//! What the head node's artifact server holds: kernels, initial file systems and root file systems, by path.
//!
//! An artifact has a size and says which kernel it belongs to; its bytes are made when somebody fetches them.
use serde::{Deserialize, Serialize};

/// The kernel of the tutorial's images.
pub const KERNEL: &str = "5.14.0-503.38.1.el9_5.x86_64";

const MIB: u64 = 1 << 20;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    pub bytes: u64,
    /// Which kernel it is or is made for; none: nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// Not to be read without credentials.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// The modules that dracut put into an initial file system; none: those it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dracut: Option<Vec<String>>,
}

impl Artifact {
    /// Whether an initial file system can fetch the root file system that `root=live:http://…` names.
    pub fn fetches_root(&self) -> bool {
        let has = |name: &str| {
            let modules = self.dracut.as_ref();
            modules.is_none_or(|modules| modules.iter().any(|it| it == name))
        };
        has("livenet") && has("dmsquash-live")
    }
}

/// What a file is to a machine that boots it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Kernel,
    Initrd,
    Other,
}

/// Told by the name, as the image builder gives it.
pub fn sort(path: &str) -> Sort {
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.starts_with("vmlinuz") {
        Sort::Kernel
    } else if name.starts_with("initramfs") || name.starts_with("initrd") {
        Sort::Initrd
    } else {
        Sort::Other
    }
}

/// The kernel that a name names: `vmlinuz-5.14.0-503…`, `initramfs-5.14.0-503….img`.
pub fn kernel_of(path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or_default();
    if sort(path) == Sort::Other {
        return None;
    }
    let (_, version) = name.split_once('-')?;
    let version = version.strip_suffix(".img").unwrap_or(version);
    (!version.is_empty()).then(|| version.to_owned())
}

/// What the tutorial's image builder has left: two layers, each with kernel, initial and root file system.
pub(super) fn tutorial() -> Vec<(String, Artifact)> {
    let mut all = Vec::new();
    for (layer, root) in [("base", 402), ("debug", 467)] {
        let efi = format!("boot-images/efi-images/compute/{layer}");
        let files = [
            (format!("{efi}/vmlinuz-{KERNEL}"), 14),
            (format!("{efi}/initramfs-{KERNEL}.img"), 38),
            (
                format!("boot-images/compute/{layer}/rocky9.5-compute-{layer}-9.5"),
                root,
            ),
        ];
        all.extend(files.map(|(path, size)| {
            let artifact = Artifact {
                bytes: size * MIB,
                kernel: Some(KERNEL.to_owned()),
                ..Artifact::default()
            };
            (path, artifact)
        }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_which_kernel() {
        for (path, sort_of, kernel) in [
            ("b/vmlinuz-5.14.0-1.x", Sort::Kernel, Some("5.14.0-1.x")),
            (
                "b/initramfs-5.14.0-1.x.img",
                Sort::Initrd,
                Some("5.14.0-1.x"),
            ),
            ("b/initrd-6.1", Sort::Initrd, Some("6.1")),
            ("vmlinuz", Sort::Kernel, None),
            ("compute/rocky9.5-compute-base-9.5", Sort::Other, None),
        ] {
            assert_eq!(sort(path), sort_of, "{path}");
            assert_eq!(kernel_of(path).as_deref(), kernel, "{path}");
        }
    }
}
