//! The seam: what can be asked of a head node, whoever answers.
mod check;
mod survey;
mod system;

pub use check::{Check, checks, packages};
pub use survey::{Disk, Port, Survey};
pub use system::{is_system, stays};

use crate::secret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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

/// What is asked or done: one step each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", content = "arguments", rename_all = "snake_case")]
pub enum Call {
    Survey,
    /// What stands at these paths; links are followed, unless they themselves are meant.
    Look {
        paths: Vec<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        links: bool,
    },
    /// Whether there is such a user, and such a group.
    Who {
        #[serde(default)]
        owner: Option<String>,
        #[serde(default)]
        group: Option<String>,
    },
    Read {
        path: String,
    },
    /// In one step: nobody sees half a text, or one with another mode or owner.
    Write {
        path: String,
        text: String,
        #[serde(default)]
        dress: Dress,
    },
    /// One directory, in one that is there.
    Mkdir {
        path: String,
    },
    /// A symbolic link.
    Link {
        path: String,
        target: String,
    },
    Chown {
        path: String,
        #[serde(default)]
        owner: Option<String>,
        #[serde(default)]
        group: Option<String>,
    },
    Chmod {
        path: String,
        mode: String,
    },
    /// A file, or a directory with nothing in it.
    Remove {
        path: String,
    },
    Sysctl {
        name: String,
    },
    SetSysctl {
        name: String,
        value: String,
    },
    /// The files that set kernel parameters at each boot, in the order in which they are read.
    BootFiles,
}

impl Call {
    pub fn reads(&self) -> bool {
        matches!(
            self,
            Self::Survey
                | Self::Look { .. }
                | Self::Who { .. }
                | Self::Read { .. }
                | Self::Sysctl { .. }
                | Self::BootFiles
        )
    }

    /// As a plan shows it: the command, what it is about, and what else it is given.
    pub fn spelled(&self) -> (&'static str, String, Option<Value>) {
        match self {
            Self::Survey => ("survey", String::new(), None),
            Self::Look { paths, .. } => ("stat", paths.join(" "), None),
            Self::Who { owner, group } => ("id", whom(owner.as_deref(), group.as_deref()), None),
            Self::Read { path } => ("cat", path.clone(), None),
            Self::Write { path, text, dress } => {
                let private = dress.mode.as_deref().is_some_and(is_private);
                let text = if private { secret::HIDDEN } else { text };
                let mut shown = json!({ "text": text });
                for (key, value) in [
                    ("owner", &dress.owner),
                    ("group", &dress.group),
                    ("mode", &dress.mode),
                ] {
                    if let Some(value) = value {
                        shown[key] = json!(value);
                    }
                }
                ("write", path.clone(), Some(shown))
            }
            Self::Mkdir { path } => ("mkdir", path.clone(), None),
            Self::Link { path, target } => ("ln", format!("{target} {path}"), None),
            Self::Chown { path, owner, group } => {
                let whom = whom(owner.as_deref(), group.as_deref());
                ("chown", format!("{whom} {path}"), None)
            }
            Self::Chmod { path, mode } => ("chmod", format!("{mode} {path}"), None),
            Self::Remove { path } => ("remove", path.clone(), None),
            Self::Sysctl { name } => ("sysctl", name.clone(), None),
            Self::SetSysctl { name, value } => ("sysctl", format!("{name}={value}"), None),
            Self::BootFiles => ("sysctl.d", String::new(), None),
        }
    }
}

/// As chown has it: `rocky:wheel`, `rocky`, `:wheel`.
fn whom(owner: Option<&str>, group: Option<&str>) -> String {
    let group = group.map(|it| format!(":{it}")).unwrap_or_default();
    format!("{}{group}", owner.unwrap_or_default())
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
