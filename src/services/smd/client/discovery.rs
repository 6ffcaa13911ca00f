//! Inventory/ServiceEndpoints, Inventory/Discover and Inventory/DiscoveryStatus: what SMD finds out by asking BMCs itself.
use super::super::types::{
    Discover, DiscoveryStatus, RedfishEndpoint, ServiceEndpoint, ServiceEndpointList,
};
use super::{Client, Filter, NAMES_IN_URL, fault};
use crate::{
    fault::{Fault, Kind},
    nodeset::natural,
};
use serde_json::Value;
use std::collections::HashSet;

const FILTERS: &[&str] = &["service", "redfish_ep"];
const PATH: &[&str] = &["Inventory", "ServiceEndpoints"];
const STATUS: &[&str] = &["Inventory", "DiscoveryStatus"];

impl Client {
    /// The Redfish services that match, of all BMCs or of these.
    pub async fn service_endpoints(
        &self,
        bmcs: Option<&[String]>,
        filter: &Filter,
    ) -> Result<Vec<ServiceEndpoint>, Fault> {
        let mut query = filter.pairs(FILTERS)?;
        if bmcs.is_some_and(<[_]>::is_empty) {
            return Ok(Vec::new());
        }
        if let Some(bmcs) = bmcs.filter(|bmcs| bmcs.len() <= NAMES_IN_URL) {
            let pair = |id: &String| ("redfish_ep".to_owned(), id.clone());
            query.extend(bmcs.iter().map(pair));
        }
        let list: ServiceEndpointList = self.api.get(PATH).query(&query).send().await?;
        let mut found = list.service_endpoints;
        if let Some(bmcs) = bmcs {
            let wanted: HashSet<&String> = bmcs.iter().collect();
            found.retain(|service| wanted.contains(&service.redfish_endpoint_id));
        }
        found.sort_by(|a, b| {
            let by_bmc = natural(&a.redfish_endpoint_id, &b.redfish_endpoint_id);
            by_bmc.then_with(|| a.redfish_type.cmp(&b.redfish_type))
        });
        Ok(found)
    }

    pub async fn service_endpoint(
        &self,
        service: &str,
        bmc: &str,
    ) -> Result<ServiceEndpoint, Fault> {
        let request = self
            .api
            .get(&[PATH[0], PATH[1], service, "RedfishEndpoints", bmc]);
        request.send().await.map_err(|f| unknown(service, bmc, f))
    }

    /// Forgets one service of a BMC; what went.
    pub async fn delete_service_endpoint(
        &self,
        service: &str,
        bmc: &str,
    ) -> Result<ServiceEndpoint, Fault> {
        let was = self.service_endpoint(service, bmc).await?;
        let request = self
            .api
            .delete(&[PATH[0], PATH[1], service, "RedfishEndpoints", bmc]);
        request
            .nothing()
            .await
            .map_err(|f| unknown(service, bmc, f))?;
        match self.service_endpoint(service, bmc).await {
            Err(f) if f.kind == Kind::NotFound => Ok(was),
            Err(f) => Err(f),
            Ok(_) => {
                let message =
                    format!("SMD accepted the delete, and {service} of {bmc} is still there");
                Err(fault(Kind::NoEffect, message))
            }
        }
    }

    pub async fn delete_all_service_endpoints(&self) -> Result<Vec<ServiceEndpoint>, Fault> {
        let before = self.service_endpoints(None, &Filter::default()).await?;
        if !before.is_empty() {
            self.api.delete(PATH).nothing().await?;
        }
        Ok(before)
    }

    pub async fn discovery_statuses(&self) -> Result<Vec<DiscoveryStatus>, Fault> {
        self.api.get(STATUS).send().await
    }

    pub async fn discovery_status(&self, id: u32) -> Result<DiscoveryStatus, Fault> {
        let request = self.api.get(&[STATUS[0], STATUS[1], &id.to_string()]);
        request.send().await
    }

    /// Has SMD ask these BMCs (None: all it knows) over Redfish; they stand as they are right after.
    pub async fn discover(
        &self,
        bmcs: Option<Vec<String>>,
        force: bool,
    ) -> Result<Vec<RedfishEndpoint>, Fault> {
        if bmcs.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new()); // SMD would take an empty list for "all"
        }
        let xnames = bmcs.clone().unwrap_or_default();
        let request = self.api.post(&["Inventory", "Discover"]);
        let begun: Value = request.json(&Discover { xnames, force }).send().await?;
        drop(begun);
        self.endpoints(bmcs.as_deref(), Filter::default()).await
    }
}

fn unknown(service: &str, bmc: &str, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    let message = format!("no service {service} of {bmc}");
    Fault { message, ..f }.hint("smd.servep.list() shows those that a discovery found")
}
