//! The meta-data of a node: what SMD, the cluster's defaults, the node's own record and its groups make together.
use super::yaml::{self, Node};
use crate::services::cloud_init::{
    store::Store,
    types::{Defaults, InstanceInfo},
};
use std::borrow::Cow;

/// Digits of a NID in a host name, unless the defaults say otherwise.
const NID_LENGTH: i64 = 4;
/// Go's `fmt` gives up on wider ones.
const WIDEST: u64 = 1_000_000;

/// A node as SMD shows it.
pub(super) struct Machine<'a> {
    pub(super) nid: i64,
    pub(super) ip: &'a str,
    pub(super) groups: &'a [String],
}

type Members<'a> = Vec<(Cow<'a, str>, Node<'a>)>;

/// Adds a member, unless its text is empty.
fn say<'a>(members: &mut Members<'a>, name: &'static str, text: &'a str) {
    if !text.is_empty() {
        members.push((name.into(), Node::text(text)));
    }
}

pub(super) fn write(store: &Store, machine: &Machine, info: &InstanceInfo) -> String {
    let none = Defaults::default();
    let defaults = store.defaults().unwrap_or(&none);
    let own = |name: &str| match name {
        "" => host_name(defaults, machine.nid),
        name => name.to_owned(),
    };
    let (local, full) = (own(&info.local_hostname), own(&info.hostname));
    let document = Node::Map(vec![
        ("instance-id".into(), Node::text(&info.instance_id)),
        ("local-hostname".into(), Node::text(&local)),
        ("hostname".into(), Node::text(&full)),
        ("cluster-name".into(), Node::text(&defaults.cluster_name)),
        (
            "instance_data".into(),
            Node::Map(vec![("v1".into(), v1(store, defaults, machine, info))]),
        ),
    ]);
    yaml::write(&document)
}

fn v1<'a>(
    store: &'a Store,
    defaults: &'a Defaults,
    machine: &Machine<'a>,
    info: &'a InstanceInfo,
) -> Node<'a> {
    let mut v1 = Members::new();
    say(&mut v1, "availability_zone", &defaults.availability_zone);
    say(&mut v1, "instance_id", &info.instance_id);
    say(&mut v1, "instance_type", &info.instance_type);
    say(&mut v1, "region", &defaults.region);
    v1.push(("local_ipv4".into(), Node::text(machine.ip)));
    say(&mut v1, "cloud_provider", &defaults.cloud_provider);
    let keys = defaults.public_keys.iter().chain(&info.public_keys);
    let keys: Vec<Node> = keys.map(|key| Node::text(key)).collect();
    if !keys.is_empty() {
        v1.push(("public_keys".into(), Node::List(keys)));
    }
    let mut vendor: Members = vec![("version".into(), Node::text("1.0"))];
    let base = [&info.base_url, &defaults.base_url];
    let base = base.into_iter().find(|url| !url.is_empty());
    say(
        &mut vendor,
        "cloud_init_base_url",
        base.map_or("", String::as_str),
    );
    say(&mut vendor, "cluster_name", &defaults.cluster_name);
    let groups = machine
        .groups
        .iter()
        .map(|name| (name.into(), group(store, name)));
    vendor.push(("groups".into(), Node::sorted(groups.collect())));
    v1.push(("vendor_data".into(), Node::Map(vendor)));
    Node::Map(v1)
}

/// A group's meta-data, which may replace its description.
fn group<'a>(store: &'a Store, name: &str) -> Node<'a> {
    let record = store.group(name);
    let mut members: Members = record
        .into_iter()
        .flat_map(|group| &group.meta_data)
        .map(|(key, value)| (key.into(), value.into()))
        .collect();
    if members.iter().all(|(key, _)| key != "Description") {
        let text = record.map(|group| group.description.as_str());
        let text = text.filter(|text| !text.is_empty());
        let text = text.unwrap_or("No description Found");
        members.push(("Description".into(), Node::text(text)));
    }
    Node::sorted(members)
}

/// `nid001`: the short name (or the beginning of the long one) and the NID.
fn host_name(defaults: &Defaults, nid: i64) -> String {
    let name: String = match defaults.short_name.as_str() {
        "" => defaults.cluster_name.chars().take(2).collect(),
        name => name.to_owned(),
    };
    let length = match defaults.nid_length {
        0 => NID_LENGTH,
        length => length,
    };
    if length.unsigned_abs() > WIDEST {
        return format!("{name}%!(BADWIDTH){nid}");
    }
    // Padded by hand: Rust's own widths end at 65535.
    let width = usize::try_from(length.unsigned_abs()).unwrap_or_default();
    let missing = width.saturating_sub(nid.to_string().len());
    if length < 0 {
        return format!("{name}{nid}{}", " ".repeat(missing));
    }
    let sign = if nid < 0 { "-" } else { "" };
    let (zeros, digits) = ("0".repeat(missing), nid.unsigned_abs());
    format!("{name}{sign}{zeros}{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_made_as_there() {
        let defaults = |short: &str, cluster: &str, length| Defaults {
            short_name: short.into(),
            cluster_name: cluster.into(),
            nid_length: length,
            ..Defaults::default()
        };
        for (short, cluster, length, nid, name) in [
            ("", "", 0, 1, "0001"),
            ("", "demo", 0, 1, "de0001"),
            ("", "élan", 0, 1, "él0001"),
            ("nid", "demo", 3, 1, "nid001"),
            ("nid", "demo", 3, 12345, "nid12345"),
            ("nid", "demo", 3, -1, "nid-01"),
            ("nid", "demo", -3, 1, "nid1  "),
            ("nid", "demo", 2_000_000, 1, "nid%!(BADWIDTH)1"),
        ] {
            assert_eq!(host_name(&defaults(short, cluster, length), nid), name);
        }
        for length in [100_000, -100_000] {
            let name = host_name(&defaults("nid", "demo", length), 1);
            assert_eq!(name.len(), 100_003, "wider than Rust pads");
        }
    }
}
