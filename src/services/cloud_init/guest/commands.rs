//! Commands that change the node: what `runcmd` may say and is understood.
mod systemctl;

pub(super) use systemctl::full as unit_name;

use super::work::{Work, absolute};
use crate::services::cloud_init::guest::modules;
use std::fmt::Write as _;

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
pub(super) fn execute(node: &mut Work, words: &[String]) -> Option<Done> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (program, rest) = words.split_first()?;
    let program = program.rsplit('/').next().unwrap_or(program);
    match program {
        "systemctl" => systemctl::execute(node, rest),
        "echo" => echo(rest),
        "mkdir" => mkdir(node, rest),
        "touch" => touch(node, rest),
        "rm" => remove(node, rest),
        "chmod" => chmod(node, rest),
        "chown" => chown(node, rest),
        "hostname" | "hostnamectl" => hostname(node, program, rest),
        "rpm" => rpm(node, rest),
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

fn mkdir(node: &mut Work, words: &[&str]) -> Option<Done> {
    let paths = operands(words, &["-p", "--parents", "-v"])?;
    for path in paths {
        node.guest.make_directory(&absolute(path));
    }
    Some(Done::default())
}

fn touch(node: &mut Work, words: &[&str]) -> Option<Done> {
    for path in operands(words, &[])? {
        let path = absolute(path);
        if node.guest.file(&path).is_none() {
            node.guest.write(&path, b"", 0o644);
        }
    }
    Some(Done::default())
}

/// Files that were written can go; of the image's nothing is known.
fn remove(node: &mut Work, words: &[&str]) -> Option<Done> {
    let paths: Vec<String> = operands(words, &["-f"])?
        .into_iter()
        .map(absolute)
        .collect();
    if !paths.iter().all(|path| node.guest.file(path).is_some()) {
        return None;
    }
    node.guest.files.retain(|file| !paths.contains(&file.path));
    Some(Done::default())
}

fn chmod(node: &mut Work, words: &[&str]) -> Option<Done> {
    let words = operands(words, &[])?;
    let (mode, paths) = words.split_first()?;
    let mode = u32::from_str_radix(mode, 8)
        .ok()
        .filter(|it| *it <= 0o7777)?;
    let paths: Vec<String> = paths.iter().map(|path| absolute(path)).collect();
    let known =
        |path: &String| node.guest.file(path).is_some() || node.guest.directories.contains(path);
    if !paths.iter().all(known) {
        return None;
    }
    for file in node
        .guest
        .files
        .iter_mut()
        .filter(|it| paths.contains(&it.path))
    {
        file.permissions = format!("{mode:04o}");
    }
    Some(Done::default())
}

fn chown(node: &mut Work, words: &[&str]) -> Option<Done> {
    let words = operands(words, &[])?;
    let (owner, paths) = words.split_first()?;
    for path in paths {
        let path = absolute(path);
        if node.guest.file(&path).is_none() && !node.guest.directories.contains(&path) {
            return None;
        }
        if modules::own(node, &path, owner).is_err() {
            return Some(Done::failed(1, format!("chown: invalid user: ‘{owner}’")));
        }
    }
    Some(Done::default())
}

fn hostname(node: &mut Work, program: &str, words: &[&str]) -> Option<Done> {
    let name = match (program, words) {
        ("hostname", [name]) | ("hostnamectl", ["set-hostname" | "hostname", name]) => *name,
        _ => return None,
    };
    if name.starts_with('-') || name.is_empty() {
        return None;
    }
    name.clone_into(&mut node.guest.hostname);
    Some(Done::default())
}

/// `rpm -q`: which of the packages are there. Their versions are the image's and not known.
fn rpm(node: &mut Work, words: &[&str]) -> Option<Done> {
    let ["-q", packages @ ..] = words else {
        return None;
    };
    let mut done = Done::default();
    for package in packages {
        if node.guest.has_package(package) {
            _ = writeln!(done.output, "{package}");
        } else {
            done.status = done.status.saturating_add(1);
            _ = writeln!(done.output, "package {package} is not installed");
        }
    }
    Some(done)
}
