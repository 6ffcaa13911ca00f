//! What things are called, for Tab: asked aside, so that nobody waits for it and nothing is told of it.
use super::Client;
use crate::fault::Fault;
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;

/// Names as SMD has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The xnames of nodes.
    pub nodes: Vec<String>,
    /// The xnames of everything else.
    pub places: Vec<String>,
    /// What discovery called the nodes.
    pub hosts: Vec<String>,
    pub macs: Vec<String>,
    pub groups: Vec<String>,
}

#[derive(Deserialize)]
struct Components {
    #[serde(rename = "Components", default)]
    list: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Component {
    #[serde(rename = "ID")]
    id: String,
    #[serde(default)]
    r#type: String,
}

#[derive(Deserialize)]
struct Nic {
    #[serde(rename = "MACAddress", default)]
    mac: String,
}

#[derive(Deserialize)]
struct Endpoints {
    #[serde(rename = "ComponentEndpoints", default)]
    list: Vec<Endpoint>,
}

#[derive(Deserialize)]
struct Endpoint {
    #[serde(rename = "RedfishSystemInfo")]
    system: Option<System>,
}

#[derive(Deserialize)]
struct System {
    #[serde(rename = "Name")]
    name: Option<String>,
}

impl Client {
    /// All names there are now. Those of before are kept where nothing new can have come: nodes have the same names as long
    /// as they are the same nodes.
    pub async fn names(&self, before: &Names, patience: Duration) -> Result<Names, Fault> {
        let components: Components = self.aside(&["State", "Components"], patience).await?;
        let is_node = |it: &Component| it.r#type == "Node";
        let (nodes, places): (Vec<_>, Vec<_>) = components.list.into_iter().partition(is_node);
        let ids = |list: Vec<Component>| sorted(list.into_iter().map(|it| it.id));
        let (nodes, places) = (ids(nodes), ids(places));
        let groups: Vec<String> = self.aside(&["groups", "labels"], patience).await?;
        let groups = sorted(groups.into_iter());
        if nodes == before.nodes {
            return Ok(Names {
                nodes,
                places,
                groups,
                ..before.clone()
            });
        }
        let nics: Vec<Nic> = self
            .aside(&["Inventory", "EthernetInterfaces"], patience)
            .await?;
        let path = &["Inventory", "ComponentEndpoints"];
        let endpoints: Endpoints = self.aside(path, patience).await?;
        let hosts = endpoints.list.into_iter().filter_map(|it| it.system?.name);
        Ok(Names {
            nodes,
            places,
            hosts: sorted(hosts),
            macs: sorted(nics.into_iter().map(|nic| nic.mac)),
            groups,
        })
    }

    async fn aside<T: DeserializeOwned>(
        &self,
        path: &[&str],
        patience: Duration,
    ) -> Result<T, Fault> {
        let request = self.api.get(path).aside().timeout(patience);
        request.send().await
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    names.sort_by(|a, b| crate::nodeset::natural(a, b));
    names.dedup();
    names
}
