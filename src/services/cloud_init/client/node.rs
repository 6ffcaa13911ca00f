//! What single nodes get, through the impersonation routes; and what is special about one.
use super::defaults::{is_empty, members};
use super::{Client, fault};
use crate::{
    fault::{Fault, Kind},
    http::Answer,
    services::many::{self, Fates},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;

/// What may be said of a node; all else it had is dropped. Names may have `_` for `-`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NodeFields {
    #[serde(alias = "instance_id", skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    #[serde(alias = "local_hostname", skip_serializing_if = "Option::is_none")]
    pub local_hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    #[serde(alias = "cluster_name", skip_serializing_if = "Option::is_none")]
    pub cluster_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(alias = "availability_zone", skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    #[serde(alias = "cloud_provider", skip_serializing_if = "Option::is_none")]
    pub cloud_provider: Option<String>,
    #[serde(alias = "instance_type", skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    #[serde(
        alias = "cloud_init_base_url",
        alias = "base_url",
        skip_serializing_if = "Option::is_none"
    )]
    pub cloud_init_base_url: Option<String>,
    #[serde(alias = "public_keys", skip_serializing_if = "Option::is_none")]
    pub public_keys: Option<Vec<String>>,
}

/// Accepted for a node, and then taken from the cluster's defaults all the same.
const CLUSTERWIDE: &[&str] = &[
    "cluster-name",
    "region",
    "availability-zone",
    "cloud-provider",
];

/// Where the meta-data show what was set.
fn shown<'a>(meta_data: &'a Value, name: &str) -> Option<&'a Value> {
    meta_data.pointer(match name {
        "instance-id" => "/instance-id",
        "local-hostname" => "/local-hostname",
        "hostname" => "/hostname",
        "instance-type" => "/instance_data/v1/instance_type",
        "cloud-init-base-url" => "/instance_data/v1/vendor_data/cloud_init_base_url",
        "public-keys" => "/instance_data/v1/public_keys",
        _ => return None,
    })
}

impl Client {
    async fn impersonate(&self, id: &str, what: &str) -> Result<String, Fault> {
        let path = ["admin", "impersonation", id, what];
        let answer = self.api.get(&path).raw().await?;
        if answer.is_success() {
            return Ok(answer.text());
        }
        Err(lost(&answer, id))
    }

    pub async fn user_data(&self, id: &str) -> Result<String, Fault> {
        self.impersonate(id, "user-data").await
    }

    pub async fn vendor_data(&self, id: &str) -> Result<String, Fault> {
        self.impersonate(id, "vendor-data").await
    }

    /// A group's file as this node gets it, before it renders it.
    pub async fn node_group(&self, id: &str, group: &str) -> Result<String, Fault> {
        self.impersonate(id, &format!("{group}.yaml")).await
    }

    pub async fn meta_data(&self, id: &str) -> Result<Value, Fault> {
        let text = self.impersonate(id, "meta-data").await?;
        serde_saphyr::from_str(&text).map_err(|error| {
            let message = format!(
                "the meta-data of {id} cannot be read: {}",
                error.without_snippet()
            );
            fault(Kind::Protocol, message)
        })
    }

    /// Replaces what is special about each of these nodes; the meta-data they get then. Where impersonation is off these
    /// cannot be read, and nothing is returned.
    pub async fn set_nodes(
        &self,
        ids: Vec<String>,
        fields: NodeFields,
    ) -> Result<Vec<Value>, Fault> {
        let wanted = members(&fields);
        if let Some(name) = CLUSTERWIDE.iter().find(|name| wanted.contains_key(**name)) {
            let message =
                format!("cloud-init ignores the {name} of a node: it takes the cluster's");
            return Err(
                Fault::bad_argument(message).hint("cloud_init.defaults.set sets it for all nodes")
            );
        }
        let mut seen = HashSet::new();
        if let Some(id) = ids.iter().find(|id| !seen.insert(id.as_str())) {
            return Err(Fault::bad_argument(format!("{id} is named twice")));
        }
        let done = many::each(ids.clone(), |id| {
            let (client, fields) = (self.clone(), fields.clone());
            async move { client.set_node(&id, &fields).await }
        })
        .await;
        let mut fates = Fates::default();
        for (id, result) in ids.into_iter().zip(done) {
            fates.add(id, result);
        }
        Ok(fates.settle("set")?.into_iter().flatten().collect())
    }

    async fn set_node(&self, id: &str, fields: &NodeFields) -> Result<Option<Value>, Fault> {
        let mut record = members(fields);
        record.insert("id".to_owned(), id.into());
        let request = self.api.put(&["admin", "instance-info", id]);
        request.json(&record).nothing().await?;
        let now = match self.meta_data(id).await {
            Ok(now) => now,
            Err(f) if is_off(&f) => return Ok(None),
            Err(f) if f.kind == Kind::NotFound => {
                let message = format!(
                    "SMD has no node {id}: cloud-init took its record and will give it to nobody"
                );
                return Err(fault(Kind::NoEffect, message)
                    .hint("smd.component.list { type = \"Node\" } shows the nodes there are"));
            }
            Err(f) => return Err(f),
        };
        record.remove("id");
        let differs = record
            .iter()
            .find(|(name, value)| !is_shown(&now, name, value));
        match differs {
            None => Ok(Some(now)),
            Some((name, _)) if name == "instance-id" => {
                let id_now = &now["instance-id"];
                let message = format!(
                    "{id} keeps its instance-id {id_now}, made when cloud-init first saw it"
                );
                Err(fault(Kind::NoEffect, message).hint("leave instance_id out; all else was set"))
            }
            Some((name, value)) => {
                let message =
                    format!("cloud-init accepted {name} = {value} of {id} and shows another");
                Err(fault(Kind::NoEffect, message))
            }
        }
    }
}

/// Whether a node's meta-data show a value; of keys, whether they are among the cluster's and the node's.
fn is_shown(meta_data: &Value, name: &str, value: &Value) -> bool {
    match (shown(meta_data, name), value) {
        // an empty one means the cluster's
        _ if is_empty(value) => true,
        (Some(Value::Array(all)), Value::Array(own)) => own.iter().all(|key| all.contains(key)),
        (Some(held), value) => held == value,
        (None, _) => false,
    }
}

/// Why a node's data did not come, and what to do.
fn lost(answer: &Answer, id: &str) -> Fault {
    let mut f = answer.fault();
    let text = answer.text();
    if answer.status == 404 && text.starts_with("404 page not found") {
        "cloud-init does not serve other nodes' data".clone_into(&mut f.message);
        return f.hint("IMPERSONATION=true of the cloud-init server turns it on");
    }
    if text.contains("is not a member of group") {
        return f.hint(
            "cloud-init reads SMD once a minute: wait that long (in the lab: lab.clock.advance \"60s\"), or look at smd.group.membership.get",
        );
    }
    if text.contains("not found in SMD") {
        return f.hint(format!(
            "smd.component.list() shows what SMD knows; {id} is not in it"
        ));
    }
    f
}

fn is_off(f: &Fault) -> bool {
    f.kind == Kind::NotFound && f.message.starts_with("cloud-init does not serve")
}
