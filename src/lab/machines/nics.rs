//! The interfaces as SMD has them, for whoever stands in for hardware.
use super::Machines;
use axum::{body::Body, http::Request};
use serde::{Deserialize, de::DeserializeOwned};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Nic {
    #[serde(rename = "ComponentID")]
    pub(super) id: String,
    #[serde(rename = "MACAddress")]
    pub(super) mac: String,
    #[serde(rename = "Type")]
    sort: String,
}

impl Machines {
    /// The address of an interface as SMD has it, whatever it is.
    pub(super) async fn spelled(&self, mac: &str) -> String {
        let nics: Option<Vec<serde_json::Value>> =
            self.list("/hsm/v2/Inventory/EthernetInterfaces").await;
        let all = nics.unwrap_or_default();
        let nic = all.iter().find(|nic| nic["MACAddress"] == mac);
        let ip = nic.and_then(|nic| nic["IPAddresses"][0]["IPAddress"].as_str());
        ip.unwrap_or_default().to_owned()
    }

    pub(super) async fn interfaces(&self) -> Option<Vec<Nic>> {
        self.list("/hsm/v2/Inventory/EthernetInterfaces").await
    }

    /// The MACs of some nodes that SMD knows, and of some in the rack.
    pub(in crate::lab) async fn known_macs(&self, many: usize) -> Vec<String> {
        let nics = self.interfaces().await.unwrap_or_default();
        let nodes = nics.into_iter().filter(|nic| nic.sort == "Node");
        let mut macs: Vec<String> = nodes.map(|nic| nic.mac).take(many).collect();
        self.world.read(|world| {
            let others = world.machines().map(|it| it.mac.clone());
            macs.extend(others.take(many));
        });
        macs.sort();
        macs.dedup();
        macs
    }

    async fn list<T: DeserializeOwned>(&self, path: &str) -> Option<T> {
        let request = Request::get(path).body(Body::empty()).ok()?;
        let answer = self.peers.send(request).await.ok()?;
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        serde_json::from_slice(&body.ok()?).ok()
    }
}
