//! A typed client of SMD: no Lua, no printing. One file per resource.
//!
//! SMD's answers do not always tell what happened: it keeps existing components and says 204, patches unknown ones and
//! says 204, stores a discovery and says 409. So a write here lists before and after, once each per resource and call,
//! and what it returns is what was read back. Lists come sorted (SMD's own order changes from call to call), or in the
//! order of the names asked for.
mod component;
mod component_endpoint;
mod component_fields;
mod component_query;
mod component_write;
mod discovery;
mod endpoint;
mod filter;
mod group;
mod hardware;
mod history;
mod interface;
mod lock;
mod map;
mod member;
mod names;
mod partition;
mod reservation;
mod restore;
mod seat;
mod subscription;

pub use filter::Filter;
pub use group::GroupFields;
pub use hardware::Told;
pub use history::Of;
pub use interface::{Address, InterfaceFields, id_of};
pub use lock::{LockChange, LockOptions, Model};
pub use map::{Mapped, NodeMapFields, PowerMapFields, node_map, power_map};
pub use names::Names;
pub use partition::PartitionFields;
pub use reservation::{Held, Holder, ReservationOptions};

use super::types::{Notice, Values};
use crate::{
    fault::{Fault, Kind},
    http::{Api, Http},
    nodeset::natural,
    services::many,
};
use std::{
    collections::{HashMap, HashSet},
    future::Future,
};

#[derive(Clone)]
pub struct Client {
    api: Api,
}

impl Client {
    pub fn new(http: &Http) -> Self {
        Self {
            api: http.service("smd", "/hsm/v2"),
        }
    }

    /// Whether SMD and its database are up.
    pub async fn ready(&self) -> Result<Notice, Fault> {
        self.api.get(&["service", "ready"]).send().await
    }

    /// The words SMD takes in enumerated fields.
    pub async fn values(&self) -> Result<Values, Fault> {
        self.api.get(&["service", "values"]).send().await
    }

    /// Deletes each of `ids` below `path`, lists before and after, and returns what went.
    async fn delete_each<T, F>(
        &self,
        path: &'static [&'static str],
        ids: &[String],
        list: impl Fn() -> F,
        id_of: fn(&T) -> &str,
        unknown: fn(&str, Fault) -> Fault,
    ) -> Result<Vec<T>, Fault>
    where
        F: Future<Output = Result<Vec<T>, Fault>>,
    {
        once(ids.iter().map(String::as_str))?;
        let by_id = |found: Vec<T>| -> HashMap<String, T> {
            found
                .into_iter()
                .map(|record| (id_of(&record).to_ascii_lowercase(), record))
                .collect()
        };
        let mut before = by_id(list().await?);
        let api = self.api.clone();
        let sent = many::each(ids.to_vec(), |id| {
            let request = api.delete(&[path[0], path[1], &id]);
            async move { request.nothing().await.map_err(|f| unknown(&id, f)) }
        })
        .await;
        let left = by_id(list().await?);
        let mut fates = many::Fates::default();
        for (id, result) in ids.iter().zip(sent) {
            let key = id.to_ascii_lowercase();
            let stays = || {
                fault(
                    Kind::NoEffect,
                    format!("SMD accepted the delete, and {id} is still there"),
                )
            };
            let gone = || unknown(id, fault(Kind::NotFound, ""));
            let result = result.and_then(|()| match before.remove(&key) {
                _ if left.contains_key(&key) => Err(stays()),
                Some(record) => Ok(record),
                None => Err(gone()),
            });
            fates.add(id, result);
        }
        fates.settle("deleted")
    }
}

fn fault(kind: Kind, message: impl Into<String>) -> Fault {
    Fault::new(kind, message).service("smd")
}

/// Above this many names a list is fetched whole and picked from: SMD refuses very long URLs.
const NAMES_IN_URL: usize = 100;

/// Puts records into the order of `ids`, each once, or into natural order when none are given.
fn arrange<T>(mut found: Vec<T>, ids: Option<&[String]>, id: impl Fn(&T) -> &str) -> Vec<T> {
    let Some(ids) = ids else {
        found.sort_by(|a, b| natural(id(a), id(b)));
        return found;
    };
    let mut slots: HashMap<String, T> = found
        .into_iter()
        .map(|record| (id(&record).to_ascii_lowercase(), record))
        .collect();
    ids.iter()
        .filter_map(|id| slots.remove(&id.to_ascii_lowercase()))
        .collect()
}

/// Refuses names to be written that are none, or stand twice: which of the two is meant?
fn once<'a>(ids: impl IntoIterator<Item = &'a str>) -> Result<(), Fault> {
    let mut seen = HashSet::new();
    for id in ids {
        if id.is_empty() {
            return Err(Fault::bad_argument("an empty name names nobody"));
        }
        if !seen.insert(id.to_ascii_lowercase()) {
            return Err(Fault::bad_argument(format!("{id} is named twice")));
        }
    }
    Ok(())
}
