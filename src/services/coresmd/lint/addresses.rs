//! Addresses that must not meet: pools, the head node's own, those SMD has given out; and networks that must hold them.
use crate::services::coresmd::{
    config::{Bootloop, Kind, Pool, Server},
    types::{Does, Finding, Level},
};
use ipnet::Ipv4Net;
use std::net::{IpAddr, Ipv4Addr};

/// The addresses a server speaks of.
#[derive(Default)]
struct Own {
    server: Option<Ipv4Addr>,
    net: Option<Ipv4Net>,
    /// Name, line, address.
    named: Vec<(&'static str, usize, Ipv4Addr)>,
}

pub(super) fn check(server: &Server, known: &[(Ipv4Addr, String)], findings: &mut Vec<Finding>) {
    let own = own(server);
    if let (Some(net), Some(head)) = (own.net, own.server) {
        for (name, line, ip) in own.named.iter().filter(|(name, ..)| *name == "router") {
            if !net.contains(ip) {
                let message =
                    format!("{ip} is outside {net}, the network of {head}: no node reaches it");
                findings.push(
                    Finding::warning(*line, *name, message)
                        .fix("a router within the nodes' network"),
                );
            }
        }
    }
    for (ip, owner) in known {
        for (name, line, _) in own.named.iter().filter(|(_, _, it)| it == ip) {
            let message = format!("{ip} is {owner}'s in SMD: two machines would have one address");
            let mut found = Finding::warning(*line, *name, message);
            found.level = Level::Error;
            findings.push(found.fix("the head node's address; smd.iface.list() shows the nodes'"));
        }
    }
    let bootloops = server
        .plugins
        .iter()
        .filter_map(|plugin| match &plugin.kind {
            Kind::Bootloop(bootloop) => Some(bootloop),
            _ => None,
        });
    for bootloop in bootloops {
        several(bootloop, findings);
        for pool in bootloop.pools.iter().filter(|pool| pool.first <= pool.last) {
            one(pool, &own, known, findings);
        }
    }
}

fn own(server: &Server) -> Own {
    let (mut own, mut mask) = (Own::default(), None);
    for plugin in &server.plugins {
        match &plugin.kind {
            Kind::ServerId(ip) => {
                own.server = Some(*ip);
                own.named.push(("server_id", plugin.line, *ip));
            }
            Kind::Router(ips) => own
                .named
                .extend(ips.iter().map(|ip| ("router", plugin.line, *ip))),
            Kind::Dns(ips) => {
                let each = ips.iter().filter_map(|ip| match ip {
                    IpAddr::V4(ip) => Some(("dns", plugin.line, *ip)),
                    IpAddr::V6(_) => None,
                });
                own.named.extend(each);
            }
            Kind::Netmask(it) => mask = Some(*it),
            _ => {}
        }
    }
    own.net = own
        .server
        .zip(mask)
        .and_then(|(ip, mask)| Ipv4Net::with_netmask(ip, mask).ok());
    own.net = own.net.map(|net| net.trunc());
    own
}

fn one(pool: &Pool, own: &Own, known: &[(Ipv4Addr, String)], findings: &mut Vec<Finding>) {
    let setting = match pool.subnet {
        Some(_) => "bootloop.subnet_pool",
        None => "bootloop.ipv4_start",
    };
    let mut tell = |message: String, fix: &str| {
        let mut found = Finding::warning(pool.line, setting, message);
        found.level = Level::Error;
        findings.push(found.fix(fix));
    };
    let (first, last) = (pool.first, pool.last);
    for (name, _, ip) in own.named.iter().filter(|(.., ip)| pool.holds(*ip)) {
        let message = format!(
            "the pool {first} to {last} holds {ip}, which is {name}: a stranger may be lent it"
        );
        tell(message, "a pool without the head node's own addresses");
    }
    let mut taken = known.iter().filter(|(ip, _)| pool.holds(*ip));
    if let Some((ip, owner)) = taken.next() {
        let more = match taken.count() {
            0 => String::new(),
            count => format!(", and {count} more"),
        };
        let message =
            format!("the pool {first} to {last} holds {ip}, which SMD has given to {owner}{more}");
        tell(
            message,
            "a pool that no node's or BMC's address is in; smd.iface.list() shows them",
        );
    }
    if let (Some(net), None) = (own.net, &pool.subnet)
        && !(net.contains(&first) && net.contains(&last))
    {
        let message =
            format!("the pool {first} to {last} is outside {net}: strangers could reach nothing");
        tell(message, "a pool within the nodes' network");
    }
}

/// Several pools need a relay that tells where a request comes from.
fn several(bootloop: &Bootloop, findings: &mut Vec<Finding>) {
    if bootloop.pools.len() > 1 {
        let message = "of several pools none is for requests without a relay: strangers on this network get no answer";
        findings.push(
            Finding::note(bootloop.line, "bootloop.subnet_pool", message)
                .fix("one pool, unless all requests come by relays"),
        );
    }
    for (at, pool) in bootloop.pools.iter().enumerate() {
        let Some((name, net)) = &pool.subnet else {
            continue;
        };
        let before = bootloop.pools[..at]
            .iter()
            .filter_map(|it| it.subnet.as_ref());
        let meets = |(_, other): &&(String, ipnet::IpNet)| {
            other.contains(&net.network()) || net.contains(&other.network())
        };
        if let Some((other, _)) = before.clone().find(meets) {
            let message = format!("{name} and {other} overlap: which pool lends is left to chance");
            let mut found = Finding::warning(pool.line, "bootloop.subnet_pool", message);
            found.does = Does::Start;
            findings.push(found.fix("subnets that do not overlap"));
        }
    }
}
