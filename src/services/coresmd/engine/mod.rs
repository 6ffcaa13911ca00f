//! What coredhcp answers to a packet, and why: the configuration's plugins one after another, as pure functions.
//!
//! A packet goes in with what is known of SMD and of leases; out come the reply with its way back, what the server would
//! write to its log, and a sentence for each decision. coresmd v0.6.3 and v0.4.3 are held by recordings
//! (tests/contract/dhcp); where newer ones differ is not known, but for the boot script's address.
mod boot;
mod bootloop;
mod event;
mod facts;
mod lookup;
mod plain;
mod rules;
mod v4;
mod v6;

pub use event::{Event, Value};
pub use facts::{Component, Facts, Nic};

use super::{
    config::Config,
    packet::{Packet, Packet6},
    store::Book,
};
use serde::Serialize;
use std::net::Ipv4Addr;

/// A server as it runs, for the length of one packet.
#[derive(Clone, Copy)]
pub struct Engine<'a> {
    pub config: &'a Config,
    pub facts: &'a Facts,
    /// Seconds since 1970.
    pub now: i64,
}

/// How a reply finds its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The frame goes to this MAC at once; none: where the addresses lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// None: the interface's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Ipv4Addr>,
    pub to: Ipv4Addr,
    pub port: u16,
}

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    Coresmd,
    Bootloop,
    /// A rule that drops.
    Rule,
    /// Another plugin, or the server itself.
    Server,
}

/// One decision on the way, with the line of the configuration that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    pub plugin: String,
    #[serde(skip_serializing_if = "is_zero")]
    pub line: usize,
    pub what: String,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands over a reference
fn is_zero(line: &usize) -> bool {
    *line == 0
}

/// What came of a packet.
#[derive(Clone, Debug)]
pub struct Outcome<P> {
    pub reply: Option<P>,
    /// Where the reply goes, for DHCPv4.
    pub way: Option<Way>,
    pub by: By,
    pub log: Vec<Event>,
    pub steps: Vec<Step>,
    /// The rule that gave the host name, or dropped the request; none: the fallback.
    pub rule: Option<String>,
    /// The component that was found.
    pub component: Option<String>,
}

impl<P> Default for Outcome<P> {
    fn default() -> Self {
        Self {
            reply: None,
            way: None,
            by: By::Server,
            log: Vec::new(),
            steps: Vec::new(),
            rule: None,
            component: None,
        }
    }
}

impl<P> Outcome<P> {
    fn step(&mut self, plugin: &str, line: usize, what: impl Into<String>) {
        self.steps.push(Step {
            plugin: plugin.to_owned(),
            line,
            what: what.into(),
        });
    }
}

impl Outcome<Packet> {
    /// The reply's bytes; a frame that goes to one MAC at once is not filled up, all others are.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let reply = self.reply.as_ref()?;
        let frame = self.way.as_ref().is_some_and(|way| way.from.is_some());
        let bytes = if frame {
            reply.encode()
        } else {
            reply.encode_padded()
        };
        bytes.ok()
    }
}

impl Engine<'_> {
    /// Answers bytes of DHCPv4 as they come from the wire.
    pub fn wire4(&self, bytes: &[u8], book: &mut dyn Book) -> Outcome<Packet> {
        match Packet::decode(bytes) {
            Ok(request) => self.answer4(&request, book),
            Err(broken) => {
                let mut out = Outcome::default();
                let what = format!("Error parsing DHCPv4 request: {}", broken.0);
                out.log.push(Event::info("server", what));
                out.step(
                    "server",
                    0,
                    format!("this is no whole packet ({}): it is dropped", broken.0),
                );
                out
            }
        }
    }

    /// Answers bytes of DHCPv6.
    pub fn wire6(&self, bytes: &[u8]) -> Outcome<Packet6> {
        match Packet6::decode(bytes) {
            Ok(request) => self.answer6(&request),
            Err(broken) => {
                let mut out = Outcome::default();
                let what = format!("Error parsing DHCPv6 request: {}", broken.0);
                out.log.push(Event::info("server", what));
                out.step(
                    "server",
                    0,
                    format!("this is no message that is answered here: {}", broken.0),
                );
                out
            }
        }
    }
}
