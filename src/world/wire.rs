//! Machines that are real: they come by the wire, take the place of their twins in the rack, and give it back.
use super::{Boot, Machine, Power, World};

/// So many machines in no place are remembered: whoever is on the wire can make MACs up.
const STRANGERS: usize = 256;

/// Who asks by the wire.
#[derive(Clone, Copy)]
pub struct Comer<'a> {
    pub mac: &'a str,
    /// Where it stands, if that is known.
    pub place: Option<&'a str>,
    /// Its firmware looks for something to boot by this interface.
    pub boots: bool,
}

impl World {
    /// The real machine that asks, and whether it is new here; none: it is no machine but the BMC of one. One of the rack
    /// that has its MAC, or stands there, is it from now on; without a place it is called by its MAC alone. It has the MAC
    /// of the interface that it boots from; others by which it asks are noted beside.
    pub fn on_wire(&mut self, comer: Comer<'_>) -> Option<(String, bool)> {
        let Comer { mac, place, boots } = comer;
        if self
            .find(|it| it.bmc_mac.eq_ignore_ascii_case(mac))
            .is_some()
        {
            return None;
        }
        let mut machine = self.meant(mac, place);
        let before = machine.clone();
        let known = machine.wire && machine.mac != mac;
        if known && boots {
            let other = std::mem::replace(&mut machine.mac, mac.to_owned());
            machine.nics.retain(|it| it != mac);
            machine.nics.push(other);
        } else if known && !machine.has_mac(mac) {
            machine.nics.push(mac.to_owned());
        } else if !known {
            mac.clone_into(&mut machine.mac);
        }
        (machine.wire, machine.power) = (true, Power::On);
        if machine.is_stranger() {
            machine.xname = place.unwrap_or(&machine.mac).to_owned();
        }
        let (name, new) = (machine.name.clone(), !before.wire);
        if machine != before {
            self.machines.put(&name, machine);
        }
        if new {
            self.inside.remove(&name);
            self.crowded(&name);
        }
        Some((name, new))
    }

    fn find(&self, is: impl Fn(&Machine) -> bool) -> Option<&Machine> {
        self.machines.values().find(|it| is(it))
    }

    /// Which machine has this MAC: the one that boots from it, one that asked by it before, the one that stands there, or
    /// one that nobody knew.
    fn meant(&mut self, mac: &str, place: Option<&str>) -> Machine {
        let first = self.find(|it| it.mac.eq_ignore_ascii_case(mac));
        let here = |it: &Machine| place.is_none_or(|place| place == it.xname);
        let own = first.or_else(|| self.find(|it| it.has_mac(mac) && here(it)));
        let own = own.cloned();
        if let Some(own) = own.as_ref().filter(|own| !own.is_stranger()) {
            return own.clone();
        }
        let there = place.and_then(|place| self.find(|it| it.xname == place));
        let known = there.cloned().or_else(|| own.clone());
        if let Some(own) = own.filter(|own| known.as_ref() != Some(own)) {
            self.forget(&own.name);
        }
        known.unwrap_or_else(|| Machine {
            name: mac.to_owned(),
            ..Machine::default()
        })
    }

    /// Forgets who asked longest ago of those in no place, where there are too many beside this one.
    fn crowded(&mut self, newest: &str) {
        let in_none = |it: &&Machine| it.is_stranger() && it.xname == it.mac && it.name != newest;
        let strangers = self.machines.values().filter(in_none);
        let seen = |it: &Machine| (self.boots.get(&it.name).map(Boot::last), it.name.clone());
        let strangers: Vec<_> = strangers.map(seen).collect();
        if strangers.len() >= STRANGERS
            && let Some((_, oldest)) = strangers.into_iter().min()
        {
            self.forget(&oldest);
        }
    }

    /// As if it had never been there.
    fn forget(&mut self, name: &str) {
        self.machines.remove(name);
        self.boots.remove(name);
        self.inside.remove(name);
    }

    /// Gives the place of a real machine back to its twin, which is off; one in no place of the rack is gone. As it is from
    /// then on; none: there is no real one of this name.
    pub fn release(&mut self, name: &str) -> Option<Machine> {
        let machine = self.machines.get(name).filter(|it| it.wire)?;
        let (stranger, machine) = (machine.is_stranger(), machine.clone());
        let machine = Machine {
            wire: false,
            power: Power::Off,
            nics: Vec::new(),
            ..machine
        };
        if stranger {
            self.forget(name);
        } else {
            self.machines.put(name, machine.clone());
            self.inside.remove(name);
        }
        Some(machine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Machines;

    const OWN: &str = "52:54:00:be:ef:01";
    const OTHER: &str = "52:54:00:00:00:99";
    const PLACE: &str = "x1000c0s0b0n0";

    fn comes(world: &mut World, mac: &str, place: Option<&str>, boots: bool) -> (String, bool) {
        let comer = Comer { mac, place, boots };
        world.on_wire(comer).expect("a machine")
    }

    #[test]
    fn a_real_machine_takes_the_place_of_its_twin() {
        let mut world = World::new(&Machines::default(), 0);
        let mut come = |mac: &str, place: Option<&str>| comes(&mut world, mac, place, true);
        assert_eq!(come(OWN, None), ("compute1".to_owned(), true));
        assert_eq!(come(OWN, Some(PLACE)), ("compute1".to_owned(), false));
        assert_eq!(come(OTHER, None), (OTHER.to_owned(), true));
        assert_eq!(come(OTHER, None), (OTHER.to_owned(), false));
        let second = Some("x1000c0s0b1n0");
        assert_eq!(come(OTHER, second), ("compute2".to_owned(), true));
        assert!(come("52:54:00:00:00:98", Some("x9c0s0b0n0")).1);
        assert!(world.machine(OTHER).is_none(), "it was the same");
        let second = world.machine("compute2").expect("it is there");
        assert_eq!((second.mac.as_str(), second.wire), (OTHER, true));
        let placed = world.machine("52:54:00:00:00:98").expect("it is there");
        assert_eq!(placed.xname, "x9c0s0b0n0");
        assert_eq!(world.machines().count(), 6);
    }

    #[test]
    fn another_interface_is_no_other_machine() {
        let mut world = World::new(&Machines::default(), 0);
        comes(&mut world, OWN, Some(PLACE), true);
        for place in [Some(PLACE), None] {
            let told = comes(&mut world, OTHER, place, false);
            assert_eq!(told, ("compute1".to_owned(), false));
        }
        let macs = |world: &World| {
            let machine = world.machine("compute1").expect("it is there");
            (machine.mac.clone(), machine.nics.clone())
        };
        assert_eq!(macs(&world), (OWN.to_owned(), vec![OTHER.to_owned()]));
        comes(&mut world, OTHER, Some(PLACE), true);
        assert_eq!(macs(&world), (OTHER.to_owned(), vec![OWN.to_owned()]));
        assert_eq!(world.machines().count(), 5);
        let (mac, boots) = ("de:ca:fc:0f:fe:e3", false);
        let bmc = Comer {
            mac,
            place: None,
            boots,
        };
        assert_eq!(world.on_wire(bmc), None);
        // SMD has it elsewhere now.
        let moved = comes(&mut world, OWN, Some("x1000c0s0b2n0"), false);
        assert_eq!(moved, ("compute3".to_owned(), true));
    }

    #[test]
    fn one_that_is_released_is_its_twin_again() {
        let mut world = World::new(&Machines::default(), 0);
        let twin = world.machine("compute1").cloned();
        assert_eq!(world.release("compute1"), None, "it is not real");
        comes(&mut world, OWN, None, true);
        comes(&mut world, OTHER, Some(PLACE), false);
        assert_eq!(world.release("compute1"), twin);
        assert_eq!(world.machine("compute1"), twin.as_ref());
        comes(&mut world, OTHER, None, true);
        assert!(world.release(OTHER).is_some());
        assert!(world.machine(OTHER).is_none());
        assert!(comes(&mut world, OWN, None, true).1, "it comes back");
    }

    #[test]
    fn of_many_strangers_the_last_are_remembered() {
        let mut world = World::new(&Machines::default(), 0);
        let mac = |number: i64| format!("02:00:00:00:{:02x}:{:02x}", number / 256, number % 256);
        for number in 0..600 {
            let (name, new) = comes(&mut world, &mac(number), None, true);
            assert!(new);
            let at = jiff::Timestamp::from_second(number).expect("a moment");
            world.put_boot(&name, Boot::new(1, at));
        }
        assert_eq!(world.machines().count(), 5 + STRANGERS);
        assert!(world.machine(&mac(599)).is_some() && world.machine(&mac(0)).is_none());
        assert_eq!(world.boots().count(), STRANGERS);
        assert_eq!(world.scrapped.len(), 0);
        world.scrap(&mac(599));
        assert_eq!(world.scrapped.len(), 0, "it has no UUID of its own");
    }
}
