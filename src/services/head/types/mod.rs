//! The seam: what can be asked of a head node, whoever answers.
mod check;
mod survey;

pub use check::{Check, checks, packages};
pub use survey::{Disk, Port, Survey};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The names of hosts.
pub const HOSTS: &str = "/etc/hosts";
/// Where kernel parameters stand that are to last; the number puts them behind the distribution's.
pub const SYSCTL: &str = "/etc/sysctl.d/90-chami.conf";

/// What is asked or done: one step each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", content = "arguments", rename_all = "snake_case")]
pub enum Call {
    Survey,
    /// What stands at these paths; links are followed.
    Look {
        paths: Vec<String>,
    },
    Read {
        path: String,
    },
    Write {
        path: String,
        text: String,
    },
    /// One directory, in one that is there.
    Mkdir {
        path: String,
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
}

impl Call {
    pub fn reads(&self) -> bool {
        matches!(
            self,
            Self::Survey | Self::Look { .. } | Self::Read { .. } | Self::Sysctl { .. }
        )
    }

    /// As a plan shows it: the command, what it is about, and what else it is given.
    pub fn spelled(&self) -> (&'static str, String, Option<Value>) {
        match self {
            Self::Survey => ("survey", String::new(), None),
            Self::Look { paths } => ("stat", paths.join(" "), None),
            Self::Read { path } => ("cat", path.clone(), None),
            Self::Write { path, text } => ("write", path.clone(), Some(json!({ "text": text }))),
            Self::Mkdir { path } => ("mkdir", path.clone(), None),
            Self::Chown { path, owner, group } => {
                let whom = match (owner, group) {
                    (Some(owner), Some(group)) => format!("{owner}:{group}"),
                    (Some(owner), None) => owner.clone(),
                    (None, group) => format!(":{}", group.as_deref().unwrap_or_default()),
                };
                ("chown", format!("{whom} {path}"), None)
            }
            Self::Chmod { path, mode } => ("chmod", format!("{mode} {path}"), None),
            Self::Remove { path } => ("remove", path.clone(), None),
            Self::Sysctl { name } => ("sysctl", name.clone(), None),
            Self::SetSysctl { name, value } => ("sysctl", format!("{name}={value}"), None),
        }
    }
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub path: String,
    /// `file`, `directory`, `other`.
    pub kind: String,
    pub owner: String,
    pub group: String,
    /// `0755`.
    pub mode: String,
    pub uid: u32,
    pub gid: u32,
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

/// A directory after it was made to be as wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dir {
    pub path: String,
    pub action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// A file with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
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
