//! Giving the places of real machines back to the lab's own ones.
use super::super::{Machines, power::meant};
use crate::{
    fault::Fault,
    world::{Machine, Power, World},
};
use std::{collections::HashSet, sync::Arc, time::Duration};

impl Machines {
    /// Releases those of these names, or all: their twins stand there, off. One that is not real stays as it is.
    pub(in crate::lab) async fn release(
        &self,
        names: Option<&[String]>,
    ) -> Result<Vec<Machine>, Fault> {
        let (told, gone) = self.let_go(names)?;
        self.tell_gone(&gone).await;
        Ok(told)
    }

    /// The same with all of them, where no wire is served. What cannot be written down just now stays until the lab is
    /// opened again.
    pub(in crate::lab) fn release_all(self: &Arc<Self>) {
        let real = |world: &World| world.machines().any(|it| it.wire);
        if self.wire.get().is_some() || !self.world.read(real) {
            return;
        }
        let Ok((_, gone)) = self.let_go(None) else {
            return;
        };
        // The others may not be there yet.
        let this = Arc::downgrade(self);
        self.clock.after(Duration::ZERO, move || {
            Box::pin(async move {
                if let Some(this) = this.upgrade() {
                    this.tell_gone(&gone).await;
                }
            })
        });
    }

    /// The machines that are meant, as they are from now on; and those of them that were real, as they were.
    fn let_go(&self, names: Option<&[String]>) -> Result<(Vec<Machine>, Vec<Machine>), Fault> {
        self.world.write(|world| {
            let machines: Vec<Machine> = match names {
                Some(names) => meant(world, names)?,
                None => world.machines().filter(|it| it.wire).cloned().collect(),
            };
            let (mut told, mut gone) = (Vec::new(), Vec::new());
            for machine in machines {
                let released = world.release(&machine.name);
                gone.extend(released.is_some().then(|| machine.clone()));
                told.push(released.unwrap_or(machine));
            }
            Ok((told, gone))
        })
    }

    /// Whoever listens, and SMD, hear that they are off.
    async fn tell_gone(&self, gone: &[Machine]) {
        for machine in gone {
            self.events.power(machine, Power::Off);
        }
        let macs: HashSet<String> = gone.iter().map(|it| it.mac.clone()).collect();
        self.tell_smd(&macs, Power::Off).await;
    }
}
