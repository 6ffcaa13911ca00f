//! A node as cloud-init leaves it.
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guest {
    pub hostname: String,
    /// The image it runs, by the name its root file system has.
    pub image: String,
    pub kernel: String,
    pub cmdline: String,
    pub instance_id: String,
    /// Accounts cloud-init made or changed; those of the image alone are not listed.
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    /// In the order in which they were first written.
    pub files: Vec<File>,
    pub directories: BTreeSet<String>,
    pub mounts: Vec<Mount>,
    pub services: BTreeMap<String, Unit>,
    /// Packages that were asked for, besides the image's.
    pub packages: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Where it is to report, if its configuration says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_home: Option<String>,
    /// Modules of cloud-init that failed.
    pub failed: Vec<String>,
    /// Parts of its configuration that did not come to be, each with its reason: it could not be read, was not fetched,
    /// names what nobody knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<String>,
    /// What else there is to know: what was said and is not simulated, why a module failed.
    pub notes: Vec<String>,
}

/// An account. Whether it has a password is known; the password is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
    pub gecos: String,
    pub home: String,
    pub shell: String,
    /// Besides the one of `gid`.
    pub groups: Vec<String>,
    pub sudo: Vec<String>,
    pub ssh_keys: Vec<String>,
    pub lock_passwd: bool,
    pub has_password: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    pub name: String,
    pub gid: u32,
    pub members: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    pub path: String,
    pub owner: String,
    pub group: String,
    /// Octal, as `stat -c %a` with a leading zero.
    pub permissions: String,
    pub content: String,
    /// `b64` where the content is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

/// A line of /etc/fstab, or the root file system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mount {
    pub source: String,
    pub target: String,
    pub fstype: String,
    pub options: String,
    /// False for what waits to be mounted (`noauto`).
    pub mounted: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitFile {
    Enabled,
    #[default]
    Disabled,
    Masked,
}

impl UnitFile {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Masked => "masked",
        }
    }
}

/// A unit of systemd: whether it starts with the machine, and whether it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub file: UnitFile,
    pub active: bool,
}

/// What a command gave: exit status, and what it printed (errors among it).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    pub status: u8,
    pub output: String,
}

impl Guest {
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }
}
