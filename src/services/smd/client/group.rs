//! groups: making and changing them. Their members one by one are next door.
//!
//! SMD patches a group's description and tags, ignores the rest of a patch, and replaces the members with another call.
//! Here a group is written as one thing.
use super::super::types::{Group, GroupPatch, Members, Membership};
use super::{Client, Filter, NAMES_IN_URL, arrange, fault, many::Fates, member::tells, once};
use crate::{
    fault::{Fault, Kind},
    nodeset::natural,
};
use serde::Deserialize;
use std::collections::BTreeSet;

const FILTERS: &[&str] = &["group", "tag", "partition"];
const MEMBERSHIP_FILTERS: &[&str] = &[
    "id",
    "type",
    "state",
    "flag",
    "enabled",
    "softwarestatus",
    "role",
    "subrole",
    "subtype",
    "arch",
    "class",
    "nid",
    "nid_start",
    "nid_end",
    "group",
    "partition",
];

/// What may be said of a group; only what is given is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct GroupFields {
    pub description: Option<String>,
    pub tags: Option<Vec<String>>,
    pub exclusive_group: Option<String>,
    pub members: Option<Vec<String>>,
}

impl Client {
    pub async fn groups(&self, filter: &Filter) -> Result<Vec<Group>, Fault> {
        let query = filter.pairs(FILTERS)?;
        let mut found: Vec<Group> = self.api.get(&["groups"]).query(&query).send().await?;
        for group in &mut found {
            group.members.ids.sort_by(|a, b| natural(a, b));
        }
        Ok(arrange(found, None, |group| &group.label))
    }

    pub async fn group(&self, label: &str) -> Result<Group, Fault> {
        // The path of a group of this name leads to the list of labels.
        if label.eq_ignore_ascii_case("labels") {
            let list = self.api.get(&["groups"]).query(&[("group", label)]);
            let mut found: Vec<Group> = list.send().await?;
            return found.pop().ok_or_else(|| unknown(label));
        }
        let request = self.api.get(&["groups", label]);
        let mut group: Group = request.send().await.map_err(advise)?;
        group.members.ids.sort_by(|a, b| natural(a, b));
        Ok(group)
    }

    async fn group_if_any(&self, label: &str) -> Result<Option<Group>, Fault> {
        match self.group(label).await {
            Ok(found) => Ok(Some(found)),
            Err(f) if f.kind == Kind::NotFound => Ok(None),
            Err(f) => Err(f),
        }
    }

    pub async fn add_group(&self, label: &str, fields: GroupFields) -> Result<Group, Fault> {
        if self.group_if_any(label).await?.is_some() {
            return Err(fault(Kind::Conflict, format!("group {label} exists"))
                .hint("smd.group.update changes one, smd.group.ensure makes it so either way"));
        }
        self.post_group(label, &fields).await
    }

    async fn post_group(&self, label: &str, fields: &GroupFields) -> Result<Group, Fault> {
        let ids = fields.members.clone().unwrap_or_default();
        once(ids.iter().map(String::as_str))?;
        let body = Group {
            label: label.to_owned(),
            description: fields.description.clone().unwrap_or_default(),
            exclusive_group: fields.exclusive_group.clone(),
            tags: fields.tags.clone(),
            members: Members { ids: ids.clone() },
        };
        let request = self.api.post(&["groups"]).json(&body);
        if let Err(f) = request.nothing().await {
            return Err(self
                .why_refused(&ids, fields.exclusive_group.as_deref(), label, f)
                .await);
        }
        self.group_back(label, fields).await
    }

    /// Creates the group or replaces all of it; its exclusive group cannot be replaced.
    pub async fn set_group(&self, label: &str, fields: GroupFields) -> Result<Group, Fault> {
        let Some(now) = self.group_if_any(label).await? else {
            return self.post_group(label, &fields).await;
        };
        let whole = GroupFields {
            description: Some(fields.description.unwrap_or_default()),
            tags: Some(fields.tags.unwrap_or_default()),
            exclusive_group: fields.exclusive_group,
            members: Some(fields.members.unwrap_or_default()),
        };
        self.change_group(&now, &whole).await?;
        self.group_back(label, &whole).await
    }

    /// Changes the given fields of a group that exists.
    pub async fn update_group(&self, label: &str, fields: GroupFields) -> Result<Group, Fault> {
        let GroupFields {
            description,
            tags,
            exclusive_group,
            members,
        } = &fields;
        if description.is_none() && tags.is_none() && exclusive_group.is_none() && members.is_none()
        {
            return Err(
                Fault::bad_argument(format!("nothing to change of group {label}"))
                    .hint(r#"{ description = "I/O nodes", members = "x1000c0s0b[3-4]n0" }"#),
            );
        }
        let now = self.group(label).await?;
        self.change_group(&now, &fields).await?;
        self.group_back(label, &fields).await
    }

    /// Makes the group exist with the given fields; nothing when it was so already.
    pub async fn ensure_group(
        &self,
        label: &str,
        fields: GroupFields,
    ) -> Result<Option<Group>, Fault> {
        let Some(now) = self.group_if_any(label).await? else {
            return self.post_group(label, &fields).await.map(Some);
        };
        if differing(&now, &fields).is_none() {
            return Ok(None);
        }
        self.change_group(&now, &fields).await?;
        self.group_back(label, &fields).await.map(Some)
    }

    /// Sends what differs.
    async fn change_group(&self, now: &Group, fields: &GroupFields) -> Result<(), Fault> {
        let label = &now.label;
        let lower = |text: &Option<String>| text.clone().unwrap_or_default().to_lowercase();
        if fields.exclusive_group.is_some()
            && lower(&fields.exclusive_group) != lower(&now.exclusive_group)
        {
            let message = format!("SMD cannot change the exclusiveGroup of group {label}");
            return Err(fault(Kind::Conflict, message)
                .hint(format!("smd.group.delete \"{label}\", then add it anew")));
        }
        let patch = GroupPatch {
            description: fields
                .description
                .clone()
                .filter(|text| *text != now.description),
            tags: fields
                .tags
                .clone()
                .filter(|tags| !same_set(tags, now.tags.as_deref())),
        };
        if patch != GroupPatch::default() {
            let request = self.api.patch(&["groups", label]).json(&patch);
            request.nothing().await.map_err(advise)?;
        }
        if let Some(ids) = fields
            .members
            .as_ref()
            .filter(|ids| !same_set(ids, Some(&now.members.ids)))
        {
            self.put_members(now, ids).await?;
        }
        Ok(())
    }

    /// Replaces the members. SMD's refusal names no reason, so it is looked for.
    pub(super) async fn put_members(&self, group: &Group, ids: &[String]) -> Result<(), Fault> {
        once(ids.iter().map(String::as_str))?;
        let body = Members { ids: ids.to_vec() };
        let request = self
            .api
            .put(&["groups", &group.label, "members"])
            .json(&body);
        match request.nothing().await {
            Ok(()) => Ok(()),
            Err(f) => {
                let exclusive = group.exclusive_group.as_deref();
                Err(self.why_refused(ids, exclusive, &group.label, f).await)
            }
        }
    }

    /// The reason SMD did not take these members, if it can be seen; else what SMD said.
    pub(super) async fn why_refused(
        &self,
        ids: &[String],
        exclusive: Option<&str>,
        label: &str,
        f: Fault,
    ) -> Fault {
        if !tells(&f) {
            return f;
        }
        let mut reasons = self.reasons(ids, exclusive, label).await;
        let mut fates: Fates<()> = Fates::default();
        for id in ids {
            if let Some(why) = reasons.remove(id) {
                fates.bad(id, why);
            }
        }
        fates.settle("taken").err().unwrap_or(f)
    }

    async fn group_back(&self, label: &str, wanted: &GroupFields) -> Result<Group, Fault> {
        let now = self.group(label).await?;
        match differing(&now, wanted) {
            None => Ok(now),
            Some(field) => {
                let message = format!("SMD accepted the {field} of group {label} and holds others");
                Err(fault(Kind::NoEffect, message))
            }
        }
    }

    /// Removes groups; what went. Their members stay in SMD.
    pub async fn delete_groups(&self, labels: Vec<String>) -> Result<Vec<Group>, Fault> {
        let mut fates = Fates::default();
        let before = self.groups(&Filter::default()).await?;
        once(labels.iter().map(String::as_str))?;
        for label in &labels {
            let request = self.api.delete(&["groups", label]);
            let known = before
                .iter()
                .find(|group| group.label.eq_ignore_ascii_case(label));
            let result = match known {
                None => Err(unknown(label)),
                Some(group) => request.nothing().await.map(|()| group.clone()),
            };
            fates.add(label, result);
        }
        let left = self.groups(&Filter::default()).await?;
        let gone = fates.settle("deleted")?;
        match gone
            .iter()
            .find(|group| left.iter().any(|other| other.label == group.label))
        {
            None => Ok(gone),
            Some(group) => {
                let message = format!(
                    "SMD accepted the delete, and group {} is still there",
                    group.label
                );
                Err(fault(Kind::NoEffect, message))
            }
        }
    }

    /// Which groups components are in: all components, or these (then in their order).
    pub async fn memberships(
        &self,
        ids: Option<&[String]>,
        filter: &Filter,
    ) -> Result<Vec<Membership>, Fault> {
        let mut query = filter.pairs(MEMBERSHIP_FILTERS)?;
        if ids.is_some_and(<[_]>::is_empty) {
            return Ok(Vec::new());
        }
        if let Some(ids) = ids.filter(|ids| ids.len() <= NAMES_IN_URL) {
            query.extend(ids.iter().map(|id| ("id".to_owned(), id.clone())));
        }
        let found: Vec<Membership> = self.api.get(&["memberships"]).query(&query).send().await?;
        let mut found = arrange(found, ids, |membership| &membership.id);
        for membership in &mut found {
            membership.group_labels.sort_by(|a, b| natural(a, b));
        }
        Ok(found)
    }

    pub async fn membership(&self, id: &str) -> Result<Membership, Fault> {
        let request = self.api.get(&["memberships", id]);
        let result = request.send().await;
        let mut found: Membership = result.map_err(|f| super::component::unknown(id, f))?;
        found.group_labels.sort_by(|a, b| natural(a, b));
        Ok(found)
    }
}

/// SMD lower-cases labels, tags and names, and keeps no order.
pub(super) fn same_set(a: &[String], b: Option<&[String]>) -> bool {
    let set = |list: &[String]| -> BTreeSet<String> {
        list.iter().map(|text| text.to_lowercase()).collect()
    };
    set(a) == set(b.unwrap_or_default())
}

/// The first given field that the group does not have.
fn differing(now: &Group, wanted: &GroupFields) -> Option<&'static str> {
    if wanted
        .description
        .as_ref()
        .is_some_and(|text| *text != now.description)
    {
        return Some("description");
    }
    if wanted
        .tags
        .as_ref()
        .is_some_and(|tags| !same_set(tags, now.tags.as_deref()))
    {
        return Some("tags");
    }
    let has = now.exclusive_group.as_deref().unwrap_or_default();
    if wanted
        .exclusive_group
        .as_ref()
        .is_some_and(|name| !name.eq_ignore_ascii_case(has))
    {
        return Some("exclusiveGroup");
    }
    let members = wanted.members.as_ref();
    if members.is_some_and(|ids| !same_set(ids, Some(&now.members.ids))) {
        return Some("members");
    }
    None
}

/// SMD's own words name the group.
pub(super) fn advise(f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    f.hint("smd.group.list() shows every group")
}

fn unknown(label: &str) -> Fault {
    advise(fault(Kind::NotFound, format!("No such group: {label}")))
}
