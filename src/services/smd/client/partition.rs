//! partitions: making and changing them. Their members one by one are next door.
//!
//! SMD patches a partition's description and tags; its members it takes one at a time only. Here a partition is written
//! as one thing.
use super::super::types::{GroupPatch, Members, Partition};
use super::{Client, Filter, arrange, fault, group::same_set, many::Fates, once};
use crate::{
    fault::{Fault, Kind},
    nodeset::natural,
};
use serde::Deserialize;

const FILTERS: &[&str] = &["partition", "tag"];

/// What may be said of a partition; only what is given is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PartitionFields {
    pub description: Option<String>,
    pub tags: Option<Vec<String>>,
    pub members: Option<Vec<String>>,
}

impl Client {
    pub async fn partitions(&self, filter: &Filter) -> Result<Vec<Partition>, Fault> {
        let query = filter.pairs(FILTERS)?;
        let request = self.api.get(&["partitions"]).query(&query);
        let mut found: Vec<Partition> = request.send().await?;
        for partition in &mut found {
            partition.members.ids.sort_by(|a, b| natural(a, b));
        }
        Ok(arrange(found, None, |partition| &partition.name))
    }

    pub async fn partition(&self, name: &str) -> Result<Partition, Fault> {
        // no partition can be called so: that path leads to the list of names
        if name.is_empty() || name.eq_ignore_ascii_case("names") {
            return Err(unknown(name));
        }
        let request = self.api.get(&["partitions", name]);
        let mut partition: Partition = request.send().await.map_err(advise)?;
        partition.members.ids.sort_by(|a, b| natural(a, b));
        Ok(partition)
    }

    async fn partition_if_any(&self, name: &str) -> Result<Option<Partition>, Fault> {
        match self.partition(name).await {
            Ok(found) => Ok(Some(found)),
            Err(f) if f.kind == Kind::NotFound => Ok(None),
            Err(f) => Err(f),
        }
    }

    pub async fn add_partition(
        &self,
        name: &str,
        fields: PartitionFields,
    ) -> Result<Partition, Fault> {
        if self.partition_if_any(name).await?.is_some() {
            return Err(
                fault(Kind::Conflict, format!("partition {name} exists")).hint(
                    "smd.partition.update changes one, smd.partition.ensure makes it so either way",
                ),
            );
        }
        self.post_partition(name, &fields).await
    }

    async fn post_partition(
        &self,
        name: &str,
        fields: &PartitionFields,
    ) -> Result<Partition, Fault> {
        let ids = fields.members.clone().unwrap_or_default();
        once(ids.iter().map(String::as_str))?;
        let body = Partition {
            name: name.to_owned(),
            description: fields.description.clone().unwrap_or_default(),
            tags: fields.tags.clone(),
            members: Members { ids: ids.clone() },
        };
        let request = self.api.post(&["partitions"]).json(&body);
        if let Err(f) = request.nothing().await {
            return Err(self.why_not_seated(&ids, name, f).await);
        }
        self.partition_back(name, fields).await
    }

    /// Creates the partition or replaces all of it.
    pub async fn set_partition(
        &self,
        name: &str,
        fields: PartitionFields,
    ) -> Result<Partition, Fault> {
        let Some(now) = self.partition_if_any(name).await? else {
            return self.post_partition(name, &fields).await;
        };
        let whole = PartitionFields {
            description: Some(fields.description.unwrap_or_default()),
            tags: Some(fields.tags.unwrap_or_default()),
            members: Some(fields.members.unwrap_or_default()),
        };
        self.change_partition(&now, &whole).await
    }

    /// Changes the given fields of a partition that exists.
    pub async fn update_partition(
        &self,
        name: &str,
        fields: PartitionFields,
    ) -> Result<Partition, Fault> {
        if fields == PartitionFields::default() {
            let message = format!("nothing to change of partition {name}");
            return Err(Fault::bad_argument(message)
                .hint(r#"{ description = "left half", members = "x1000c0s0b[0-1]n0" }"#));
        }
        let now = self.partition(name).await?;
        self.change_partition(&now, &fields).await
    }

    /// Makes the partition exist with the given fields; nothing when it was so already.
    pub async fn ensure_partition(
        &self,
        name: &str,
        fields: PartitionFields,
    ) -> Result<Option<Partition>, Fault> {
        match self.partition_if_any(name).await? {
            None => self.post_partition(name, &fields).await.map(Some),
            Some(now) if differing(&now, &fields).is_none() => Ok(None),
            Some(now) => self.change_partition(&now, &fields).await.map(Some),
        }
    }

    /// Sends what differs; the partition as it is then.
    async fn change_partition(
        &self,
        now: &Partition,
        fields: &PartitionFields,
    ) -> Result<Partition, Fault> {
        let (description, tags) = (fields.description.clone(), fields.tags.clone());
        let patch = GroupPatch {
            description: description.filter(|text| *text != now.description),
            tags: tags.filter(|tags| !same_set(tags, now.tags.as_deref())),
        };
        if patch != GroupPatch::default() {
            let request = self.api.patch(&["partitions", &now.name]).json(&patch);
            request.nothing().await.map_err(advise)?;
        }
        if let Some(ids) = &fields.members {
            self.reseat(now, ids).await?;
        }
        self.partition_back(&now.name, fields).await
    }

    async fn partition_back(
        &self,
        name: &str,
        wanted: &PartitionFields,
    ) -> Result<Partition, Fault> {
        let now = self.partition(name).await?;
        match differing(&now, wanted) {
            None => Ok(now),
            Some(field) => {
                let message =
                    format!("SMD accepted the {field} of partition {name} and holds others");
                Err(fault(Kind::NoEffect, message))
            }
        }
    }

    /// Removes partitions; what went. Their members stay in SMD.
    pub async fn delete_partitions(&self, names: Vec<String>) -> Result<Vec<Partition>, Fault> {
        once(names.iter().map(String::as_str))?;
        let before = self.partitions(&Filter::default()).await?;
        let mut fates = Fates::default();
        for name in &names {
            let same = |partition: &&Partition| partition.name.eq_ignore_ascii_case(name);
            let result = match before.iter().find(same) {
                None => Err(unknown(name)),
                Some(partition) => {
                    let request = self.api.delete(&["partitions", name]);
                    request.nothing().await.map(|()| partition.clone())
                }
            };
            fates.add(name, result);
        }
        let left = self.partitions(&Filter::default()).await?;
        let gone: Vec<Partition> = fates.settle("deleted")?;
        let stays = |gone: &&Partition| left.iter().any(|other| other.name == gone.name);
        match gone.iter().find(stays) {
            None => Ok(gone),
            Some(partition) => {
                let name = &partition.name;
                let message =
                    format!("SMD accepted the delete, and partition {name} is still there");
                Err(fault(Kind::NoEffect, message))
            }
        }
    }
}

/// The first given field that the partition does not have.
fn differing(now: &Partition, wanted: &PartitionFields) -> Option<&'static str> {
    let (description, tags) = (wanted.description.as_ref(), wanted.tags.as_ref());
    if description.is_some_and(|text| *text != now.description) {
        return Some("description");
    }
    if tags.is_some_and(|tags| !same_set(tags, now.tags.as_deref())) {
        return Some("tags");
    }
    let members = wanted.members.as_ref();
    if members.is_some_and(|ids| !same_set(ids, Some(&now.members.ids))) {
        return Some("members");
    }
    None
}

/// SMD's own words name the partition.
pub(super) fn advise(f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    f.hint("smd.partition.list() shows every partition")
}

fn unknown(name: &str) -> Fault {
    advise(fault(Kind::NotFound, format!("No such partition: {name}")))
}
