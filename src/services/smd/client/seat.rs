//! partitions/{name}/members: who is in a partition. A component is in one at most.
use super::super::types::{Member, Members, Partition};
use super::{Client, Filter, fault, many, many::Fates, member::lower, once, partition::advise};
use crate::{
    fault::{Fault, Kind},
    nodeset::natural,
};
use std::collections::{HashMap, HashSet};

impl Client {
    /// The members of a partition, in natural order.
    pub async fn seats(&self, name: &str) -> Result<Vec<String>, Fault> {
        let request = self.api.get(&["partitions", name, "members"]);
        let found: Members = request.send().await.map_err(advise)?;
        let mut ids = found.ids;
        ids.sort_by(|a, b| natural(a, b));
        Ok(ids)
    }

    /// Adds members; who is in the partition then. One that is in it already is a conflict.
    pub async fn add_seats(&self, name: &str, ids: Vec<String>) -> Result<Vec<String>, Fault> {
        once(ids.iter().map(String::as_str))?;
        let before = lower(&self.seats(name).await?);
        let (old, new): (Vec<_>, Vec<_>) = ids
            .into_iter()
            .partition(|id| before.contains(&id.to_lowercase()));
        let mut fates = Fates::default();
        for id in &old {
            let message = format!("{id} is in partition {name} already");
            let hint = "smd.partition.member.ensure adds only those who are not";
            fates.bad(id, fault(Kind::Conflict, message).hint(hint));
        }
        self.post_seats(name, new, &mut fates).await?;
        fates.settle("added")?;
        self.seats(name).await
    }

    /// Adds those who are not in the partition; who they were.
    pub async fn ensure_seats(&self, name: &str, ids: Vec<String>) -> Result<Vec<String>, Fault> {
        once(ids.iter().map(String::as_str))?;
        let before = lower(&self.seats(name).await?);
        let new = ids
            .into_iter()
            .filter(|id| !before.contains(&id.to_lowercase()))
            .collect();
        let mut fates = Fates::default();
        self.post_seats(name, new, &mut fates).await?;
        fates.settle("added")
    }

    async fn post_seats(
        &self,
        name: &str,
        ids: Vec<String>,
        fates: &mut Fates<String>,
    ) -> Result<(), Fault> {
        if ids.is_empty() {
            return Ok(());
        }
        let sent = many::each(ids.clone(), |id| {
            let request = self.api.post(&["partitions", name, "members"]);
            let request = request.json(&Member { id });
            async move { request.nothing().await }
        })
        .await;
        let now = lower(&self.seats(name).await?);
        let refused = ids.iter().zip(&sent);
        let refused = refused.filter(|(_, result)| result.as_ref().is_err_and(tells));
        let refused: Vec<String> = refused.map(|(id, _)| id.clone()).collect();
        let places = self.places(&refused).await;
        for (id, result) in ids.into_iter().zip(sent) {
            let result = match result {
                Ok(()) if now.contains(&id.to_lowercase()) => Ok(id.clone()),
                Ok(()) => {
                    let message = format!(
                        "SMD accepted {id} into partition {name} and does not hold it there"
                    );
                    Err(fault(Kind::NoEffect, message))
                }
                Err(f) if tells(&f) => {
                    let why = places.as_ref().and_then(|places| places.why(&id, name));
                    Err(why.unwrap_or(f))
                }
                Err(f) => Err(f),
            };
            fates.add(id, result);
        }
        Ok(())
    }

    /// Makes these, and nobody else, the members: those too many go first, then the others come. SMD has no call for it.
    pub(super) async fn reseat(&self, now: &Partition, ids: &[String]) -> Result<(), Fault> {
        once(ids.iter().map(String::as_str))?;
        let (have, want) = (lower(&now.members.ids), lower(ids));
        let all = now.members.ids.iter();
        let gone: Vec<String> = all.filter(|id| !want.contains(*id)).cloned().collect();
        let new: Vec<String> = ids
            .iter()
            .filter(|id| !have.contains(&id.to_lowercase()))
            .cloned()
            .collect();
        let mut fates = Fates::default();
        if !gone.is_empty() {
            self.unseat(&now.name, gone, &mut fates).await?;
        }
        self.post_seats(&now.name, new, &mut fates).await?;
        fates.settle("changed").map(drop)
    }

    /// Makes these, and nobody else, the members; who is in the partition then.
    pub async fn set_seats(&self, name: &str, ids: Vec<String>) -> Result<Vec<String>, Fault> {
        let partition = self.partition(name).await?;
        self.reseat(&partition, &ids).await?;
        let now = self.seats(name).await?;
        if lower(&now) == lower(&ids) {
            return Ok(now);
        }
        let message = format!("SMD accepted the members of partition {name} and holds others");
        Err(fault(Kind::NoEffect, message))
    }

    /// Takes members out of a partition; who they were.
    pub async fn delete_seats(&self, name: &str, ids: Vec<String>) -> Result<Vec<String>, Fault> {
        once(ids.iter().map(String::as_str))?;
        let before = lower(&self.seats(name).await?);
        let (mine, strange): (Vec<_>, Vec<_>) = ids
            .into_iter()
            .partition(|id| before.contains(&id.to_lowercase()));
        let mut fates = Fates::default();
        for id in &strange {
            let message = format!("{id} is not in partition {name}");
            let hint = format!("smd.partition.member.list \"{name}\" shows who is");
            fates.bad(id, fault(Kind::NotFound, message).hint(hint));
        }
        self.unseat(name, mine, &mut fates).await?;
        fates.settle("taken out")
    }

    async fn unseat(
        &self,
        name: &str,
        ids: Vec<String>,
        fates: &mut Fates<String>,
    ) -> Result<(), Fault> {
        if ids.is_empty() {
            return Ok(());
        }
        let sent = many::each(ids.clone(), |id| {
            let request = self.api.delete(&["partitions", name, "members", &id]);
            async move { request.nothing().await }
        })
        .await;
        let left = lower(&self.seats(name).await?);
        for (id, result) in ids.into_iter().zip(sent) {
            let result = if result.is_ok() && left.contains(&id.to_lowercase()) {
                let message =
                    format!("SMD accepted the delete, and {id} is still in partition {name}");
                Err(fault(Kind::NoEffect, message))
            } else {
                result.map(|()| id.clone())
            };
            fates.add(id, result);
        }
        Ok(())
    }

    /// The reason SMD did not take these members, if it can be seen; else what SMD said.
    pub(super) async fn why_not_seated(&self, ids: &[String], name: &str, f: Fault) -> Fault {
        if !tells(&f) {
            return f;
        }
        let Some(places) = self.places(ids).await else {
            return f;
        };
        let mut fates: Fates<()> = Fates::default();
        for id in ids {
            if let Some(why) = places.why(id, name) {
                fates.bad(id, why);
            }
        }
        fates.settle("taken").err().unwrap_or(f)
    }

    /// Where these are, with one look for all of them.
    async fn places(&self, ids: &[String]) -> Option<Places> {
        if ids.is_empty() {
            return None;
        }
        let none = Filter::default();
        let known = self.components(Some(ids), &none).await.ok()?;
        let mut taken = HashMap::new();
        for partition in self.partitions(&none).await.ok()? {
            for id in partition.members.ids {
                taken.insert(id, partition.name.clone());
            }
        }
        Some(Places {
            known: known.into_iter().map(|c| c.id.to_lowercase()).collect(),
            taken,
        })
    }
}

/// Whether SMD's refusal may be about the components.
fn tells(f: &Fault) -> bool {
    matches!(f.kind, Kind::Refused | Kind::Conflict)
}

/// Which components there are, and in which partitions.
struct Places {
    known: HashSet<String>,
    taken: HashMap<String, String>,
}

impl Places {
    /// What keeps a component out of a partition.
    fn why(&self, id: &str, name: &str) -> Option<Fault> {
        let lower = id.to_lowercase();
        if !self.known.contains(&lower) {
            let message = format!("no component {id}, so it cannot be in partition {name}");
            let hint = "smd.component.list() shows what SMD knows";
            return Some(fault(Kind::NotFound, message).hint(hint));
        }
        let other = self.taken.get(&lower)?;
        let message = format!("{id} is in partition {other}, and can be in one only");
        let hint = format!("smd.partition.member.delete(\"{other}\", \"{id}\") first");
        Some(fault(Kind::Conflict, message).hint(hint))
    }
}
