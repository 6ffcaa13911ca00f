//! What a domain's or a network's document says, as far as somebody here wants to know.
use super::{Element, parse};
use crate::{
    fault::Fault,
    services::libvirt::types::{Interface, Surveyed},
};

/// A document that is to be of this sort.
pub fn document(xml: &str, sort: &str) -> Result<Element, Fault> {
    let root = parse(xml)?;
    if root.name == sort {
        return Ok(root);
    }
    let message = format!("a <{sort}> is wanted, and this is a <{}>", root.name);
    let fault = Fault::bad_argument(message);
    Err(match root.name.as_str() {
        "domain" => fault.hint("virsh.define takes domains"),
        "network" => fault.hint("virsh.net_define takes networks"),
        "pool" => fault.hint("virsh.pool_define takes storage pools"),
        _ => fault,
    })
}

/// Its name, which it must have.
pub fn name(root: &Element) -> Result<String, Fault> {
    let name = root.text_at("name").unwrap_or_default();
    if name.is_empty() || name.contains(['/', '\n']) {
        let message = format!("this <{}> has no <name> that can be used", root.name);
        return Err(Fault::bad_argument(message));
    }
    Ok(name)
}

/// Its network interfaces, as `virsh domiflist` lists them.
pub fn interfaces(root: &Element) -> Vec<Interface> {
    let Some(devices) = root.at("devices") else {
        return Vec::new();
    };
    let one = |element: &Element| {
        let source = element.at("source");
        let names = ["network", "bridge", "dev", "path"];
        let attribute = |path: &str, name: &str| {
            let value = element.at(path)?.attribute(name)?;
            Some(value.to_owned())
        };
        Interface {
            interface: attribute("target", "dev"),
            kind: element.attribute("type").unwrap_or("user").to_owned(),
            source: source
                .and_then(|source| names.iter().find_map(|name| source.attribute(name)))
                .map(str::to_owned),
            model: attribute("model", "type"),
            mac: attribute("mac", "address").map(|mac| mac.to_ascii_lowercase()),
        }
    };
    devices.all("interface").map(one).collect()
}

/// The addresses of its cards.
pub fn macs(root: &Element) -> Vec<String> {
    let cards = interfaces(root).into_iter();
    cards.filter_map(|card| card.mac).collect()
}

/// Which of its cards it boots from: the first in the boot order, or where nothing is said the first of all.
pub fn boot_card(root: &Element) -> usize {
    let devices = root.at("devices").into_iter();
    let cards = devices.flat_map(|it| it.all("interface")).enumerate();
    let order = |card: &Element| card.at("boot")?.attribute("order")?.parse::<u32>().ok();
    let placed = cards.filter_map(|(at, card)| Some((order(card)?, at)));
    placed.min().map_or(0, |(_, at)| at)
}

/// The memory that it begins with, in KiB.
pub fn memory(root: &Element) -> Option<u64> {
    let named = |name: &str| root.at(name).and_then(kib);
    named("currentMemory").or_else(|| named("memory"))
}

/// Whether somebody can look at a serial console of it.
pub fn has_serial(root: &Element) -> bool {
    let devices = root.at("devices");
    devices.is_some_and(|it| it.at("serial").is_some() || it.at("console").is_some())
}

/// What matters of it to whoever asks why it does not boot.
pub fn surveyed(name: String, state: String, root: &Element) -> Surveyed {
    let log = |port: &str| {
        let log = root.at(&format!("devices/{port}/log"))?;
        log.attribute("file").map(str::to_owned)
    };
    let interfaces = interfaces(root);
    let boots = interfaces.get(boot_card(root));
    Surveyed {
        name,
        state,
        memory: memory(root).unwrap_or_default(),
        serial: has_serial(root),
        log: log("serial").or_else(|| log("console")),
        boots: boots.and_then(|card| card.mac.clone()),
        interfaces,
    }
}

/// An amount of memory in KiB, from an element with a `unit`.
pub fn kib(element: &Element) -> Option<u64> {
    let count: u64 = element.text().parse().ok()?;
    let unit = element.attribute("unit").unwrap_or("KiB");
    let bytes = match unit {
        "b" | "bytes" => 1,
        "KB" => 1000,
        "k" | "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "M" | "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "G" | "GiB" => 1 << 30,
        "TB" => 1_000_000_000_000,
        "T" | "TiB" => 1 << 40,
        _ => return None,
    };
    Some(count.checked_mul(bytes)?.div_ceil(1 << 10))
}
