//! What a machine on the wire asked by DHCP and TFTP, and what it was given.
use super::{super::offered, Machines, seen};
use crate::{
    fault::Fault,
    lab::machines::turn::Turn,
    services::{
        coresmd::packet::{Kind, Packet},
        site::Echo,
    },
    world::{Boot, Comer, Owner, Stage, World},
};

/// A client's architecture, which firmware says and a running system does not.
const ARCH: u8 = 93;
const USER_CLASS: u8 = 77;
const FILE: u8 = 67;

/// So many addresses of its other interfaces are known.
const MANY: usize = 16;

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

    /// What it was told to boot.
    fn file(&self) -> Option<String> {
        let reply = self.reply.as_ref()?;
        let of_header = || String::from_utf8_lossy(&reply.file).into_owned();
        let file = reply.text(FILE).unwrap_or_else(of_header);
        let file = file.trim_matches('\0').to_owned();
        (!file.is_empty()).then_some(file)
    }

    /// Whether it is known as what boots: BMCs and switches have addresses as well.
    fn is_node(&self) -> bool {
        let kind = self.echo.kind.as_deref().filter(|_| self.echo.known);
        kind.is_none_or(|kind| kind == "Node")
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
        if !sight.is_node() {
            return;
        }
        let spelled = if sight.offers_nothing() {
            self.spelled(&sight.mac).await
        } else {
            String::new()
        };
        let (now, own) = (self.clock.moment(), self.own());
        let comer = Comer {
            mac: &sight.mac,
            place: sight.echo.component.as_deref().filter(|_| sight.echo.known),
            boots: sight.firmware && sight.kind == Kind::DISCOVER,
        };
        let seen = self.world.write(|world| {
            let begins = |boot: &Boot| sight.begins(boot);
            let Some(mut seen) = seen(world, comer, now, begins) else {
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
            let name = &turn.machine.name;
            world.put_boot(name, turn.boot.clone());
            if sight.is(Kind::ACK) {
                taken(world, &sight.ip(), name);
            }
            Ok::<_, Fault>(Some(seen))
        });
        if let Some(seen) = seen.ok().flatten() {
            self.tell_of(&seen).await;
        }
    }
}

/// Whoever was given an address has it alone: another that had it before is off, or will not use it again.
fn taken(world: &mut World, ip: &str, by: &str) {
    let has = |boot: &Boot| boot.ip.as_deref() == Some(ip) || boot.others.iter().any(|it| it == ip);
    let real = |name: &str| world.machine(name).is_some_and(|it| it.wire);
    let others = world.boots();
    let others = others.filter(|(name, boot)| *name != by && has(boot) && real(name));
    let others: Vec<(String, Boot)> = others
        .map(|(name, boot)| (name.to_owned(), boot.clone()))
        .collect();
    for (name, mut boot) in others {
        boot.ip.take_if(|it| it == ip);
        boot.others.retain(|it| it != ip);
        world.put_boot(&name, boot);
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
    turn.boot.file = sight.file();
    if again || !turn.still(Stage::Offer, ok, &what) {
        let asked = format!("DHCP{} from {mac}", sight.kind.name());
        offered::said(turn, asked, ok, what);
    }
}

/// What its system asked, once it runs.
fn system(turn: &mut Turn, sight: &Sight, own: &str) {
    // By another interface than it booted from: an address more, and no stage of its own.
    let other = turn.machine.mac != sight.mac;
    let (owner, ok, what) = if sight.reply.is_none() {
        let what = offered::silence(own, &sight.mac, &sight.echo.why);
        (Owner::Coresmd, false, what)
    } else if sight.is(Kind::ACK) {
        let ip = sight.ip();
        let what = format!("its system runs: it asked for an address itself, and has {ip}");
        if !other {
            turn.boot.ip = Some(ip);
        } else if !turn.boot.others.contains(&ip) && turn.boot.others.len() < MANY {
            turn.boot.others.push(ip);
        }
        (Owner::Node, true, what)
    } else {
        return;
    };
    if other && (!ok || turn.boot.evidence(Stage::Rootfs).is_some()) {
        return;
    }
    // A root file system that came says more.
    let more = ok && turn.boot.has(Stage::Rootfs);
    if !more && !turn.still(Stage::Rootfs, ok, &what) {
        turn.tell(Stage::Rootfs, owner, ok, what);
    }
}
