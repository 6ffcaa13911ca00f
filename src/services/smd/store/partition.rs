//! Partitions and who is in them: a component is in one at most.
use super::{Store, Trouble, fits, said};
use crate::services::smd::types::{GroupPatch, Members, Partition};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A partition without its members.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Row {
    description: String,
    tags: Vec<String>,
}

/// The partition a component is in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Seat {
    partition: String,
}

impl Row {
    fn show(&self, name: &str, ids: Vec<String>) -> Partition {
        Partition {
            name: name.to_owned(),
            description: self.description.clone(),
            tags: (!self.tags.is_empty()).then(|| self.tags.clone()),
            members: Members { ids },
        }
    }
}

impl Store {
    pub fn has_partition(&self, name: &str) -> bool {
        self.partitions.contains(name)
    }

    pub fn partition_names(&self) -> Vec<String> {
        self.partitions.keys().map(str::to_owned).collect()
    }

    pub fn partition(&self, name: &str) -> Option<Partition> {
        let row = self.partitions.get(name)?;
        let mine = |(id, seat): (&str, &Seat)| (seat.partition == name).then(|| id.to_owned());
        Some(row.show(name, self.seats.iter().filter_map(mine).collect()))
    }

    /// Every partition with its members, in one pass over these.
    pub fn partitions(&self) -> Vec<Partition> {
        let mut ids: HashMap<&str, Vec<String>> = HashMap::new();
        for (id, seat) in self.seats.iter() {
            ids.entry(&seat.partition).or_default().push(id.to_owned());
        }
        let show = |(name, row): (&str, &Row)| row.show(name, ids.remove(name).unwrap_or_default());
        self.partitions.iter().map(show).collect()
    }

    /// The partition a component is in.
    pub fn partition_of(&self, id: &str) -> Option<&String> {
        self.seats.get(id).map(|seat| &seat.partition)
    }

    /// Adds a partition whose words and members were found good.
    pub fn insert_partition(&mut self, partition: Partition) -> Result<(), Trouble> {
        let tags = partition.tags.unwrap_or_default();
        fits(&partition.name, 255)?;
        fits(&partition.description, 255)?;
        tags.iter().try_for_each(|tag| fits(tag, 255))?;
        if self.has_partition(&partition.name) {
            return Err(said::DUPLICATE);
        }
        let row = Row {
            description: partition.description,
            tags,
        };
        self.partitions.put(&partition.name, row);
        self.seat(&partition.name, &partition.members.ids)
    }

    /// Changes description and tags; nothing else of a partition can be.
    pub fn patch_partition(&mut self, name: &str, patch: GroupPatch) -> Result<(), Trouble> {
        if !self.has_partition(name) {
            return Err(said::NO_PARTITION);
        }
        fits(patch.description.as_deref().unwrap_or_default(), 255)?;
        let tags = patch.tags.iter().flatten();
        tags.into_iter().try_for_each(|tag| fits(tag, 255))?;
        self.partitions.update(name, |row| {
            if let Some(description) = patch.description {
                row.description = description;
            }
            if let Some(tags) = patch.tags {
                row.tags = tags;
            }
        });
        Ok(())
    }

    pub fn delete_partition(&mut self, name: &str) -> bool {
        let mine = |(id, seat): (&str, &Seat)| (seat.partition == name).then(|| id.to_owned());
        let ids: Vec<String> = self.seats.iter().filter_map(mine).collect();
        for id in ids {
            self.seats.remove(&id);
        }
        self.partitions.remove(name).is_some()
    }

    /// Adds members: none of them may be in a partition, and all must exist.
    pub fn seat(&mut self, name: &str, ids: &[String]) -> Result<(), Trouble> {
        let mut seen = HashSet::new();
        for id in ids {
            match self.partition_of(id) {
                Some(other) if other != name => return Err(said::EXCLUSIVE_PARTITION),
                None if seen.insert(id) => {}
                _ => return Err(said::DUPLICATE),
            }
        }
        // references are looked at when all keys were found good
        if !ids.iter().all(|id| self.has_component(id)) {
            return Err(said::NO_COMPONENT);
        }
        for id in ids {
            let partition = name.to_owned();
            self.seats.put(id, Seat { partition });
        }
        Ok(())
    }

    pub fn unseat(&mut self, name: &str, id: &str) -> bool {
        let mine = self.partition_of(id).is_some_and(|other| other == name);
        mine && self.seats.remove(id).is_some()
    }
}
