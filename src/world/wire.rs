//! Machines that are real: they come by the wire, take the place of their twins in the rack, and give it back.
#[cfg(test)]
mod tests;

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
            let xname = place.unwrap_or(&machine.mac).to_owned();
            machine.xname = xname;
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
