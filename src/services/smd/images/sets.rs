//! Groups, partitions, and who is in which.
use super::{
    super::{
        client::{Filter, GroupFields, PartitionFields},
        types::{Group, Membership, Partition},
    },
    Inventory, by_name, typed, wanted,
};
use crate::{
    fault::Fault,
    journal::{Records, Touch},
};
use std::collections::BTreeMap;

impl Inventory {
    pub(super) async fn groups(&self, touch: &Touch) -> Result<Records, Fault> {
        let (mut found, wanted) = (self.0.groups(&Filter::default()).await?, wanted(touch));
        found.retain(|group| wanted.as_ref().is_none_or(|ids| ids.contains(&group.label)));
        Ok(by_name(found, |group| group.label.clone()))
    }

    pub(super) async fn partitions(&self, touch: &Touch) -> Result<Records, Fault> {
        let (mut found, wanted) = (self.0.partitions(&Filter::default()).await?, wanted(touch));
        let among = |name: &String| {
            let name = name.to_lowercase();
            wanted.as_ref().is_none_or(|ids| ids.contains(&name))
        };
        found.retain(|partition| among(&partition.name));
        Ok(by_name(found, |partition| partition.name.clone()))
    }

    /// Of those that are in something.
    pub(super) async fn memberships(&self, touch: &Touch) -> Result<Records, Fault> {
        let ids = touch.ids.as_deref();
        let mut found = self.0.memberships(ids, &Filter::default()).await?;
        found.retain(|it| !it.group_labels.is_empty() || !it.partition_name.is_empty());
        Ok(by_name(found, |membership| membership.id.clone()))
    }

    pub(super) async fn put_groups(&self, records: &Records) -> Result<(), Fault> {
        let now: Vec<Group> = typed(
            &self
                .groups(&Touch::of(super::GROUP, records.keys()))
                .await?,
        );
        for group in typed::<Group>(records) {
            let there = now.iter().find(|other| other.label == group.label);
            // What it excludes is said once, when a group is made.
            if there.is_some_and(|there| there.exclusive_group != group.exclusive_group) {
                self.0.delete_groups(vec![group.label.clone()]).await?;
            }
            let fields = GroupFields {
                description: Some(group.description),
                tags: group.tags,
                exclusive_group: group.exclusive_group,
                members: Some(group.members.ids),
            };
            self.0.set_group(&group.label, fields).await?;
        }
        Ok(())
    }

    pub(super) async fn put_partitions(&self, records: &Records) -> Result<(), Fault> {
        for partition in typed::<Partition>(records) {
            let fields = PartitionFields {
                description: Some(partition.description),
                tags: partition.tags,
                members: Some(partition.members.ids),
            };
            self.0.set_partition(&partition.name, fields).await?;
        }
        Ok(())
    }

    pub(super) async fn put_memberships(&self, records: &Records) -> Result<(), Fault> {
        let (mut groups, mut partitions) = (BTreeMap::new(), BTreeMap::new());
        for membership in typed::<Membership>(records) {
            let id = &membership.id;
            for label in membership.group_labels {
                groups
                    .entry(label)
                    .or_insert_with(Vec::new)
                    .push(id.clone());
            }
            if !membership.partition_name.is_empty() {
                let name = membership.partition_name;
                partitions
                    .entry(name)
                    .or_insert_with(Vec::new)
                    .push(id.clone());
            }
        }
        for (label, ids) in groups {
            self.0.ensure_members(&label, ids).await?;
        }
        for (name, ids) in partitions {
            self.0.ensure_seats(&name, ids).await?;
        }
        Ok(())
    }
}
