//! What the next boot sets: of all files that are read then the last one counts.
use super::{path_of, sysctl::same};
use crate::{
    fault::{Fault, Kind},
    services::head::{text::Conf, types::BootFile},
};

/// Where files stand that are read at each boot, and the one that is older than such directories.
const DIR: &str = "/etc/sysctl.d/";
const CONF: &str = "/etc/sysctl.conf";

/// The file that has the last word on a parameter, and what it says.
pub(super) fn last<'a>(files: &'a [BootFile], name: &str) -> Option<(&'a BootFile, String)> {
    let mut files = files.iter().rev();
    files.find_map(|file| Some((file, Conf(&file.text).of(name)?)))
}

/// A file that is read at each boot, by its path.
pub(super) fn boot_file(path: &str) -> Result<String, Fault> {
    let path = path_of(path)?;
    let in_place = path
        .strip_prefix(DIR)
        .and_then(|it| it.strip_suffix(".conf"));
    if path == CONF || in_place.is_some_and(|it| !it.is_empty() && !it.contains('/')) {
        return Ok(path);
    }
    let message = format!("{path} is read at no boot");
    let hint = "file = \"/etc/sysctl.d/NAME.conf\", or \"/etc/sysctl.conf\"; persistent = true has a file of its own";
    Err(Fault::bad_argument(message).hint(hint))
}

/// Refuses a file that would not have the last word at the next boot, before anything is set.
pub(super) fn lasts(files: &[BootFile], file: &str, name: &str, value: &str) -> Result<(), Fault> {
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let found = files
        .iter()
        .rposition(|it| it.path == file || it.real == file);
    let later = match found {
        Some(at) => &files[at + 1..],
        None if file == CONF => {
            let message = format!("nothing reads {CONF} at this machine's boot");
            return Err(Fault::new(Kind::Conflict, message).hint(format!(
                "head.sysctl({name:?}, {value:?}, {{ persistent = true }}) has a file of its own"
            )));
        }
        // One of the same name elsewhere is not read beside it.
        None => {
            let before = |it: &&BootFile| base(&it.path) <= base(file);
            &files[files.iter().take_while(before).count()..]
        }
    };
    let Some((other, kept)) = last(later, name).filter(|(_, kept)| !same(kept, value)) else {
        return Ok(());
    };
    let path = &other.real;
    let message = format!("{path} is read after {file}, and sets {name} = {kept}");
    let there = match boot_file(path) {
        Ok(path) => path,
        Err(_) => format!("{DIR}{}", base(&other.path)),
    };
    Err(Fault::new(Kind::Conflict, message).hint(format!(
        "head.sysctl({name:?}, {value:?}, {{ file = {there:?} }}) has the last word"
    )))
}
