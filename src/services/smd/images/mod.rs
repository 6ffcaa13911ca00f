//! SMD's records as the journal sees them: how each resource is listed, put back and taken away.
//!
//! Cascades belong to what a write touches (`scope`): a component that goes leaves its groups and its partition, an
//! endpoint takes what is behind it along and empties its components. Component endpoints are made by discoveries alone,
//! so they are put back by telling the discovery again (`endpoint`).
mod component;
mod endpoint;
pub(super) mod scope;
mod sets;
mod simple;

use super::client::{Client, Filter};
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
    http::Http,
    journal::{Images, Records, Touch},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{collections::HashSet, sync::Arc};

pub(super) const RFE: &str = "rfe";
pub(super) const COMPEP: &str = "compep";
pub(super) const COMPONENT: &str = "component";
pub(super) const IFACE: &str = "iface";
pub(super) const GROUP: &str = "group";
pub(super) const PARTITION: &str = "partition";
/// The groups and the partition of a component, for what takes it out of all of them.
pub(super) const MEMBERSHIP: &str = "membership";
pub(super) const RESERVATION: &str = "reservation";
pub(super) const NODEMAP: &str = "nodemap";
pub(super) const POWERMAP: &str = "powermap";
pub(super) const FRU: &str = "fru";
pub(super) const HARDWARE: &str = "hardware";
pub(super) const SCN: &str = "scn";
pub(super) const SERVEP: &str = "servep";

/// What must be there first comes first.
const ORDER: &[&str] = &[
    NODEMAP,
    POWERMAP,
    RFE,
    COMPEP,
    COMPONENT,
    IFACE,
    GROUP,
    PARTITION,
    MEMBERSHIP,
    RESERVATION,
    FRU,
    HARDWARE,
    SCN,
    SERVEP,
];

#[derive(Clone)]
struct Inventory(Client);

pub(super) fn images(http: &Http) -> Arc<dyn Images> {
    Arc::new(Inventory(Client::new(http)))
}

impl Images for Inventory {
    fn image<'a>(&'a self, touch: &'a Touch) -> Pending<'a, Result<Records, Fault>> {
        Box::pin(async {
            match touch.resource.as_str() {
                COMPONENT => self.components(touch).await,
                RFE => self.endpoints(touch).await,
                COMPEP => self.component_endpoints(touch).await,
                GROUP => self.groups(touch).await,
                PARTITION => self.partitions(touch).await,
                MEMBERSHIP => self.memberships(touch).await,
                _ => self.simple(touch).await,
            }
        })
    }

    fn put_back<'a>(
        &'a self,
        resource: &'a str,
        records: &'a Records,
    ) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            match resource {
                COMPONENT => self.put_components(records).await,
                RFE => self.put_endpoints(records).await,
                COMPEP => self.put_component_endpoints(records).await,
                GROUP => self.put_groups(records).await,
                PARTITION => self.put_partitions(records).await,
                MEMBERSHIP => self.put_memberships(records).await,
                _ => self.put_simple(resource, records).await,
            }
        })
    }

    fn take_away<'a>(
        &'a self,
        resource: &'a str,
        ids: &'a [String],
    ) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            let named = ids.to_vec();
            match resource {
                COMPONENT => self.0.delete_components(named).await.map(drop),
                RFE | COMPEP => self.take_endpoints(resource, ids).await,
                GROUP => self.0.delete_groups(named).await.map(drop),
                PARTITION => self.0.delete_partitions(named).await.map(drop),
                // It goes with its component.
                MEMBERSHIP => Ok(()),
                _ => self.take_simple(resource, named).await,
            }
        })
    }

    fn order(&self) -> &'static [&'static str] {
        ORDER
    }
}

/// Records by their names, as they are on the wire.
fn by_name<T: Serialize>(
    found: impl IntoIterator<Item = T>,
    name: impl Fn(&T) -> String,
) -> Records {
    let pair = |record: T| Some((name(&record), serde_json::to_value(&record).ok()?));
    found.into_iter().filter_map(pair).collect()
}

/// The same records in their types again.
fn typed<T: DeserializeOwned>(records: &Records) -> Vec<T> {
    let record = |value: &Value| serde_json::from_value(value.clone()).ok();
    records.values().filter_map(record).collect()
}

/// The names that are wanted, in SMD's lower case; none: all.
fn wanted(touch: &Touch) -> Option<HashSet<String>> {
    let ids = touch.ids.as_ref()?;
    Some(ids.iter().map(|id| id.to_lowercase()).collect())
}

/// Whether a name is one of these; none: any is.
fn among(ids: Option<&[String]>) -> impl Fn(&str) -> bool {
    let ids: Option<HashSet<&str>> = ids.map(|ids| ids.iter().map(String::as_str).collect());
    move |id| ids.as_ref().is_none_or(|ids| ids.contains(id))
}

/// A filter over one name.
fn filter(name: &str, words: &[String]) -> Filter {
    serde_json::from_value(serde_json::json!({ name: words })).unwrap_or_default()
}

fn unsupported(message: impl Into<String>) -> Fault {
    Fault::new(Kind::Unsupported, message).service("smd")
}
