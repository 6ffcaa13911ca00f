//! What came of asking for an address, in the timeline's words: of simulated machines and of real ones.
use super::{HEAD, offer::REBOOT, turn::Turn};
use crate::{
    services::{rack::Link, site::Echo},
    world::{Next, Owner, Stage},
};

/// What a machine meets where coresmd does not answer, or not first: an address, if any, and what is to be said.
pub(super) fn astray(link: &Link) -> Option<(Option<String>, String)> {
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

pub(super) fn unanswered(turn: &mut Turn, asked: String, answered: Option<Echo>) {
    let why = answered.map(|it| it.why).unwrap_or_default();
    let what = silence(HEAD, &turn.machine.mac, &why);
    lost(turn, asked, None, what);
}

/// Nothing comes of it: the firmware begins anew.
pub(super) fn lost(turn: &mut Turn, asked: String, ip: Option<String>, what: String) {
    turn.boot.back_to(Stage::Offer);
    turn.boot.ip = ip;
    said(turn, asked, false, what);
    turn.then(Next::Offer, REBOOT);
}

/// Nobody answers, and what the server at `head` thinks of it.
pub(super) fn silence(head: &str, mac: &str, why: &str) -> String {
    if why.contains("is used up") {
        format!("coresmd knows no address of {mac}, and the pool for strangers is used up")
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

/// An offer to a known node of an address from which the head node is not reached.
pub(super) fn beyond(ip: &str, id: &str, net: &str) -> String {
    format!("coresmd offers {ip} to {id}: in {net} it reaches nothing, the head node is {HEAD}")
}

pub(super) fn known(ip: &str, mac: &str, id: &str) -> String {
    format!("coresmd offers {ip} to {mac}, which is {id}")
}

/// An offer to a stranger.
pub(super) fn lent(mac: &str, ip: &str) -> String {
    format!("coresmd knows no address of {mac}: the pool lends {ip}, and a script that reboots")
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
