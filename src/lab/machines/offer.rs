//! coresmd's part: an address by MAC out of SMD's interfaces, as it heard of them, and bootloop's for strangers.
//!
//! It reads SMD without a token, and again when what it knows is older than 30 s; when SMD does not answer it goes on with
//! what it has. A MAC that has no address there, or whose component is gone, is a stranger: bootloop lends it an address
//! of the pool and a script that reboots.
use super::{HEAD, Machines, turn::Turn};
use crate::{
    clock::Clock as _,
    world::{Next, Owner, Stage},
};
use axum::{body::Body, http::Request};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Arc, PoisonError},
};

const VALID_SECONDS: i64 = 30;
const POOL: std::ops::RangeInclusive<u8> = 200..=250;
/// What the firmware waits before it begins anew.
const REBOOT: f64 = 24.0;

/// SMD's interfaces at one moment, as far as they can be offered.
pub(super) struct Heard {
    at: Timestamp,
    by_mac: HashMap<String, Lease>,
}

#[derive(Clone)]
struct Lease {
    id: String,
    ip: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Nic {
    #[serde(rename = "ComponentID")]
    pub(super) id: String,
    #[serde(rename = "MACAddress")]
    pub(super) mac: String,
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
#[serde(default)]
struct Components {
    #[serde(rename = "Components")]
    all: Vec<Component>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Component {
    #[serde(rename = "ID")]
    id: String,
}

impl Machines {
    /// The firmware asks for an address.
    pub(super) async fn offer(&self, turn: &mut Turn) {
        let heard = self.heard().await;
        let mac = turn.machine.mac.clone();
        let asked = format!("DHCPDISCOVER from {mac}");
        let lease = heard.as_ref().and_then(|heard| heard.by_mac.get(&mac));
        let Some(lease) = lease else {
            self.lend(turn, asked);
            return;
        };
        if lease.ip.parse::<IpAddr>().is_err() {
            let what = format!(
                "SMD has \"{}\" for this interface of {}, which is no address: coresmd offers none",
                lease.ip, lease.id
            );
            said(turn, asked, false, what);
            turn.then(Next::Offer, REBOOT);
            return;
        }
        let what = format!(
            "coresmd offers {} to {mac}, which is {}",
            lease.ip, lease.id
        );
        turn.boot.ip = Some(lease.ip.clone());
        said(turn, asked, true, what);
        let url = format!("http://{HEAD}:8081/boot/v1/bootscript?mac={mac}");
        turn.then(Next::Script { url }, 3.0);
    }

    /// What bootloop does with a stranger.
    fn lend(&self, turn: &mut Turn, asked: String) {
        let name = turn.machine.name.clone();
        let free = self.world.read(|world| {
            let others = world.boots().filter(|(other, _)| *other != name);
            let taken: HashSet<String> = others.filter_map(|(_, boot)| boot.ip.clone()).collect();
            let mut pool = POOL.map(|last| format!("172.16.0.{last}"));
            pool.find(|ip| !taken.contains(ip))
        });
        let mac = &turn.machine.mac;
        let what = match &free {
            Some(ip) => format!(
                "SMD has no interface {mac} with an address: the pool lends {ip}, and a script that reboots"
            ),
            None => format!(
                "SMD has no interface {mac} with an address, and the pool for strangers is used up"
            ),
        };
        turn.boot.back_to(Stage::Offer);
        turn.boot.ip = free;
        said(turn, asked, false, what);
        turn.then(Next::Offer, REBOOT);
    }

    async fn heard(&self) -> Option<Arc<Heard>> {
        let now = self.clock.now();
        let held = self.held();
        let old = |heard: &Arc<Heard>| now.duration_since(heard.at).as_secs() >= VALID_SECONDS;
        if held.as_ref().is_some_and(|heard| !old(heard)) {
            return held;
        }
        let Some(by_mac) = self.listen().await else {
            return held;
        };
        let heard = Some(Arc::new(Heard { at: now, by_mac }));
        let mut kept = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone_from(&heard);
        heard
    }

    fn held(&self) -> Option<Arc<Heard>> {
        let held = self.heard.lock();
        held.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn forget_heard(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn listen(&self) -> Option<HashMap<String, Lease>> {
        let nics = self.interfaces().await?;
        let components: Components = self.list("/hsm/v2/State/Components").await?;
        let there: HashSet<String> = components.all.into_iter().map(|it| it.id).collect();
        let leases = nics.into_iter().filter_map(|mut nic| {
            let known = !nic.addresses.is_empty() && there.contains(&nic.id);
            known.then(|| {
                let ip = nic.addresses.swap_remove(0).ip;
                (nic.mac, Lease { id: nic.id, ip })
            })
        });
        Some(leases.collect())
    }

    pub(super) async fn interfaces(&self) -> Option<Vec<Nic>> {
        self.list("/hsm/v2/Inventory/EthernetInterfaces").await
    }

    async fn list<T: DeserializeOwned>(&self, path: &str) -> Option<T> {
        let request = Request::get(path).body(Body::empty()).ok()?;
        let answer = self.peers.send(request).await.ok()?;
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        serde_json::from_slice(&body.ok()?).ok()
    }
}

fn said(turn: &mut Turn, asked: String, ok: bool, what: String) {
    turn.tell(Stage::Offer, Owner::Coresmd, ok, what);
    if let Some(last) = turn
        .boot
        .stages
        .iter_mut()
        .find(|it| it.stage == Stage::Offer)
    {
        last.request = Some(asked);
    }
}
