//! Where a path leads: `data/…` beside the script that runs, then from the working directory, then the copy that comes
//! with chami, so that the lines of an exercise work wherever they are typed. All other paths are plain ones.
use include_dir::{Dir, DirEntry, include_dir};
use std::{
    env,
    path::{Path, PathBuf},
};

/// The course with its data, in the binary.
pub static TUTORIAL: Dir = include_dir!("$CARGO_MANIFEST_DIR/scripts/tutorial");

pub(super) enum Found {
    File(PathBuf),
    Embedded(&'static [u8]),
}

/// The file that `path` names while `script` runs.
pub(super) fn find(path: &str, script: Option<&str>) -> Option<Found> {
    let plain = plain(path);
    if path.starts_with("data/") {
        let beside = script.and_then(|script| Path::new(script).parent());
        if let Some(file) = beside
            .map(|dir| dir.join(path))
            .filter(|file| file.exists())
        {
            return Some(Found::File(file));
        }
        if !plain.exists() {
            return TUTORIAL
                .get_file(path)
                .map(|file| Found::Embedded(file.contents()));
        }
    }
    plain.exists().then_some(Found::File(plain))
}

/// The names in a folder of the shipped data, where the system has none of that name.
pub(super) fn shipped_names(path: &str) -> Option<Vec<String>> {
    let folder = TUTORIAL.get_dir(path.trim_end_matches('/'))?;
    let known = path.starts_with("data") && !plain(path).exists();
    let name = |entry: &DirEntry| Some(entry.path().file_name()?.to_str()?.to_owned());
    known.then(|| folder.entries().iter().filter_map(name).collect())
}

/// A path from the working directory, `~/` expanded.
pub(in crate::builtins) fn plain(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(path),
    }
}

/// The file that was probably meant: among the shipped data, or in the directory the path names.
pub(super) fn nearest(path: &str) -> Option<String> {
    let inside = format!("data/{path}");
    if TUTORIAL.get_file(&inside).is_some() {
        return Some(inside);
    }
    let mut known = Vec::new();
    if let Some(data) = TUTORIAL.get_dir("data") {
        known.extend(
            data.files()
                .map(|file| file.path().to_string_lossy().into_owned()),
        );
    }
    let dir = plain(path).parent().map(Path::to_owned).unwrap_or_default();
    let dir = if dir.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        dir
    };
    for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        known.push(
            Path::new(path)
                .with_file_name(name)
                .to_string_lossy()
                .into_owned(),
        );
    }
    let likeness = |name: &String| strsim::normalized_damerau_levenshtein(name, path);
    let best = known
        .into_iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&best) > 0.7).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::{Found, find, nearest};
    use std::fs;

    #[test]
    fn data_is_found_beside_the_script_before_the_shipped_copy() {
        assert!(matches!(
            find("data/nodes.yaml", None),
            Some(Found::Embedded(_))
        ));
        let dir = tempfile::tempdir().expect("a directory");
        fs::create_dir(dir.path().join("data")).expect("data/");
        let script = dir.path().join("mine.lua");
        let script = script.to_str().expect("UTF-8");
        assert!(matches!(
            find("data/nodes.yaml", Some(script)),
            Some(Found::Embedded(_))
        ));
        fs::write(dir.path().join("data/nodes.yaml"), "mine").expect("a file");
        assert!(matches!(
            find("data/nodes.yaml", Some(script)),
            Some(Found::File(_))
        ));
    }

    #[test]
    fn a_slip_is_met_with_the_name_that_was_meant() {
        assert_eq!(
            nearest("data/node.yaml").as_deref(),
            Some("data/nodes.yaml")
        );
        assert_eq!(nearest("nodes.yaml").as_deref(), Some("data/nodes.yaml"));
        assert_eq!(nearest("/nowhere/at/all"), None);
    }
}
