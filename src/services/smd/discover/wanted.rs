//! The records a nodes file becomes in SMD: exactly what `ochami discover static` sends, with identifiers that stay the
//! same from run to run.
use super::{
    file::{Bmc, Node, NodesFile, split_node},
    lint::normal_mac,
};
use crate::services::smd::types::{Component, Group, Manager, Nic, RedfishEndpointBody, System};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Everything the file wants SMD to hold.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub components: Vec<Component>,
    pub endpoints: Vec<RedfishEndpointBody>,
    /// SMD makes these itself from the endpoints.
    pub interfaces: Vec<Interface>,
    pub groups: Vec<Group>,
}

/// An interface, and the endpoint that brings it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    pub mac: String,
    pub component: String,
    pub address: String,
    pub description: String,
    pub endpoint: String,
}

/// Every reset Redfish knows: what stands in for a BMC that was never asked.
const ACTIONS: [&str; 12] = [
    "On",
    "ForceOff",
    "GracefulShutdown",
    "GracefulRestart",
    "ForceRestart",
    "Nmi",
    "ForceOn",
    "PushPowerButton",
    "PowerCycle",
    "Suspend",
    "Pause",
    "Resume",
];

impl Wanted {
    pub fn of(file: &NodesFile) -> Self {
        let mut wanted = Self::default();
        let mut seen = HashSet::new();
        for bmc in &file.bmcs {
            wanted.endpoints.push(endpoint(bmc));
            wanted.interfaces.push(Interface {
                mac: tidy_mac(&bmc.mac),
                component: bmc.xname.clone(),
                address: bmc.ip.clone(),
                description: bmc_description(bmc),
                endpoint: bmc.xname.clone(),
            });
        }
        let bmcs = file.bmc_index();
        for node in in_order(file) {
            if !seen.insert(node.xname.as_str()) {
                continue;
            }
            wanted.components.push(component(node));
            wanted.join_groups(node);
            let bmc = node.bmc_word().and_then(|word| bmcs.get(word));
            if let Some(&at) = bmc {
                let systems = wanted.endpoints[at].systems.get_or_insert_default();
                systems.push(system(node));
                wanted.interfaces.extend(interfaces(node, &file.bmcs[at]));
            }
        }
        wanted
    }

    fn join_groups(&mut self, node: &Node) {
        for label in &node.groups {
            let label = label.to_lowercase();
            let known = self.groups.iter().position(|group| group.label == label);
            let at = known.unwrap_or_else(|| {
                self.groups.push(Group {
                    description: format!("The {label} group"),
                    label,
                    ..Group::default()
                });
                self.groups.len() - 1
            });
            let members = &mut self.groups[at].members.ids;
            if members.last() != Some(&node.xname) {
                members.push(node.xname.clone());
            }
        }
    }
}

/// The nodes as SMD must see them: those of one BMC by their number, since SMD counts them itself.
fn in_order(file: &NodesFile) -> Vec<&Node> {
    let mut first = HashMap::new();
    let mut keyed = Vec::new();
    for (at, node) in file.nodes.iter().enumerate() {
        let key = match split_node(&node.xname) {
            Some((bmc, number)) => (*first.entry(bmc).or_insert(at), number),
            None => (at, 0),
        };
        keyed.push((key, node));
    }
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, node)| node).collect()
}

fn component(node: &Node) -> Component {
    Component {
        id: node.xname.clone(),
        kind: Some("Node".to_owned()),
        state: Some("On".to_owned()),
        enabled: Some(true),
        nid: node.nid,
        ..Component::default()
    }
}

fn bmc_description(bmc: &Bmc) -> String {
    format!("Interface for BMC {}", bmc.xname)
}

fn endpoint(bmc: &Bmc) -> RedfishEndpointBody {
    let uuid = stable("bmc", &[&bmc.xname, &bmc.mac]);
    let mac = tidy_mac(&bmc.mac);
    RedfishEndpointBody {
        id: Some(bmc.xname.clone()),
        kind: Some("NodeBMC".to_owned()),
        name: bmc.name.clone(),
        fqdn: bmc.fqdn.clone(),
        uuid: Some(uuid.clone()),
        mac_addr: Some(mac.clone()),
        ip_address: Some(bmc.ip.clone()),
        schema_version: Some(1),
        managers: Some(vec![Manager {
            uri: format!("/redfish/v1/Managers/{}", bmc.xname),
            uuid,
            name: bmc.xname.clone(),
            kind: "NodeBMC".to_owned(),
            ethernet_interfaces: vec![Nic {
                mac,
                ip: bmc.ip.clone(),
                name: bmc.xname.clone(),
                description: bmc_description(bmc),
                ..Nic::default()
            }],
            ..Manager::default()
        }]),
        ..RedfishEndpointBody::default()
    }
}

fn system(node: &Node) -> System {
    let macs = node.nics.iter().map(|nic| nic.mac.as_str());
    let keys: Vec<&str> = std::iter::once(node.xname.as_str()).chain(macs).collect();
    let nic = |nic: Interface| Nic {
        mac: nic.mac,
        ip: nic.address,
        name: nic.component,
        description: nic.description,
        ..Nic::default()
    };
    System {
        uri: format!("/redfish/v1/Systems/{}", node.xname),
        uuid: stable("node", &keys),
        name: node.name.clone(),
        ethernet_interfaces: interfaces(node, &Bmc::default()).map(nic).collect(),
        actions: Some(ACTIONS.map(str::to_owned).to_vec()),
        ..System::default()
    }
}

/// Only the first address of an interface travels.
fn interfaces(node: &Node, bmc: &Bmc) -> impl Iterator<Item = Interface> {
    node.nics.iter().enumerate().map(|(at, nic)| Interface {
        mac: tidy_mac(&nic.mac),
        component: node.xname.clone(),
        address: nic
            .ips
            .first()
            .map(|ip| ip.address.clone())
            .unwrap_or_default(),
        description: format!("Interface {at} for {}", node.name),
        endpoint: bmc.xname.clone(),
    })
}

/// Lower case with colons; what is no MAC stays as it is, for SMD to judge.
fn tidy_mac(text: &str) -> String {
    normal_mac(text).unwrap_or_else(|| text.to_owned())
}

/// The same words give the same identifier, today and tomorrow.
fn stable(sort: &str, words: &[&str]) -> String {
    let name = format!("chami {sort} {}", words.join(" ").to_lowercase());
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}
