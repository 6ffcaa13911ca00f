//! What BSS knows of SMD's nodes: read when first asked for, and kept until somebody has it read again.
//!
//! Three things do that: POST /hosts, but only in a later second than the last reading; a boot script for an unknown
//! node; and here also a reset or restore of the lab, which is like a restart. The real service reads in the background
//! after such a script; here the reading is over when the answer goes out, so that what follows is the same each time.
use super::body::is_mac;
use crate::{
    clock::Clock,
    services::{
        bss::types::Host,
        site::{Peers, Site},
    },
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::Mutex;

/// SMD's word for no address.
const NO_MAC: &str = "not available";
const UNDEFINED_MAC: &str = "ff:ff:ff:ff:ff:ff";

/// SMD's nodes at one moment.
#[derive(Default)]
pub(super) struct Known {
    pub(super) hosts: Vec<Host>,
    by_id: HashMap<String, usize>,
    by_mac: HashMap<String, usize>,
    by_nid: HashMap<i64, usize>,
}

impl Known {
    fn new(hosts: Vec<Host>) -> Self {
        let mut known = Self::default();
        for (at, host) in hosts.iter().enumerate() {
            known.by_id.entry(host.id.clone()).or_insert(at);
            if let Some(nid) = host.nid {
                known.by_nid.entry(nid).or_insert(at);
            }
            if !host.state.eq_ignore_ascii_case("empty") {
                for mac in host.mac.iter().flatten() {
                    known.by_mac.entry(mac.to_lowercase()).or_insert(at);
                }
            }
        }
        known.hosts = hosts;
        known
    }

    fn at(&self, place: Option<&usize>) -> Option<&Host> {
        place.and_then(|place| self.hosts.get(*place))
    }

    pub(super) fn by_name(&self, name: &str) -> Option<&Host> {
        self.at(self.by_id.get(name))
    }

    /// Places that are empty are not found by MAC.
    pub(super) fn by_mac(&self, mac: &str) -> Option<&Host> {
        self.at(self.by_mac.get(&mac.to_lowercase()))
    }

    pub(super) fn by_nid(&self, nid: i64) -> Option<&Host> {
        self.at(self.by_nid.get(&nid))
    }
}

#[derive(Default)]
struct Held {
    known: Option<Arc<Known>>,
    /// When it was read, in whole seconds.
    at: i64,
    /// In which life of the store.
    life: u64,
}

pub(super) struct Cache {
    peers: Arc<Peers>,
    clock: Arc<dyn Clock>,
    lives: Arc<AtomicU64>,
    held: RwLock<Held>,
    /// One reads at a time; the number of readings begun.
    reading: Mutex<()>,
    begun: AtomicU64,
}

impl Cache {
    pub(super) fn new(site: &Site, lives: Arc<AtomicU64>) -> Self {
        Self {
            peers: Arc::clone(&site.peers),
            clock: Arc::clone(&site.clock),
            lives,
            held: RwLock::default(),
            reading: Mutex::default(),
            begun: AtomicU64::new(0),
        }
    }

    fn held(&self) -> Option<Arc<Known>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let life = self.lives.load(Ordering::Relaxed);
        held.known.clone().filter(|_| held.life == life)
    }

    /// What is known; read first if nothing is. `None`: SMD does not answer, or refuses.
    pub(super) async fn known(&self) -> Option<Arc<Known>> {
        if let Some(known) = self.held() {
            return Some(known);
        }
        let _turn = self.reading.lock().await;
        if self.held().is_none() {
            self.read().await;
        }
        self.held()
    }

    /// Reads anew, unless that was done within this very second.
    pub(super) async fn refresh(&self) -> Option<Arc<Known>> {
        let _turn = self.reading.lock().await;
        let now = self.clock.now().as_second();
        let at = self.held.read().unwrap_or_else(PoisonError::into_inner).at;
        if now > at || self.held().is_none() {
            self.read().await;
        }
        self.held()
    }

    /// Reads anew in any case. Of many who want that at once one reads for all who came before it began.
    pub(super) async fn reread(&self) {
        let before = self.begun.load(Ordering::SeqCst);
        let _turn = self.reading.lock().await;
        if self.begun.load(Ordering::SeqCst) == before {
            self.read().await;
        }
    }

    async fn read(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let (at, life) = (
            self.clock.now().as_second(),
            self.lives.load(Ordering::Relaxed),
        );
        let known = self.ask().await.map(Known::new).map(Arc::new);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.at = at;
        if known.is_some() {
            held.known = known;
            held.life = life;
        }
    }

    /// Whether SMD answers, whatever it says.
    pub(super) async fn reaches_smd(&self) -> bool {
        self.peers.get("/hsm/v2/service/values/class").await.is_ok()
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Option<T> {
        let (status, body) = self.peers.get(path).await.ok()?;
        // the document of a refusal would read as an empty list
        if status >= 400 {
            return None;
        }
        serde_json::from_slice(&body).ok()
    }

    /// The three lists that make a node known, put together.
    async fn ask(&self) -> Option<Vec<Host>> {
        let components: Components = self.get("/hsm/v2/State/Components?type=Node").await?;
        let endpoints: Endpoints = self
            .get("/hsm/v2/Inventory/ComponentEndpoints?type=Node")
            .await?;
        let interfaces: Vec<Interface> = self
            .get("/hsm/v2/Inventory/EthernetInterfaces?type=Node")
            .await?;
        let mut hosts = components.components;
        let places: HashMap<String, usize> = hosts
            .iter()
            .enumerate()
            .map(|(place, host)| (host.id.clone(), place))
            .collect();
        for endpoint in endpoints.component_endpoints {
            if let Some(place) = places.get(&endpoint.id) {
                endpoint.describe(&mut hosts[*place]);
            }
        }
        for interface in interfaces {
            if let Some(place) = places.get(&interface.component_id) {
                let mac = interface.mac_address.to_lowercase();
                let legal = is_mac(&mac).then_some(mac);
                let mac = legal.unwrap_or_else(|| NO_MAC.to_owned());
                hosts[*place].mac.get_or_insert_default().push(mac);
            }
        }
        Some(hosts)
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Components {
    components: Vec<Host>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Endpoints {
    component_endpoints: Vec<Endpoint>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Endpoint {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "FQDN")]
    fqdn: String,
    #[serde(rename = "MACAddr")]
    mac_addr: String,
    enabled: Option<bool>,
    component_endpoint_type: String,
    redfish_system_info: Nics,
    redfish_manager_info: Nics,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Nics {
    #[serde(rename = "EthernetNICInfo")]
    nics: Vec<Nic>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Nic {
    #[serde(rename = "MACAddress")]
    mac_address: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Interface {
    #[serde(rename = "MACAddress")]
    mac_address: String,
    #[serde(rename = "ComponentID")]
    component_id: String,
}

impl Endpoint {
    /// Adds to a host what discovery found.
    fn describe(self, host: &mut Host) {
        host.fqdn = self.fqdn;
        host.endpoint_enabled = self.enabled.unwrap_or(true);
        let missing = |mac: &str| mac.is_empty() || mac.eq_ignore_ascii_case(NO_MAC);
        if !missing(&self.mac_addr) && !self.mac_addr.eq_ignore_ascii_case(UNDEFINED_MAC) {
            host.mac.get_or_insert_default().push(self.mac_addr);
        }
        let nics = match self.component_endpoint_type.as_str() {
            "ComponentEndpointComputerSystem" => self.redfish_system_info.nics,
            "ComponentEndpointManager" => self.redfish_manager_info.nics,
            _ => Vec::new(),
        };
        for nic in nics.into_iter().filter(|nic| !missing(&nic.mac_address)) {
            let macs = host.mac.get_or_insert_default();
            if !macs.contains(&nic.mac_address) {
                macs.push(nic.mac_address);
            }
        }
    }
}
