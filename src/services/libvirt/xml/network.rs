//! What a network's document must say to be one: what libvirt itself takes in silence and then runs as something else, and
//! addresses that are none. And which addresses it is about.
#[cfg(test)]
mod tests;

use super::Element;
use crate::fault::Fault;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr};

/// Elements that have attributes and never text, each with an example.
const BARE: &[(&str, &str)] = &[
    ("bridge", "bridge = { _name = \"virbr-openchami\" }"),
    ("forward", "forward = { _mode = \"nat\" }"),
    (
        "ip",
        "ip = { { _address = \"172.16.0.254\", _netmask = \"255.255.255.0\" } }",
    ),
    ("mac", "mac = { _address = \"52:54:00:c7:a1:01\" }"),
    ("mtu", "mtu = { _size = 1500 }"),
    (
        "route",
        "route = { { _address = \"10.0.0.0\", _prefix = 8, _gateway = \"172.16.0.1\" } }",
    ),
];
/// Longer the kernel takes no interface's name.
const NAME: usize = 15;

/// Fails where something in it means nothing, or not what it looks like.
pub(crate) fn sound(root: &Element) -> Result<(), Fault> {
    for (name, example) in BARE {
        for element in root.all(name) {
            let text = element.text();
            if !text.is_empty() {
                let message = format!("<{name}> has attributes and no text, and {text:?} is one");
                return Err(Fault::bad_argument(message).hint(format!("as a table: {example}")));
            }
        }
    }
    if let Some(name) = bridge(root)
        && (name.len() > NAME || name.contains(['/', ' ']))
    {
        let message = format!("{name:?} cannot be a bridge's name");
        return Err(Fault::bad_argument(message)
            .hint(format!("at most {NAME} letters, no slash and no space")));
    }
    for ip in root.all("ip") {
        ranges(ip, net(ip)?)?;
    }
    Ok(())
}

/// The bridge that it makes, or uses.
pub(crate) fn bridge(root: &Element) -> Option<&str> {
    root.at("bridge")?.attribute("name")
}

/// The networks that it stands in, as far as they can be read.
pub(crate) fn nets(root: &Element) -> Vec<IpNet> {
    root.all("ip").filter_map(|ip| net(ip).ok()).collect()
}

/// Address and mask of an `<ip>`; without a mask libvirt goes by the address's class.
pub(crate) fn net(ip: &Element) -> Result<IpNet, Fault> {
    let wants_six = ip.attribute("family") == Some("ipv6");
    let said = ip.attribute("address").unwrap_or_default();
    let address: IpAddr = said.parse().map_err(|_| no_address("an <ip>", said))?;
    if address.is_ipv6() != wants_six {
        let message = format!("{said} is of the other family of addresses than its <ip>");
        return Err(Fault::bad_argument(message).hint("family = 'ipv6' stands with IPv6 only"));
    }
    let prefix = match (ip.attribute("prefix"), ip.attribute("netmask"), address) {
        (Some(text), ..) => text.parse().ok(),
        (None, Some(mask), IpAddr::V4(_)) => mask
            .parse::<Ipv4Addr>()
            .ok()
            .and_then(|mask| ipnet::ipv4_mask_to_prefix(mask).ok()),
        (None, Some(_), IpAddr::V6(_)) => None,
        (None, None, IpAddr::V4(address)) => Some(class(address)),
        (None, None, IpAddr::V6(_)) => Some(64),
    };
    let found = prefix.and_then(|prefix| match address {
        IpAddr::V4(address) => Ipv4Net::new(address, prefix).ok().map(IpNet::V4),
        IpAddr::V6(address) => Ipv6Net::new(address, prefix).ok().map(IpNet::V6),
    });
    found.ok_or_else(|| {
        let mask = ip.attribute("prefix").or(ip.attribute("netmask"));
        let message = format!("{:?} is no mask for {address}", mask.unwrap_or_default());
        Fault::bad_argument(message).hint("netmask='255.255.255.0', or prefix='24'")
    })
}

fn class(address: Ipv4Addr) -> u8 {
    match address.octets()[0] {
        0..=127 => 8,
        128..=191 => 16,
        _ => 24,
    }
}

fn no_address(whose: &str, said: &str) -> Fault {
    Fault::bad_argument(format!("{whose} has the address {said:?}, which is none"))
        .hint("as in <ip address='172.16.0.254' netmask='255.255.255.0'/>")
}

/// Addresses that are lent must be the network's.
fn ranges(ip: &Element, net: IpNet) -> Result<(), Fault> {
    for range in ip.at("dhcp").into_iter().flat_map(|it| it.all("range")) {
        let end = |name: &str| {
            let said = range.attribute(name).unwrap_or_default();
            let address: IpAddr = said.parse().map_err(|_| no_address("a DHCP range", said))?;
            if net.contains(&address) {
                return Ok(address);
            }
            let message = format!(
                "the DHCP range has {address}, which is outside {}",
                net.trunc()
            );
            Err(Fault::bad_argument(message).hint(
                "only addresses of its own network can be lent; netmask='…' says how large it is",
            ))
        };
        let (first, last) = (end("start")?, end("end")?);
        if first > last {
            let message = format!("the DHCP range ends at {last}, before it begins at {first}");
            return Err(Fault::bad_argument(message).hint("start is the lower address"));
        }
    }
    Ok(())
}

/// Whether two networks have an address in common.
pub(crate) fn meet(one: &[IpNet], other: &[IpNet]) -> bool {
    let both = |a: &IpNet, b: &IpNet| a.contains(&b.network()) || b.contains(&a.network());
    one.iter().any(|a| other.iter().any(|b| both(a, b)))
}
