//! Power: the buttons of the machines, and what their systems are asked.
use super::{Lab, define::its_mac};
use crate::{
    fault::Fault,
    services::{
        libvirt::types::{Dominfo, unknown},
        rack::{Action, Seen, Wanted},
    },
};

impl Lab {
    pub(super) async fn start(&self, asked: &str) -> Result<Dominfo, Fault> {
        let (id, seen) = self.machine(asked)?;
        let name = &seen.machine.name;
        if id.is_some() {
            return Err(unknown::running(name));
        }
        let mut root = self.definition(&seen)?;
        self.can_be_plugged_in(&root)?;
        let uuid = seen.machine.uuid;
        let mac = its_mac(&mut root, uuid)?;
        if mac != seen.machine.mac {
            self.rack.put(Wanted {
                name: name.clone(),
                mac,
                uuid,
            })?;
        }
        self.switch(name, Action::On).await
    }

    async fn switch(&self, name: &str, action: Action) -> Result<Dominfo, Fault> {
        self.rack.switch(name, action).await?;
        self.dominfo(name)
    }

    fn running(&self, asked: &str) -> Result<Seen, Fault> {
        match self.machine(asked)? {
            (Some(_), seen) => Ok(seen),
            (None, seen) => Err(unknown::not_running(&seen.machine.name)),
        }
    }

    pub(super) async fn destroy(&self, asked: &str) -> Result<Dominfo, Fault> {
        let seen = self.running(asked)?;
        let gone = self.switch(&seen.machine.name, Action::Off).await;
        self.settle()?;
        gone
    }

    pub(super) async fn reset(&self, asked: &str) -> Result<Dominfo, Fault> {
        let seen = self.running(asked)?;
        self.switch(&seen.machine.name, Action::Reset).await
    }

    /// The guest is asked; a firmware and a kernel that still comes up do not listen.
    pub(super) async fn shutdown(&self, asked: &str) -> Result<Dominfo, Fault> {
        self.asked(asked, Action::Off).await
    }

    pub(super) async fn reboot(&self, asked: &str) -> Result<Dominfo, Fault> {
        self.asked(asked, Action::Reset).await
    }

    async fn asked(&self, asked: &str, action: Action) -> Result<Dominfo, Fault> {
        let seen = self.running(asked)?;
        if seen.is_up {
            return self.switch(&seen.machine.name, action).await;
        }
        self.dominfo(&seen.machine.name)
    }
}
