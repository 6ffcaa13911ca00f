//! The physical cluster as plain data: the machines that stand in the rack, whether or not anybody has told SMD.
//!
//! No I/O and no wall clock; what is random comes from the lab's seed. Services never see this: they learn of a machine
//! the way real ones do.
mod machine;

pub use machine::{Machine, Machines, Power};

use crate::table::{Rows, Store, Table};

/// Everything physical.
#[derive(Debug)]
pub struct World {
    machines: Table<Machine>,
}

impl World {
    /// The world a new lab begins with: the machines as delivered, powered off.
    pub fn new(machines: &Machines, seed: u64) -> Self {
        let mut world = Self {
            machines: Table::new("machines"),
        };
        for machine in machines.build(seed) {
            world.machines.put(&machine.name.clone(), machine);
        }
        world.machines.commit();
        world
    }

    pub fn machines(&self) -> impl Iterator<Item = &Machine> {
        self.machines.values()
    }
}

impl Store for World {
    fn tables(&self) -> Vec<&dyn Rows> {
        vec![&self.machines]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.machines]
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
    fn the_seed_decides_what_is_random() {
        let uuids = |seed| {
            let world = World::new(&Machines::default(), seed);
            world.machines().map(|m| m.uuid).collect::<Vec<_>>()
        };
        assert_eq!(uuids(1), uuids(1));
        assert_ne!(uuids(1), uuids(2));
    }
}
