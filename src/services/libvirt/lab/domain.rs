//! Domains: the lab's machines as their definitions describe them.
use super::{Lab, URI, told};
use crate::{
    fault::{Fault, Kind},
    services::{
        libvirt::{
            store::NETWORK,
            types::{
                Address, Dominfo, Domstats, Interface, Listed,
                unknown::{self, Sort, unknown},
            },
            xml::{self, Element, domain, install},
        },
        rack::Seen,
    },
    world::{Machine, Power},
};
use serde_json::Map;

pub(super) fn is_on(seen: &Seen) -> bool {
    seen.machine.power == Power::On
}

pub(super) fn state(seen: &Seen) -> &'static str {
    if is_on(seen) { "running" } else { "shut off" }
}

/// The definition a machine was delivered with: what the tutorial's `virt-install` makes.
pub(super) fn delivered(machine: &Machine) -> Result<Element, Fault> {
    let order = install::Order {
        name: machine.name.clone(),
        uuid: Some(machine.uuid.to_string()),
        memory: Some(install::Amount::Mib(4096)),
        vcpus: Some(1),
        mac: Some(machine.mac.clone()),
        network: Some(NETWORK.to_owned()),
        machine: Some("q35".to_owned()),
        firmware: Some(install::Firmware::Uefi),
        ..install::Order::default()
    };
    xml::parse(&order.xml("kvm")?)
}

impl Lab {
    /// The machine that is meant: by name, by its number while it runs, or by UUID.
    pub(super) fn machine(&self, asked: &str) -> Result<(Option<u32>, Seen), Fault> {
        let number =
            |at: usize, seen: &Seen| is_on(seen).then(|| u32::try_from(at + 1).unwrap_or(u32::MAX));
        if let Some((at, seen)) = self.rack.one(asked) {
            return Ok((number(at, &seen), seen));
        }
        let all = self.all();
        let by = |is: &dyn Fn(usize, &Seen) -> bool| {
            let found = all.iter().enumerate().find(|(at, seen)| is(*at, seen));
            found.map(|(at, seen)| (number(at, seen), seen.clone()))
        };
        by(&|at, seen| number(at, seen).is_some_and(|id| id.to_string() == asked))
            .or_else(|| by(&|_, seen| seen.machine.uuid.to_string().eq_ignore_ascii_case(asked)))
            .ok_or_else(|| {
                let names: Vec<String> = all.into_iter().map(|it| it.machine.name).collect();
                unknown(Sort::Domain, asked, &names, URI)
            })
    }

    pub(super) fn list(&self, all: bool, inactive: bool) -> Vec<Listed> {
        let mut listed: Vec<Listed> = Vec::new();
        for (at, seen) in self.all().iter().enumerate() {
            if all || is_on(seen) != inactive {
                listed.push(Listed {
                    id: is_on(seen).then(|| u32::try_from(at + 1).unwrap_or(u32::MAX)),
                    name: seen.machine.name.clone(),
                    state: state(seen).to_owned(),
                });
            }
        }
        // As virsh lists: what runs first, by number, then the rest by name.
        listed.sort_by_key(|it| (it.id.is_none(), it.id, it.name.clone()));
        listed
    }

    /// Its definition.
    pub(super) fn definition(&self, seen: &Seen) -> Result<Element, Fault> {
        let kept = self
            .shelf
            .read(|store| store.domain(&seen.machine.name).xml);
        match kept {
            Some(text) => xml::parse(&text),
            None => delivered(&seen.machine),
        }
    }

    pub(super) fn dominfo(&self, asked: &str) -> Result<Dominfo, Fault> {
        let (id, seen) = self.machine(asked)?;
        let kept = self.shelf.read(|store| store.domain(&seen.machine.name));
        let root = self.definition(&seen)?;
        let kib = |name: &str| root.at(name).and_then(domain::kib);
        let most = kib("memory").unwrap_or_default();
        let vcpu = root.at("vcpu");
        let cpus = vcpu.and_then(|it| {
            it.attribute("current")
                .map(str::to_owned)
                .or_else(|| Some(it.text()))
        });
        let runs = seen
            .started
            .map(|at| self.clock.now().duration_since(at).as_secs_f64());
        Ok(Dominfo {
            id,
            uuid: seen.machine.uuid.to_string(),
            os_type: root.text_at("os/type").unwrap_or_else(|| "hvm".to_owned()),
            state: state(&seen).to_owned(),
            cpus: cpus.and_then(|text| text.parse().ok()).unwrap_or(1),
            cpu_time: runs.unwrap_or_default(),
            max_memory: most,
            used_memory: kib("currentMemory").unwrap_or(most),
            persistent: !kept.transient,
            autostart: kept.autostart,
            name: seen.machine.name,
        })
    }

    pub(super) fn domiflist(&self, asked: &str) -> Result<Vec<Interface>, Fault> {
        let (id, seen) = self.machine(asked)?;
        let mut nics = domain::interfaces(&self.definition(&seen)?);
        for (at, nic) in nics.iter_mut().enumerate() {
            nic.interface = id.map(|id| format!("vnet{}", id as usize - 1 + at));
        }
        Ok(nics)
    }

    /// libvirt's own leases hold nothing of a network whose addresses come from coresmd; its ARP table does.
    pub(super) fn domifaddr(&self, asked: &str, source: &str) -> Result<Vec<Address>, Fault> {
        let (id, seen) = self.machine(asked)?;
        let Some(id) = id else {
            return Err(unknown::not_running(&seen.machine.name));
        };
        let of_nodes = |ip: String| Address {
            name: format!("vnet{}", id - 1),
            mac_address: Some(seen.machine.mac.clone()),
            protocol: "ipv4".to_owned(),
            address: format!("{ip}/0"),
        };
        match source {
            "arp" | "any" => Ok(seen.ip.clone().map(of_nodes).into_iter().collect()),
            "lease" => Ok(Vec::new()),
            "agent" => Err(
                Fault::new(Kind::Refused, "QEMU guest agent is not configured")
                    .hint("source = \"arp\" asks the head node instead"),
            ),
            odd => Err(
                Fault::bad_argument(format!("no addresses come from {odd:?}"))
                    .did_you_mean(odd, ["lease", "agent", "arp", "any"]),
            ),
        }
    }

    pub(super) fn dumpxml(&self, asked: &str, inactive: bool) -> Result<String, Fault> {
        let (id, seen) = self.machine(asked)?;
        let mut root = self.definition(&seen)?;
        if let Some(id) = id.filter(|_| !inactive) {
            root.set("id", &id.to_string());
        }
        Ok(xml::write(&root))
    }

    pub(super) fn domstats(&self, asked: Option<&str>) -> Result<Vec<Domstats>, Fault> {
        let names: Vec<String> = match asked {
            Some(asked) => vec![self.machine(asked)?.1.machine.name],
            None => self.all().into_iter().map(|it| it.machine.name).collect(),
        };
        let one = |name: String| {
            let info = self.dominfo(&name)?;
            let mut stats = Map::new();
            let runs = info.state == "running";
            stats.insert("state.state".into(), if runs { 1 } else { 5 }.into());
            stats.insert("vcpu.current".into(), info.cpus.into());
            stats.insert("balloon.current".into(), info.used_memory.into());
            stats.insert("balloon.maximum".into(), info.max_memory.into());
            stats.insert("net.count".into(), told(self.domiflist(&name)?.len())?);
            Ok(Domstats {
                domain: name,
                stats,
            })
        };
        names.into_iter().map(one).collect()
    }
}
