//! The options of coredhcp's own plugins.
use super::v4::v4;
use crate::services::coresmd::packet::Packet;
use std::net::{IpAddr, Ipv4Addr};

/// A boot file by another plugin.
pub(super) fn nbp(url: &str, request: &Packet, reply: &mut Packet) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    if ["http", "https", "ftp"].contains(&scheme) {
        if request.wants(67) {
            reply.set(67, url);
        }
        return;
    }
    let (host, path) = if scheme.is_empty() {
        ("", rest)
    } else {
        rest.split_at(rest.find('/').unwrap_or(rest.len()))
    };
    if request.wants(66) {
        reply.set(66, host);
    }
    if request.wants(67) {
        reply.set(67, path);
    }
}

pub(super) fn bytes(addresses: &[Ipv4Addr]) -> Vec<u8> {
    addresses.iter().flat_map(Ipv4Addr::octets).collect()
}

pub(super) fn all(addresses: &[IpAddr]) -> Vec<u8> {
    let each = addresses.iter().filter_map(|ip| v4(*ip));
    each.flat_map(|ip| ip.octets()).collect()
}

/// Domain names as DNS writes them, one behind the other.
pub(super) fn labels(domains: &[String]) -> Vec<u8> {
    let mut out = Vec::new();
    for domain in domains {
        for label in domain.split('.') {
            let label = &label.as_bytes()[..label.len().min(63)];
            out.push(u8::try_from(label.len()).unwrap_or_default());
            out.extend(label);
        }
        out.push(0);
    }
    out
}

pub(super) fn classless(routes: &[(ipnet::Ipv4Net, Ipv4Addr)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (net, gateway) in routes {
        let significant = usize::from(net.prefix_len().div_ceil(8));
        out.push(net.prefix_len());
        out.extend(&net.network().octets()[..significant]);
        out.extend(gateway.octets());
    }
    out
}
