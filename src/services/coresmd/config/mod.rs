//! Reads coredhcp.yaml as the server does: which settings count, which are skipped, and of which it dies.
//!
//! The truth is the source: coredhcp d2ed887 with coresmd v0.6.3 and v0.4.3, and what they said when they were run
//! (tests/contract/dhcp/lint*). Of the versions behind v0.6.3 only the documented setting `ipxe_uri` is known.
mod bootloop;
mod coresmd;
mod go;
mod listen;
mod plain;
mod reader;
mod rule;
mod words;
mod yaml;

pub use bootloop::{Bootloop, Pool};
pub use coresmd::Coresmd;
pub use go::{Span, to4};
pub use listen::Listen;
pub use rule::{Rule, Talk};

use super::types::{Does, Finding, Version};
use ipnet::Ipv4Net;
use std::net::{IpAddr, Ipv4Addr};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    V4,
    V6,
}

impl Family {
    pub const fn number(self) -> u8 {
        match self {
            Self::V4 => 4,
            Self::V6 => 6,
        }
    }

    const fn port(self) -> u16 {
        match self {
            Self::V4 => 67,
            Self::V6 => 547,
        }
    }
}

/// A configuration, as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub version: Version,
    pub server4: Option<Server>,
    pub server6: Option<Server>,
}

#[derive(Clone, Debug)]
pub struct Server {
    pub line: usize,
    pub listen: Vec<Listen>,
    /// In the order in which they are asked.
    pub plugins: Vec<Plugin>,
    /// Those that are there and of whose words the server dies.
    pub refused: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Plugin {
    pub line: usize,
    pub name: String,
    pub kind: Kind,
}

/// What a plugin does.
#[derive(Clone, Debug)]
pub enum Kind {
    ServerId(Ipv4Addr),
    Duid(Duid),
    Dns(Vec<IpAddr>),
    Router(Vec<Ipv4Addr>),
    Netmask(Ipv4Addr),
    LeaseTime(Span),
    Mtu(u16),
    Search(Vec<String>),
    /// A boot file's address.
    Boot(String),
    Routes(Vec<(Ipv4Net, Ipv4Addr)>),
    Coresmd(Coresmd),
    Bootloop(Bootloop),
    /// Accepted by the server; what it does is not known here.
    Other,
}

/// The name of a DHCPv6 server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duid {
    pub timed: bool,
    pub mac: Vec<u8>,
}

/// Where the boot script is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Script {
    /// Below this address, at the place BSS has it.
    Base(String),
    Whole(String),
}

impl Script {
    /// The address for a MAC.
    pub fn url(&self, mac: &str) -> String {
        match self {
            Self::Base(base) => {
                let base = base.split(['?', '#']).next().unwrap_or_default();
                format!(
                    "{}/boot/v1/bootscript?mac={mac}",
                    base.trim_end_matches('/')
                )
            }
            Self::Whole(url) => {
                let url = url.split(['?', '#']).next().unwrap_or_default();
                format!("{url}?mac={mac}")
            }
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Base(text) | Self::Whole(text) => text,
        }
    }
}

/// What came of reading a file.
#[derive(Clone, Debug)]
pub struct Read {
    pub config: Config,
    /// In the order in which the server meets them.
    pub findings: Vec<Finding>,
    /// The version whose words these are, where they tell.
    pub written_for: Option<Version>,
}

impl Read {
    pub fn starts(&self) -> bool {
        self.death().is_none()
    }

    /// What it dies of first.
    pub fn death(&self) -> Option<&Finding> {
        self.findings.iter().find(|found| found.does == Does::Die)
    }

    /// Why it does not start, in a line. In words of another version each is wrong, and the first of them says little.
    pub fn why(&self) -> Option<String> {
        let Finding { message, line, .. } = self.death()?;
        let place = format!("(coredhcp.yaml, line {line})");
        let own = self.config.version;
        Some(match self.written_for.filter(|it| *it != own) {
            Some(other) => format!(
                "the file has the words of coresmd {}, and this is {}: {message} {place}",
                other.name(),
                own.name()
            ),
            None => format!("{message} {place}"),
        })
    }
}

/// Reads a file as a version does; none: as the one it is written for. `interfaces` are those of the machine it is for,
/// where they are known.
pub fn read(text: &str, version: Option<Version>, interfaces: Option<&[String]>) -> Read {
    let mut read = Read {
        config: Config::default(),
        findings: Vec::new(),
        written_for: None,
    };
    let root = match yaml::read(text) {
        Ok(root) => root,
        Err(trouble) => {
            let message = format!("this is no YAML: {}", trouble.what);
            let log = format!(
                "Failed to load configuration: While parsing config: yaml: line {}: ",
                trouble.line
            );
            let found = Finding::fatal(trouble.line, "yaml", message);
            read.findings.push(
                found
                    .fix("mend the indentation, the quotes, the colon")
                    .log(log),
            );
            return read;
        }
    };
    reader::servers(text, &root, version, interfaces, &mut read);
    read
}
