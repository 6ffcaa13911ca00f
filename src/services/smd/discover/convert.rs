//! A nodes file written anew in the new format; comments are not kept.
use super::file::{Bmc, Ip, Nic, Node, NodesFile};
use crate::fault::Fault;
use serde::Serialize;

#[derive(Serialize)]
struct File<'a> {
    bmcs: Vec<NewBmc<'a>>,
    nodes: Vec<NewNode<'a>>,
}

#[derive(Serialize)]
struct NewBmc<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    xname: &'a str,
    mac: String,
    ip: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fqdn: Option<&'a str>,
}

#[derive(Serialize)]
struct NewNode<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nid: Option<i64>,
    xname: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bmc: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    groups: &'a [String],
    interfaces: Vec<NewNic<'a>>,
}

#[derive(Serialize)]
struct NewNic<'a> {
    mac_addr: String,
    ip_addrs: Vec<NewIp<'a>>,
}

#[derive(Serialize)]
struct NewIp<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    ip_addr: &'a str,
}

/// The text of `file` in the new format, YAML.
pub(super) fn yaml(file: &NodesFile) -> Result<String, Fault> {
    let new = File {
        bmcs: file.bmcs.iter().map(bmc).collect(),
        nodes: file.nodes.iter().map(node).collect(),
    };
    serde_saphyr::to_string(&new)
        .map_err(|error| Fault::internal(format!("a nodes file cannot be written: {error}")))
}

fn bmc(bmc: &Bmc) -> NewBmc<'_> {
    NewBmc {
        name: bmc.name.as_deref(),
        xname: &bmc.xname,
        mac: bmc.mac.to_lowercase(),
        ip: &bmc.ip,
        fqdn: bmc.fqdn.as_deref(),
    }
}

fn node(node: &Node) -> NewNode<'_> {
    NewNode {
        name: &node.name,
        nid: node.nid,
        xname: &node.xname,
        bmc: node.bmc.as_deref(),
        groups: &node.groups,
        interfaces: node.nics.iter().map(nic).collect(),
    }
}

fn nic(nic: &Nic) -> NewNic<'_> {
    NewNic {
        mac_addr: nic.mac.to_lowercase(),
        ip_addrs: nic.ips.iter().map(ip).collect(),
    }
}

fn ip(ip: &Ip) -> NewIp<'_> {
    NewIp {
        name: ip.network.as_deref(),
        ip_addr: &ip.address,
    }
}
