//! Where the server listens: `%interface`, an address, one with a port.
use super::{
    Family, go,
    yaml::{Node, Pair, Value},
};
use crate::services::coresmd::types::Finding;
use std::net::IpAddr;

/// One place to listen at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    pub line: usize,
    /// Empty: all interfaces.
    pub interface: String,
    /// Unspecified: every address.
    pub ip: IpAddr,
    pub port: u16,
}

/// Reads `listen`, or what it was called before; `None`: the server ends.
pub(super) fn read(
    server: &Node,
    family: Family,
    findings: &mut Vec<Finding>,
) -> Option<Vec<Listen>> {
    let (listen, old) = (present(server, "listen"), present(server, "interface"));
    if let (Some(_), Some(old)) = (listen, old) {
        let log = "Failed to load configuration: error parsing config: interface is a deprecated alias for listen, \
                   both cannot be used at the same time. Choose one and remove the other.";
        let found = Finding::fatal(
            old.line,
            "interface",
            "listen and interface say the same: one of them",
        );
        findings.push(found.fix("keep listen").log(log));
        return None;
    }
    let mut places = Vec::new();
    if let Some(old) = old {
        let text = format!("%{}", old.value.text().unwrap_or_default());
        places.push((text, old.line));
    } else if let Some(pair) = listen {
        match &pair.value.value {
            Value::List(items) => places.extend(items.iter().map(|it| (scalar(it), it.line))),
            // As the server splits a text: at white space.
            _ => places.extend(
                scalar(&pair.value)
                    .split_whitespace()
                    .map(|it| (it.to_owned(), pair.line)),
            ),
        }
    }
    let read = places.iter().map(|(text, line)| place(text, *line, family));
    match read.collect() {
        Ok(listen) => Some(listen),
        Err(found) => {
            findings.push(found);
            None
        }
    }
}

fn present<'a>(server: &'a Node, key: &str) -> Option<&'a Pair> {
    server.get(key).filter(|pair| !pair.value.is_null())
}

fn scalar(node: &Node) -> String {
    node.text().unwrap_or_default().to_owned()
}

fn place(text: &str, line: usize, family: Family) -> Result<Listen, Finding> {
    let wrong = |message: String, log: String| {
        let log = format!(
            "Failed to load configuration: error parsing config: dhcpv{}: {log}",
            family.number()
        );
        let fix = "listen: [\"%virbr-openchami\"], the nodes' bridge behind a percent sign";
        Finding::fatal(line, "listen", message).fix(fix).log(log)
    };
    let (host, port) = split(text).map_err(|why| {
        wrong(
            format!("`{text}` is no place to listen at"),
            format!("address {text}: {why}"),
        )
    })?;
    let (address, interface) = host.rsplit_once('%').unwrap_or((host, ""));
    let any: IpAddr = match family {
        Family::V4 => [0_u8; 4].into(),
        Family::V6 => [0_u8; 16].into(),
    };
    let ip = if address.is_empty() {
        Some(any)
    } else {
        address.parse().ok()
    };
    let Some(ip) = ip else {
        let message =
            format!("`{address}` is no address; an interface stands behind a percent sign");
        return Err(wrong(
            message,
            format!("invalid IP address in `listen` directive: {address}"),
        ));
    };
    if go::to4(ip).is_some() != (family == Family::V4) {
        let number = family.number();
        let log = format!("not a valid IPv{number} address in `listen` directive: '{address}'");
        return Err(wrong(format!("{address} is no IPv{number} address"), log));
    }
    let port = match port {
        "" => Ok(family.port()),
        port => port.parse(),
    };
    let port = port.map_err(|_| {
        wrong(
            "this is no port".to_owned(),
            format!("invalid `listen` port '{text}'"),
        )
    })?;
    Ok(Listen {
        line,
        interface: interface.to_owned(),
        ip,
        port,
    })
}

/// Host and port, as `net.SplitHostPort` tells them apart; a port need not be.
fn split(text: &str) -> Result<(&str, &str), &'static str> {
    if let Some(inside) = text.strip_prefix('[') {
        let (host, rest) = inside.split_once(']').ok_or("missing ']' in address")?;
        return match rest {
            "" => Ok((host, "")),
            _ => Ok((
                host,
                rest.strip_prefix(':').ok_or("missing port in address")?,
            )),
        };
    }
    match text.matches(':').count() {
        0 => Ok((text, "")),
        1 => text.split_once(':').ok_or("missing port in address"),
        _ => Err("too many colons in address"),
    }
}

/// What the server says when it gets to listening: of interfaces that this machine has not.
pub(super) fn bind(listen: &[Listen], interfaces: &[String], findings: &mut Vec<Finding>) {
    let missing = listen
        .iter()
        .find(|it| !it.interface.is_empty() && !interfaces.contains(&it.interface));
    let Some(missing) = missing else { return };
    let name = &missing.interface;
    let nearest = interfaces.iter().filter(|it| *it != "lo").max_by(|a, b| {
        let near = |it: &str| strsim::jaro_winkler(it, name);
        near(a).total_cmp(&near(b))
    });
    let fix = match nearest {
        Some(nearest) => format!("did you mean %{nearest}? `ip link` lists them"),
        None => "`ip link` lists the interfaces".to_owned(),
    };
    let found = Finding::fatal(
        missing.line,
        "listen",
        format!("there is no interface {name} here"),
    );
    let log = format!("cannot bind to interface {name}: no such device");
    findings.push(found.fix(fix).log(log));
}
