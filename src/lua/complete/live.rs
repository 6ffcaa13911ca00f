//! Names that only the cluster knows: which of them a parameter takes, told by what the parameter is called.

/// The names as they were a moment ago.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Nodes, by xname and by name.
    pub nodes: Vec<String>,
    /// Everything that has an xname.
    pub places: Vec<String>,
    pub macs: Vec<String>,
    pub groups: Vec<String>,
    /// The lab's.
    pub snapshots: Vec<String>,
    /// What the hypervisor has.
    pub domains: Vec<String>,
    pub networks: Vec<String>,
    pub pools: Vec<String>,
    pub vols: Vec<String>,
    pub domain_snapshots: Vec<String>,
    /// The files that come with chami, `data/nodes.yaml`.
    pub files: Vec<String>,
}

/// Functions whose `path` is none of the user's disk.
const FAR: [&str; 2] = ["lab.artifact", "http"];

/// Whether the parameter or field `slot` of `function` is a file's name.
pub(super) fn is_file(function: &str, slot: &str) -> bool {
    let named = matches!(slot.trim_end_matches('?'), "file" | "path" | "roles");
    named && !FAR.iter().any(|it| function.starts_with(it))
}

/// Functions whose `name` is a snapshot.
const SNAPSHOTS: [&str; 4] = ["lab.restore", "lab.discard", "lab.diff", "lab.snapshot"];
/// Separate the words of a node set.
const SEPARATORS: [char; 6] = [',', '!', '&', '^', ' ', '\t'];

/// The names that may stand in a string, and from which byte of it on.
#[derive(Default)]
pub(super) struct Fitting<'a> {
    pub(super) from: usize,
    pub(super) names: Vec<&'a str>,
    /// Stands before each of them.
    pub(super) mark: &'static str,
}

impl Live {
    /// What the parameter or field `slot` of `function` takes, when so much of it stands there.
    pub(super) fn fitting(&self, function: &str, slot: &str, typed: &str) -> Fitting<'_> {
        let plain = |names| Fitting {
            names,
            ..Fitting::default()
        };
        let slot = slot.trim_end_matches('?');
        if let Some(names) = function
            .strip_prefix("virsh.")
            .and_then(|_| self.virtual_names(slot))
        {
            return plain(all(names));
        }
        match slot {
            "set" if function.starts_with("virsh.") => {
                let mut fitting = self.set(typed);
                if fitting.mark.is_empty() {
                    fitting.names.splice(0..0, all(&self.domains));
                }
                fitting
            }
            "set" | "n" | "node" | "nodes" | "hosts" | "members" => self.set(typed),
            "xname" | "xnames" | "place" | "places" | "bmc" | "bmcs" | "ids" | "ComponentID" => {
                plain(all(&self.places))
            }
            "mac" | "macs" | "MACAddress" => plain(all(&self.macs)),
            "group" | "groups" | "label" => plain(all(&self.groups)),
            "name" | "names" if function.starts_with("cloud_init.group.") => {
                plain(all(&self.groups))
            }
            "name" if SNAPSHOTS.contains(&function) => plain(all(&self.snapshots)),
            slot if is_file(function, slot) => plain(next_parts(&self.files, typed)),
            _ => Fitting::default(),
        }
    }

    /// What the hypervisor's things are called.
    fn virtual_names(&self, slot: &str) -> Option<&[String]> {
        let names = match slot {
            "domain" => &self.domains,
            "network" => &self.networks,
            "pool" => &self.pools,
            "vol" => &self.vols,
            "snapshot" => &self.domain_snapshots,
            _ => return None,
        };
        Some(names)
    }

    /// The last word of a node set: a node, or a group behind its `@`.
    fn set(&self, typed: &str) -> Fitting<'_> {
        let from = typed.rfind(SEPARATORS).map_or(0, |at| at + 1);
        let group = typed[from..].starts_with('@');
        let names = if group { &self.groups } else { &self.nodes };
        Fitting {
            from,
            names: all(names),
            mark: if group { "@" } else { "" },
        }
    }
}

/// Of paths that begin as `typed` does all up to the next slash, as a shell offers them.
fn next_parts<'a>(paths: &'a [String], typed: &str) -> Vec<&'a str> {
    let fitting = paths.iter().filter(|path| path.starts_with(typed));
    let part = |path: &'a String| {
        let slash = path[typed.len()..].find('/');
        &path[..slash.map_or(path.len(), |at| typed.len() + at + 1)]
    };
    let mut parts: Vec<&str> = fitting.map(part).collect();
    parts.dedup();
    parts
}

fn all(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
