//! What a node's firmware does to get an address: it asks, by packets, and believes the answers as real firmware does.
//!
//! coredhcp's part is the service's own (`services::coresmd::lab`). Here a UEFI firmware goes through its two rounds: by
//! PXE for a first stage, and from that, which is iPXE, for a script. A refusal that names no server it passes over and
//! asks again, which is how a stranger gets in.
use super::{
    HEAD, Machines,
    offered::{astray, beyond, known, lent, lost, nothing, said, unanswered},
    turn::Turn,
};
use crate::{
    services::{
        coresmd::{
            explain::{discover, request},
            packet::{Kind, Packet, mac},
        },
        site::Echo,
    },
    world::Next,
};
use std::net::Ipv4Addr;

/// UEFI on x86-64, option 93.
const ARCH: u16 = 7;
/// So often the firmware asks before it gives up.
const TRIES: usize = 4;
/// What the firmware waits before it begins anew.
pub(super) const REBOOT: f64 = 24.0;

/// The network that an address is in by the mask it came with, where the head node is not in it, or the address is none that
/// a machine may have. Networks that are quite others are taken to be routed: whose nodes file has them means them.
fn apart(ip: Ipv4Addr, answer: &Packet) -> Option<String> {
    let mask = answer.get(1).and_then(|it| <[u8; 4]>::try_from(it).ok())?;
    let mask = u32::from_be_bytes(mask);
    let head = u32::from(HEAD.parse::<Ipv4Addr>().ok()?);
    let bits = u32::from(ip);
    if bits >> 16 != head >> 16 {
        return None;
    }
    let fits = bits & mask == head & mask && bits & !mask != 0 && bits & !mask != !mask;
    let net = Ipv4Addr::from(bits & mask);
    (!fits).then(|| format!("{net}/{}", mask.count_ones()))
}

/// How a round of questions ended.
enum Round {
    /// An address, and the last answer.
    Bound(Packet, Echo),
    /// An offer of no address.
    Nothing(Echo),
    /// Nobody answers, or not as it should be.
    Silent(Option<Echo>),
}

impl Machines {
    /// The firmware asks for an address.
    pub(super) async fn offer(&self, turn: &mut Turn) {
        let name = turn.machine.mac.clone();
        let asked = format!("DHCPDISCOVER from {name}");
        let Some(address) = mac(&name) else {
            unanswered(turn, asked, None);
            return;
        };
        if let Some((ip, what)) = astray(&self.built(&turn.machine.name).link) {
            lost(turn, asked, ip, what);
            return;
        }
        let (packet, answered) = match self.round(discover(address, Some(ARCH), None)).await {
            Round::Bound(packet, answered) => (packet, answered),
            Round::Nothing(answered) => {
                let id = answered.component.unwrap_or_default();
                let ip = self.spelled(&name).await;
                said(turn, asked, false, nothing(&id, &ip));
                turn.then(Next::Offer, REBOOT);
                return;
            }
            Round::Silent(answered) => {
                unanswered(turn, asked, answered);
                return;
            }
        };
        let ip = packet.yiaddr.to_string();
        if answered.known
            && let Some(net) = apart(packet.yiaddr, &packet)
        {
            let id = answered.component.unwrap_or_default();
            lost(turn, asked, Some(ip.clone()), beyond(&ip, &id, &net));
            return;
        }
        turn.boot.ip = Some(ip.clone());
        // The first stage is iPXE, from here on the firmware.
        let second = self
            .round(discover(address, Some(ARCH), Some("iPXE")))
            .await;
        let script = match &second {
            Round::Bound(packet, _) => packet.text(67),
            _ => None,
        };
        match script.filter(|it| it.starts_with("http://") || it.starts_with("https://")) {
            Some(url) if answered.known => {
                let id = answered.component.unwrap_or_default();
                said(turn, asked, true, known(&ip, &name, &id));
                turn.then(Next::Script { url }, 3.0);
            }
            // A file by TFTP, which the server has built in: it reboots.
            _ => {
                lost(turn, asked, Some(ip.clone()), lent(&name, &ip));
            }
        }
    }

    /// DISCOVER until there is an OFFER, then REQUEST until there is an ACK.
    async fn round(&self, first: Packet) -> Round {
        let (mut packet, mut last) = (first, None);
        for _ in 0..TRIES {
            let Some((reply, answered)) = self.exchange(&packet).await else {
                return Round::Silent(last);
            };
            let Some(reply) = reply else {
                return Round::Silent(Some(answered));
            };
            match reply.kind() {
                Kind::OFFER if reply.yiaddr.is_unspecified() => return Round::Nothing(answered),
                Kind::OFFER => packet = request(&packet, &reply),
                Kind::ACK => return Round::Bound(reply, answered),
                _ => {}
            }
            last = Some(answered);
        }
        Round::Silent(last)
    }

    /// One packet, over the lab's wire.
    async fn exchange(&self, packet: &Packet) -> Option<(Option<Packet>, Echo)> {
        let answered = self.peers.broadcast(packet.encode().ok()?).await?.ok()?;
        let reply = answered
            .reply
            .as_deref()
            .and_then(|bytes| Packet::decode(bytes).ok());
        Some((reply, answered))
    }
}
