//! Machines that are real and come by the wire: what the lab served them, told as a boot on their timeline.
//!
//! Nothing of such a machine is simulated, and nothing is known of it but what it asked for: an address by DHCP, its
//! firmware's file by TFTP, script, kernel and configuration by HTTP. Who asks by TFTP or HTTP is told by the address it was
//! given. A machine of the rack that has its MAC, or stands where SMD has it, is that machine from then on, until it is
//! released. Nobody sees what it does by itself, and when it is switched off; that it is Ready is told to SMD when it has
//! phoned home.
mod dhcp;
mod fetched;
mod release;
mod tftp;

pub(in crate::lab) use dhcp::Sight;
pub(in crate::lab) use fetched::{Fetch, Part};

use super::{Machines, turn::Turn};
use crate::{
    fault::{Fault, Kind},
    world::{Boot, Comer, Evidence, Machine, Power, Stage, World},
};
use std::{
    collections::HashSet,
    net::{IpAddr, Ipv4Addr},
};

/// What is done to the timeline of one machine at once.
struct Seen {
    turn: Turn,
    /// A boot began with it.
    begun: bool,
    /// Its firmware did that: it was off, or was reset.
    reset: bool,
}

impl Machines {
    /// From now on real machines come, to this address.
    pub(in crate::lab) fn open_wire(&self, own: Ipv4Addr) {
        // A lab serves one interface, once.
        let _ = self.wire.set(own);
    }

    /// The server's own address on the wire, or the tutorial's.
    fn own(&self) -> String {
        let own = self.wire.get();
        own.map_or_else(|| super::HEAD.to_owned(), Ipv4Addr::to_string)
    }

    /// The machine on the wire that has this address; none: it is nobody's, or this machine's own.
    pub(in crate::lab) fn on_wire(&self, from: IpAddr) -> Option<String> {
        let own = self.wire.get()?;
        if from.is_loopback() || from == IpAddr::V4(*own) {
            return None;
        }
        let from = from.to_string();
        self.world.read(|world| {
            let real = |name: &str| world.machine(name).is_some_and(|it| it.wire);
            let find = |has: &dyn Fn(&Boot) -> bool| {
                let mut boots = world.boots();
                let found = boots.find(|(name, boot)| has(boot) && real(name));
                found.map(|(name, _)| name.to_owned())
            };
            find(&|boot| boot.ip.as_ref() == Some(&from))
                .or_else(|| find(&|boot| boot.others.contains(&from)))
        })
    }

    /// Adds to a machine's boot, and tells those who listen.
    fn add(&self, name: &str, what: impl FnOnce(&mut Turn)) -> Option<Turn> {
        let now = self.clock.moment();
        let seen = self.world.write(|world| {
            let Some((machine, boot)) = world.machine(name).zip(world.boot(name)) else {
                return Ok(None);
            };
            let mut turn = Turn::new(machine, boot, now);
            what(&mut turn);
            if world.boot(name) != Some(&turn.boot) {
                world.put_boot(name, turn.boot.clone());
            }
            Ok::<_, Fault>(Some(turn))
        });
        // What cannot be written down, as on a full disk, was not seen.
        let turn = seen.ok().flatten()?;
        self.events.stages(&turn);
        Some(turn)
    }

    async fn tell_of(&self, seen: &Seen) {
        if seen.begun {
            self.events.power(&seen.turn.machine, Power::On);
        }
        self.events.stages(&seen.turn);
        if seen.begun {
            let macs = HashSet::from([seen.turn.machine.mac.clone()]);
            // Of a system that runs already nothing shows that it was off: where SMD says Ready it goes on to.
            let states: &[&str] = if seen.reset { &["Off", "On"] } else { &["On"] };
            self.tell_states(&macs, states).await;
        }
    }
}

/// Begins or goes on with the boot of the machine that asks.
fn seen(
    world: &mut World,
    comer: Comer<'_>,
    now: jiff::Timestamp,
    begins: impl FnOnce(&Boot) -> bool,
) -> Option<Seen> {
    let (name, new) = world.on_wire(comer)?;
    let machine = world.machine(&name)?.clone();
    let last = world.boot(&name).cloned();
    let begun = new || last.as_ref().is_none_or(begins);
    let boot = match last {
        Some(last) if !begun => last,
        last => Boot::new(last.map_or(1, |it| it.number + 1), now),
    };
    Some(Seen {
        turn: Turn::new(&machine, &boot, now),
        begun,
        reset: comer.boots,
    })
}

/// Why something cannot be done to a machine that is real.
pub(super) fn real(machine: &Machine, what: &str) -> Fault {
    let message = format!(
        "{} is a real machine that came by the wire: the lab serves it, and cannot {what}",
        machine.name
    );
    let release = &machine.name;
    Fault::new(Kind::Unsupported, message).hint(format!(
        "a virtual one: virsh.connect \"qemu:///system\", then virsh.start, virsh.destroy, virsh.console by its name there; \
         lab.release \"{release}\" gives its place back to the lab's own machine"
    ))
}

impl Turn {
    /// Whether a stage is as it was told before.
    fn still(&mut self, stage: Stage, ok: bool, what: &str) -> bool {
        let now = self.now;
        let mut stages = self.boot.stages.iter_mut();
        let known = stages.find(|it| it.stage == stage);
        let same = known.filter(|it| it.ok == ok && it.what.starts_with(what));
        same.map(|it| it.at = now).is_some()
    }

    /// Changes what a stage says, which is no other try of it.
    fn amend(&mut self, stage: Stage, change: impl FnOnce(&mut Evidence)) {
        let stages = &mut self.boot.stages;
        if let Some(known) = stages.iter_mut().find(|it| it.stage == stage) {
            let before = known.clone();
            change(known);
            if *known != before {
                self.told.push(stage);
            }
        }
    }
}
