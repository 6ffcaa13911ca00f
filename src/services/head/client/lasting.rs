//! What the next boot sets: of all files that are read then the last one counts.
use super::{path_of, sysctl::same};
use crate::{
    fault::{Fault, Kind},
    services::head::{text::Conf, types::BootFile},
};

/// Where files stand that are read at each boot, and the one that is older than such directories.
const DIR: &str = "/etc/sysctl.d/";
const CONF: &str = "/etc/sysctl.conf";
/// The name of a file that is read after what distributions and administrators usually have.
const LAST: &str = "99-zz-chami.conf";
/// So many parameters are named of those that would be lost.
const SHOWN: usize = 4;

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

/// Refuses a file that would not have the last word at the next boot, or that would take another one's place there, before
/// anything is set.
pub(super) fn lasts(files: &[BootFile], file: &str, name: &str, value: &str) -> Result<(), Fault> {
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
        None => {
            if let Some(other) = files.iter().find(|it| base(&it.path) == base(file)) {
                return Err(masks(files, file, other, (name, value)));
            }
            let before = |it: &&BootFile| base(&it.path) < base(file);
            &files[files.iter().take_while(before).count()..]
        }
    };
    let Some((other, kept)) = last(later, name).filter(|(_, kept)| !same(kept, value)) else {
        return Ok(());
    };
    let path = &other.real;
    let message = format!("{path} is read after {file}, and sets {name} = {kept}");
    // One of the distribution's is its own: a file of its name would switch off all that it sets.
    let there = boot_file(path).unwrap_or_else(|_| after(base(&other.path)));
    Err(Fault::new(Kind::Conflict, message).hint(format!(
        "head.sysctl({name:?}, {value:?}, {{ file = {there:?} }}) has the last word"
    )))
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// A file of one's own that is read after one of this name.
fn after(name: &str) -> String {
    let own = if name < LAST {
        LAST.to_owned()
    } else {
        format!("{}_chami.conf", name.trim_end_matches(".conf"))
    };
    format!("{DIR}{own}")
}

/// The refusal of a new file that would be read in another one's place, for it has its name.
fn masks(files: &[BootFile], file: &str, other: &BootFile, (name, value): (&str, &str)) -> Fault {
    let mut lost = Conf(&other.text).names();
    lost.retain(|it| it != name);
    let lost = match lost.len() {
        0 => "what it says".to_owned(),
        1..=SHOWN => lost.join(", "),
        all => format!("{} and {} more", lost[..SHOWN].join(", "), all - SHOWN),
    };
    let message = format!(
        "{file} would be read in place of {}, and the next boot would lose {lost}",
        other.path
    );
    let setter = last(files, name).map_or("", |(it, _)| base(&it.path));
    let there = after(setter.max(base(&other.path)));
    Fault::new(Kind::Conflict, message).hint(format!(
        "head.sysctl({name:?}, {value:?}, {{ file = {there:?} }}) is a file of its own, and read later"
    ))
}
