//! Records sent as they are, for whoever puts back what was there and looks at the outcome himself.
use super::super::types::{EthernetInterface, IpAddress, RedfishEndpointBody};
use super::{Address, Client, InterfaceFields, endpoint::stored, many, many::Fates};
use crate::fault::Fault;

impl Client {
    /// Writes endpoints, each with the discovery it brings, whatever SMD says of single interfaces.
    pub async fn restore_endpoints(&self, bodies: Vec<RedfishEndpointBody>) -> Result<(), Fault> {
        let id = |body: &RedfishEndpointBody| body.id.clone().unwrap_or_default();
        let ids: Vec<String> = bodies.iter().map(id).collect();
        let sent = many::each(bodies, |body| {
            let path = ["Inventory", "RedfishEndpoints", &id(&body)];
            let request = self.api.put(&path).json(&body);
            async move { stored(&request.raw().await?) }
        })
        .await;
        let mut fates = Fates::default();
        for (id, result) in ids.into_iter().zip(sent) {
            fates.add(id, result);
        }
        fates.settle("put back").map(drop)
    }
}

impl InterfaceFields {
    /// All that can be said of an interface.
    pub fn of(nic: &EthernetInterface) -> Self {
        let address = |address: &IpAddress| Address::Full(address.clone());
        Self {
            description: Some(nic.description.clone()),
            component_id: Some(nic.component_id.clone()),
            ip_addresses: Some(nic.ip_addresses.iter().map(address).collect()),
        }
    }
}
