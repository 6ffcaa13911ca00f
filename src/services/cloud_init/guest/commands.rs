//! Commands that change the node: what `runcmd` may say and is understood.
mod systemctl;

pub(super) use systemctl::full as unit_name;

use super::work::{Work, absolute};
use crate::services::cloud_init::guest::modules;

/// What a command did: its output and its messages apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) status: u8,
    pub(super) output: String,
    pub(super) errors: String,
}

impl Done {
    fn failed(status: u8, message: impl Into<String>) -> Self {
        Self {
            status,
            errors: message.into() + "\n",
            ..Self::default()
        }
    }
}

/// They act on the kernel or on servers, of which nothing can be asked afterwards.
const NOTHING: &[&str] = &[
    "exportfs",
    "sysctl",
    "modprobe",
    "swapoff",
    "udevadm",
    "restorecon",
    "sync",
    "true",
    ":",
    "sleep",
    "setenforce",
];

/// Runs a command; None for one that is not understood.
pub(super) fn execute(work: &mut Work, words: &[String]) -> Option<Done> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (program, rest) = words.split_first()?;
    let program = program.rsplit('/').next().unwrap_or(program);
    match program {
        "systemctl" => systemctl::execute(work, rest),
        "echo" => echo(rest),
        "mkdir" => mkdir(work, rest),
        "touch" => touch(work, rest),
        "rm" => remove(work, rest),
        "chmod" => chmod(work, rest),
        "chown" => chown(work, rest),
        "hostname" | "hostnamectl" => hostname(work, program, rest),
        "rpm" => rpm(work, rest),
        "false" => Some(Done::failed(1, "")),
        word if NOTHING.contains(&word) => Some(Done::default()),
        _ => None,
    }
}

fn echo(words: &[&str]) -> Option<Done> {
    let (words, end) = match words.split_first() {
        Some((&"-n", rest)) => (rest, ""),
        Some((&"-e" | &"-E" | &"-ne", _)) => return None,
        _ => (words, "\n"),
    };
    Some(Done {
        output: words.join(" ") + end,
        ..Done::default()
    })
}

/// The words that are no options; None where there is an option that is not among the known.
fn operands<'a>(words: &[&'a str], known: &[&str]) -> Option<Vec<&'a str>> {
    let mut found = Vec::new();
    for word in words {
        if !word.starts_with('-') || *word == "-" {
            found.push(*word);
        } else if !known.contains(word) {
            return None;
        }
    }
    Some(found)
}

fn mkdir(work: &mut Work, words: &[&str]) -> Option<Done> {
    let paths = operands(words, &["-p", "--parents", "-v"])?;
    for path in paths {
        work.guest.make_directory(&absolute(path));
    }
    Some(Done::default())
}

fn touch(work: &mut Work, words: &[&str]) -> Option<Done> {
    for path in operands(words, &[])? {
        let path = absolute(path);
        if work.guest.file(&path).is_none() {
            work.guest.write(&path, b"", 0o644);
        }
    }
    Some(Done::default())
}

/// Files that were written can go; of the image's nothing is known.
fn remove(work: &mut Work, words: &[&str]) -> Option<Done> {
    let paths: Vec<String> = operands(words, &["-f"])?
        .into_iter()
        .map(absolute)
        .collect();
    if !paths.iter().all(|path| work.guest.file(path).is_some()) {
        return None;
    }
    work.guest.files.retain(|file| !paths.contains(&file.path));
    Some(Done::default())
}

fn chmod(work: &mut Work, words: &[&str]) -> Option<Done> {
    let words = operands(words, &[])?;
    let (mode, paths) = words.split_first()?;
    let mode = u32::from_str_radix(mode, 8)
        .ok()
        .filter(|it| *it <= 0o7777)?;
    let paths: Vec<String> = paths.iter().map(|path| absolute(path)).collect();
    let known =
        |path: &String| work.guest.file(path).is_some() || work.guest.directories.contains(path);
    if !paths.iter().all(known) {
        return None;
    }
    for file in work
        .guest
        .files
        .iter_mut()
        .filter(|it| paths.contains(&it.path))
    {
        file.permissions = format!("{mode:04o}");
    }
    Some(Done::default())
}

fn chown(work: &mut Work, words: &[&str]) -> Option<Done> {
    let words = operands(words, &[])?;
    let (owner, paths) = words.split_first()?;
    for path in paths {
        let path = absolute(path);
        if work.guest.file(&path).is_none() && !work.guest.directories.contains(&path) {
            return None;
        }
        if modules::own(work, &path, owner).is_err() {
            return Some(Done::failed(1, format!("chown: invalid user: ‘{owner}’")));
        }
    }
    Some(Done::default())
}

fn hostname(work: &mut Work, program: &str, words: &[&str]) -> Option<Done> {
    let name = match (program, words) {
        ("hostname", [name]) | ("hostnamectl", ["set-hostname" | "hostname", name]) => *name,
        _ => return None,
    };
    if name.starts_with('-') || name.is_empty() {
        return None;
    }
    name.clone_into(&mut work.guest.hostname);
    Some(Done::default())
}

/// `rpm -q`: which of the packages are there. Their versions are the image's and not known.
fn rpm(work: &mut Work, words: &[&str]) -> Option<Done> {
    let ["-q", packages @ ..] = words else {
        return None;
    };
    let mut done = Done::default();
    for package in packages {
        if work.guest.has_package(package) {
            done.output += &format!("{package}\n");
        } else {
            done.status += 1;
            done.output += &format!("package {package} is not installed\n");
        }
    }
    Some(done)
}
