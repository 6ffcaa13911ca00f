//! What BSS heard of SMD, what it tells a node's firmware, and who asked.
use super::super::types::{EndpointAccess, Host};
use super::{Client, fault, params::shortened};
use crate::{
    fault::{Fault, Kind},
    nodeset::natural,
};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// Whose script, and as the how-manieth attempt.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScriptFor {
    pub mac: Option<String>,
    pub name: Option<String>,
    pub nid: Option<i64>,
    pub arch: Option<String>,
    pub retry: Option<i64>,
    pub ts: Option<i64>,
}

/// Which fetches.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fetches {
    pub endpoint: Option<String>,
}

impl Client {
    /// The nodes BSS knows, of all or of these xnames (then in their order; unknown ones are left out).
    pub async fn hosts(&self, names: Option<&[String]>) -> Result<Vec<Host>, Fault> {
        let mut hosts: Vec<Host> = self.api.get(&["hosts"]).send().await?;
        let Some(names) = names else {
            hosts.sort_by(|a, b| natural(&a.id, &b.id));
            return Ok(hosts);
        };
        let mut by_name: HashMap<String, Host> = hosts
            .into_iter()
            .map(|host| (host.id.clone(), host))
            .collect();
        Ok(names
            .iter()
            .filter_map(|name| by_name.remove(name))
            .collect())
    }

    pub async fn host(&self, name: &str) -> Result<Host, Fault> {
        let found = self.hosts(Some(&[name.to_owned()])).await?.pop();
        found.ok_or_else(|| {
            fault(Kind::NotFound, format!("BSS does not know {name}"))
                .hint("it read SMD before: bss.hosts.refresh() has it read again")
        })
    }

    /// Has BSS read SMD anew, and returns what it knows then.
    pub async fn refresh(&self) -> Result<Vec<Host>, Fault> {
        self.api.post(&["hosts"]).nothing().await?;
        self.hosts(None).await
    }

    /// The script as it is served.
    pub async fn script(&self, whose: ScriptFor) -> Result<String, Fault> {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let pairs = [
            ("mac", whose.mac),
            ("name", whose.name),
            ("nid", number(whose.nid)),
            ("arch", whose.arch),
            ("retry", number(whose.retry)),
            ("ts", number(whose.ts)),
        ];
        let pairs: Vec<(&str, String)> = pairs
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        let who: Vec<String> = pairs
            .iter()
            .filter(|(name, _)| ["mac", "name", "nid"].contains(name))
            .map(|(name, _)| (*name).to_owned())
            .collect();
        if who.len() != 1 {
            let message = match who.len() {
                0 => "whose script?".to_owned(),
                _ => format!("one of these, not {}", shortened(&who)),
            };
            return Err(Fault::bad_argument(message)
                .hint("a node, or { mac = … }, { name = … }, { nid = … }"));
        }
        let answer = self.api.get(&["bootscript"]).query(&pairs).raw().await?;
        let body = answer.success()?.body;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// Who fetched what, the oldest first; of these xnames if some are given.
    pub async fn history(
        &self,
        names: Option<&[String]>,
        fetches: Fetches,
    ) -> Result<Vec<EndpointAccess>, Fault> {
        let mut query: Vec<(&str, &str)> = Vec::new();
        query.extend(fetches.endpoint.as_deref().map(|e| ("endpoint", e)));
        if let Some([one]) = names {
            query.push(("name", one));
        }
        let request = self.api.get(&["endpoint-history"]).query(&query);
        let mut rows: Vec<EndpointAccess> = request.send().await?;
        if let Some(names) = names {
            let names: HashSet<&String> = names.iter().collect();
            rows.retain(|row| names.contains(&row.name));
        }
        rows.sort_by(|a, b| {
            let time = a.last_epoch.cmp(&b.last_epoch);
            time.then_with(|| natural(&a.name, &b.name))
        });
        Ok(rows)
    }
}
