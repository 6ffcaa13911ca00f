//! The addresses of a nodes file: do they parse, and are they where nodes can have them?
use super::{
    file::NodesFile,
    finding::{Findings, Level, Place},
    lint::Options,
};
use crate::fault::Fault;
use std::{collections::BTreeMap, net::IpAddr};

/// The head node's address in the tutorial; a node there is suspicious wherever it is.
const TUTORIAL_HEAD: &str = "172.16.0.254";

/// Every address of the file with its network's name.
fn all_addresses(file: &NodesFile) -> Vec<(&Place, &str, &str)> {
    let bmcs = file
        .bmcs
        .iter()
        .map(|bmc| (&bmc.place, bmc.ip.as_str(), "BMCs"));
    let nics = file.nodes.iter().flat_map(|node| &node.nics);
    let ips = nics.flat_map(|nic| {
        nic.ips.iter().map(move |ip| {
            let network = ip.network.as_deref().unwrap_or("");
            (&nic.place, ip.address.as_str(), network)
        })
    });
    bmcs.chain(ips)
        .filter(|(_, address, _)| !address.is_empty())
        .collect()
}

pub(super) fn check(
    file: &NodesFile,
    options: &Options,
    findings: &mut Findings,
) -> Result<(), Fault> {
    let network = options.network.as_deref().map(Network::read).transpose()?;
    let pool = pool(options)?;
    let head = argument(options.head.as_deref().unwrap_or(TUTORIAL_HEAD))?;
    let mut networks: BTreeMap<&str, Vec<(&Place, IpAddr)>> = BTreeMap::new();
    for (place, text, name) in all_addresses(file) {
        let Ok(ip) = text.parse::<IpAddr>() else {
            findings.error(
                "bad-ip",
                place,
                format!("`{text}` is not an IP address; SMD would store it all the same"),
                "write four numbers from 0 to 255, `172.16.0.1`",
            );
            continue;
        };
        if ip == head {
            // Without being told, it is only known of the tutorial.
            let level = match options.head {
                Some(_) => Level::Error,
                None => Level::Warning,
            };
            findings.add(
                level,
                "head-ip",
                place,
                format!("{ip} is the head node's own address"),
                "choose another, or say `head = ADDRESS` if the head node is elsewhere",
            );
        }
        if pool.is_some_and(|(first, last)| first <= ip && ip <= last) {
            findings.error(
                "pool-ip",
                place,
                format!("{ip} lies in the pool that DHCP gives to strangers"),
                "choose an address outside the pool, or make the pool smaller",
            );
        }
        match &network {
            Some(network) if !network.holds(ip) => findings.error(
                "outside-network",
                place,
                format!("{ip} is outside the network {}", network.text),
                "nodes and BMCs need addresses of this network",
            ),
            Some(_) => {}
            None => networks.entry(name).or_default().push((place, ip)),
        }
    }
    for addresses in networks.into_values() {
        strays(&addresses, findings);
    }
    Ok(())
}

/// The first and the last address that DHCP gives to strangers.
fn pool(options: &Options) -> Result<Option<(IpAddr, IpAddr)>, Fault> {
    match options.pool.as_deref() {
        None => Ok(None),
        Some([first, last]) => Ok(Some((argument(first)?, argument(last)?))),
        Some(_) => Err(
            Fault::bad_argument("`pool` is the first and the last address")
                .hint("pool = { \"172.16.0.200\", \"172.16.0.250\" }"),
        ),
    }
}

fn argument(text: &str) -> Result<IpAddr, Fault> {
    text.parse()
        .map_err(|_| Fault::bad_argument(format!("`{text}` is not an IP address")))
}

/// Without a network given: the few addresses that are not where all others are.
fn strays(addresses: &[(&Place, IpAddr)], findings: &mut Findings) {
    let front = |ip: &IpAddr| {
        ip.to_string()
            .rsplit_once('.')
            .map(|(front, _)| front.to_owned())
    };
    let mut counts: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for (_, ip) in addresses {
        *counts.entry(front(ip)).or_default() += 1;
    }
    let Some((Some(home), most)) = counts.iter().max_by_key(|(_, count)| **count) else {
        return;
    };
    let stray = addresses.len() - most;
    if stray == 0 || (stray > 1 && stray * 20 > addresses.len()) || addresses.len() < 4 {
        return;
    }
    for (place, ip) in addresses
        .iter()
        .filter(|(_, ip)| front(ip).as_ref() != Some(home))
    {
        findings.warning(
            "outside-network",
            place,
            format!("{ip} is outside {home}.0/24, where the others are"),
            "correct it, or say `network = \"ADDRESS/BITS\"` if that is as it should be",
        );
    }
}

/// An address range such as `172.16.0.0/24`.
struct Network {
    text: String,
    base: u128,
    shift: u32,
    v4: bool,
}

impl Network {
    fn read(text: &str) -> Result<Self, Fault> {
        let wrong = || {
            Fault::bad_argument(format!("`{text}` is not a network"))
                .hint("network = \"172.16.0.0/24\"")
        };
        let (base, bits) = text.split_once('/').ok_or_else(wrong)?;
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let width = if base.is_ipv4() { 32 } else { 128 };
        let bits: u32 = bits.parse().map_err(|_| wrong())?;
        let shift = u32::checked_sub(width, bits).ok_or_else(wrong)?;
        Ok(Self {
            text: text.to_owned(),
            base: number(base),
            shift,
            v4: base.is_ipv4(),
        })
    }

    fn holds(&self, ip: IpAddr) -> bool {
        let cut = |value: u128| value.checked_shr(self.shift).unwrap_or(0);
        ip.is_ipv4() == self.v4 && cut(number(ip)) == cut(self.base)
    }
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(u32::from(ip)),
        IpAddr::V6(ip) => u128::from(ip),
    }
}
