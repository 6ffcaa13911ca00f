//! Inventory/ComponentEndpoints: what is reached through Redfish endpoints. Discoveries make them; one can only read
//! and remove them.
use super::super::types::{ComponentEndpoint, ComponentEndpointList};
use super::{Client, Filter, arrange, endpoint::query};
use crate::fault::{Fault, Kind};

const FILTERS: &[&str] = &["id", "redfish_ep", "type", "redfish_type"];
const PATH: &[&str] = &["Inventory", "ComponentEndpoints"];

impl Client {
    /// What is reached through the endpoints: all, or of `ids`.
    pub async fn component_endpoints(
        &self,
        ids: Option<&[String]>,
        filter: &Filter,
    ) -> Result<Vec<ComponentEndpoint>, Fault> {
        let Some(query) = query(ids, filter.pairs(FILTERS)?) else {
            return Ok(Vec::new());
        };
        let request = self.api.get(PATH).query(&query);
        let list: ComponentEndpointList = request.send().await?;
        Ok(arrange(list.component_endpoints, ids, |endpoint| {
            &endpoint.id
        }))
    }

    pub async fn component_endpoint(&self, id: &str) -> Result<ComponentEndpoint, Fault> {
        let request = self.api.get(&[PATH[0], PATH[1], id]);
        request.send().await.map_err(|f| unreached(id, f))
    }

    pub async fn delete_component_endpoints(
        &self,
        ids: Vec<String>,
    ) -> Result<Vec<ComponentEndpoint>, Fault> {
        let filter = Filter::default();
        let list = || self.component_endpoints(Some(&ids), &filter);
        self.delete_each(PATH, &ids, list, |e| &e.id, unreached)
            .await
    }

    pub async fn delete_all_component_endpoints(&self) -> Result<Vec<ComponentEndpoint>, Fault> {
        let before = self.component_endpoints(None, &Filter::default()).await?;
        if !before.is_empty() {
            self.api.delete(PATH).nothing().await?;
        }
        Ok(before)
    }
}

fn unreached(id: &str, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    Fault {
        message: format!("no component endpoint {id}"),
        ..f
    }
    .hint("smd.compep.list() shows them; a discovery makes them")
}
