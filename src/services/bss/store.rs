//! What BSS knows: which identity boots what, and who fetched it when.
//!
//! Stands in for BSS's PostgreSQL with what its statements do: each identity is a row of its own, rows point to
//! configurations, equal configurations are shared where BSS looks for an equal one and doubled where it does not. Pure:
//! no HTTP, no clock; the caller says what time it is.
//!
//! Of what BSS leaves behind, configurations that no row points to any more, nothing goes to disk: they only decide, as
//! long as the process lives, whether an update finds an equal one. Rows with the same identity are one here, with their
//! number.
mod change;
mod delete;
mod history;
mod list;
mod quote;

pub use history::Fetch;
pub use quote::{broken_search, go_quoted};

use super::types::BootParams;
use crate::{
    fault::Fault,
    services::xname,
    table::{self, Rows, Table},
};
use history::History;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use uuid::Uuid;

/// Why the store did not do as it was asked.
#[derive(Debug, PartialEq)]
pub enum Refusal {
    /// BSS's words.
    Said(String),
    /// The lab could not write its journal.
    Disk(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Disk(fault)
    }
}

impl Refusal {
    fn said<T>(words: impl Into<String>) -> Result<T, Self> {
        Err(Self::Said(words.into()))
    }
}

/// What is booted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    pub kernel: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub initrd: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub params: String,
}

impl Config {
    fn of(asked: &BootParams) -> Self {
        Self {
            kernel: asked.kernel.clone(),
            initrd: asked.initrd.clone(),
            params: asked.params.clone(),
        }
    }
}

/// A row: one of MAC, xname and NID, the others empty. All empty is possible too: a NID of 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    #[serde(skip_serializing_if = "String::is_empty")]
    mac: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    xname: String,
    #[serde(skip_serializing_if = "is_zero")]
    nid: i32,
    /// The configuration's key.
    config: String,
    /// So many equal rows.
    #[serde(skip_serializing_if = "is_one")]
    times: usize,
}

impl Default for Node {
    fn default() -> Self {
        Self {
            mac: String::new(),
            xname: String::new(),
            nid: 0,
            config: String::new(),
            times: 1,
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde wants it
fn is_zero(nid: &i32) -> bool {
    *nid == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde wants it
fn is_one(times: &usize) -> bool {
    *times == 1
}

/// An identity by which BSS finds rows.
#[derive(Clone, Copy)]
enum Identity<'a> {
    Mac(&'a str),
    Xname(&'a str),
    Nid(i32),
}

impl Identity<'_> {
    /// The key of its row.
    fn key(self) -> String {
        match self {
            Self::Mac(word) | Self::Xname(word) => word.to_owned(),
            Self::Nid(nid) => format!("nid {nid}"),
        }
    }

    /// What the columns of all rows hold that have an identity of another sort.
    fn is_blank(self) -> bool {
        match self {
            Self::Mac(word) | Self::Xname(word) => word.is_empty(),
            Self::Nid(nid) => nid == 0,
        }
    }

    fn fits(self, node: &Node) -> bool {
        match self {
            Self::Mac(mac) => node.mac == mac,
            Self::Xname(xname) => node.xname == xname,
            Self::Nid(nid) => node.nid == nid,
        }
    }
}

/// BSS's database.
pub struct Store {
    nodes: Table<Node>,
    configs: Table<Config>,
    history: History,
    /// Configurations that no row points to.
    idle: HashMap<String, Config>,
    /// The keys of equal configurations, the oldest first.
    equal: HashMap<Config, Vec<String>>,
    /// How many rows point to a configuration.
    users: HashMap<String, usize>,
    /// Counts how often all this was put in the place of something else.
    lives: Arc<AtomicU64>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            nodes: Table::new("nodes"),
            configs: Table::new("boot_configs"),
            history: History::default(),
            idle: HashMap::new(),
            equal: HashMap::new(),
            users: HashMap::new(),
            lives: Arc::default(),
        }
    }
}

impl table::Store for Store {
    fn tables(&self) -> Vec<&dyn Rows> {
        vec![&self.nodes, &self.configs, &self.history]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.nodes, &mut self.configs, &mut self.history]
    }

    fn loaded(&mut self) {
        self.idle.clear();
        self.equal.clear();
        self.users.clear();
        for (key, config) in self.configs.iter() {
            self.equal
                .entry(config.clone())
                .or_default()
                .push(key.to_owned());
        }
        for keys in self.equal.values_mut() {
            keys.sort();
        }
        for node in self.nodes.values() {
            *self.users.entry(node.config.clone()).or_default() += 1;
        }
        self.lives.fetch_add(1, Ordering::Relaxed);
    }
}

impl Store {
    /// Changes whenever the lab was reset or restored: what was remembered of other services is void then.
    pub fn lives(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.lives)
    }

    /// Notes that a node fetched its boot script. Needs no right to write: see `history`.
    pub fn fetched(&self, name: &str, endpoint: &'static str, epoch: i64) -> bool {
        self.history.note(name, endpoint, epoch)
    }

    pub fn fetches(&self, take: impl Fn(&Fetch) -> bool) -> Vec<(Fetch, u64)> {
        self.history.rows(take)
    }

    /// The row of an identity; several only where the identity is none.
    fn find(&self, identity: Identity) -> Vec<&str> {
        if identity.is_blank() {
            let fitting = |(key, node)| identity.fits(node).then_some(key);
            return self.nodes.iter().filter_map(fitting).collect();
        }
        let key = identity.key();
        let found = self.nodes.entry(&key);
        let found = found.filter(|(_, node)| identity.fits(node));
        found.map(|(key, _)| key).into_iter().collect()
    }

    /// What the first row with this MAC boots.
    pub fn boots_mac(&self, mac: &str) -> Option<&Config> {
        self.boots(Identity::Mac(&mac.to_lowercase()))
    }

    pub fn boots_xname(&self, xname: &str) -> Option<&Config> {
        self.boots(Identity::Xname(&quote::literal(xname)?))
    }

    pub fn boots_nid(&self, nid: i32) -> Option<&Config> {
        self.boots(Identity::Nid(nid))
    }

    fn boots(&self, identity: Identity) -> Option<&Config> {
        let key = *self.find(identity).first()?;
        self.configs.get(&self.nodes.get(key)?.config)
    }

    /// A key for one more configuration with this content: the same in each lab.
    fn new_key(&self, config: &Config) -> String {
        let text = format!("{}\n{}\n{}", config.kernel, config.initrd, config.params);
        let name = Uuid::new_v5(&Uuid::NAMESPACE_URL, text.as_bytes());
        let base = name.simple().to_string().split_off(20);
        let taken = |key: &String| self.configs.contains(key) || self.idle.contains_key(key);
        let others = (2..).map(|number| format!("{base}-{number}"));
        let mut keys = std::iter::once(base.clone()).chain(others);
        keys.find(|key| !taken(key)).unwrap_or(base)
    }
}

/// Whether a host's name is one that BSS takes for a node: exactly an xname, nothing normalised.
pub fn is_node(host: &str) -> bool {
    xname::kind(host) == Some("Node")
}
