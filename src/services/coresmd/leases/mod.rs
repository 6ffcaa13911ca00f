//! Leases as DHCP servers keep them: bootloop's data base, libvirt's and dnsmasq's files, kea's memfile.
mod sqlite;
mod texts;

use super::{
    config::{Config, Kind},
    packet,
    store::Lease,
};
use crate::fault::{Fault, Kind as Sort};
use jiff::Timestamp;
use serde::Serialize;
use std::{collections::HashMap, fs, net::Ipv4Addr, path::Path};

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Bootloop,
    Libvirt,
    Dnsmasq,
    Kea,
}

/// One lease.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    pub mac: String,
    pub ip: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hostname: String,
    /// None: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Whether that is over; bootloop holds such a lease all the same.
    pub expired: bool,
    pub source: Source,
    /// What the server suffers from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Held {
    fn new(source: Source, mac: String, ip: String) -> Self {
        Self {
            mac,
            ip,
            hostname: String::new(),
            expires: None,
            expired: false,
            source,
            problem: None,
        }
    }

    fn named(mut self, hostname: &str) -> Self {
        if hostname != "*" {
            hostname.clone_into(&mut self.hostname);
        }
        self
    }

    fn until(mut self, seconds: i64, now: Timestamp) -> Self {
        // dnsmasq writes 0 for a lease without an end.
        if seconds != 0 {
            self.expires = Timestamp::from_second(seconds).ok();
            self.expired = self.expires.is_some_and(|at| at < now);
        }
        self
    }

    /// A lease of bootloop's.
    pub fn lent(lease: &Lease, now: Timestamp) -> Self {
        let held = Self::new(Source::Bootloop, lease.mac.clone(), lease.ip.to_string());
        held.named(&lease.hostname).until(lease.expiry, now)
    }
}

/// Where leases are kept on a head node, as far as they are files of the host.
pub const PLACES: [&str; 4] = [
    "/var/lib/libvirt/dnsmasq",
    "/var/lib/misc/dnsmasq.leases",
    "/var/lib/dnsmasq/dnsmasq.leases",
    "/var/lib/kea/kea-leases4.csv",
];

/// Reads a file, or libvirt's folder of them.
pub fn read(path: &Path, now: Timestamp) -> Result<Vec<Held>, Fault> {
    if !path.exists() {
        let message = format!("there is no {}", path.display());
        return Err(Fault::new(Sort::NotFound, message)
            .hint("dhcp.leases() without a file looks in the usual places"));
    }
    if path.is_dir() {
        let mut all = Vec::new();
        let entries = fs::read_dir(path).map_err(|e| Fault::io(path, &e))?;
        let mut files: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        files.sort();
        for file in files
            .iter()
            .filter(|it| it.extension().is_some_and(|end| end == "status"))
        {
            all.extend(read(file, now)?);
        }
        return Ok(all);
    }
    let bytes = fs::read(path).map_err(|e| Fault::io(path, &e))?;
    if bytes.starts_with(b"SQLite format 3\0") {
        return sqlite::read(path, now);
    }
    let text = String::from_utf8(bytes).map_err(|_| unknown(path))?;
    texts::read(&text, now).ok_or_else(|| unknown(path))
}

fn unknown(path: &Path) -> Fault {
    let message = format!("{} holds no leases that are known here", path.display());
    Fault::new(Sort::Protocol, message).hint(
        "known are bootloop's SQLite file, libvirt's *.status, dnsmasq's leases and kea's memfile",
    )
}

/// Says of bootloop's leases which of them ends the server when it starts next. With its configuration more is known.
pub fn judge(leases: &mut [Held], config: Option<&Config>) {
    let mut before: HashMap<String, usize> = HashMap::new();
    let pools: Vec<_> = config
        .and_then(|config| config.server4.as_ref())
        .into_iter()
        .flat_map(|server| &server.plugins)
        .filter_map(|plugin| match &plugin.kind {
            Kind::Bootloop(bootloop) => Some(&bootloop.pools),
            _ => None,
        })
        .flatten()
        .collect();
    let single = pools.iter().all(|pool| pool.subnet.is_none());
    for lease in leases.iter_mut().filter(|it| it.source == Source::Bootloop) {
        *before.entry(lease.mac.clone()).or_default() += 1;
        let inside = |ip: Ipv4Addr| pools.iter().any(|pool| pool.holds(ip));
        lease.problem = if packet::mac(&lease.mac).is_none() || !lease.mac.contains([':', '-']) {
            Some(format!(
                "{} is no MAC address: coredhcp ends at its next start (malformed hardware address); delete this row",
                if lease.mac.is_empty() {
                    "an empty text"
                } else {
                    &lease.mac
                }
            ))
        } else if lease.ip.parse::<Ipv4Addr>().is_err() {
            Some(
                "this is no IPv4 address: coredhcp ends at its next start; delete this row"
                    .to_owned(),
            )
        } else if !pools.is_empty() && single && !lease.ip.parse().is_ok_and(inside) {
            Some("outside the pool: coredhcp ends at its next start, for it cannot lend it again; delete this row".to_owned())
        } else if before[&lease.mac] > 1 {
            Some("a second row of this MAC: coredhcp keeps one of them".to_owned())
        } else {
            None
        };
    }
}
