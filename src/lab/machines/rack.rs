//! The rack as the simulated hypervisor drives it.
use super::{Machines, console, power::Action as Switch};
use crate::{
    clock::Pending,
    fault::Fault,
    services::rack::{Action, Builds, Rack, Seen, Wanted},
    world::{Boot, Machine, Power, World},
};
use std::sync::Arc;

pub(crate) struct Hypervisor(pub(crate) Arc<Machines>);

fn seen(world: &World, machine: &Machine) -> Seen {
    let boot = world.boot(&machine.name);
    let running = boot.filter(|_| machine.power == Power::On);
    Seen {
        machine: machine.clone(),
        boots: boot.map_or(0, |boot| boot.number),
        started: running.map(|boot| boot.started),
        ip: running.and_then(|boot| boot.ip.clone()),
        is_up: running.is_some_and(Boot::is_up),
    }
}

impl Machines {
    /// What a machine's serial console shows; without a serial port nobody sees anything.
    pub(super) fn console(&self, name: &str) -> String {
        if !self.built(name).serial {
            return String::new();
        }
        self.world.read(|world| {
            let (Some(machine), Some(boot)) = (world.machine(name), world.boot(name)) else {
                return String::new();
            };
            if machine.wire {
                return "(a real machine: its console is where it runs)\n".to_owned();
            }
            console::text(machine, boot, world.inside(name))
        })
    }
}

impl Rack for Hypervisor {
    fn plug(&self, builds: Builds) {
        let _ = self.0.builds.set(builds);
    }

    fn all(&self) -> Vec<Seen> {
        self.0.world.read(|world| {
            let all = world.machines();
            all.map(|machine| seen(world, machine)).collect()
        })
    }

    /// Of ten thousand machines the others are not looked at.
    fn one(&self, name: &str) -> Option<(usize, Seen)> {
        self.0.world.read(|world| {
            let machine = world.machine(name)?;
            Some((world.place(name)?, seen(world, machine)))
        })
    }

    fn console(&self, name: &str) -> String {
        self.0.console(name)
    }

    fn put(&self, wanted: Wanted) -> Result<(), Fault> {
        self.0.world.write(|world| {
            world.install(&wanted.name, &wanted.mac, wanted.uuid);
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> Result<(), Fault> {
        self.0.world.write(|world| {
            world.scrap(name);
            Ok(())
        })
    }

    fn switch<'a>(&'a self, name: &'a str, action: Action) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            let action = match action {
                Action::On => Switch::On,
                Action::Off => Switch::Off,
                Action::Reset => Switch::Reset,
            };
            self.0.switch(&[name.to_owned()], action).await.map(drop)
        })
    }
}
