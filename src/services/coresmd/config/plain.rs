//! The plugins that coredhcp brings: a few words each, by their position. What they refuse ends the server.
use super::{
    Duid, Kind,
    go::{self, Span, ip4},
    words::Word,
};
use crate::services::coresmd::types::Finding;
use ipnet::IpNet;
use std::net::IpAddr;

/// What is wrong with a plugin's words: for people, what to write, and what the server says.
struct Wrong {
    message: String,
    fix: String,
    log: String,
}

fn wrong<T>(message: impl Into<String>, fix: &str, log: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong {
        message: message.into(),
        fix: fix.to_owned(),
        log: log.into(),
    })
}

/// A plugin of the DHCPv4 server; `None`: it ends.
pub(super) fn v4(
    name: &str,
    words: &[Word],
    line: usize,
    findings: &mut Vec<Finding>,
) -> Option<Kind> {
    let kind = match name {
        "server_id" => server_id(words),
        "dns" => dns4(words),
        "router" => router(words),
        "netmask" => netmask(words),
        "lease_time" => lease_time(words),
        "mtu" => mtu(words),
        "searchdomains" => Ok(search(words)),
        "nbp" => nbp(words),
        "staticroute" => routes(words),
        "sleep" => sleep(words),
        "file" => named(words, "need a file name"),
        "range" => range(words),
        _ => Ok(Kind::Other),
    };
    settled(kind, name, words, line, findings)
}

/// The same of the DHCPv6 server.
pub(super) fn v6(
    name: &str,
    words: &[Word],
    line: usize,
    findings: &mut Vec<Finding>,
) -> Option<Kind> {
    let kind = match name {
        "server_id" => duid(words),
        "dns" => dns6(words),
        "searchdomains" => Ok(search(words)),
        "nbp" => nbp(words),
        "sleep" => sleep(words),
        "file" => named(words, "need a file name"),
        _ => Ok(Kind::Other),
    };
    settled(kind, name, words, line, findings)
}

fn settled(
    kind: Result<Kind, Wrong>,
    name: &str,
    words: &[Word],
    line: usize,
    findings: &mut Vec<Finding>,
) -> Option<Kind> {
    kind.map_err(|wrong| {
        let line = words.first().map_or(line, |word| word.line);
        let found = Finding::fatal(line, name, wrong.message);
        findings.push(found.fix(wrong.fix).log(wrong.log));
    })
    .ok()
}

fn first(words: &[Word]) -> Option<&str> {
    words.first().map(|word| word.text.as_str())
}

fn server_id(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "server_id: 172.16.0.254, the head node's address on the nodes' network";
    let Some(text) = first(words) else {
        return wrong("server_id names no address", fix, "need an argument");
    };
    let Ok(ip) = text.parse::<IpAddr>() else {
        return wrong(
            format!("`{text}` is no address"),
            fix,
            "invalid or empty IP address",
        );
    };
    match go::to4(ip) {
        Some(ip) => Ok(Kind::ServerId(ip)),
        None => wrong(
            format!("{text} is no IPv4 address"),
            fix,
            "not a valid IPv4 address",
        ),
    }
}

fn duid(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "server_id: LL 02:00:00:00:00:01, with the MAC of the head node's interface";
    let [sort, value, ..] = words else {
        return wrong(
            "server_id wants a sort of DUID and a MAC",
            fix,
            "need a DUID type and value",
        );
    };
    let Some(mac) = mac(&value.text) else {
        let log = format!("address {}: invalid MAC address", value.text);
        return wrong(format!("`{}` is no MAC address", value.text), fix, log);
    };
    match sort.text.to_lowercase().as_str() {
        "ll" | "duid-ll" | "duid_ll" => Ok(Kind::Duid(Duid { timed: false, mac })),
        "llt" | "duid-llt" | "duid_llt" => Ok(Kind::Duid(Duid { timed: true, mac })),
        "en" | "uuid" => {
            let log = "EN/UUID DUID type not supported yet";
            wrong("this sort of DUID is not supported", fix, log)
        }
        _ => {
            let log = "Opaque DUID type not supported yet";
            wrong("this sort of DUID is not supported", fix, log)
        }
    }
}

/// Bytes of a MAC address.
fn mac(text: &str) -> Option<Vec<u8>> {
    let parts: Vec<&str> = text.split([':', '-']).collect();
    let bytes: Option<Vec<u8>> = parts
        .iter()
        .map(|part| {
            u8::from_str_radix(part, 16)
                .ok()
                .filter(|_| part.len() == 2)
        })
        .collect();
    bytes.filter(|bytes| [6, 8, 20].contains(&bytes.len()))
}

fn dns4(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "dns: 172.16.0.254";
    if words.is_empty() {
        return wrong("dns names no server", fix, "need at least one DNS server");
    }
    let mut servers = Vec::new();
    for word in words {
        let Some(ip) = ip4(&word.text) else {
            let log = format!("expected an DNS server address, got: {}", word.text);
            return wrong(format!("`{}` is no IPv4 address", word.text), fix, log);
        };
        servers.push(IpAddr::V4(ip));
    }
    Ok(Kind::Dns(servers))
}

fn dns6(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "dns: fd00:100::254";
    if words.is_empty() {
        return wrong("dns names no server", fix, "need at least one DNS server");
    }
    let mut servers = Vec::new();
    for word in words {
        match word.text.parse::<IpAddr>() {
            Ok(IpAddr::V4(ip)) => servers.push(IpAddr::V6(ip.to_ipv6_mapped())),
            Ok(ip) => servers.push(ip),
            Err(_) => {
                let log = format!("expected an DNS server address, got: {}", word.text);
                return wrong(format!("`{}` is no address", word.text), fix, log);
            }
        }
    }
    Ok(Kind::Dns(servers))
}

fn router(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "router: 172.16.0.254";
    if words.is_empty() {
        return wrong(
            "router names no address",
            fix,
            "need at least one router IP address",
        );
    }
    let mut routers = Vec::new();
    for word in words {
        let Some(ip) = ip4(&word.text) else {
            let log = format!("expected an router IP address, got: {}", word.text);
            return wrong(format!("`{}` is no IPv4 address", word.text), fix, log);
        };
        routers.push(ip);
    }
    Ok(Kind::Router(routers))
}

fn netmask(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "netmask: 255.255.255.0";
    let [word] = words else {
        return wrong(
            "netmask wants one mask",
            fix,
            "need at least one netmask IP address",
        );
    };
    let text = &word.text;
    let invalid = format!("netmask is not valid, got: {text}");
    let ip = text.parse::<IpAddr>().ok();
    if ip.is_some_and(|ip| ip.is_unspecified()) {
        return wrong(format!("{text} is no mask"), fix, invalid);
    }
    match ip.and_then(go::to4) {
        None => {
            let log = format!("expected an netmask address, got: {text}");
            wrong(format!("`{text}` is no mask"), fix, log)
        }
        Some(mask) if go::is_netmask(mask) => Ok(Kind::Netmask(mask)),
        Some(_) => wrong(format!("{text} has holes: it is no mask"), fix, invalid),
    }
}

fn lease_time(words: &[Word]) -> Result<Kind, Wrong> {
    let log = "lease_time failed to initialize";
    match first(words).map(|text| (text, Span::read(text))) {
        None => wrong("lease_time names no time", "lease_time: 1h", log),
        Some((_, Some(span))) => Ok(Kind::LeaseTime(span)),
        Some((text, None)) => wrong(format!("`{text}` is no duration"), "lease_time: 1h", log),
    }
}

fn mtu(words: &[Word]) -> Result<Kind, Wrong> {
    let [word] = words else {
        return wrong("mtu wants one number", "mtu: 1500", "need one mtu value");
    };
    if let Ok(number) = word.text.parse::<i64>() {
        // The option has sixteen bits, and the server cuts.
        return Ok(Kind::Mtu(
            u16::try_from(number & 0xffff).unwrap_or_default(),
        ));
    }
    let log = format!("invalid mtu: {}", word.text);
    wrong(format!("`{}` is no number", word.text), "mtu: 1500", log)
}

fn search(words: &[Word]) -> Kind {
    Kind::Search(words.iter().map(|word| word.text.clone()).collect())
}

fn nbp(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "nbp: tftp://172.16.0.254/undionly.kpxe";
    let [word] = words else {
        let log = format!(
            "Exactly one argument must be passed to NBP plugin, got {}",
            words.len()
        );
        return wrong("nbp wants one address", fix, log);
    };
    match go::no_uri(&word.text) {
        None => Ok(Kind::Boot(word.text.clone())),
        Some(why) => {
            let log = format!("parse {}: {why}", go::quoted(&word.text));
            wrong(format!("`{}` is no address: {why}", word.text), fix, log)
        }
    }
}

fn routes(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "staticroute: 10.0.0.0/8,172.16.0.254";
    if words.is_empty() {
        return wrong(
            "staticroute names no route",
            fix,
            "need at least one static route",
        );
    }
    let mut routes = Vec::new();
    for word in words {
        let Some((net, gateway)) = word
            .text
            .split_once(',')
            .filter(|(_, gateway)| !gateway.contains(','))
        else {
            let log = format!("expected a destination/gateway pair, got: {}", word.text);
            return wrong(format!("`{}` is not subnet,gateway", word.text), fix, log);
        };
        let Some(net_read) = go::cidr(net) else {
            let log = format!("expected a destination subnet, got: {net}");
            return wrong(format!("`{net}` is no subnet"), fix, log);
        };
        let Ok(ip) = gateway.parse::<IpAddr>() else {
            let log = format!("expected a gateway address, got: {gateway}");
            return wrong(format!("`{gateway}` is no address"), fix, log);
        };
        if let (IpNet::V4(net), Some(ip)) = (net_read, go::to4(ip)) {
            routes.push((net, ip));
        }
    }
    Ok(Kind::Routes(routes))
}

fn sleep(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "sleep: 100ms, or no such line";
    let [word] = words else {
        let log = format!("want exactly one argument, got {}", words.len());
        return wrong("sleep wants one time", fix, log);
    };
    if Span::read(&word.text).is_some() {
        return Ok(Kind::Other);
    }
    let log = format!(
        "failed to parse duration: time: invalid duration {}",
        go::quoted(&word.text)
    );
    wrong(format!("`{}` is no duration", word.text), fix, log)
}

fn named(words: &[Word], log: &str) -> Result<Kind, Wrong> {
    match words {
        [] => wrong("no file is named", "file: /etc/coredhcp/leases.txt", log),
        _ => Ok(Kind::Other),
    }
}

fn range(words: &[Word]) -> Result<Kind, Wrong> {
    let fix = "range: /tmp/leases.db 172.16.0.200 172.16.0.250 5m";
    let [_, first, last, lease, ..] = words else {
        let log = format!(
            "invalid number of arguments, want: 4 (file name, start IP, end IP, lease time), got: {}",
            words.len()
        );
        return wrong("range wants four words", fix, log);
    };
    let mut ends = Vec::new();
    for word in [first, last] {
        let Some(ip) = ip4(&word.text) else {
            let log = format!("invalid IPv4 address: {}", word.text);
            return wrong(format!("`{}` is no IPv4 address", word.text), fix, log);
        };
        ends.push(ip);
    }
    if ends[0] > ends[1] {
        let log = "start of IP range has to be lower than or equal to the end of an IP range";
        return wrong("the range ends before it begins", fix, log);
    }
    if Span::read(&lease.text).is_some() {
        return Ok(Kind::Other);
    }
    let log = format!("invalid lease duration: {}", lease.text);
    wrong(format!("`{}` is no duration", lease.text), fix, log)
}
