//! What cloud-init knows of SMD: interfaces and memberships as of the last reading, components as of now.
//!
//! It reads at start and once a minute, forgets nothing, and keeps what it has when SMD does not answer. (The real server
//! asks for the membership of one node after the other; one list says the same.)
use crate::{
    fault::Fault,
    services::site::{Ailments, Peers, Site, Timer},
};
use axum::body::Bytes;
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::HashMap,
    future::Future,
    pin::pin,
    sync::{
        Arc, PoisonError, RwLock, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

const EVERY: Duration = Duration::from_secs(60);

pub(super) struct Smd {
    peers: Arc<Peers>,
    timer: Arc<dyn Timer>,
    ailments: Arc<dyn Ailments>,
    known: RwLock<Arc<Known>>,
    /// How often the server has started; what belongs to an earlier time ends.
    starts: AtomicU64,
    /// The reading at start is still to be done.
    unread: AtomicBool,
}

/// As of the last reading.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// By id, in the order they were first seen.
    nodes: indexmap::IndexMap<String, Node>,
    by_ip: HashMap<String, String>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    nics: Vec<Nic>,
    groups: Vec<String>,
}

#[derive(Clone, Debug, Default)]
struct Nic {
    mac: String,
    ip: String,
}

/// A component as of now.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Component {
    #[serde(rename = "ID")]
    pub(super) id: String,
    #[serde(rename = "NID")]
    pub(super) nid: i64,
}

/// Why there is no component.
#[derive(Debug)]
pub(super) enum Lost {
    Unknown,
    /// SMD refused otherwise; its status.
    Refused(u16),
    /// Nothing was asked, or nothing was answered.
    Other,
}

/// An interface as SMD lists it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    #[serde(rename = "ComponentID")]
    owner: String,
    #[serde(rename = "MACAddress")]
    mac: String,
    #[serde(rename = "IPAddresses")]
    addresses: Vec<Address>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Address {
    #[serde(rename = "IPAddress")]
    ip: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Membership {
    id: String,
    group_labels: Vec<String>,
}

impl Known {
    /// The groups of a node; None: it was never seen.
    pub(super) fn groups(&self, id: &str) -> Option<&[String]> {
        // a node without a name has an address and nothing else
        let node = self.nodes.get(id).filter(|_| !id.is_empty())?;
        Some(&node.groups)
    }

    pub(super) fn id_of(&self, ip: &str) -> Option<&str> {
        let ip = ip.to_lowercase();
        self.by_ip.get(&ip).map(String::as_str)
    }

    /// The address of a node's first interface.
    pub(super) fn ip_of(&self, id: &str) -> &str {
        let first = self.nodes.get(id).and_then(|node| node.nics.first());
        first.map_or("", |nic| &nic.ip)
    }

    fn take(&mut self, listed: Vec<Listed>, memberships: Vec<Membership>) {
        for Listed {
            owner,
            mac,
            mut addresses,
        } in listed
        {
            let node = self.nodes.entry(owner).or_default();
            let ip = if addresses.is_empty() {
                None
            } else {
                Some(addresses.swap_remove(0).ip)
            };
            match node
                .nics
                .iter_mut()
                .find(|nic| nic.mac.eq_ignore_ascii_case(&mac))
            {
                Some(nic) => nic.ip = ip.unwrap_or_else(|| std::mem::take(&mut nic.ip)),
                None => node.nics.push(Nic {
                    mac,
                    ip: ip.unwrap_or_default(),
                }),
            }
        }
        let mut groups: HashMap<String, Vec<String>> = memberships
            .into_iter()
            .map(|membership| (membership.id, membership.group_labels))
            .collect();
        self.by_ip.clear();
        for (id, node) in &mut self.nodes {
            node.groups = groups.remove(id).unwrap_or_default();
            for nic in node.nics.iter().filter(|nic| !nic.ip.is_empty()) {
                self.by_ip.insert(nic.ip.to_lowercase(), id.clone());
            }
        }
    }
}

impl Smd {
    pub(super) fn new(site: &Site) -> Arc<Self> {
        let smd = Arc::new(Self {
            peers: Arc::clone(&site.peers),
            timer: Arc::clone(&site.timer),
            ailments: Arc::clone(&site.ailments),
            known: RwLock::default(),
            starts: AtomicU64::new(0),
            unread: AtomicBool::new(false),
        });
        let opened = Arc::downgrade(&smd);
        site.peers.when_open(move || {
            if let Some(smd) = opened.upgrade() {
                smd.start();
            }
        });
        smd
    }

    /// Forgets everything and reads anew: now, and then once a minute.
    pub(super) fn start(self: &Arc<Self>) {
        let start = self.starts.fetch_add(1, Ordering::AcqRel) + 1;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::default();
        self.unread.store(true, Ordering::Release);
        // The services answer each other without waiting for anything, so this is done when it is begun; should one not,
        // the first request waits for it instead.
        let mut reading = pin!(self.read());
        let mut nobody = Context::from_waker(Waker::noop());
        if let Poll::Ready(Ok(())) = reading.as_mut().poll(&mut nobody) {
            self.unread.store(false, Ordering::Release);
        }
        Self::in_a_minute(&Arc::downgrade(self), &self.timer, start);
    }

    fn in_a_minute(smd: &Weak<Self>, timer: &Arc<dyn Timer>, start: u64) {
        let smd = Weak::clone(smd);
        timer.after(
            EVERY,
            Box::new(move || {
                Box::pin(async move {
                    let Some(this) = smd.upgrade() else {
                        return;
                    };
                    if this.starts.load(Ordering::Acquire) == start {
                        if !this.ailments.has("stale_groups") {
                            // SMD away: what is known stays
                            let _ = this.read().await;
                        }
                        this.unread.store(false, Ordering::Release);
                        Self::in_a_minute(&smd, &this.timer, start);
                    }
                })
            }),
        );
    }

    pub(super) async fn known(&self) -> Arc<Known> {
        if self.unread.load(Ordering::Acquire) {
            let _ = self.read().await;
            self.unread.store(false, Ordering::Release);
        }
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn read(&self) -> Result<(), Fault> {
        let listed: Vec<Listed> = self.list("/hsm/v2/Inventory/EthernetInterfaces").await?;
        let memberships = if listed.is_empty() {
            Vec::new()
        } else {
            self.list("/hsm/v2/memberships").await.unwrap_or_default()
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut known).take(listed, memberships);
        Ok(())
    }

    async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Fault> {
        let (status, body) = self.peers.get(path).await?;
        if status >= 400 {
            return Err(Fault::internal(format!("{path}: {status}")));
        }
        serde_json::from_slice(&body).map_err(|error| Fault::internal(format!("{path}: {error}")))
    }

    /// One component as of now.
    pub(super) async fn component(&self, id: &str) -> Result<Component, Lost> {
        // no URL holds a control character
        if id.trim_matches([' ', '\t']).is_empty() || id.contains(|c: char| c.is_ascii_control()) {
            return Err(Lost::Other);
        }
        let (status, body) = self.ask(id).await.map_err(|_| Lost::Other)?;
        match status {
            404 => Err(Lost::Unknown),
            400.. => Err(Lost::Refused(status)),
            _ => serde_json::from_slice(&body).map_err(|_| Lost::Other),
        }
    }

    async fn ask(&self, id: &str) -> Result<(u16, Bytes), Fault> {
        // The server puts the id into the URL as it is: a `?` begins a query there, and what follows a `#` is lost.
        let id = id.split('#').next().unwrap_or_default();
        let mut path = String::from("/hsm/v2/State/Components/");
        for byte in id.bytes() {
            if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
                path.push(char::from(byte));
            } else {
                path.push('%');
                path.extend([byte >> 4, byte & 15].map(hex_digit));
            }
        }
        self.peers.get(&path).await
    }
}

/// A digit of a percent-encoded byte.
fn hex_digit(value: u8) -> char {
    char::from_digit(value.into(), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}
