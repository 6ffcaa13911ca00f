//! The nodes file of `ochami discover static`, both formats, read into one model.
//!
//! The new format lists `bmcs` and `nodes`; the old one writes `bmc_mac`, `bmc_ip` and `group` into each node, and its
//! presence in any node makes the whole file old. What ochami drops without a word is reported here or in `lint`.
use super::{
    finding::{Finding, Findings, Level, Place},
    record::Record,
    tree::{Spot, Tree},
};
use std::collections::{HashMap, HashSet};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    New,
    Old,
}

#[derive(Clone, Debug, Default)]
pub struct NodesFile {
    pub format: Format,
    pub bmcs: Vec<Bmc>,
    pub nodes: Vec<Node>,
    /// What reading alone found.
    pub findings: Vec<Finding>,
    /// In the old format: the BMCs seen, by xname and MAC.
    seen: HashSet<(String, String)>,
}

#[derive(Clone, Debug, Default)]
pub struct Bmc {
    pub place: Place,
    pub name: Option<String>,
    pub xname: String,
    pub mac: String,
    pub ip: String,
    pub fqdn: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Node {
    pub place: Place,
    pub name: String,
    pub nid: Option<i64>,
    pub xname: String,
    /// A BMC's name or xname, as written.
    pub bmc: Option<String>,
    pub groups: Vec<String>,
    pub nics: Vec<Nic>,
}

#[derive(Clone, Debug, Default)]
pub struct Nic {
    pub place: Place,
    pub mac: String,
    pub ips: Vec<Ip>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ip {
    pub address: String,
    pub network: Option<String>,
}

impl Node {
    /// What its BMC is called: as written, else the front of its own xname.
    pub fn bmc_word(&self) -> Option<&str> {
        let own = || split_node(&self.xname).map(|(bmc, _)| bmc);
        self.bmc.as_deref().or_else(own)
    }
}

impl NodesFile {
    /// From every name a BMC goes by to its index in `bmcs`; the first of equal names wins.
    pub fn bmc_index(&self) -> HashMap<&str, usize> {
        let mut index = HashMap::new();
        for (at, bmc) in self.bmcs.iter().enumerate() {
            index.entry(bmc.xname.as_str()).or_insert(at);
        }
        for (at, bmc) in self.bmcs.iter().enumerate() {
            if let Some(name) = &bmc.name {
                index.entry(name.as_str()).or_insert(at);
            }
        }
        index
    }
}

/// `x1000c0s0b0n0` → its BMC's xname and its number there.
pub(super) fn split_node(xname: &str) -> Option<(&str, u64)> {
    let (bmc, number) = xname.rsplit_once('n')?;
    let plain = !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit());
    if !plain || !bmc.starts_with('x') {
        return None;
    }
    Some((bmc, number.parse().ok()?))
}

/// SMD writes xnames in lower case and without leading zeros.
pub(super) fn normal_xname(text: &str) -> String {
    let mut xname = String::with_capacity(text.len());
    let mut letters = text.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        let after_letter = !xname.ends_with(|c: char| c.is_ascii_digit());
        let more = letters.peek().is_some_and(char::is_ascii_digit);
        if letter == '0' && after_letter && more {
            continue;
        }
        xname.push(letter.to_ascii_lowercase());
    }
    xname
}

/// Reads the whole file; what is wrong with it is in `findings`.
pub(super) fn read(root: &Spot) -> NodesFile {
    let mut findings = Findings::default();
    let mut file = NodesFile::default();
    let top = Place {
        record: "the file".to_owned(),
        line: root.line,
    };
    if matches!(root.tree, Tree::List(_)) {
        findings.error(
            "missing-nodes",
            &top,
            "the file is a list; ochami says `cannot unmarshal array` and stops",
            "put the list under the key `nodes:`",
        );
    } else if let Some(mut record) = Record::of(root, top.record.clone(), &mut findings) {
        if !record.has("nodes") {
            findings.error(
                "missing-nodes",
                &top,
                "there is no `nodes:` list, so nothing would be loaded",
                "put the nodes under the key `nodes:`",
            );
        }
        read_lists(&mut record, &mut file, &mut findings);
        record.finish(&mut findings);
    }
    file.findings = findings.0;
    file
}

fn read_lists(record: &mut Record, file: &mut NodesFile, findings: &mut Findings) {
    let nodes = record.list("nodes", findings);
    let bmcs = record.list("bmcs", findings);
    let old = |spot: &Spot| match &spot.tree {
        Tree::Map(entries) => entries
            .iter()
            .any(|(key, _)| key == "bmc_ip" || key == "bmc_mac"),
        _ => false,
    };
    if nodes.iter().any(old) {
        file.format = Format::Old;
        findings.add(
            Level::Note,
            "old-format",
            &record.place,
            "`bmc_mac` or `bmc_ip` in a node makes this the old format, which ochami will drop",
            "discover.convert(file) gives the same in the new format",
        );
        if !bmcs.is_empty() {
            findings.warning(
                "old-format",
                &record.place,
                "in the old format the list `bmcs:` is ignored",
                "name each node's BMC with `bmc:` instead of `bmc_mac` and `bmc_ip`",
            );
        }
    } else {
        for (index, spot) in bmcs.iter().enumerate() {
            file.bmcs.extend(bmc(index, spot, findings));
        }
    }
    for (index, spot) in nodes.iter().enumerate() {
        if let Some(found) = node(index, spot, file, findings) {
            file.nodes.push(found);
        }
    }
}

/// `nodes[2] (compute2)`, counted from 1.
fn label(list: &str, index: usize, spot: &Spot) -> String {
    let name = |wanted: &str| match &spot.tree {
        Tree::Map(entries) => entries.iter().find_map(|(key, value)| match &value.tree {
            Tree::Text(text) if key == wanted && !text.is_empty() => Some(text.as_str()),
            _ => None,
        }),
        _ => None,
    };
    let number = index + 1;
    match name("name").or_else(|| name("xname")) {
        Some(name) => format!("{list}[{number}] ({name})"),
        None => format!("{list}[{number}]"),
    }
}

fn bmc(index: usize, spot: &Spot, findings: &mut Findings) -> Option<Bmc> {
    let mut record = Record::of(spot, label("bmcs", index, spot), findings)?;
    let found = Bmc {
        place: record.place.clone(),
        name: record.text("name", findings),
        xname: normal_xname(&needed(&mut record, "xname", findings)),
        mac: needed(&mut record, "mac", findings),
        ip: needed(&mut record, "ip", findings),
        fqdn: record.text("fqdn", findings),
    };
    record.finish(findings);
    Some(found)
}

fn node(index: usize, spot: &Spot, file: &mut NodesFile, findings: &mut Findings) -> Option<Node> {
    let mut record = Record::of(spot, label("nodes", index, spot), findings)?;
    let mut found = Node {
        place: record.place.clone(),
        name: record.text("name", findings).unwrap_or_default(),
        nid: nid(&mut record, findings),
        xname: normal_xname(&needed(&mut record, "xname", findings)),
        groups: record.words("groups", findings),
        ..Node::default()
    };
    if file.format == Format::Old {
        old_fields(&mut record, &mut found, file, findings);
    } else {
        found.bmc = record.text("bmc", findings);
        if record.has("group") {
            let group = record.words("group", findings).join(", ");
            findings.error(
                "group-ignored",
                &found.place,
                "`group:` is ignored in this format: the node would be in no group",
                format!("write `groups: [{group}]`"),
            );
        }
    }
    for (at, spot) in record.list("interfaces", findings).iter().enumerate() {
        let label = format!("{} interfaces[{}]", found.place.record, at + 1);
        found.nics.extend(nic(label, spot, file.format, findings));
    }
    record.finish(findings);
    Some(found)
}

/// `bmc_mac`, `bmc_ip`, `bmc_fqdn` and `group` of the old format; nodes with one BMC MAC share the BMC.
fn old_fields(record: &mut Record, node: &mut Node, file: &mut NodesFile, out: &mut Findings) {
    for group in record.words("group", out) {
        if !node.groups.contains(&group) {
            node.groups.insert(0, group);
        }
    }
    let bmc = Bmc {
        place: node.place.clone(),
        name: (!node.name.is_empty()).then(|| node.name.clone()),
        xname: match split_node(&node.xname) {
            Some((bmc, _)) => bmc.to_owned(),
            None => node.xname.clone(),
        },
        mac: needed(record, "bmc_mac", out),
        ip: needed(record, "bmc_ip", out),
        fqdn: record.text("bmc_fqdn", out),
    };
    node.bmc = Some(bmc.xname.clone());
    if file
        .seen
        .insert((bmc.xname.clone(), bmc.mac.to_lowercase()))
    {
        file.bmcs.push(bmc);
    }
}

fn nid(record: &mut Record, findings: &mut Findings) -> Option<i64> {
    let place = record.place.clone();
    let Some(text) = record.text("nid", findings) else {
        findings.warning(
            "missing-field",
            &place,
            "`nid` is missing: SMD computes one from the xname",
            "give each node a number of its own, `nid: 1`",
        );
        return None;
    };
    let nid = text.parse().ok().filter(|nid| *nid >= 0);
    if nid.is_none() {
        findings.error(
            "bad-nid",
            &place,
            format!("`nid: {text}` is not a whole number"),
            "write digits only, `nid: 1`",
        );
    }
    nid
}

fn nic(label: String, spot: &Spot, format: Format, findings: &mut Findings) -> Option<Nic> {
    let mut record = Record::of(spot, label, findings)?;
    let mut found = Nic {
        place: record.place.clone(),
        mac: needed(&mut record, "mac_addr", findings),
        ips: Vec::new(),
    };
    for (at, spot) in record.list("ip_addrs", findings).iter().enumerate() {
        let label = format!("{} ip_addrs[{}]", found.place.record, at + 1);
        let Some(mut record) = Record::of(spot, label, findings) else {
            continue;
        };
        // The tutorial writes `name` in old files too; ochami reads `network` there.
        let name = record.text("name", findings);
        let network = match format {
            Format::Old => record.text("network", findings).or(name),
            Format::New => name,
        };
        found.ips.push(Ip {
            address: needed(&mut record, "ip_addr", findings),
            network,
        });
        record.finish(findings);
    }
    record.finish(findings);
    Some(found)
}

fn needed(record: &mut Record, key: &'static str, findings: &mut Findings) -> String {
    let place = record.place.clone();
    record.text(key, findings).unwrap_or_else(|| {
        findings.error(
            "missing-field",
            &place,
            format!("`{key}` is missing"),
            format!("add `{key}: …` to this record"),
        );
        String::new()
    })
}
