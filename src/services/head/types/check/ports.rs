//! Who holds the ports that OpenCHAMI wants.
use super::{Check, Survey, check};
use std::collections::BTreeSet;

/// What OpenCHAMI listens on.
const PORTS: [(u16, &str, &str); 7] = [
    (67, "udp", "DHCP"),
    (69, "udp", "TFTP"),
    (5000, "tcp", "the registry"),
    (8081, "tcp", "the gateway"),
    (8443, "tcp", "the gateway"),
    (9000, "tcp", "S3"),
    (9001, "tcp", "S3's console"),
];
/// Who may hold them: OpenCHAMI's own, and what publishes ports for containers.
const OWN: [&str; 10] = [
    "chami",
    "conmon",
    "coredhcp",
    "coresmd",
    "haproxy",
    "minio",
    "registry",
    "rootlessport",
    "slirp4netns",
    "versitygw",
];

pub(super) fn ports(survey: &Survey) -> Check {
    let (mut taken, mut shared, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for (port, protocol, what) in PORTS {
        let there = survey
            .ports
            .iter()
            .filter(|it| (it.port, it.protocol.as_str()) == (port, protocol));
        // One process may listen on several addresses.
        let holders: BTreeSet<Option<&str>> = there.map(|it| it.process.as_deref()).collect();
        let named: Vec<&str> = holders.iter().copied().flatten().collect();
        let is_own = |name: &&&str| OWN.iter().any(|own| name.starts_with(own));
        let own = named.iter().filter(is_own).count();
        let told = format!("{protocol} {port} ({what}) by {}", named.join(" and "));
        match (own, named.len()) {
            (0, 1..) => taken.push(told),
            (_, 2..) => shared.push(told),
            _ if holders.contains(&None) => unknown.push(format!("{protocol} {port}")),
            _ => {}
        }
    }
    let fix = "sudo ss -lntup tells by whom; the default network of libvirt holds udp 67: virsh.net_destroy \"default\"";
    for (level, front, which) in [
        ("missing", "taken: ", taken),
        (
            "note",
            "several there, and on one interface the faster one answers: ",
            shared,
        ),
        ("note", "taken, perhaps by OpenCHAMI itself: ", unknown),
    ] {
        if !which.is_empty() {
            return check("ports", level, front.to_owned() + &which.join(", "), fix);
        }
    }
    check("ports", "ok", "free, or OpenCHAMI's own".to_owned(), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::head::types::Port;

    fn held(holders: &[(u16, &str, Option<&str>)]) -> Check {
        let port = |(port, address, process): &(u16, &str, Option<&str>)| Port {
            port: *port,
            protocol: "udp".to_owned(),
            address: (*address).to_owned(),
            process: process.map(str::to_owned),
        };
        ports(&Survey {
            ports: holders.iter().map(port).collect(),
            ..Survey::default()
        })
    }

    #[test]
    fn every_holder_of_a_port_is_looked_at() {
        let ours = (67, "0.0.0.0", Some("coresmd-coredhc"));
        assert_eq!(
            held(&[ours, (67, "::", Some("coresmd-coredhc"))]).level,
            "ok"
        );
        let both = held(&[ours, (67, "192.168.122.1", Some("dnsmasq"))]);
        assert_eq!(both.level, "note");
        assert!(
            both.found
                .ends_with("udp 67 (DHCP) by coresmd-coredhc and dnsmasq"),
            "{both:?}"
        );
        let rivals = held(&[ours, (67, "0.0.0.0", Some("chami"))]);
        assert_eq!(
            rivals.level, "note",
            "two that may each: only one can serve"
        );
        let other = held(&[(67, "0.0.0.0", Some("dnsmasq"))]);
        assert_eq!(other.level, "missing");
        assert_eq!(other.found, "taken: udp 67 (DHCP) by dnsmasq");
        let hidden = held(&[ours, (67, "192.168.122.1", None)]);
        assert_eq!(hidden.level, "note", "{}", hidden.found);
    }
}
