//! What is kept of a simulated head node: what differs from how it was delivered. Pure.
//!
//! It is delivered as somebody leaves it who has prepared it for OpenCHAMI: with directories, a name and forwarding.
use crate::table::{self, Rows, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A file or a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    pub owner: String,
    pub group: String,
    /// `0755`.
    pub mode: String,
    /// None: it is a directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// It was delivered, and somebody has removed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

const HOSTS: &str = "127.0.0.1 localhost localhost.localdomain localhost4 localhost4.localdomain4
::1 localhost localhost.localdomain localhost6 localhost6.localdomain6
172.16.0.254 demo.openchami.cluster
";

/// Directories as delivered, with their owners.
const DIRS: [(&str, &str); 24] = [
    ("/bin", "root"),
    ("/boot", "root"),
    ("/data", "root"),
    ("/data/oci", "rocky"),
    ("/data/s3", "rocky"),
    ("/dev", "root"),
    ("/etc", "root"),
    ("/etc/sysctl.d", "root"),
    ("/home", "root"),
    ("/home/rocky", "rocky"),
    ("/lib", "root"),
    ("/mnt", "root"),
    ("/opt", "root"),
    ("/opt/workdir", "rocky"),
    ("/proc", "root"),
    ("/root", "root"),
    ("/run", "root"),
    ("/sbin", "root"),
    ("/srv", "root"),
    ("/srv/nfs", "rocky"),
    ("/sys", "root"),
    ("/tmp", "root"),
    ("/usr", "root"),
    ("/var", "root"),
];

/// What it runs.
pub const KERNEL: &str = "5.14.0-503.38.1.el9_5.x86_64";

/// Kernel parameters as delivered.
const SYSCTLS: [(&str, &str); 17] = [
    ("fs.file-max", "9223372036854775807"),
    ("fs.inotify.max_user_instances", "128"),
    ("fs.inotify.max_user_watches", "524288"),
    ("kernel.hostname", "head"),
    ("kernel.osrelease", KERNEL),
    ("kernel.ostype", "Linux"),
    ("net.bridge.bridge-nf-call-ip6tables", "1"),
    ("net.bridge.bridge-nf-call-iptables", "1"),
    ("net.core.rmem_max", "212992"),
    ("net.core.somaxconn", "4096"),
    ("net.ipv4.conf.all.rp_filter", "0"),
    ("net.ipv4.ip_forward", "1"),
    ("net.ipv6.conf.all.disable_ipv6", "0"),
    ("net.ipv6.conf.all.forwarding", "0"),
    ("vm.max_map_count", "65530"),
    ("vm.overcommit_memory", "0"),
    ("vm.swappiness", "60"),
];

fn delivered(path: &str) -> Option<Node> {
    let node = |owner: &str, mode: &str, text: Option<&str>| Node {
        owner: owner.to_owned(),
        group: owner.to_owned(),
        mode: mode.to_owned(),
        text: text.map(str::to_owned),
        gone: false,
    };
    match path {
        "/" => Some(node("root", "0755", None)),
        "/etc/hosts" => Some(node("root", "0644", Some(HOSTS))),
        "/tmp" => Some(node("root", "1777", None)),
        _ => {
            let (_, owner) = DIRS.iter().find(|(name, _)| *name == path)?;
            Some(node(owner, "0755", None))
        }
    }
}

pub struct Store {
    paths: Table<Node>,
    sysctls: Table<String>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            paths: Table::new("paths"),
            sysctls: Table::new("sysctls"),
        }
    }
}

impl table::Store for Store {
    fn tables(&self) -> Vec<&dyn Rows> {
        vec![&self.paths, &self.sysctls]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.paths, &mut self.sysctls]
    }
}

impl Store {
    pub fn node(&self, path: &str) -> Option<Node> {
        match self.paths.get(path) {
            Some(node) => Some(node.clone()).filter(|node| !node.gone),
            None => delivered(path),
        }
    }

    pub fn put(&mut self, path: &str, node: Node) {
        if delivered(path).as_ref() == Some(&node) {
            self.paths.remove(path);
        } else if self.paths.get(path) != Some(&node) {
            self.paths.put(path, node);
        }
    }

    pub fn remove(&mut self, path: &str) {
        if delivered(path).is_some() {
            let gone = true;
            self.paths.put(
                path,
                Node {
                    gone,
                    ..Node::default()
                },
            );
        } else {
            self.paths.remove(path);
        }
    }

    /// Whether something stands in a directory.
    pub fn holds(&self, path: &str) -> bool {
        let below = |name: &str| {
            name.strip_prefix(path)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        let known = DIRS.iter().map(|(name, _)| *name).chain(["/etc/hosts"]);
        let mut all = known.chain(self.paths.keys()).filter(|name| below(name));
        all.any(|name| self.node(name).is_some())
    }

    /// The files whose paths begin like this, with their texts.
    pub fn texts(&self, front: &str) -> BTreeMap<String, String> {
        let mut paths = self.paths.keys().filter(|path| path.starts_with(front));
        let text = |path: &String| Some((path.clone(), self.node(path)?.text?));
        paths
            .by_ref()
            .filter_map(|path| text(&path.to_string()))
            .collect()
    }

    pub fn sysctl(&self, name: &str) -> Option<String> {
        let its = self.sysctls.get(name).cloned();
        its.or_else(|| {
            Self::delivered_sysctls()
                .get(name)
                .map(|it| (*it).to_owned())
        })
    }

    pub fn set_sysctl(&mut self, name: &str, value: &str) {
        if Self::delivered_sysctls().get(name) == Some(&value) {
            self.sysctls.remove(name);
        } else {
            self.sysctls.put(name, value.to_owned());
        }
    }

    pub fn delivered_sysctls() -> BTreeMap<&'static str, &'static str> {
        BTreeMap::from(SYSCTLS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Store as _;

    #[test]
    fn what_is_as_delivered_has_no_record() {
        let mut store = Store::default();
        let records = |store: &Store| store.tables().iter().map(|it| it.count()).sum::<usize>();
        let oci = store.node("/data/oci").expect("delivered");
        assert!(store.holds("/data") && !store.holds("/data/oci"));
        store.remove("/data/oci");
        assert_eq!(store.node("/data/oci"), None);
        store.set_sysctl("net.ipv4.ip_forward", "0");
        assert_eq!(
            (
                store.sysctl("net.ipv4.ip_forward").as_deref(),
                records(&store)
            ),
            (Some("0"), 2)
        );
        store.put("/data/oci", oci);
        store.set_sysctl("net.ipv4.ip_forward", "1");
        assert_eq!(records(&store), 0);
        store.put("/data/mine", Node::default());
        store.remove("/data/mine");
        assert_eq!(records(&store), 0);
    }
}
