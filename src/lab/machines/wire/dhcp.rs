//! What a machine on the wire asked by DHCP and TFTP, and what it was given.
use super::{super::offered, Machines, seen};
use crate::{
    fault::Fault,
    lab::machines::turn::Turn,
    services::{
        coresmd::packet::{Kind, Packet},
        site::Echo,
    },
    world::{Boot, Owner, Stage},
};
use std::net::IpAddr;

/// A client's architecture, which firmware says and a running system does not.
const ARCH: u8 = 93;
const USER_CLASS: u8 = 77;

/// Who has read less of a file has looked how large it is.
const PROBE: u64 = 16 << 10;

/// One question of DHCP, and its answer.
pub(in crate::lab) struct Sight {
    mac: String,
    kind: Kind,
    firmware: bool,
    ipxe: bool,
    reply: Option<Packet>,
    echo: Echo,
}

impl Sight {
    /// None: no question that a machine boots with.
    pub(in crate::lab) fn of(bytes: &[u8], echo: Echo) -> Option<Self> {
        let asked = Packet::decode(bytes).ok()?;
        let kind = asked.kind();
        let boots = asked.chaddr.len() == 6 && [Kind::DISCOVER, Kind::REQUEST].contains(&kind);
        boots.then(|| Self {
            mac: asked.mac(),
            kind,
            firmware: asked.get(ARCH).is_some(),
            ipxe: asked.get(USER_CLASS) == Some(b"iPXE"),
            reply: echo.reply.as_deref().and_then(|it| Packet::decode(it).ok()),
            echo,
        })
    }

    /// Whether a firmware that asks this has left a boot behind.
    fn begins(&self, boot: &Boot) -> bool {
        let past = boot.stages.iter().any(|it| it.stage > Stage::Offer);
        self.firmware && self.kind == Kind::DISCOVER && past
    }

    fn is(&self, kind: Kind) -> bool {
        self.reply.as_ref().is_some_and(|it| it.kind() == kind)
    }

    fn ip(&self) -> String {
        let given = self.reply.as_ref().map(|it| it.yiaddr.to_string());
        given.unwrap_or_default()
    }

    /// What it was offered that is no address.
    fn offers_nothing(&self) -> bool {
        let none = |reply: &Packet| reply.yiaddr.is_unspecified();
        self.is(Kind::OFFER) && self.reply.as_ref().is_some_and(none)
    }
}

impl Machines {
    /// A question that came by the wire, with its answer.
    pub(in crate::lab) async fn came_by_dhcp(&self, sight: &Sight) {
        let spelled = if sight.offers_nothing() {
            self.spelled(&sight.mac).await
        } else {
            String::new()
        };
        let (now, own) = (self.clock.moment(), self.own());
        let place = sight.echo.component.as_deref().filter(|_| sight.echo.known);
        let seen = self.world.write(|world| {
            let begins = |boot: &Boot| sight.begins(boot);
            let Some(mut seen) = seen(world, &sight.mac, place, now, begins) else {
                return Ok(None);
            };
            let turn = &mut seen.turn;
            if seen.begun {
                let who = if sight.firmware { "firmware" } else { "system" };
                let what = format!("it is on: its {who} asks for an address");
                turn.tell(Stage::Power, Owner::Power, true, what);
            }
            if sight.firmware {
                firmware(turn, sight, &own, &spelled);
            } else {
                system(turn, sight, &own);
            }
            world.put_boot(&turn.machine.name, turn.boot.clone());
            Ok::<_, Fault>(Some(seen))
        });
        if let Some(seen) = seen.ok().flatten() {
            self.tell_of(&seen).await;
        }
    }

    /// A file that was asked for by TFTP: how much of it went out; none: there is no such file.
    pub(in crate::lab) fn came_by_tftp(&self, from: IpAddr, file: &str, sent: Option<(u64, u64)>) {
        // The script for strangers is told of with their offer; and of how large a file is, firmware asks first.
        let probe = |(sent, size): (u64, u64)| sent < size && sent < PROBE;
        if file == "default" || sent.is_some_and(probe) {
            return;
        }
        let Some(name) = self.on_wire(from) else {
            return;
        };
        self.add(&name, |turn| match sent {
            None => {
                let what = format!("the head node's TFTP has no {file}, which coresmd named");
                turn.tell(Stage::Offer, Owner::Coresmd, false, what);
            }
            Some((sent, size)) => turn.amend(Stage::Offer, |offer| {
                let whole = format!("; {file} went out by TFTP");
                if offer.what.contains(&whole) {
                    return;
                }
                let head = offer.what.split("; ").next().unwrap_or_default();
                let (got, all) = (sent >> 10, size >> 10);
                offer.what = if sent >= size {
                    format!("{head}{whole}, {all} KiB")
                } else {
                    format!("{head}; of {file} {got} of {all} KiB went out by TFTP")
                };
            }),
        });
    }
}

/// What a firmware asked.
fn firmware(turn: &mut Turn, sight: &Sight, own: &str, spelled: &str) {
    let mac = &sight.mac;
    let id = sight.echo.component.as_deref().unwrap_or_default();
    let ip = sight.ip();
    // Whether it is another try, however alike.
    let (ok, what, again) = if sight.reply.is_none() {
        turn.boot.ip = None;
        (false, offered::silence(own, mac, &sight.echo.why), true)
    } else if sight.offers_nothing() {
        (false, offered::nothing(id, spelled), true)
    } else if sight.echo.known && (sight.is(Kind::OFFER) || sight.is(Kind::ACK)) {
        (true, offered::known(&ip, mac, id), false)
    } else if sight.is(Kind::ACK) {
        // Each round of a firmware ends with iPXE, and the script that reboots.
        (false, offered::lent(mac, &ip), sight.ipxe)
    } else {
        return;
    };
    if sight.is(Kind::ACK) {
        turn.boot.ip = Some(ip);
    }
    if again || !turn.still(Stage::Offer, ok, &what) {
        let asked = format!("DHCP{} from {mac}", sight.kind.name());
        offered::said(turn, asked, ok, what);
    }
}

/// What its system asked, once it runs.
fn system(turn: &mut Turn, sight: &Sight, own: &str) {
    let (owner, ok, what) = if sight.reply.is_none() {
        let what = offered::silence(own, &sight.mac, &sight.echo.why);
        (Owner::Coresmd, false, what)
    } else if sight.is(Kind::ACK) {
        let ip = sight.ip();
        turn.boot.ip = Some(ip.clone());
        let what = format!("its system runs: it asked for an address itself, and has {ip}");
        (Owner::Node, true, what)
    } else {
        return;
    };
    // A root file system that came says more.
    let more = ok && turn.boot.has(Stage::Rootfs);
    if !more && !turn.still(Stage::Rootfs, ok, &what) {
        turn.tell(Stage::Rootfs, owner, ok, what);
    }
}
