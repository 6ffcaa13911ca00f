//! One question or one step, and how a plan spells it.
use super::{Dress, is_private};
use crate::secret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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
