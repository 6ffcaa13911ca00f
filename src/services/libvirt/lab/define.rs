//! Definitions: what puts a machine into the rack, changes it, and takes it out.
use super::{
    Lab,
    domain::{delivered, is_on},
};
use crate::{
    fault::{Fault, Kind},
    services::{
        libvirt::{
            store::{Domain, Store},
            types::{Change, Dominfo, unknown},
            xml::{self, Element, domain},
        },
        rack::{Seen, Wanted},
    },
};
use std::sync::PoisonError;
use uuid::Uuid;

/// A card's address for a definition without one: QEMU's own, and the same each time.
fn mac_of(uuid: Uuid) -> String {
    let [.., a, b, c] = uuid.into_bytes();
    format!("52:54:00:{a:02x}:{b:02x}:{c:02x}")
}

impl Lab {
    /// Defines a machine; `new`: only where there is none of its name.
    pub(super) fn define(&self, text: &str, new: bool) -> Result<Dominfo, Fault> {
        let mut root = domain::document(text, "domain")?;
        let name = domain::name(&root)?;
        let _alone = self.defining.lock().unwrap_or_else(PoisonError::into_inner);
        let all = self.all();
        let old = all.iter().find(|it| it.machine.name == name);
        if let Some(old) = old.filter(|_| new) {
            return Err(unknown::defined(&name, old.machine.uuid));
        }
        let uuid = self.uuid(&root, &name, &all)?;
        root.child("uuid").set_text(&uuid.to_string());
        without_passwords(&mut root);
        let mac = its_mac(&mut root, uuid)?;
        if old.is_none_or(|it| !is_on(it)) {
            self.rack.put(Wanted {
                name: name.clone(),
                mac,
                uuid,
            })?;
        }
        let machine = self.machine(&name)?.1.machine;
        let text = xml::write(&root);
        let as_delivered = xml::write(&delivered(&machine)?) == text;
        self.keep(&name, |domain| {
            domain.xml = (!as_delivered).then_some(text);
            // One that runs without a definition has one now.
            domain.transient = false;
        })?;
        self.dominfo(&name)
    }

    /// Starts a machine that is there only as long as it is on.
    pub(super) async fn create(&self, text: &str) -> Result<Dominfo, Fault> {
        let name = domain::name(&domain::document(text, "domain")?)?;
        match self.rack.one(&name) {
            Some((_, seen)) if is_on(&seen) => return Err(unknown::running(&name)),
            Some(_) => {
                let message =
                    format!("domain {name} is defined, and in a lab that is all it can run by");
                return Err(Fault::new(Kind::Unsupported, message).hint(format!(
                    "virsh.define changes it, virsh.start {name:?} starts it; another <name> makes another machine"
                )));
            }
            None => {}
        }
        self.define(text, true)?;
        self.keep(&name, |domain| domain.transient = true)?;
        let started = self.start(&name).await;
        if started.is_err() {
            self.settle()?;
        }
        started
    }

    /// What is there only as long as it is on has gone when it is off, whoever switched it off.
    pub(super) fn settle(&self) -> Result<(), Fault> {
        for name in self.shelf.read(Store::transients) {
            let found = self.rack.one(&name);
            if found.as_ref().is_some_and(|(_, seen)| is_on(seen)) {
                continue;
            }
            if found.is_some() {
                self.rack.remove(&name)?;
            }
            self.forget(&name)?;
        }
        Ok(())
    }

    fn forget(&self, name: &str) -> Result<(), Fault> {
        self.shelf.write(|store| {
            store.forget_domain(name);
            Ok::<_, Fault>(())
        })
    }

    /// What needs a definition is refused to one without.
    fn persistent(&self, name: &str, what: &str) -> Result<(), Fault> {
        if !self.shelf.read(|store| store.domain(name)).transient {
            return Ok(());
        }
        let message = format!("{what}: domain {name} is transient, it has no definition");
        Err(unknown::state(
            message,
            format!("virsh.define(virsh.dumpxml {name:?}) gives it one"),
        ))
    }

    /// The document's own, that of the domain it replaces, or a new one.
    fn uuid(&self, root: &Element, name: &str, all: &[Seen]) -> Result<Uuid, Fault> {
        let old = all
            .iter()
            .find(|it| it.machine.name == name)
            .map(|it| it.machine.uuid);
        let Some(text) = root.text_at("uuid") else {
            let text = format!("{}/{name}", self.seed);
            return Ok(old.unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes())));
        };
        let uuid: Uuid = text
            .parse()
            .map_err(|_| Fault::bad_argument(format!("{text:?} is no UUID")))?;
        let hint = "leave <uuid> out, and libvirt makes one";
        if let Some(old) = old.filter(|old| *old != uuid) {
            return Err(unknown::defined(name, old));
        }
        if let Some(other) = all
            .iter()
            .find(|it| it.machine.uuid == uuid && it.machine.name != name)
        {
            let message = format!("domain {} already has the uuid {uuid}", other.machine.name);
            return Err(unknown::state(message, hint));
        }
        Ok(uuid)
    }

    fn keep(&self, name: &str, change: impl FnOnce(&mut Domain)) -> Result<(), Fault> {
        self.shelf.write(|store| {
            let mut domain = store.domain(name);
            change(&mut domain);
            store.put_domain(name, domain);
            Ok(())
        })
    }

    pub(super) fn undefine(&self, asked: &str) -> Result<Dominfo, Fault> {
        let (id, seen) = self.machine(asked)?;
        let name = &seen.machine.name;
        self.persistent(name, "there is nothing to undefine")?;
        if id.is_some() {
            let message = format!(
                "domain {name} is running, and a lab's domain does not outlive its definition"
            );
            return Err(unknown::state(
                message,
                format!("virsh.destroy {name:?} first"),
            ));
        }
        let gone = self.dominfo(name)?;
        self.rack.remove(name)?;
        self.forget(name)?;
        Ok(gone)
    }

    pub(super) fn autostart(&self, asked: &str, on: bool) -> Result<Dominfo, Fault> {
        let (_, seen) = self.machine(asked)?;
        self.persistent(&seen.machine.name, "it cannot start by itself")?;
        self.keep(&seen.machine.name, |domain| domain.autostart = on)?;
        self.dominfo(&seen.machine.name)
    }

    pub(super) fn setmem(&self, asked: &str, kib: u64, change: Change) -> Result<Dominfo, Fault> {
        self.amended(asked, change, "setmem", |root| {
            let most = root.at("memory").and_then(domain::kib).unwrap_or_default();
            if change.maximum {
                let memory = root.child("memory");
                memory.set("unit", "KiB");
                memory.set_text(&kib.to_string());
                return Ok(());
            }
            if kib > most {
                let message = format!("{kib} KiB are more than the {most} KiB the domain may have");
                return Err(Fault::bad_argument(message)
                    .hint("{ maximum = true, config = true } raises the most it may have"));
            }
            let memory = root.child("currentMemory");
            memory.set("unit", "KiB");
            memory.set_text(&kib.to_string());
            Ok(())
        })
    }

    pub(super) fn setvcpus(
        &self,
        asked: &str,
        count: u32,
        change: Change,
    ) -> Result<Dominfo, Fault> {
        self.amended(asked, change, "setvcpus", |root| {
            let most: u32 = root
                .text_at("vcpu")
                .and_then(|it| it.parse().ok())
                .unwrap_or(1);
            let vcpu = root.child("vcpu");
            if change.maximum {
                vcpu.set_text(&count.to_string());
                return Ok(());
            }
            if count == 0 || count > most {
                let message =
                    format!("the domain may have 1 to {most} processors, and not {count}");
                return Err(Fault::bad_argument(message)
                    .hint("{ maximum = true, config = true } raises the most it may have"));
            }
            vcpu.set("current", &count.to_string());
            Ok(())
        })
    }

    /// Changes a definition; a machine that runs goes on by what it was started with.
    fn amended(
        &self,
        asked: &str,
        change: Change,
        call: &str,
        amend: impl FnOnce(&mut Element) -> Result<(), Fault>,
    ) -> Result<Dominfo, Fault> {
        let (id, seen) = self.machine(asked)?;
        self.persistent(&seen.machine.name, "there is no next start")?;
        if change.live && id.is_none() {
            return Err(unknown::not_running(&seen.machine.name));
        }
        if change.live || (id.is_some() && !change.config) {
            let message = format!("virsh {call} of a domain that runs is not simulated");
            return Err(Fault::new(Kind::Unsupported, message)
                .hint("{ config = true } is for its next start"));
        }
        let mut root = self.definition(&seen)?;
        amend(&mut root)?;
        self.keep(&seen.machine.name, |domain| {
            domain.xml = Some(xml::write(&root));
        })?;
        self.dominfo(&seen.machine.name)
    }
}

/// A lab's machine has no screen that a password could be for, and a lab keeps none.
fn without_passwords(root: &mut Element) {
    for node in &mut root.child("devices").children {
        if let xml::Node::Element(device) = node
            && device.name == "graphics"
        {
            device
                .attributes
                .retain(|(name, _)| !name.starts_with("passwd"));
        }
    }
}

/// The address of the card it boots from; one without gets one.
pub(super) fn its_mac(root: &mut Element, uuid: Uuid) -> Result<String, Fault> {
    let boots = domain::boot_card(root);
    let devices = root.child("devices");
    let cards = devices.children.iter_mut().filter_map(|node| match node {
        xml::Node::Element(element) if element.name == "interface" => Some(element),
        _ => None,
    });
    let Some(nic) = cards.into_iter().nth(boots) else {
        let message = "a lab's machine boots over the network, and this one has no <interface>";
        return Err(Fault::new(Kind::Unsupported, message)
            .hint("virsh.install{ name = …, network = \"openchami-net\" } gives it one"));
    };
    let mac = nic.child("mac");
    if let Some(address) = mac.attribute("address") {
        return Ok(address.to_ascii_lowercase());
    }
    let address = mac_of(uuid);
    mac.set("address", &address);
    Ok(address)
}
