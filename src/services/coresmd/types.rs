//! What is found in a coredhcp.yaml, and what the server makes of it.
use serde::{Deserialize, Serialize};

/// Below this path of its gateway a lab has its coredhcp.
pub const LAB: &str = "/lab/dhcp";

/// A lab's server: whether it runs, and with what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Running {
    pub running: bool,
    /// Why a node that asks gets no answer; none: it gets one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The interface that nodes ask on.
    pub bridge: String,
    /// Whether real machines are served there.
    #[serde(default)]
    pub wire: bool,
    /// All of its machine.
    pub interfaces: Vec<String>,
    /// Of the program, whatever the file is written for.
    #[serde(default)]
    pub version: Version,
    /// Its coredhcp.yaml.
    pub config: String,
}

/// Which coresmd reads the file: its words changed twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Version {
    /// Words by their position; the release pins v0.4.3.
    #[serde(rename = "v0.4")]
    V04,
    /// `key=value` with `ipxe_base_uri`: v0.5 to v0.6.3.
    #[default]
    #[serde(rename = "v0.6")]
    V06,
    /// `key=value` with `ipxe_uri`, the script's whole address.
    #[serde(rename = "v0.7")]
    V07,
}

impl Version {
    pub const NAMES: [&'static str; 3] = ["v0.4", "v0.6", "v0.7"];

    /// From `v0.6.3`, `0.6` or `v0.4`.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim_start_matches('v').split('.');
        let (major, minor) = (parts.next()?, parts.next()?);
        match (major, minor.parse::<u32>().ok()?) {
            ("0", 0..=4) => Some(Self::V04),
            ("0", 5 | 6) => Some(Self::V06),
            ("0" | "1", _) => Some(Self::V07),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::V04 => "v0.4",
            Self::V06 => "v0.6",
            Self::V07 => "v0.7",
        }
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nodes do not boot.
    Error,
    /// Probably not what was meant.
    Warning,
    /// Worth knowing: a default that applies.
    Note,
}

/// What the server does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Does {
    /// It starts, and works as the message says.
    Start,
    /// It logs an error, goes on without this setting, and starts.
    Skip,
    /// It ends.
    Die,
}

/// One thing found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub line: usize,
    /// As `coresmd.lease_time`, `listen`.
    pub setting: String,
    pub level: Level,
    pub does: Does,
    pub message: String,
    pub fix: String,
    /// What the server itself writes about it, if anything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<String>,
}

impl Finding {
    pub fn new(
        (level, does): (Level, Does),
        line: usize,
        setting: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            line,
            setting: setting.into(),
            level,
            does,
            message: message.into(),
            fix: String::new(),
            log: Vec::new(),
        }
    }

    /// The server ends.
    pub fn fatal(line: usize, setting: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new((Level::Error, Does::Die), line, setting, message)
    }

    /// The server goes on without it.
    pub fn skipped(line: usize, setting: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new((Level::Error, Does::Skip), line, setting, message)
    }

    pub fn warning(line: usize, setting: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new((Level::Warning, Does::Start), line, setting, message)
    }

    pub fn note(line: usize, setting: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new((Level::Note, Does::Start), line, setting, message)
    }

    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    pub fn log(mut self, log: impl Into<String>) -> Self {
        self.log.push(log.into());
        self
    }
}
