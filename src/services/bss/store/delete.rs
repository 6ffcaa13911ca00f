//! What DELETE takes away. One that finds nothing fails in the middle of its work, in words about its own tables.
use super::{Config, Node, Refusal, Store, change::broken, go_quoted, is_node, quote};
use crate::services::bss::types::BootParams;
use indexmap::IndexSet;

impl Store {
    /// DELETE: by one sort of identity, or else by what is booted; all given fields must match.
    pub fn delete(&mut self, asked: &BootParams) -> Result<(), Refusal> {
        const END: &str = ") RETURNING *;";
        let by = |words: &BootParams, store: &Self| store.rows(words);
        let only = BootParams::default;
        let rows = if !asked.hosts.is_empty() {
            let mut groups = asked.hosts.iter().filter(|host| !is_node(host));
            if groups.next().is_some() {
                return self.delete_groups(&asked.hosts);
            }
            let hosts = asked.hosts.clone();
            by(&BootParams { hosts, ..only() }, self)
        } else if !asked.macs.is_empty() {
            if let Some(words) = quote::broken_list(&asked.macs, END) {
                let query = "could not perform node deletion in database: ";
                return Refusal::said(format!(
                    "postgres.Delete: error deleting Node(s): {query}{words}"
                ));
            }
            let macs = asked.macs.clone();
            by(&BootParams { macs, ..only() }, self)
        } else if !asked.nids.is_empty() {
            let nids = asked.nids.clone();
            by(&BootParams { nids, ..only() }, self)
        } else {
            return self.delete_configs(asked);
        };
        if rows.is_empty() {
            return Refusal::said(
                "postgres.Delete: error deleting BootGroupAssignment(s): \
                 no node IDs specified for deleting boot group assignments",
            );
        }
        for row in rows {
            if let Some(node) = self.nodes.remove(&row)
                && self.leave(&node.config)
            {
                self.forget(&node.config);
            }
        }
        Ok(())
    }

    /// A name that is no node's is taken for a group's, which here only configurations have.
    fn delete_groups(&mut self, hosts: &[String]) -> Result<(), Refusal> {
        let groups: Vec<String> = hosts.iter().filter(|h| !is_node(h)).cloned().collect();
        if let Some(words) = quote::broken_list(&groups, ") RETURNING *;") {
            let query = "could not perform boot group deletion in database: ";
            return Refusal::said(format!(
                "postgres.Delete: error deleting BootGroup(s): {query}{words}"
            ));
        }
        let named = |config: &Config| groups.contains(&group_name(config));
        let (used, idle) = self.configs_that(named);
        if used.is_empty() && idle.is_empty() {
            return Refusal::said(
                "postgres.Delete: error deleting BootConfig(s): no boot config IDs specified to delete",
            );
        }
        let nobody = used.is_empty();
        self.drop_configs(used, idle);
        if nobody {
            return Refusal::said(
                "postgres.Delete: error deleting Node(s): no node IDs specified for deletion",
            );
        }
        Ok(())
    }

    fn delete_configs(&mut self, asked: &BootParams) -> Result<(), Refusal> {
        if Config::of(asked) == Config::default() {
            return Ok(());
        }
        if let Some(words) = broken(asked, " AND ", " RETURNING *;") {
            let query = "could not perform boot config deletion in database: ";
            return Refusal::said(format!("postgres.Delete: {query}{words}"));
        }
        let read = |text: &String| quote::literal(text).unwrap_or_default();
        let (kernel, initrd, params) = (
            read(&asked.kernel),
            read(&asked.initrd),
            read(&asked.params),
        );
        let fits = |given: &String, value: &String| given.is_empty() || given == value;
        let (used, idle) = self.configs_that(|config| {
            fits(&kernel, &config.kernel)
                && fits(&initrd, &config.initrd)
                && fits(&params, &config.params)
        });
        self.drop_configs(used, idle);
        Ok(())
    }

    /// The keys of configurations in use and of idle ones.
    fn configs_that(&self, fit: impl Fn(&Config) -> bool) -> (IndexSet<String>, Vec<String>) {
        let used = self.configs.iter().filter(|(_, config)| fit(config));
        let idle = self.idle.iter().filter(|(_, config)| fit(config));
        (
            used.map(|(key, _)| key.to_owned()).collect(),
            idle.map(|(key, _)| key.clone()).collect(),
        )
    }

    /// Configurations and the rows that point to them go.
    fn drop_configs(&mut self, used: IndexSet<String>, idle: Vec<String>) {
        let pointing = |(row, node): (&str, &Node)| used.contains(&node.config).then(|| row.into());
        let rows: Vec<String> = self.nodes.iter().filter_map(pointing).collect();
        for row in rows {
            self.nodes.remove(&row);
        }
        for key in used.into_iter().chain(idle) {
            self.users.remove(&key);
            self.forget(&key);
        }
    }

    fn forget(&mut self, key: &str) {
        let idle = self.idle.remove(key);
        let Some(config) = self.configs.remove(key).or(idle) else {
            return;
        };
        if let Some(keys) = self.equal.get_mut(&config) {
            keys.retain(|other| other != key);
            if keys.is_empty() {
                self.equal.remove(&config);
            }
        }
    }
}

fn group_name(config: &Config) -> String {
    format!(
        "BootGroup(kernel={},initrd={},params={})",
        go_quoted(&config.kernel),
        go_quoted(&config.initrd),
        go_quoted(&config.params)
    )
}
