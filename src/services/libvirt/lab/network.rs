//! Networks: documents, whether they are up, whether they start by themselves. The one that the lab's machines stand on is
//! there from the beginning; on another one, or on one that is down, nobody of the head node's answers.
use super::{Lab, URI};
use crate::{
    fault::Fault,
    services::libvirt::{
        store::Network,
        types::{
            ListedNet, NetInfo,
            unknown::{self, Sort, unknown},
        },
        xml::{self, domain},
    },
};
use uuid::Uuid;

impl Lab {
    /// A network with its name, by name or UUID.
    pub(super) fn net(&self, asked: &str) -> Result<(String, Network), Fault> {
        let mut all = self.shelf.read(super::super::store::Store::networks);
        if let Some(network) = all.remove(asked) {
            return Ok((asked.to_owned(), network));
        }
        let same = |network: &Network| {
            uuid_of(&network.xml).is_some_and(|it| it.eq_ignore_ascii_case(asked))
        };
        let found = all.iter().find(|(_, network)| same(network));
        found
            .map(|(name, network)| (name.clone(), network.clone()))
            .ok_or_else(|| {
                let names: Vec<String> = all.keys().cloned().collect();
                unknown(Sort::Network, asked, &names, URI)
            })
    }

    /// Whether a domain can be plugged into it.
    pub(super) fn is_there(&self, name: &str) -> Result<(), Fault> {
        let (name, network) = self.net(name)?;
        if !network.active {
            let message = format!("network {name} is not active");
            return Err(unknown::state(message, format!("virsh.net_start {name:?}")));
        }
        Ok(())
    }

    pub(super) fn net_list(&self, all: bool, inactive: bool) -> Vec<ListedNet> {
        let networks = self.shelf.read(super::super::store::Store::networks);
        let wanted = networks
            .into_iter()
            .filter(|(_, it)| all || it.active != inactive);
        wanted
            .map(|(name, network)| ListedNet {
                name,
                state: if network.active { "active" } else { "inactive" }.to_owned(),
                autostart: network.autostart,
                persistent: true,
            })
            .collect()
    }

    pub(super) fn net_info(&self, asked: &str) -> Result<NetInfo, Fault> {
        let (name, network) = self.net(asked)?;
        let root = xml::parse(network.live())?;
        let bridge = root.at("bridge").and_then(|it| it.attribute("name"));
        Ok(NetInfo {
            uuid: root.text_at("uuid").unwrap_or_default(),
            active: network.active,
            persistent: true,
            autostart: network.autostart,
            bridge: bridge.map(str::to_owned),
            name,
        })
    }

    /// What it runs with, or what it is next time it starts.
    pub(super) fn net_dumpxml(&self, asked: &str, inactive: bool) -> Result<String, Fault> {
        let (_, network) = self.net(asked)?;
        let xml = if inactive {
            &network.xml
        } else {
            network.live()
        };
        Ok(xml.to_owned())
    }

    pub(super) fn net_define(&self, text: &str) -> Result<NetInfo, Fault> {
        let mut root = domain::document(text, "network")?;
        let name = domain::name(&root)?;
        let old = self.net(&name).ok().map(|(_, network)| network);
        let had = old.as_ref().and_then(|it| uuid_of(&it.xml));
        let said = root.text_at("uuid");
        if let (Some(had), Some(said)) = (&had, &said)
            && had != said
        {
            let message = format!("network {name} already exists with uuid {had}");
            return Err(unknown::state(
                message,
                "leave <uuid> out, and it is replaced",
            ));
        }
        if said.is_none() {
            let text = format!("{}/network/{name}", self.seed);
            let own = || Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string();
            root.child("uuid").set_text(&had.unwrap_or_else(own));
        }
        let network = old.unwrap_or_default().defined(xml::write(&root));
        self.put(&name, network)?;
        self.net_info(&name)
    }

    fn put(&self, name: &str, network: Network) -> Result<(), Fault> {
        self.shelf.write(|store| {
            store.put_network(name, network);
            Ok(())
        })
    }

    pub(super) fn net_switch(&self, asked: &str, on: bool) -> Result<NetInfo, Fault> {
        let (name, network) = self.net(asked)?;
        if network.active == on {
            return Err(if on {
                let hint = format!("virsh.net_info {name:?} shows it");
                unknown::state(format!("network {name} is already active"), hint)
            } else {
                let hint = format!("virsh.net_start {name:?} starts it");
                unknown::state(format!("network {name} is not active"), hint)
            });
        }
        let active = Network {
            active: on,
            live: None,
            ..network
        };
        self.put(&name, active)?;
        self.net_info(&name)
    }

    pub(super) fn net_autostart(&self, asked: &str, on: bool) -> Result<NetInfo, Fault> {
        let (name, network) = self.net(asked)?;
        let network = Network {
            autostart: on,
            ..network
        };
        self.put(&name, network)?;
        self.net_info(&name)
    }

    pub(super) fn net_undefine(&self, asked: &str) -> Result<NetInfo, Fault> {
        let (name, network) = self.net(asked)?;
        if network.active {
            let message =
                format!("network {name} is active, and a lab's does not outlive its definition");
            return Err(unknown::state(
                message,
                format!("virsh.net_destroy {name:?} first"),
            ));
        }
        let gone = self.net_info(&name)?;
        self.shelf.write(|store| {
            store.remove_network(&name);
            Ok::<_, Fault>(())
        })?;
        Ok(gone)
    }
}

fn uuid_of(text: &str) -> Option<String> {
    xml::parse(text).ok()?.text_at("uuid")
}
