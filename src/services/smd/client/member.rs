//! groups/{label}/members: who is in a group, one by one or all at once.
use super::super::types::{Group, Member};
use super::{Client, Filter, fault, group::advise, many, many::Fates, once};
use crate::{
    fault::{Fault, Kind},
    nodeset::natural,
};
use std::collections::{HashMap, HashSet};

impl Client {
    /// The members of a group, in natural order.
    pub async fn members(&self, label: &str) -> Result<Vec<String>, Fault> {
        let request = self.api.get(&["groups", label, "members"]);
        let found: super::super::types::Members = request.send().await.map_err(advise)?;
        let mut ids = found.ids;
        ids.sort_by(|a, b| natural(a, b));
        Ok(ids)
    }

    /// Adds members; who is in the group then. One that is in it already is a conflict.
    pub async fn add_members(&self, label: &str, ids: Vec<String>) -> Result<Vec<String>, Fault> {
        once(ids.iter().map(String::as_str))?;
        let group = self.group(label).await?;
        let before = lower(&group.members.ids);
        let (old, new): (Vec<_>, Vec<_>) = ids
            .into_iter()
            .partition(|id| before.contains(&id.to_lowercase()));
        let mut fates = Fates::default();
        for id in &old {
            let message = format!("{id} is in group {label} already");
            let hint = "smd.group.member.ensure adds only those who are not";
            fates.bad(id, fault(Kind::Conflict, message).hint(hint));
        }
        self.post_members(label, new, group.exclusive_group.as_deref(), &mut fates)
            .await?;
        fates.settle("added")?;
        self.members(label).await
    }

    /// Adds those who are not in the group; who they were.
    pub async fn ensure_members(
        &self,
        label: &str,
        ids: Vec<String>,
    ) -> Result<Vec<String>, Fault> {
        once(ids.iter().map(String::as_str))?;
        let group = self.group(label).await?;
        let before = lower(&group.members.ids);
        let new = ids
            .into_iter()
            .filter(|id| !before.contains(&id.to_lowercase()))
            .collect();
        let mut fates = Fates::default();
        self.post_members(label, new, group.exclusive_group.as_deref(), &mut fates)
            .await?;
        fates.settle("added")
    }

    async fn post_members(
        &self,
        label: &str,
        ids: Vec<String>,
        exclusive: Option<&str>,
        fates: &mut Fates<String>,
    ) -> Result<(), Fault> {
        if ids.is_empty() {
            return Ok(());
        }
        let api = self.api.clone();
        let group = label.to_owned();
        let sent = many::each(ids.clone(), |id| {
            let request = api
                .post(&["groups", &group, "members"])
                .json(&Member { id });
            async move { request.nothing().await }
        })
        .await;
        let now = lower(&self.members(label).await?);
        let refused = ids.iter().zip(&sent);
        let refused = refused.filter(|(_, result)| result.as_ref().is_err_and(tells));
        let refused: Vec<String> = refused.map(|(id, _)| id.clone()).collect();
        let reasons = self.reasons(&refused, exclusive, label).await;
        for (id, result) in ids.into_iter().zip(sent) {
            let result = match result {
                Ok(()) if now.contains(&id.to_lowercase()) => Ok(id.clone()),
                Ok(()) => {
                    let message =
                        format!("SMD accepted {id} into group {label} and does not hold it there");
                    Err(fault(Kind::NoEffect, message))
                }
                Err(f) if tells(&f) => Err(reasons.get(&id).cloned().unwrap_or(f)),
                Err(f) => Err(f),
            };
            fates.add(id, result);
        }
        Ok(())
    }

    /// Makes these, and nobody else, the members; who is in the group then.
    pub async fn set_members(&self, label: &str, ids: Vec<String>) -> Result<Vec<String>, Fault> {
        let group = self.group(label).await?;
        self.put_members(&group, &ids).await?;
        let now = self.members(label).await?;
        if lower(&now) == lower(&ids) {
            return Ok(now);
        }
        let message = format!("SMD accepted the members of group {label} and holds others");
        Err(fault(Kind::NoEffect, message))
    }

    /// Takes members out of a group; who they were.
    pub async fn delete_members(
        &self,
        label: &str,
        ids: Vec<String>,
    ) -> Result<Vec<String>, Fault> {
        once(ids.iter().map(String::as_str))?;
        // The group itself must exist: SMD's 404 for a member does not tell the two apart.
        let before = lower(&self.members(label).await?);
        let api = self.api.clone();
        let group = label.to_owned();
        let sent = many::each(ids.clone(), |id| {
            let request = api.delete(&["groups", &group, "members", &id]);
            async move { request.nothing().await }
        })
        .await;
        let left = lower(&self.members(label).await?);
        let mut fates = Fates::default();
        for (id, result) in ids.into_iter().zip(sent) {
            let result = if !before.contains(&id.to_lowercase()) {
                let message = format!("{id} is not in group {label}");
                let hint = format!("smd.group.member.list \"{label}\" shows who is");
                Err(fault(Kind::NotFound, message).hint(hint))
            } else if result.is_ok() && left.contains(&id.to_lowercase()) {
                let message =
                    format!("SMD accepted the delete, and {id} is still in group {label}");
                Err(fault(Kind::NoEffect, message))
            } else {
                result.map(|()| id.clone())
            };
            fates.add(id, result);
        }
        fates.settle("taken out")
    }

    /// What keeps each of these out of a group, as far as it can be seen; one look for all of them.
    pub(super) async fn reasons(
        &self,
        ids: &[String],
        exclusive: Option<&str>,
        label: &str,
    ) -> HashMap<String, Fault> {
        let mut found = HashMap::new();
        if ids.is_empty() {
            return found;
        }
        let none = Filter::default();
        let Ok(known) = self.components(Some(ids), &none).await else {
            return found;
        };
        let known: HashSet<String> = known.into_iter().map(|c| c.id).collect();
        let rivals = match exclusive {
            Some(word) => rivals(self.groups(&none).await.unwrap_or_default(), word, label),
            None => HashMap::new(),
        };
        for id in ids {
            let lower = id.to_ascii_lowercase();
            if !known.contains(&lower) {
                let message = format!("no component {id}, so it cannot be in group {label}");
                let hint = "smd.component.list() shows what SMD knows";
                found.insert(id.clone(), fault(Kind::NotFound, message).hint(hint));
            } else if let Some(rival) = rivals.get(&lower) {
                let message = format!("{id} is in group {rival}, which excludes {label}");
                let hint = format!("smd.group.member.delete(\"{rival}\", \"{id}\") first");
                found.insert(id.clone(), fault(Kind::Conflict, message).hint(hint));
            }
        }
        found
    }
}

/// Whether SMD's refusal may be about the members, and not about who asks or how.
pub(super) fn tells(f: &Fault) -> bool {
    !matches!(
        f.kind,
        Kind::Unauthorized | Kind::Forbidden | Kind::Unreachable | Kind::Timeout
    )
}

/// Who is in another group of the same exclusive word, and in which.
fn rivals(groups: Vec<Group>, exclusive: &str, label: &str) -> HashMap<String, String> {
    let excludes = |other: &Group| {
        let theirs = other.exclusive_group.as_deref().unwrap_or_default();
        theirs.eq_ignore_ascii_case(exclusive) && !other.label.eq_ignore_ascii_case(label)
    };
    let mut found = HashMap::new();
    for group in groups.into_iter().filter(excludes) {
        for id in group.members.ids {
            found.insert(id, group.label.clone());
        }
    }
    found
}

pub(super) fn lower(ids: &[String]) -> HashSet<String> {
    ids.iter().map(|id| id.to_lowercase()).collect()
}
