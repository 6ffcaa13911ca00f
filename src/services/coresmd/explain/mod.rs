//! What the server would answer to a client, step by step, in words.
mod v6;

use super::{
    config::Config,
    engine::{By, Engine, Facts, Outcome, Step},
    packet::{self, Packet, Seen, seen},
    render,
    store::{Book, Leases},
    types::Version,
};
use crate::fault::{Fault, Kind};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// The client that is thought of.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    pub arch: Option<Arch>,
    pub user_class: Option<String>,
    pub giaddr: Option<String>,
    /// A client that asks for an address of IPv6.
    pub ipv6: bool,
    /// The file is read elsewhere.
    pub config: Option<String>,
    pub version: Option<String>,
}

/// An architecture by its number in option 93, or by a usual name.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a number, or a name such as \"x86_64\"")]
pub enum Arch {
    Number(u16),
    Name(String),
}

const ARCHS: [(&str, u16); 8] = [
    ("bios", 0),
    ("i386", 6),
    ("x86_64", 7),
    ("uefi", 7),
    ("arm32", 10),
    ("arm64", 11),
    ("aarch64", 11),
    ("http", 16),
];

impl Arch {
    /// `None`: a client that names none, as a running system.
    pub fn number(&self) -> Result<Option<u16>, Fault> {
        match self {
            Self::Number(number) => Ok(Some(*number)),
            Self::Name(name) if name == "none" => Ok(None),
            Self::Name(name) => {
                let found = ARCHS.iter().find(|(known, _)| known == name);
                let names: Vec<&str> = ARCHS.iter().map(|(known, _)| *known).collect();
                found.map(|(_, number)| Some(*number)).ok_or_else(|| {
                    Fault::bad_argument(format!("there is no architecture {name:?}")).hint(format!(
                        "known are {}, none, and the numbers of option 93",
                        names.join(", ")
                    ))
                })
            }
        }
    }
}

/// What would come of it.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    pub mac: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// OFFER, NAK; none: no answer.
    pub answer: String,
    pub by: By,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Where the answer goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    pub version: Version,
    pub steps: Vec<Step>,
    pub options: Vec<Seen>,
    pub log: Vec<String>,
}

/// Options a firmware wants.
const WANTED: [u8; 12] = [1, 3, 6, 12, 15, 43, 51, 54, 60, 66, 67, 97];

/// The DISCOVER of a client.
pub fn discover(mac: [u8; 6], arch: Option<u16>, user_class: Option<&str>) -> Packet {
    let mut packet = Packet {
        xid: u32::from_be_bytes([mac[2], mac[3], mac[4], mac[5]]),
        chaddr: mac.to_vec(),
        ..Packet::default()
    };
    packet.set(53, [packet::Kind::DISCOVER.0]);
    packet.set(55, WANTED);
    packet.set(57, 1472_u16.to_be_bytes());
    if let Some(arch) = arch {
        packet.set(93, arch.to_be_bytes());
        packet.set(94, [1, 3, 16]);
        packet.set(60, format!("PXEClient:Arch:{arch:05}:UNDI:003016"));
    }
    if let Some(class) = user_class {
        packet.set(77, class);
    }
    packet
}

/// The REQUEST that follows an OFFER.
pub fn request(discover: &Packet, offer: &Packet) -> Packet {
    let mut packet = discover.clone();
    packet.set(53, [packet::Kind::REQUEST.0]);
    packet.set(50, offer.yiaddr.octets());
    if let Some(server) = offer.get(54) {
        packet.set(54, server);
    }
    packet
}

/// What is asked about, and of whom.
pub struct Case<'a> {
    pub config: &'a Config,
    pub facts: &'a Facts,
    pub leases: Leases,
    pub now: i64,
}

pub fn explain(mac: &str, asked: &Asked, case: Case<'_>) -> Result<Explained, Fault> {
    let bytes = packet::mac(mac)
        .ok_or_else(|| Fault::bad_argument(format!("{mac:?} is no MAC address")))?;
    let arch = asked.arch.as_ref().map_or(Ok(Some(7)), Arch::number)?;
    if asked.ipv6 {
        return v6::explain(bytes, arch, asked, &case);
    }
    let mut packet = discover(bytes, arch, asked.user_class.as_deref());
    if let Some(giaddr) = &asked.giaddr {
        let wrong = |_| Fault::bad_argument(format!("giaddr is no IPv4 address: {giaddr:?}"));
        packet.giaddr = giaddr.parse::<Ipv4Addr>().map_err(wrong)?;
    }
    let engine = Engine {
        config: case.config,
        facts: case.facts,
        now: case.now,
    };
    let mut leases = case.leases;
    let out = engine.answer4(&packet, &mut leases as &mut dyn Book);
    Ok(told(&packet, out, case.config.version))
}

fn told(packet: &Packet, out: Outcome<Packet>, version: Version) -> Explained {
    let reply = out.reply.as_ref();
    let text = |code: u8| reply.and_then(|it| it.text(code));
    let address = |ip: Ipv4Addr| (!ip.is_unspecified()).then(|| ip.to_string());
    Explained {
        mac: packet.mac(),
        node: out.component,
        answer: reply.map_or_else(|| "none".to_owned(), |it| it.kind().name()),
        by: out.by,
        ip: reply
            .filter(|it| it.kind() != packet::Kind::NAK)
            .map(|it| it.yiaddr.to_string()),
        hostname: text(12),
        boot_file: text(67),
        server: reply.and_then(|it| address(it.siaddr)),
        rule: out.rule,
        to: out.way.map(|way| match way.mac {
            Some(mac) if way.from.is_some() => mac,
            _ => format!("{}:{}", way.to, way.port),
        }),
        version,
        steps: out.steps,
        options: reply
            .into_iter()
            .flat_map(|it| &it.options)
            .map(|(code, data)| seen(*code, data))
            .collect(),
        log: out.log.iter().map(ToString::to_string).collect(),
    }
}

/// A configuration that a server would start with; else what it dies of.
pub fn configured(text: &str, version: Option<&str>) -> Result<Config, Fault> {
    let version = version.map(render::version).transpose()?;
    let read = super::config::read(text, version, None);
    match read.death() {
        None => Ok(read.config),
        Some(found) => {
            let message = format!(
                "with this configuration coredhcp does not start: line {}: {}",
                found.line, found.message
            );
            Err(Fault::new(Kind::Refused, message).hint(found.fix.clone()))
        }
    }
}
