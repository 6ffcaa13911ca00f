//! What bootloop has lent, and to whom. It forgets nobody by time: only a MAC that asks again loses its address.
use crate::table::{Rows, Store as Keeps, Table};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// One address that is lent, as the server's data base holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    pub mac: String,
    pub ip: Ipv4Addr,
    /// Seconds since 1970. The server itself never looks at it again.
    pub expiry: i64,
    pub hostname: String,
}

/// Where leases are kept.
pub trait Book {
    fn lease(&self, mac: &str) -> Option<Lease>;
    fn is_lent(&self, ip: Ipv4Addr) -> bool;
    fn lend(&mut self, lease: Lease);
    fn take_back(&mut self, mac: &str) -> Option<Lease>;
}

/// Leases in memory.
#[derive(Clone, Debug, Default)]
pub struct Leases {
    by_mac: HashMap<String, Lease>,
}

impl FromIterator<Lease> for Leases {
    fn from_iter<T: IntoIterator<Item = Lease>>(leases: T) -> Self {
        let pairs = leases.into_iter().map(|lease| (lease.mac.clone(), lease));
        Self {
            by_mac: pairs.collect(),
        }
    }
}

impl Book for Leases {
    fn lease(&self, mac: &str) -> Option<Lease> {
        self.by_mac.get(mac).cloned()
    }

    fn is_lent(&self, ip: Ipv4Addr) -> bool {
        self.by_mac.values().any(|lease| lease.ip == ip)
    }

    fn lend(&mut self, lease: Lease) {
        self.by_mac.insert(lease.mac.clone(), lease);
    }

    fn take_back(&mut self, mac: &str) -> Option<Lease> {
        self.by_mac.remove(mac)
    }
}

/// A coredhcp.yaml that somebody gave the lab's server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Given {
    text: String,
}

/// What the one of the lab's own wire is kept as.
pub const CONFIG: &str = "coredhcp.yaml";

/// The lab's lease file, and its configuration where that is another than it began with.
pub struct Store {
    leases: Table<Lease>,
    config: Table<Given>,
    /// Counts how often everything was replaced, which is like a restart of the server.
    lives: Arc<AtomicU64>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            // Who was lent what is history, like who booted when: no difference between two labs.
            leases: Table::log("leases"),
            config: Table::new("config"),
            lives: Arc::default(),
        }
    }
}

impl Store {
    pub fn lives(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.lives)
    }

    /// The one that is kept under this name.
    pub fn config(&self, name: &str) -> Option<&str> {
        self.config.get(name).map(|given| given.text.as_str())
    }

    /// Takes another configuration, or none of its own; the server starts anew.
    pub fn configure(&mut self, name: &str, text: Option<String>) {
        match text {
            Some(text) => self.config.put(name, Given { text }),
            None if self.config.contains(name) => {
                self.config.remove(name);
            }
            None => {}
        }
        self.lives.fetch_add(1, Ordering::Relaxed);
    }

    pub fn all(&self) -> Vec<Lease> {
        let mut all: Vec<Lease> = self.leases.values().cloned().collect();
        all.sort_by_key(|lease| lease.ip);
        all
    }
}

impl Book for Store {
    fn lease(&self, mac: &str) -> Option<Lease> {
        self.leases.get(mac).cloned()
    }

    fn is_lent(&self, ip: Ipv4Addr) -> bool {
        self.leases.values().any(|lease| lease.ip == ip)
    }

    fn lend(&mut self, lease: Lease) {
        self.leases.put(&lease.mac.clone(), lease);
    }

    fn take_back(&mut self, mac: &str) -> Option<Lease> {
        self.leases.remove(mac)
    }
}

impl Keeps for Store {
    fn tables(&self) -> Vec<&dyn Rows> {
        vec![&self.leases, &self.config]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.leases, &mut self.config]
    }

    fn loaded(&mut self) {
        self.lives.fetch_add(1, Ordering::Relaxed);
    }
}
