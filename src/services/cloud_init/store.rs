//! What cloud-init keeps: groups, the cluster's defaults, and what is special about single nodes.
//!
//! Pure: no HTTP, no JSON, no clock. What the server has read from SMD is not here; it is forgotten whenever the server
//! starts, and the store says when that is.
use super::types::{Defaults, Group, InstanceInfo};
use crate::table::{self, Rows, Table};
use std::collections::BTreeMap;

/// The one record of its table.
const CLUSTER: &str = "cluster";

/// cloud-init's memory.
pub struct Store {
    groups: Table<Group>,
    instances: Table<InstanceInfo>,
    defaults: Table<Defaults>,
    start: Option<Box<dyn Fn() + Send + Sync>>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            groups: Table::new("groups"),
            instances: Table::new("instances"),
            defaults: Table::new("defaults"),
            start: None,
        }
    }
}

impl Store {
    /// What is to be done each time everything was put in place of what was there: the server starts.
    pub fn at_start(start: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            start: Some(Box::new(start)),
            ..Self::default()
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.groups.clear();
        self.instances.clear();
        self.defaults.clear();
    }

    /// All groups by the name they are asked for with; the name inside may be another.
    pub fn groups(&self) -> BTreeMap<&str, &Group> {
        self.groups.iter().collect()
    }

    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(name)
    }

    /// Keeps a new group; false: there is one of that name.
    pub fn add_group(&mut self, group: Group) -> bool {
        let name = group.name.clone();
        let new = !self.groups.contains(&name);
        if new {
            self.groups.put(&name, group);
        }
        new
    }

    pub fn put_group(&mut self, name: &str, group: Group) {
        self.groups.put(name, group);
    }

    pub fn remove_group(&mut self, name: &str) {
        self.groups.remove(name);
    }

    pub fn defaults(&self) -> Option<&Defaults> {
        self.defaults.get(CLUSTER)
    }

    /// Takes over what is not empty, so nothing can be cleared. Two fields are never kept.
    pub fn merge_defaults(&mut self, new: Defaults) {
        let mut all = self.defaults().cloned().unwrap_or_default();
        let mut take = |field: fn(&mut Defaults) -> &mut String, text: String| {
            if !text.is_empty() {
                *field(&mut all) = text;
            }
        };
        take(|d| &mut d.cloud_provider, new.cloud_provider);
        take(|d| &mut d.region, new.region);
        take(|d| &mut d.availability_zone, new.availability_zone);
        take(|d| &mut d.cluster_name, new.cluster_name);
        take(|d| &mut d.short_name, new.short_name);
        if !new.base_url.is_empty() {
            new.base_url
                .trim_end_matches('/')
                .clone_into(&mut all.base_url);
        }
        if !new.public_keys.is_empty() {
            all.public_keys = new.public_keys;
        }
        if new.nid_length != 0 {
            all.nid_length = new.nid_length;
        }
        self.defaults.put(CLUSTER, all);
    }

    /// How many bytes the groups' files have.
    pub fn size(&self) -> u64 {
        let files = self.groups.values().map(|group| group.file.content.len());
        files.map(|length| length as u64).sum()
    }

    pub fn instance(&self, id: &str) -> Option<&InstanceInfo> {
        self.instances.get(id)
    }

    pub fn put_instance(&mut self, id: &str, info: InstanceInfo) {
        self.instances.put(id, info);
    }
}

impl table::Store for Store {
    fn tables(&self) -> Vec<&dyn Rows> {
        vec![&self.groups, &self.instances, &self.defaults]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.groups, &mut self.instances, &mut self.defaults]
    }

    fn loaded(&mut self) {
        if let Some(start) = &self.start {
            start();
        }
    }
}
