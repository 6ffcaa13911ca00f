//! What a nodes file says that SMD would swallow and the cluster choke on.
use super::{
    address,
    file::{Node, NodesFile, split_node},
    finding::{Finding, Findings, Level, Place},
};
use crate::fault::Fault;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// What the file itself cannot know.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The nodes' network, `172.16.0.0/24`.
    pub network: Option<String>,
    /// The head node's address in it.
    pub head: Option<String>,
    /// The DHCP pool for strangers, first and last address.
    pub pool: Option<Vec<String>>,
}

/// All findings, in the order of the file.
pub(super) fn lint(file: &NodesFile, options: &Options) -> Result<Vec<Finding>, Fault> {
    let mut findings = Findings(file.findings.clone());
    twins(file, &mut findings);
    for bmc in &file.bmcs {
        xname(&bmc.place, &bmc.xname, false, &mut findings);
        mac(&bmc.place, &bmc.mac, &mut findings);
    }
    let bmcs = file.bmc_index();
    let mut numbers: BTreeMap<usize, Vec<(u64, &Node)>> = BTreeMap::new();
    for node in &file.nodes {
        xname(&node.place, &node.xname, true, &mut findings);
        interfaces(node, &mut findings);
        groups(node, &mut findings);
        let Some(word) = node.bmc_word() else {
            continue;
        };
        match bmcs.get(word) {
            None => findings.error(
                "unresolved-bmc",
                &node.place,
                format!("there is no BMC `{word}` in `bmcs`: SMD would know the node, but none of its interfaces"),
                format!("add an entry with `xname: {word}` to `bmcs`, or correct `bmc:`"),
            ),
            Some(&at) => {
                let number = split_node(&node.xname).filter(|(own, _)| *own == file.bmcs[at].xname);
                let number = number.map_or(u64::MAX, |(_, number)| number);
                numbers.entry(at).or_default().push((number, node));
            }
        }
    }
    numbering(file, numbers, &mut findings);
    address::check(file, options, &mut findings)?;
    let mut all = findings.0;
    all.sort_by_key(|finding| finding.line);
    Ok(all)
}

/// Values that only one record may have, and who has them.
#[derive(Default)]
struct Owners<'a>(HashMap<(&'static str, String), &'a Place>);

impl<'a> Owners<'a> {
    /// Reports `value` when another record has it already; the empty value belongs to nobody.
    fn claim(
        &mut self,
        (what, rule): (&'static str, &'static str),
        value: String,
        place: &'a Place,
        findings: &mut Findings,
    ) {
        if value.is_empty() {
            return;
        }
        let Some(first) = self.0.get(&(what, value.clone())) else {
            self.0.insert((what, value), place);
            return;
        };
        let line = match first.line {
            Some(line) => format!(" on line {line}"),
            None => String::new(),
        };
        findings.error(
            rule,
            place,
            format!("{what} {value} is already taken by {}{line}", first.record),
            "give one of the two another value",
        );
    }
}

fn twins(file: &NodesFile, findings: &mut Findings) {
    const MAC: (&str, &str) = ("MAC", "duplicate-mac");
    const IP: (&str, &str) = ("IP", "duplicate-ip");
    const BMC: (&str, &str) = ("BMC xname", "duplicate-xname");
    const NODE: (&str, &str) = ("xname", "duplicate-xname");
    const NID: (&str, &str) = ("NID", "duplicate-nid");
    let mut owners = Owners::default();
    for bmc in &file.bmcs {
        owners.claim(BMC, bmc.xname.clone(), &bmc.place, findings);
        owners.claim(MAC, mac_key(&bmc.mac), &bmc.place, findings);
        owners.claim(IP, bmc.ip.clone(), &bmc.place, findings);
    }
    for node in &file.nodes {
        let nid = node.nid.map(|nid| nid.to_string()).unwrap_or_default();
        owners.claim(NODE, node.xname.clone(), &node.place, findings);
        owners.claim(NID, nid, &node.place, findings);
        for nic in &node.nics {
            owners.claim(MAC, mac_key(&nic.mac), &nic.place, findings);
            for ip in &nic.ips {
                owners.claim(IP, ip.address.clone(), &nic.place, findings);
            }
        }
    }
}

fn mac_key(mac: &str) -> String {
    normal_mac(mac).unwrap_or_default()
}

/// Twelve hexadecimal digits, as SMD writes them: lower case, with colons.
pub(super) fn normal_mac(text: &str) -> Option<String> {
    let digits: Vec<char> = text.chars().filter(|c| !":-.".contains(*c)).collect();
    if digits.len() != 12 || !digits.iter().all(char::is_ascii_hexdigit) {
        return None;
    }
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    Some(pairs.collect::<Vec<_>>().join(":").to_lowercase())
}

fn mac(place: &Place, mac: &str, findings: &mut Findings) {
    if mac.is_empty() {
        return;
    }
    match normal_mac(mac) {
        None => findings.error(
            "bad-mac",
            place,
            format!("`{mac}` is not a MAC address"),
            "a MAC has six pairs of hexadecimal digits, \"52:54:00:be:ef:01\"",
        ),
        Some(normal) if mac.chars().any(|c| c.is_ascii_uppercase()) => findings.add(
            Level::Note,
            "upper-case-mac",
            place,
            format!("SMD keeps {mac} as {normal}"),
            "write MAC addresses in lower case, so that searches find them",
        ),
        Some(_) => {}
    }
}

/// A node's xname has five numbers, a BMC's four.
fn xname(place: &Place, xname: &str, node: bool, findings: &mut Findings) {
    if xname.is_empty() {
        return;
    }
    let letters: String = xname.chars().filter(|c| !c.is_ascii_digit()).collect();
    let whole = xname
        .split(|c: char| !c.is_ascii_digit())
        .skip(1)
        .all(|number| !number.is_empty());
    let sort = match letters.as_str() {
        _ if !whole => "no xname",
        "xcsbn" => "a node's",
        "xcsb" => "a BMC's",
        _ => "neither a node's nor a BMC's",
    };
    if node && sort != "a node's" {
        findings.error(
            "xname-kind",
            place,
            format!("`{xname}` is {sort}; SMD would make something else of this node"),
            "a node's xname reads xCABINETcCHASSISsSLOTbBMCnNODE, `x1000c0s0b0n0`",
        );
    } else if !node && sort != "a BMC's" {
        findings.error(
            "xname-kind",
            place,
            format!("`{xname}` is {sort}; a BMC is expected here"),
            "a BMC's xname reads xCABINETcCHASSISsSLOTbBMC, `x1000c0s0b0`",
        );
    }
}

fn interfaces(node: &Node, findings: &mut Findings) {
    if node.nics.is_empty() {
        findings.warning(
            "no-interfaces",
            &node.place,
            "the node has no interfaces: it can neither boot nor be found by its address",
            "list its interfaces, each with `mac_addr` and `ip_addrs`",
        );
    }
    for nic in &node.nics {
        mac(&nic.place, &nic.mac, findings);
        match &nic.ips[..] {
            [] => findings.error(
                "empty-ip-list",
                &nic.place,
                "the interface has no address; ochami stops here with `index out of range`",
                "give it one: `ip_addrs: [{ ip_addr: 172.16.0.1 }]`",
            ),
            [_] => {}
            [first, rest @ ..] => findings.add(
                Level::Note,
                "more-addresses",
                &nic.place,
                format!(
                    "only the first address, {}, reaches SMD; {} more do not",
                    first.address,
                    rest.len()
                ),
                "smd.iface.update adds addresses to an interface that exists",
            ),
        }
    }
}

fn groups(node: &Node, findings: &mut Findings) {
    for group in &node.groups {
        let fine = |c: char| c.is_ascii_alphanumeric() || ".-_:".contains(c);
        if group.is_empty() || !group.chars().all(fine) {
            findings.error(
                "group-name",
                &node.place,
                format!("SMD refuses the group name `{group}`"),
                "use letters, digits, `.`, `-`, `_` and `:`",
            );
        } else if group.chars().any(|c| c.is_ascii_uppercase()) {
            findings.add(
                Level::Note,
                "group-name",
                &node.place,
                format!(
                    "SMD keeps the group `{group}` as `{}`",
                    group.to_lowercase()
                ),
                "write group names in lower case",
            );
        }
    }
}

/// SMD numbers the nodes behind a BMC itself, from n0, whatever the file calls them.
fn numbering(
    file: &NodesFile,
    numbers: BTreeMap<usize, Vec<(u64, &Node)>>,
    findings: &mut Findings,
) {
    for (at, mut nodes) in numbers {
        nodes.sort_by_key(|(number, _)| *number);
        // Twins are reported as such.
        nodes.dedup_by_key(|(number, _)| *number);
        for (expected, (number, node)) in (0..).zip(nodes) {
            if number != expected && split_node(&node.xname).is_some() {
                let bmc = &file.bmcs[at].xname;
                findings.error(
                    "node-number",
                    &node.place,
                    format!(
                        "SMD numbers the nodes of a BMC from n0: the interfaces of {} would go to {bmc}n{expected}",
                        node.xname
                    ),
                    format!("call the node {bmc}n{expected}, or list the node that is missing before it"),
                );
            }
        }
    }
}
