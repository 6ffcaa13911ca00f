//! What the hypervisor keeps of its own: definitions, networks, what starts by itself. What is as it was delivered has no
//! record, and the machines themselves stand in the rack, not here. Pure.
use crate::table::{self, Rows, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The network of the lab's machines, as delivered.
pub const NETWORK: &str = "openchami-net";

const DELIVERED: &str = "<network>
  <name>openchami-net</name>
  <uuid>4f2f0b3c-1d0a-5c8e-9d6f-0c7a5e1b2d34</uuid>
  <forward mode='route'/>
  <bridge name='virbr-openchami' stp='on' delay='0'/>
  <mac address='52:54:00:c7:a1:01'/>
  <ip address='172.16.0.254' netmask='255.255.255.0'/>
</network>
";

/// What is kept of a domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// None: as delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xml: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub autostart: bool,
    /// It was started without being defined: when it is off it is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transient: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// What it is next time it starts.
    pub xml: String,
    /// What it runs with, where that is another: it was defined anew since it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<String>,
    #[serde(default)]
    pub active: bool,
    #[serde(default)]
    pub autostart: bool,
    /// It was delivered, and somebody has removed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

impl Network {
    fn delivered() -> Self {
        Self {
            xml: DELIVERED.to_owned(),
            live: None,
            active: true,
            autostart: true,
            gone: false,
        }
    }

    /// What it runs with; of one that is down, its definition.
    pub fn live(&self) -> &str {
        self.live.as_deref().unwrap_or(&self.xml)
    }

    /// Defined anew: what runs goes on as it is until it is stopped.
    pub fn defined(mut self, xml: String) -> Self {
        let live = self.active.then(|| self.live.take().unwrap_or(self.xml));
        self.live = live.filter(|it| *it != xml);
        self.xml = xml;
        self
    }
}

pub struct Store {
    domains: Table<Domain>,
    networks: Table<Network>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            domains: Table::new("domains"),
            networks: Table::new("networks"),
        }
    }
}

impl table::Store for Store {
    fn tables(&self) -> Vec<&dyn Rows> {
        vec![&self.domains, &self.networks]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.domains, &mut self.networks]
    }
}

impl Store {
    pub fn domain(&self, name: &str) -> Domain {
        self.domains.get(name).cloned().unwrap_or_default()
    }

    /// The definition of a domain that is not as it was delivered.
    pub fn definition(&self, name: &str) -> Option<&str> {
        self.domains.get(name)?.xml.as_deref()
    }

    /// Whether nothing was done to a network that was there from the beginning.
    pub fn is_delivered(&self, network: &str) -> bool {
        network == NETWORK && !self.networks.contains(network)
    }

    pub fn put_domain(&mut self, name: &str, domain: Domain) {
        if domain == Domain::default() {
            self.forget_domain(name);
        } else if self.domains.get(name) != Some(&domain) {
            self.domains.put(name, domain);
        }
    }

    /// Those that are gone when they are off.
    pub fn transients(&self) -> Vec<String> {
        let all = self.domains.iter().filter(|(_, domain)| domain.transient);
        all.map(|(name, _)| name.to_owned()).collect()
    }

    pub fn forget_domain(&mut self, name: &str) {
        if self.domains.contains(name) {
            self.domains.remove(name);
        }
    }

    /// All networks by name.
    pub fn networks(&self) -> BTreeMap<String, Network> {
        let mut all = BTreeMap::from([(NETWORK.to_owned(), Network::delivered())]);
        for (name, network) in self.networks.iter() {
            all.insert(name.to_owned(), network.clone());
        }
        all.retain(|_, network| !network.gone);
        all
    }

    pub fn put_network(&mut self, name: &str, network: Network) {
        if name == NETWORK && network == Network::delivered() {
            if self.networks.contains(name) {
                self.networks.remove(name);
            }
        } else {
            self.networks.put(name, network);
        }
    }

    pub fn remove_network(&mut self, name: &str) {
        if name == NETWORK {
            let gone = Network {
                gone: true,
                ..Network::default()
            };
            self.networks.put(name, gone);
        } else {
            self.networks.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Store as _;

    #[test]
    fn what_is_as_delivered_has_no_record() {
        let mut store = Store::default();
        let records = |store: &Store| store.tables().iter().map(|it| it.count()).sum::<usize>();
        let net = store.networks()[NETWORK].clone();
        let stopped = Network {
            active: false,
            ..net.clone()
        };
        store.put_network(NETWORK, stopped);
        assert!(!store.networks()[NETWORK].active);
        store.remove_network(NETWORK);
        assert!(store.networks().is_empty());
        store.put_network(NETWORK, net);
        store.put_domain(
            "compute1",
            Domain {
                autostart: true,
                ..Domain::default()
            },
        );
        assert_eq!(records(&store), 1);
        store.put_domain("compute1", Domain::default());
        assert_eq!(records(&store), 0);
    }
}
