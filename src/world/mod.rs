//! The physical cluster as plain data: the machines that stand in the rack, whether or not anybody has told SMD.
//!
//! No I/O and no wall clock; what is random comes from the lab's seed. Services never see this: they learn of a machine
//! the way real ones do.
mod artifact;
mod boot;
mod condition;
mod machine;
mod wire;

pub use artifact::{Artifact, KERNEL, Sort, kernel_of, sort};
pub use boot::{Boot, Evidence, Image, Inside, Next, Owner, Seed, Stage};
pub use condition::{CONDITIONS, Condition};
pub use machine::{Machine, Machines, Power};
pub use wire::Comer;

use crate::table::{Rows, Store, Table};
use std::collections::HashSet;
use uuid::Uuid;

/// So many that were taken out are remembered: more than any rack holds.
const SCRAPPED: usize = 16_384;

/// What is to be done when everything was put in place of what was there.
type Hook = Box<dyn Fn() + Send + Sync>;

/// Everything physical.
pub struct World {
    machines: Table<Machine>,
    /// The last boot of each machine, by its name; like `inside` no difference: who booted when is history.
    boots: Table<Boot>,
    inside: Table<Inside>,
    /// Machines that were taken out, by their UUIDs: one that comes back stands where it stood.
    scrapped: Table<Machine>,
    artifacts: Table<Artifact>,
    conditions: Table<Condition>,
    at_load: Option<Hook>,
}

impl World {
    /// The world a new lab begins with: the machines as delivered, powered off.
    pub fn new(machines: &Machines, seed: u64) -> Self {
        let mut world = Self {
            machines: Table::new("machines"),
            boots: Table::log("boots"),
            inside: Table::log("inside"),
            scrapped: Table::log("scrapped"),
            artifacts: Table::new("artifacts"),
            conditions: Table::new("conditions"),
            at_load: None,
        };
        for machine in machines.build(seed) {
            world.machines.put(&machine.name.clone(), machine);
        }
        for (path, artifact) in artifact::tutorial() {
            world.artifacts.put(&path, artifact);
        }
        for table in world.tables_mut() {
            table.commit();
        }
        world
    }

    /// The same; `hook` is called each time everything was put in place of what was there.
    pub fn at_load(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.at_load = Some(Box::new(hook));
        self
    }

    pub fn machines(&self) -> impl Iterator<Item = &Machine> {
        self.machines.values()
    }

    pub fn machine(&self, name: &str) -> Option<&Machine> {
        self.machines.get(name)
    }

    /// The how manieth machine this is.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.machines.place(name)
    }

    pub fn boot(&self, name: &str) -> Option<&Boot> {
        self.boots.get(name)
    }

    pub fn boots(&self) -> impl Iterator<Item = (&str, &Boot)> {
        self.boots.iter()
    }

    pub fn put_boot(&mut self, name: &str, boot: Boot) {
        self.boots.put(name, boot);
    }

    pub fn inside(&self, name: &str) -> Option<&Inside> {
        self.inside.get(name)
    }

    pub fn put_inside(&mut self, name: &str, inside: Inside) {
        self.inside.put(name, inside);
    }

    /// Switches a machine; whatever ran on it is gone.
    pub fn set_power(&mut self, name: &str, power: Power) {
        self.machines.update(name, |machine| machine.power = power);
        self.inside.remove(name);
    }

    /// Puts a new machine into the first free place, one that was taken out into its own if that is free still, or changes
    /// the one of that name.
    pub fn install(&mut self, name: &str, mac: &str, uuid: Uuid) {
        let change = |machine: &mut Machine| {
            mac.clone_into(&mut machine.mac);
            machine.uuid = uuid;
        };
        if self.machines.update(name, change).is_some() {
            return;
        }
        let taken: HashSet<String> = self.machines().map(|it| it.xname.clone()).collect();
        let its = self.scrapped.remove(&uuid.to_string());
        let its = its.filter(|it| !taken.contains(&it.xname));
        let mut machine = its.unwrap_or_else(|| machine::first_free(&taken));
        name.clone_into(&mut machine.name);
        change(&mut machine);
        self.machines.put(name, machine);
    }

    /// Takes a machine out of the rack, and what is remembered of it.
    pub fn scrap(&mut self, name: &str) {
        let gone = self.machines.remove(name);
        self.boots.remove(name);
        self.inside.remove(name);
        // Without a UUID of its own none could be told from another.
        let Some(machine) = gone.filter(|it| !it.uuid.is_nil()) else {
            return;
        };
        let machine = Machine {
            power: Power::Off,
            wire: false,
            nics: Vec::new(),
            ..machine
        };
        self.scrapped.put(&machine.uuid.to_string(), machine);
        if self.scrapped.len() > SCRAPPED {
            self.scrapped.remove_first();
        }
    }

    pub fn artifacts(&self) -> impl Iterator<Item = (&str, &Artifact)> {
        self.artifacts.iter()
    }

    pub fn artifact(&self, path: &str) -> Option<&Artifact> {
        self.artifacts.get(path)
    }

    pub fn put_artifact(&mut self, path: &str, artifact: Artifact) {
        self.artifacts.put(path, artifact);
    }

    pub fn remove_artifact(&mut self, path: &str) -> Option<Artifact> {
        self.artifacts.remove(path)
    }

    /// Whether something is wrong that lasts.
    pub fn has(&self, condition: &str) -> bool {
        self.conditions.get(condition).is_some_and(|it| it.on)
    }

    /// What is not wrong has no record.
    pub fn set_condition(&mut self, condition: &str, on: bool) {
        if on {
            self.conditions.put(condition, Condition { on });
        } else if self.conditions.contains(condition) {
            self.conditions.remove(condition);
        }
    }
}

impl Store for World {
    fn tables(&self) -> Vec<&dyn Rows> {
        vec![
            &self.machines,
            &self.boots,
            &self.inside,
            &self.scrapped,
            &self.artifacts,
            &self.conditions,
        ]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
        vec![
            &mut self.machines,
            &mut self.boots,
            &mut self.inside,
            &mut self.scrapped,
            &mut self.artifacts,
            &mut self.conditions,
        ]
    }

    fn loaded(&mut self) {
        if let Some(hook) = &self.at_load {
            hook();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_five_machines_are_the_tutorials() {
        let world = World::new(&Machines::default(), 0);
        let seen: Vec<_> = world
            .machines()
            .map(|m| {
                (
                    m.name.as_str(),
                    m.xname.as_str(),
                    m.mac.as_str(),
                    m.bmc_mac.as_str(),
                )
            })
            .collect();
        assert_eq!(seen.len(), 5);
        assert_eq!(
            seen[0],
            (
                "compute1",
                "x1000c0s0b0n0",
                "52:54:00:be:ef:01",
                "de:ca:fc:0f:fe:e1"
            )
        );
        assert_eq!(
            seen[4],
            (
                "compute5",
                "x1000c0s0b4n0",
                "52:54:00:be:ef:05",
                "de:ca:fc:0f:fe:e5"
            )
        );
        assert!(world.machines().all(|m| m.power == Power::Off));
    }

    #[test]
    fn many_machines_differ_in_every_name() {
        let world = World::new(&Machines::Count(6000), 7);
        for name in [
            |m: &Machine| m.name.clone(),
            |m: &Machine| m.xname.clone(),
            |m: &Machine| m.mac.clone(),
            |m: &Machine| m.bmc_mac.clone(),
            |m: &Machine| m.uuid.to_string(),
        ] {
            let names: std::collections::BTreeSet<_> = world.machines().map(name).collect();
            assert_eq!(names.len(), 6000);
        }
    }

    #[test]
    fn a_new_machine_stands_in_the_first_free_place() {
        let mut world = World::new(&Machines::default(), 0);
        world.install("login", "52:54:00:00:00:01", Uuid::nil());
        let login = world.machine("login").expect("it is there");
        assert_eq!(login.xname, "x1000c0s0b5n0");
        assert_eq!(login.bmc_mac, "de:ca:fc:0f:fe:e6");
        let second = world.machine("compute2").cloned().expect("it is there");
        world.scrap("compute2");
        assert!(world.machine("compute2").is_none());
        world.install("compute2", &second.mac, second.uuid);
        assert_eq!(world.machine("compute2"), Some(&second), "as it was");
        world.install("compute2", "52:54:00:00:00:02", second.uuid);
        let changed = world.machine("compute2").expect("it is there");
        assert_eq!(
            (changed.mac.as_str(), &changed.xname),
            ("52:54:00:00:00:02", &second.xname)
        );
    }

    #[test]
    fn machines_that_come_back_stand_where_they_stood() {
        let mut world = World::new(&Machines::default(), 0);
        let gone: Vec<Machine> = ["compute2", "compute4"]
            .into_iter()
            .filter_map(|name| world.machine(name).cloned())
            .collect();
        for machine in &gone {
            world.scrap(&machine.name);
        }
        // As undo does it: the last one first.
        for machine in gone.iter().rev() {
            world.install(&machine.name, &machine.mac, machine.uuid);
            assert_eq!(world.machine(&machine.name), Some(machine), "as it was");
        }
        world.scrap("compute2");
        world.install("login", "52:54:00:00:00:01", Uuid::nil());
        let second = &gone[0];
        world.install("compute2", &second.mac, second.uuid);
        let moved = world.machine("compute2").expect("it is there");
        assert_eq!(moved.xname, "x1000c0s0b5n0", "somebody stands there now");
    }

    #[test]
    fn the_seed_decides_what_is_random() {
        let uuids = |seed| {
            let world = World::new(&Machines::default(), seed);
            world.machines().map(|m| m.uuid).collect::<Vec<_>>()
        };
        assert_eq!(uuids(1), uuids(1));
        assert_ne!(uuids(1), uuids(2));
    }
}
