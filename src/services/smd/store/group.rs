//! Groups and who is in them. Of the groups that share an `exclusiveGroup` a component is in one at most.
use super::{Store, Trouble, fits, said};
use crate::services::smd::types::{Group, GroupPatch, Members};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A group without its members, which are rows of their own: adding one must not rewrite thousands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Row {
    description: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    exclusive: Option<String>,
    tags: Vec<String>,
}

/// That a component is in a group; the key says all. (A record, for the journal takes `null` for a removal.)
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Member {}

impl Row {
    fn show(&self, label: &str, ids: Vec<String>) -> Group {
        Group {
            label: label.to_owned(),
            description: self.description.clone(),
            exclusive_group: self.exclusive.clone(),
            tags: (!self.tags.is_empty()).then(|| self.tags.clone()),
            members: Members { ids },
        }
    }
}

/// Whether a (lower-case) word may be a label, a tag or a partition's name.
pub fn is_label(word: &str) -> bool {
    let good =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-:._".contains(&byte);
    !word.is_empty() && word.bytes().all(good)
}

fn member_key(label: &str, id: &str) -> String {
    format!("{label} {id}")
}

impl Store {
    pub fn has_group(&self, label: &str) -> bool {
        self.groups.contains(label)
    }

    pub fn labels(&self) -> Vec<String> {
        self.groups.keys().map(str::to_owned).collect()
    }

    pub fn group(&self, label: &str) -> Option<Group> {
        let row = self.groups.get(label)?;
        let mine = |key: &str| Some(key.strip_prefix(label)?.strip_prefix(' ')?.to_owned());
        Some(row.show(label, self.members.keys().filter_map(mine).collect()))
    }

    /// Every group with its members, in one pass over these.
    pub fn groups(&self) -> Vec<Group> {
        let mut ids: HashMap<&str, Vec<String>> = HashMap::new();
        for (label, id) in self.members.keys().filter_map(|key| key.split_once(' ')) {
            ids.entry(label).or_default().push(id.to_owned());
        }
        let show =
            |(label, row): (&str, &Row)| row.show(label, ids.remove(label).unwrap_or_default());
        self.groups.iter().map(show).collect()
    }

    pub fn is_member(&self, label: &str, id: &str) -> bool {
        self.members.contains(&member_key(label, id))
    }

    /// The labels of the groups a component is in.
    pub fn labels_of(&self, id: &str) -> Vec<String> {
        let mut labels = self.labels();
        labels.retain(|label| self.is_member(label, id));
        labels
    }

    /// Adds a group whose words and members were found good.
    pub fn insert_group(&mut self, group: Group) -> Result<(), Trouble> {
        let tags = group.tags.unwrap_or_default();
        fits(&group.label, 255)?;
        fits(&group.description, 255)?;
        fits(group.exclusive_group.as_deref().unwrap_or_default(), 253)?;
        tags.iter().try_for_each(|tag| fits(tag, 255))?;
        if self.groups.contains(&group.label) {
            return Err(said::DUPLICATE);
        }
        let row = Row {
            description: group.description,
            exclusive: group.exclusive_group,
            tags,
        };
        self.groups.put(&group.label, row);
        self.insert_members(&group.label, &group.members.ids)
    }

    /// Changes description and tags; nothing else of a group can be.
    pub fn patch_group(&mut self, label: &str, patch: GroupPatch) -> Result<(), Trouble> {
        if !self.has_group(label) {
            return Err(said::NO_GROUP);
        }
        fits(patch.description.as_deref().unwrap_or_default(), 255)?;
        let tags = patch.tags.iter().flatten();
        tags.into_iter().try_for_each(|tag| fits(tag, 255))?;
        self.groups.update(label, |row| {
            if let Some(description) = patch.description {
                row.description = description;
            }
            if let Some(tags) = patch.tags {
                row.tags = tags;
            }
        });
        Ok(())
    }

    pub fn delete_group(&mut self, label: &str) -> bool {
        self.drop_members(label);
        self.groups.remove(label).is_some()
    }

    /// Adds members: none of them may be in the group, or in another of the same exclusive group, and all must exist.
    pub fn insert_members(&mut self, label: &str, ids: &[String]) -> Result<(), Trouble> {
        let exclusive = self.groups.get(label).and_then(|row| row.exclusive.clone());
        let rivals: Vec<String> = self
            .groups
            .iter()
            .filter(|(other, row)| {
                exclusive.is_some() && row.exclusive == exclusive && *other != label
            })
            .map(|(other, _)| other.to_owned())
            .collect();
        let mut seen = HashSet::new();
        for id in ids {
            if !seen.insert(id) || self.is_member(label, id) {
                return Err(said::DUPLICATE);
            }
            if rivals.iter().any(|rival| self.is_member(rival, id)) {
                return Err(said::EXCLUSIVE_GROUP);
            }
        }
        // references are looked at when all keys were found good
        if !ids.iter().all(|id| self.has_component(id)) {
            return Err(said::NO_COMPONENT);
        }
        for id in ids {
            self.members.put(&member_key(label, id), Member {});
        }
        Ok(())
    }

    /// Replaces the members. Of a refusal SMD tells no more than that there was one.
    pub fn set_members(&mut self, label: &str, ids: &[String]) -> Result<(), Trouble> {
        if !self.has_group(label) {
            return Err(said::NO_GROUP);
        }
        self.drop_members(label);
        let untold = |_| Trouble::Database("failed to add new members".into());
        self.insert_members(label, ids).map_err(untold)
    }

    pub fn remove_member(&mut self, label: &str, id: &str) -> bool {
        self.members.remove(&member_key(label, id)).is_some()
    }

    fn drop_members(&mut self, label: &str) {
        let mine = |key: &&str| key.split_once(' ').is_some_and(|(other, _)| other == label);
        let keys: Vec<String> = self
            .members
            .keys()
            .filter(mine)
            .map(str::to_owned)
            .collect();
        for key in keys {
            self.members.remove(&key);
        }
    }
}
