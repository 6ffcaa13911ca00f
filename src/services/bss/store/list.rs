//! What GET answers: everything by configuration, or what was asked for by content.
use super::{Config, Identity, Node, Store, quote};
use crate::services::bss::types::{BootParams, CloudInit};
use indexmap::IndexMap;

fn empty(config: &Config) -> BootParams {
    BootParams {
        kernel: config.kernel.clone(),
        initrd: config.initrd.clone(),
        params: config.params.clone(),
        cloud_init: Some(CloudInit::default()),
        ..BootParams::default()
    }
}

impl Store {
    /// Every configuration in use with who boots it; equal ones that were never joined stand apart.
    pub fn all(&self) -> Vec<BootParams> {
        let mut found: IndexMap<&str, BootParams> = IndexMap::new();
        for node in self.nodes.values() {
            let Some(config) = self.configs.get(&node.config) else {
                continue;
            };
            let entry = found.entry(&node.config).or_insert_with(|| empty(config));
            for _ in 0..node.times {
                entry.hosts.extend(filled(&node.xname));
                entry.macs.extend(filled(&node.mac));
                entry.nids.extend((node.nid != 0).then_some(node.nid));
            }
        }
        found.into_values().collect()
    }

    /// What these identities boot; only they are named in what comes back. Nothing: none of them is known, or a name is
    /// one that the database does not understand.
    pub fn some(&self, macs: &[String], hosts: &[String], nids: &[i32]) -> Vec<BootParams> {
        let read = |words: &[String]| -> Option<Vec<String>> {
            words.iter().map(|word| quote::literal(word)).collect()
        };
        let (Some(macs), Some(hosts)) = (read(macs), read(hosts)) else {
            return Vec::new();
        };
        let mut found = IndexMap::new();
        let macs: Vec<String> = macs.iter().map(|mac| mac.to_lowercase()).collect();
        let macs = macs.iter().map(|mac| Identity::Mac(mac));
        self.gather(macs, &mut found, |node, entry| {
            entry.macs.push(node.mac.clone());
        });
        let hosts = hosts.iter().map(|host| Identity::Xname(host));
        self.gather(hosts, &mut found, |node, entry| {
            entry.hosts.push(node.xname.clone());
        });
        let nids = nids.iter().map(|nid| Identity::Nid(*nid));
        self.gather(nids, &mut found, |node, entry| entry.nids.push(node.nid));
        found.into_values().collect()
    }

    fn gather<'a, 'b>(
        &'a self,
        identities: impl Iterator<Item = Identity<'b>>,
        found: &mut IndexMap<&'a Config, BootParams>,
        tell: impl Fn(&Node, &mut BootParams),
    ) {
        let mut rows: indexmap::IndexSet<&str> = indexmap::IndexSet::new();
        for identity in identities {
            rows.extend(self.find(identity));
        }
        for node in rows.into_iter().filter_map(|key| self.nodes.get(key)) {
            let Some(config) = self.configs.get(&node.config) else {
                continue;
            };
            let entry = found.entry(config).or_insert_with(|| empty(config));
            for _ in 0..node.times {
                tell(node, entry);
            }
        }
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
