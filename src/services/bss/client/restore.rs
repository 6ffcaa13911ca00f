//! Records as the journal keeps them: one for each identity, by the name it has in messages.
use super::super::types::BootParams;
use super::{
    Client,
    wanted::{Config, Id},
};
use crate::fault::Fault;
use std::collections::BTreeMap;

/// What `Id` looks like when it is shown.
fn id(name: &str) -> Id {
    if let Some(nid) = name.strip_prefix("NID ").and_then(|nid| nid.parse().ok()) {
        return Id::Nid(nid);
    }
    match name.bytes().filter(|byte| *byte == b':').count() {
        5 => Id::Mac(name.to_owned()),
        _ => Id::Host(name.to_owned()),
    }
}

impl Client {
    /// What these identities boot, or all there are, with one request.
    pub async fn identities(
        &self,
        names: Option<&[String]>,
    ) -> Result<BTreeMap<String, BootParams>, Fault> {
        let found = match names {
            Some(names) => {
                let ids: Vec<Id> = names.iter().map(|name| id(name)).collect();
                let mut found = self.current(&ids).await?;
                found.retain(|id, _| ids.contains(id));
                found
            }
            None => self.all().await?,
        };
        let pair = |(id, config): (Id, Config)| (id.to_string(), config.record(&id));
        Ok(found.into_iter().map(pair).collect())
    }

    /// Makes these identities boot what they booted: a request or two for all that boot the same.
    pub async fn restore(&self, records: &BTreeMap<String, BootParams>) -> Result<(), Fault> {
        let mut groups: Vec<(Config, Vec<Id>)> = Vec::new();
        for (name, record) in records {
            let config = Config::of(record);
            match groups.iter_mut().find(|(other, _)| *other == config) {
                Some((_, ids)) => ids.push(id(name)),
                None => groups.push((config, vec![id(name)])),
            }
        }
        for (config, ids) in groups {
            self.write_whole(&ids, config).await?;
        }
        Ok(())
    }

    /// Removes the records of these identities.
    pub async fn forget(&self, names: &[String]) -> Result<(), Fault> {
        let ids: Vec<Id> = names.iter().map(|name| id(name)).collect();
        self.erase(&ids).await
    }
}
