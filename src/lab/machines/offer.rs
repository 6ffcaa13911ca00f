//! What a node's firmware does to get an address: it asks, by packets, and believes the answers as real firmware does.
//!
//! coredhcp's part is the service's own (`services::coresmd::lab`). Here a UEFI firmware goes through its two rounds: by
//! PXE for a first stage, and from that, which is iPXE, for a script. A refusal that names no server it passes over and
//! asks again, which is how a stranger gets in.
use super::{HEAD, Machines, turn::Turn};
use crate::{
    services::{
        coresmd::{
            explain::{discover, request},
            packet::{Kind, Packet, mac},
        },
        rack::Link,
        site::Echo,
    },
    world::{Next, Owner, Stage},
};
use axum::{body::Body, http::Request};
use serde::{Deserialize, de::DeserializeOwned};

/// UEFI on x86-64, option 93.
const ARCH: u16 = 7;
/// So often the firmware asks before it gives up.
const TRIES: usize = 4;
/// What the firmware waits before it begins anew.
const REBOOT: f64 = 24.0;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Nic {
    #[serde(rename = "ComponentID")]
    pub(super) id: String,
    #[serde(rename = "MACAddress")]
    pub(super) mac: String,
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

    /// The address of an interface as SMD has it, whatever it is.
    pub(super) async fn spelled(&self, mac: &str) -> String {
        let nics: Option<Vec<serde_json::Value>> =
            self.list("/hsm/v2/Inventory/EthernetInterfaces").await;
        let all = nics.unwrap_or_default();
        let nic = all.iter().find(|nic| nic["MACAddress"] == mac);
        let ip = nic.and_then(|nic| nic["IPAddresses"][0]["IPAddress"].as_str());
        ip.unwrap_or_default().to_owned()
    }

    pub(super) async fn interfaces(&self) -> Option<Vec<Nic>> {
        self.list("/hsm/v2/Inventory/EthernetInterfaces").await
    }

    async fn list<T: DeserializeOwned>(&self, path: &str) -> Option<T> {
        let request = Request::get(path).body(Body::empty()).ok()?;
        let answer = self.peers.send(request).await.ok()?;
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        serde_json::from_slice(&body.ok()?).ok()
    }
}

/// What a machine meets where coresmd does not answer, or not first: an address, if any, and what is to be said.
fn astray(link: &Link) -> Option<(Option<String>, String)> {
    match link {
        Link::Nodes => None,
        Link::Dead { network } => {
            let what = format!("its card has no link: the network {network} is not up");
            Some((None, what))
        }
        Link::Silent { network } => {
            let what =
                format!("nobody answers on the network {network}, which coresmd does not serve");
            Some((None, what))
        }
        Link::Foreign {
            network,
            server,
            ip,
        } => {
            let what = format!(
                "libvirt's own DHCP server on {network}, {server}, was first: it lends {ip}, and names no boot file"
            );
            Some((Some(ip.to_string()), what))
        }
    }
}

fn unanswered(turn: &mut Turn, asked: String, answered: Option<Echo>) {
    let why = answered.map(|it| it.why).unwrap_or_default();
    let what = silence(HEAD, &turn.machine.mac, &why);
    lost(turn, asked, None, what);
}

/// Nothing comes of it: the firmware begins anew.
fn lost(turn: &mut Turn, asked: String, ip: Option<String>, what: String) {
    turn.boot.back_to(Stage::Offer);
    turn.boot.ip = ip;
    said(turn, asked, false, what);
    turn.then(Next::Offer, REBOOT);
}

/// Nobody answers, and what the server at `head` thinks of it.
pub(super) fn silence(head: &str, mac: &str, why: &str) -> String {
    if why.contains("is used up") {
        format!("SMD has no interface {mac} with an address, and the pool for strangers is used up")
    } else {
        format!("nobody at {head} answers {mac}: {why}")
    }
}

/// An offer to a known node of what is no address.
pub(super) fn nothing(id: &str, spelled: &str) -> String {
    format!(
        "SMD has \"{spelled}\" for this interface of {id}, which is no address: coresmd offers none"
    )
}

pub(super) fn known(ip: &str, mac: &str, id: &str) -> String {
    format!("coresmd offers {ip} to {mac}, which is {id}")
}

/// An offer to a stranger.
pub(super) fn lent(mac: &str, ip: &str) -> String {
    format!(
        "SMD has no interface {mac} with an address: the pool lends {ip}, and a script that reboots"
    )
}

pub(super) fn said(turn: &mut Turn, asked: String, ok: bool, what: String) {
    turn.tell(Stage::Offer, Owner::Coresmd, ok, what);
    if let Some(last) = turn
        .boot
        .stages
        .iter_mut()
        .find(|it| it.stage == Stage::Offer)
    {
        last.request = Some(asked);
    }
}
