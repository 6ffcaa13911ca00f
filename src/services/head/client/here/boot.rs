//! The files that set kernel parameters at each boot, as systemd-sysctl reads them: by their names, whatever directory they
//! stand in; of two with one name the one in the first directory alone.
use super::Here;
use crate::services::head::types::{BootFile, is_conf};
use std::{collections::BTreeMap, fs};

/// The first one's files stand for those of the same name in the others.
const DIRS: [&str; 5] = [
    "/etc/sysctl.d",
    "/run/sysctl.d",
    "/usr/local/lib/sysctl.d",
    "/usr/lib/sysctl.d",
    "/lib/sysctl.d",
];

impl Here {
    /// Those that this user may read.
    pub(super) fn boot_files(&self) -> Vec<BootFile> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for dir in DIRS {
            for file in fs::read_dir(self.at(dir)).into_iter().flatten().flatten() {
                let name = file.file_name().to_string_lossy().into_owned();
                if is_conf(&name) {
                    let path = format!("{dir}/{name}");
                    found.entry(name).or_insert(path);
                }
            }
        }
        let read = |path: String| {
            let real = self.real(&path)?;
            // What is masked leads to /dev/null, and a pipe would be waited for.
            let text = if fs::metadata(self.at(&path)).ok()?.is_file() {
                self.read(&path).ok()?
            } else {
                String::new()
            };
            Some(BootFile { path, real, text })
        };
        found.into_values().filter_map(read).collect()
    }

    /// Where a path leads, links followed.
    pub(super) fn real(&self, path: &str) -> Option<String> {
        let root = fs::canonicalize(&self.root).ok()?;
        let real = fs::canonicalize(self.at(path)).ok()?;
        let below = real.strip_prefix(root).map_or(real.as_path(), |it| it);
        Some(format!(
            "/{}",
            below.to_string_lossy().trim_start_matches('/')
        ))
    }
}
