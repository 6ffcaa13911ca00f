//! The seam: what can be asked of a head node, whoever answers.
mod call;
mod check;
mod survey;
mod system;

pub use call::Call;
pub use check::{Check, checks, packages};
pub use survey::{Disk, Port, Survey};
pub use system::{is_system, stays};

use serde::{Deserialize, Serialize};

/// The names of hosts.
pub const HOSTS: &str = "/etc/hosts";
/// Where kernel parameters stand that are to last; the number puts them behind the distribution's.
pub const SYSCTL: &str = "/etc/sysctl.d/90-chami.conf";

/// Whose something is, and who may do what with it; what is not said stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dress {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// `0755`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// Numbers of a user and a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    pub uid: Option<u32>,
    pub gid: Option<u32>,
}

/// A file of kernel parameters that is read at each boot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootFile {
    pub path: String,
    /// Where it really stands, when `path` is a link.
    pub real: String,
    pub text: String,
}

/// Whether a file of this name is read among the others in its directory.
pub fn is_conf(name: &str) -> bool {
    name.strip_suffix(".conf").is_some_and(|it| !it.is_empty())
}

/// The permissions that a mode has, as a number.
pub fn bits(mode: &str) -> u32 {
    u32::from_str_radix(mode, 8).unwrap_or_default()
}

/// Whether a file of this mode is for its owner alone: what stands in it is nobody else's to read.
pub fn is_private(mode: &str) -> bool {
    bits(mode) & 0o044 == 0
}

/// What stands at a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub path: String,
    /// `file`, `directory`, `other`; `link` where links were meant, and then the rest is of what it leads to.
    pub kind: String,
    pub owner: String,
    pub group: String,
    /// `0755`.
    pub mode: String,
    pub uid: u32,
    pub gid: u32,
    /// Of a link: where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Where it really stands, when a link leads there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real: Option<String>,
}

/// What became of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Created,
    Changed,
    Removed,
    Unchanged,
}

/// A directory or a file: what became of it, and how it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    pub path: String,
    /// None: it was only read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Of a file that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Made {
    pub fn new(path: &str, action: Option<Action>, now: Option<Entry>) -> Self {
        let (owner, group, mode) = match now {
            Some(entry) => (Some(entry.owner), Some(entry.group), Some(entry.mode)),
            None => (None, None, None),
        };
        Self {
            path: path.to_owned(),
            action,
            owner,
            group,
            mode,
            text: None,
        }
    }
}

/// A kernel parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sysctl {
    pub name: String,
    pub value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// What it was before it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The file that sets it at the next boot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// What hosts says of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Host {
    pub name: String,
    /// One for each line that has the name.
    pub ips: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// What they were before they changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Vec<String>>,
}
