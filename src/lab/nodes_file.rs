//! `--nodes`: which machines a lab is to have.
use crate::{
    fault::Fault,
    world::{Machine, Machines},
};
use serde::Deserialize;
use std::{fs, path::Path};

/// `--nodes`: a number of machines, or a nodes file that lists them.
pub fn machines(text: &str) -> Result<Machines, Fault> {
    match text.parse() {
        Ok(count) => Ok(Machines::Count(count)),
        Err(_) => listed(Path::new(text)).map(Machines::Listed),
    }
}

/// Of a nodes file only what a machine has of itself; the rest is for discovery.
#[derive(Deserialize)]
struct NodesFile {
    #[serde(default)]
    bmcs: Vec<Bmc>,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Bmc {
    #[serde(default)]
    name: String,
    #[serde(default)]
    xname: String,
    #[serde(default)]
    mac: String,
}

#[derive(Deserialize)]
struct Node {
    name: String,
    xname: String,
    #[serde(default)]
    bmc: String,
    #[serde(default)]
    bmc_mac: String,
    #[serde(default)]
    interfaces: Vec<Interface>,
}

#[derive(Deserialize)]
struct Interface {
    mac_addr: String,
}

fn listed(path: &Path) -> Result<Vec<Machine>, Fault> {
    let text = fs::read_to_string(path).map_err(|e| {
        Fault::io(path, &e).hint("--nodes takes a number of machines or a nodes file")
    })?;
    let file: NodesFile = serde_saphyr::from_str(&text)
        .map_err(|e| Fault::bad_argument(format!("{}: no nodes file: {e}", path.display())))?;
    let machine = |node: &Node| {
        let own = |bmc: &&Bmc| {
            let by_name = !node.bmc.is_empty() && (bmc.name == node.bmc || bmc.xname == node.bmc);
            by_name || (!bmc.xname.is_empty() && node.xname.starts_with(&format!("{}n", bmc.xname)))
        };
        let mac = node.interfaces.first().ok_or_else(|| {
            let path = path.display();
            Fault::bad_argument(format!(
                "{path}: {} has no interface to boot from",
                node.name
            ))
        })?;
        Ok(Machine {
            name: node.name.clone(),
            xname: node.xname.clone(),
            mac: mac.mac_addr.to_lowercase(),
            bmc_mac: file
                .bmcs
                .iter()
                .find(own)
                .map_or(&node.bmc_mac, |bmc| &bmc.mac)
                .to_lowercase(),
            ..Machine::default()
        })
    };
    file.nodes.iter().map(machine).collect()
}
