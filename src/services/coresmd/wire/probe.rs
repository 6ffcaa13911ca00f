//! Asks the real network as a node would, DISCOVER to ACK, and hears everybody who answers.
use super::{
    frame::{self, Seen},
    socket::Raw,
};
use crate::{
    clock,
    fault::{Fault, Kind as Sort},
    services::coresmd::{
        explain::{Arch, discover, request},
        packet::{self, Kind, Packet, Seen as Option_, seen},
    },
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// Who asks, and where.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    pub interface: String,
    pub mac: String,
    #[serde(default)]
    pub arch: Option<Arch>,
    #[serde(default)]
    pub user_class: Option<String>,
    /// How long answers are waited for, each time.
    #[serde(default)]
    pub wait: Option<String>,
    /// False: only who would offer what.
    #[serde(default)]
    pub request: Option<bool>,
}

/// A packet that came.
#[derive(Clone, Debug, Serialize)]
pub struct Heard {
    /// OFFER, ACK, NAK.
    pub answer: String,
    /// Option 54, or the address it came from.
    pub server: String,
    pub from_mac: String,
    pub ip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_file: Option<String>,
    /// Where the boot file is to be fetched: option 66, else the name or the address in the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_server: Option<String>,
    /// Milliseconds after the question.
    pub after: u64,
    pub options: Vec<Option_>,
}

/// What came of a probe.
#[derive(Clone, Debug, Serialize)]
pub struct Probed {
    pub mac: String,
    pub interface: String,
    /// By address, in the order they answered.
    pub servers: Vec<String>,
    pub answers: Vec<Heard>,
    /// The address that was confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// So often a REQUEST is sent: a refusal without a server's name is passed over, as firmware does.
const TRIES: usize = 3;
/// Longer than any frame.
const ROOM: usize = 65_536;

/// Blocks its thread.
pub fn probe(wanted: &Wanted) -> Result<Probed, Fault> {
    let wrong = || Fault::bad_argument(format!("dhcp.probe: {:?} is no MAC address", wanted.mac));
    let mac = packet::mac(&wanted.mac).ok_or_else(wrong)?;
    let arch = wanted.arch.as_ref().map_or(Ok(Some(7)), Arch::number)?;
    let wait = wanted
        .wait
        .as_deref()
        .map_or(Ok(Duration::from_secs(2)), clock::duration)?;
    let mut first = discover(mac, arch, wanted.user_class.as_deref());
    // Asked to broadcast, a server is heard whatever MAC was asked from.
    first.flags = 0x8000;
    first.xid = fresh();
    let mut asking = Asking {
        raw: Raw::open(&wanted.interface)?,
        mac,
        wait,
        answers: Vec::new(),
    };
    let offers = asking.ask(&first, |_| false)?;
    let mut bound = None;
    if wanted.request != Some(false)
        && let Some(offer) = offers.iter().find(|it| it.packet.kind() == Kind::OFFER)
    {
        bound = asking.bind(&first, &offer.packet)?;
    }
    Ok(asking.told(wanted, bound))
}

/// A number that nobody else uses just now.
pub(super) fn fresh() -> u32 {
    let bytes = uuid::Uuid::new_v4().into_bytes();
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

struct Asking {
    raw: Raw,
    mac: [u8; 6],
    wait: Duration,
    answers: Vec<Heard>,
}

impl Asking {
    /// Sends a packet and hears the answers to it, until one is enough or the time is over.
    fn ask(
        &mut self,
        packet: &Packet,
        enough: impl Fn(&Packet) -> bool,
    ) -> Result<Vec<Seen>, Fault> {
        let bytes = packet
            .encode_padded()
            .map_err(|broken| Fault::internal(broken.0))?;
        self.raw.send(&frame::broadcast(self.mac, &bytes))?;
        let (begun, mut room, mut all) = (Instant::now(), vec![0; ROOM], Vec::new());
        while let Some(left) = self
            .wait
            .checked_sub(begun.elapsed())
            .filter(|left| !left.is_zero())
        {
            let Some(bytes) = self.raw.receive(&mut room, left)? else {
                continue;
            };
            let answers = |seen: &Seen| {
                let came = &seen.packet;
                // A refusal of coresmd's says that it is a request.
                came.xid == packet.xid
                    && came.chaddr == self.mac
                    && [2, 5, 6].contains(&came.kind().0)
            };
            let Some(seen) = frame::read(bytes).filter(answers) else {
                continue;
            };
            let after = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.answers.push(heard(&seen, after));
            let done = enough(&seen.packet);
            all.push(seen);
            if done {
                break;
            }
        }
        Ok(all)
    }

    fn bind(&mut self, first: &Packet, offer: &Packet) -> Result<Option<String>, Fault> {
        let packet = request(first, offer);
        for _ in 0..TRIES {
            let came = self.ask(&packet, |packet| {
                [Kind::ACK, Kind::NAK].contains(&packet.kind())
            })?;
            if let Some(ack) = came.iter().find(|it| it.packet.kind() == Kind::ACK) {
                return Ok(Some(ack.packet.yiaddr.to_string()));
            }
        }
        Ok(None)
    }

    fn told(self, wanted: &Wanted, bound: Option<String>) -> Probed {
        let mut servers: Vec<String> = Vec::new();
        for answer in &self.answers {
            if !servers.contains(&answer.server) {
                servers.push(answer.server.clone());
            }
        }
        let names: BTreeSet<&String> = servers.iter().collect();
        let problem = match names.len() {
            0 => Some("nobody answered: is a server listening on this interface, and is the MAC not ignored?".to_owned()),
            1 if bound.is_none() && wanted.request != Some(false) => Some("the server offered, and confirmed nothing".to_owned()),
            1 => None,
            count => Some(format!(
                "{count} servers answer on this network: {}; nodes believe whichever is first",
                servers.join(", ")
            )),
        };
        Probed {
            mac: packet::hex(&self.mac),
            interface: wanted.interface.clone(),
            servers,
            answers: self.answers,
            ip: bound,
            problem,
        }
    }
}

pub(super) fn heard(seen: &Seen, after: u64) -> Heard {
    let packet = &seen.packet;
    let server = match packet.get(54) {
        Some([a, b, c, d]) => format!("{a}.{b}.{c}.{d}"),
        _ => packet.siaddr.to_string(),
    };
    let unnamed = server == "0.0.0.0";
    Heard {
        answer: packet.kind().name(),
        server: if unnamed {
            seen.from.to_string()
        } else {
            server
        },
        from_mac: seen.from_mac.clone(),
        ip: packet.yiaddr.to_string(),
        hostname: packet.text(12).map(|text| plain(&text)),
        boot_file: boot_file(packet),
        next_server: next_server(packet),
        after,
        options: options(packet),
    }
}

/// What firmware loads: option 67, else the field of the header, which firmware takes as well.
pub(super) fn boot_file(packet: &Packet) -> Option<String> {
    let of_header = || String::from_utf8_lossy(&packet.file).into_owned();
    let text = plain(&packet.text(67).unwrap_or_else(of_header));
    (!text.is_empty()).then_some(text)
}

/// Where firmware fetches it. Most takes the address in the header, whatever else is said.
pub(super) fn next_server(packet: &Packet) -> Option<String> {
    let named = packet.text(66).map(|text| plain(&text));
    let of_header = || Some(plain(&String::from_utf8_lossy(&packet.sname)));
    let address = || (!packet.siaddr.is_unspecified()).then(|| packet.siaddr.to_string());
    let there = |text: &String| !text.is_empty();
    named
        .filter(there)
        .or_else(|| of_header().filter(there))
        .or_else(address)
}

/// Anybody may send anything: what a terminal would take for a command is left out, and the zeros at an end.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

pub(super) fn options(packet: &Packet) -> Vec<Option_> {
    packet
        .options
        .iter()
        .map(|(code, data)| self::seen(*code, data))
        .collect()
}

/// Runs what blocks on a thread that may.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Fault::new(
            Sort::Internal,
            format!("the probe ended early: {error}"),
        ))
    })
}
