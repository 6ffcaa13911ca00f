//! How machines are built and plugged in, as their definitions and the networks say: the lab's machines ask when they
//! boot. And the leases of libvirt's own DHCP server, where a network has one.
use super::Lab;
use crate::{
    fault::Fault,
    services::{
        libvirt::{
            store::{NETWORK, Network, Store},
            types::{Interface, Lease, Surveyed},
            xml::{self, Element, domain, network as of_network},
        },
        rack::{Builds, Built, Link},
    },
    table::Shelf,
};
use jiff::SignedDuration;
use std::{net::Ipv4Addr, sync::Arc};

/// How long libvirt's dnsmasq lends an address.
const LENT: SignedDuration = SignedDuration::from_hours(1);

/// The definitions, as machines ask for them.
pub(super) fn builds(shelf: &Shelf<Store>) -> Builds {
    let shelf = shelf.clone();
    Arc::new(move |name| shelf.read(|store| built(store, name)))
}

fn built(store: &Store, name: &str) -> Built {
    let kept = store
        .definition(name)
        .and_then(|text| xml::parse(text).ok());
    let mut built = Built::default();
    let (mut network, mut mac) = (NETWORK.to_owned(), None);
    if let Some(root) = &kept {
        built.mib = domain::memory(root).map_or(built.mib, |kib| kib >> 10);
        built.serial = domain::has_serial(root);
        let card = domain::interfaces(root)
            .into_iter()
            .nth(domain::boot_card(root));
        if let Some(nic) = card {
            if nic.kind == "user" {
                built.link = of_its_own();
                return built;
            }
            network = plugged_into(store, &nic).unwrap_or_else(|name| name);
            mac = nic.mac;
        }
    }
    built.link = link(store, &network, mac.as_deref().unwrap_or(name));
    built
}

/// The network that a card is on, by its own name or its bridge's; else what the card names.
pub(super) fn plugged_into(store: &Store, nic: &Interface) -> Result<String, String> {
    let source = nic.source.clone().unwrap_or_default();
    if nic.kind != "bridge" {
        return Ok(source);
    }
    let networks = store.networks();
    let has = |network: &Network| {
        let root = xml::parse(network.live()).ok();
        root.is_some_and(|root| of_network::bridge(&root) == Some(&source))
    };
    let found = networks.iter().find(|(_, it)| has(it));
    found.map(|(name, _)| name.clone()).ok_or(source)
}

/// QEMU's network for one: it answers from addresses of its own, and coresmd is not on it.
fn of_its_own() -> Link {
    Link::Foreign {
        network: "user".to_owned(),
        server: Ipv4Addr::new(10, 0, 2, 2),
        ip: Ipv4Addr::new(10, 0, 2, 15),
    }
}

/// What a card on this network meets. The nodes' network as it was delivered is the usual case, and costs nothing.
fn link(store: &Store, name: &str, who: &str) -> Link {
    if name == NETWORK && store.is_delivered(name) {
        return Link::Nodes;
    }
    let network = name.to_owned();
    let Some(found) = store.networks().remove(name).filter(|it| it.active) else {
        return Link::Dead { network };
    };
    match dhcp(&found) {
        Some(Lends {
            server,
            first,
            last,
            ..
        }) => Link::Foreign {
            network,
            server,
            ip: lent(first, last, who),
        },
        None if name == NETWORK => Link::Nodes,
        None => Link::Silent { network },
    }
}

/// What libvirt's own server has on a network: its address there, and the first and last it lends.
struct Lends {
    server: Ipv4Addr,
    first: Ipv4Addr,
    last: Ipv4Addr,
    prefix: u8,
}

/// Of a network on which libvirt itself answers.
fn dhcp(network: &Network) -> Option<Lends> {
    let root = xml::parse(network.live()).ok()?;
    let address = |element: &Element, name: &str| element.attribute(name)?.parse().ok();
    root.all("ip").find_map(|ip| {
        let range = ip.at("dhcp/range")?;
        Some(Lends {
            server: address(ip, "address")?,
            first: address(range, "start")?,
            last: address(range, "end")?,
            prefix: of_network::net(ip).ok()?.prefix_len(),
        })
    })
}

/// dnsmasq chooses by the client's address as well, so that each gets the same again.
fn lent(first: Ipv4Addr, last: Ipv4Addr, who: &str) -> Ipv4Addr {
    let (first, last) = (first.to_bits(), last.to_bits());
    let mix = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let sum = who.bytes().fold(0x811c_9dc5, mix);
    // So many that they may not fit: all there are.
    let count = u64::from(last.saturating_sub(first)) + 1;
    let place = u32::try_from(u64::from(sum) % count).unwrap_or_default();
    Ipv4Addr::from_bits(first.saturating_add(place))
}

impl Lab {
    /// Domains that are not as they were delivered.
    pub(super) fn survey(&self) -> Result<Vec<Surveyed>, Fault> {
        let mut found = Vec::new();
        for seen in self.all() {
            let name = &seen.machine.name;
            let kept = self
                .shelf
                .read(|store| store.definition(name).map(str::to_owned));
            if let Some(text) = kept {
                let state = super::domain::state(&seen).to_owned();
                found.push(domain::surveyed(name.clone(), state, &xml::parse(&text)?));
            }
        }
        Ok(found)
    }

    /// The addresses of each machine's cards; of one as it was delivered that of its only one.
    pub(super) fn macs(&self) -> Result<Vec<(String, Vec<String>)>, Fault> {
        let one = |seen: crate::services::rack::Seen| {
            let (name, mac) = (seen.machine.name, seen.machine.mac);
            let kept = self
                .shelf
                .read(|store| store.definition(&name).map(str::to_owned));
            let macs = match kept {
                Some(text) => domain::macs(&xml::parse(&text)?),
                None => vec![mac],
            };
            Ok((name, macs))
        };
        self.all().into_iter().map(one).collect()
    }

    /// Addresses of the nodes' network come from coresmd; libvirt's own server gives some where a definition has it.
    pub(super) fn net_dhcp_leases(
        &self,
        asked: &str,
        mac: Option<&str>,
    ) -> Result<Vec<Lease>, Fault> {
        let (_, network) = self.net(asked)?;
        let Some(lends) = dhcp(&network).filter(|_| network.active) else {
            return Ok(Vec::new());
        };
        let mut leases = Vec::new();
        for seen in self.all() {
            let ip = seen.ip.and_then(|ip| ip.parse::<Ipv4Addr>().ok());
            let Some(ip) = ip.filter(|ip| (lends.first..=lends.last).contains(ip)) else {
                continue;
            };
            if mac.is_some_and(|mac| !mac.eq_ignore_ascii_case(&seen.machine.mac)) {
                continue;
            }
            let until = self.clock.now().checked_add(LENT);
            leases.push(Lease {
                expiry_time: until.unwrap_or_else(|_| self.clock.now()).to_string(),
                mac_address: Some(seen.machine.mac),
                protocol: "ipv4".to_owned(),
                ip_address: format!("{ip}/{}", lends.prefix),
                hostname: None,
                client_id: None,
            });
        }
        Ok(leases)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::libvirt::store::Domain;

    const OWN: &str = "<network><name>openchami-net</name><ip address='172.16.0.254'>\
        <dhcp><range start='172.16.0.2' end='172.16.0.9'/></dhcp></ip></network>";

    fn store(domain: &str) -> Store {
        let mut store = Store::default();
        let xml = Some(domain.to_owned());
        store.put_domain(
            "compute1",
            Domain {
                xml,
                ..Domain::default()
            },
        );
        store
    }

    #[test]
    fn a_machine_without_a_definition_of_its_own_is_as_delivered() {
        assert_eq!(built(&Store::default(), "compute1"), Built::default());
    }

    #[test]
    fn a_definition_says_memory_port_and_network() {
        let store = store(
            "<domain><name>compute1</name><memory unit='MiB'>4096</memory><currentMemory unit='MiB'>512</currentMemory>\
             <devices><interface type='network'><source network='old'/></interface></devices></domain>",
        );
        let network = "old".to_owned();
        let wanted = Built {
            mib: 512,
            serial: false,
            link: Link::Dead { network },
        };
        assert_eq!(built(&store, "compute1"), wanted);
    }

    #[test]
    fn a_bridge_is_the_network_that_has_it_and_the_boot_order_counts() {
        let card = |inside: &str| format!("<interface {inside}</interface>");
        let links = |cards: &[&str]| {
            let cards: String = cards.iter().map(|it| card(it)).collect();
            let text = format!("<domain><name>compute1</name><devices>{cards}</devices></domain>");
            built(&store(&text), "compute1").link
        };
        let bridge = "type='bridge'><source bridge='virbr-openchami'/>";
        assert_eq!(links(&[bridge]), Link::Nodes);
        let network = "br7".to_owned();
        let other = "type='bridge'><source bridge='br7'/>";
        assert_eq!(links(&[other, bridge]), Link::Dead { network });
        let second = "type='bridge'><source bridge='virbr-openchami'/><boot order='1'/>";
        assert_eq!(links(&[other, second]), Link::Nodes);
        assert!(matches!(links(&["type='user'>"]), Link::Foreign { .. }));
    }

    #[test]
    fn even_all_addresses_can_be_lent() {
        let (first, last) = (Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST);
        assert_eq!(lent(first, last, "a"), lent(first, last, "a"));
        assert_eq!(lent(last, last, "a"), last);
        assert_eq!(lent(last, first, "a"), last, "an empty one");
    }

    #[test]
    fn libvirts_own_server_is_the_first_to_answer() {
        let mut store = Store::default();
        let network = Network {
            xml: OWN.to_owned(),
            active: true,
            ..Network::default()
        };
        store.put_network(NETWORK, network.clone());
        let Link::Foreign { ip, server, .. } = built(&store, "compute1").link else {
            panic!("coresmd was first");
        };
        assert_eq!(server.to_string(), "172.16.0.254");
        assert!((2..=9).contains(&ip.octets()[3]), "{ip}");
        let active = false;
        store.put_network(NETWORK, Network { active, ..network });
        assert!(matches!(built(&store, "compute1").link, Link::Dead { .. }));
    }
}
