//! Leases in text: libvirt's JSON, kea's CSV, dnsmasq's lines.
use super::{Held, Source};
use jiff::Timestamp;
use serde::Deserialize;
use std::net::IpAddr;

/// None: it is nothing of that.
pub(super) fn read(text: &str, now: Timestamp) -> Option<Vec<Held>> {
    let first = text.trim_start();
    if first.starts_with('[') {
        return libvirt(text, now);
    }
    if first.starts_with("address,") {
        return kea(text, now);
    }
    dnsmasq(text, now)
}

#[derive(Deserialize)]
struct Status {
    #[serde(rename = "ip-address", default)]
    ip: String,
    #[serde(rename = "mac-address", default)]
    mac: String,
    #[serde(default)]
    hostname: String,
    #[serde(rename = "expiry-time", default)]
    expiry: i64,
}

fn libvirt(text: &str, now: Timestamp) -> Option<Vec<Held>> {
    let all: Vec<Status> = serde_json::from_str(text).ok()?;
    let each = all.into_iter().map(|it| {
        let held = Held::new(Source::Libvirt, it.mac, it.ip);
        held.named(&it.hostname).until(it.expiry, now)
    });
    Some(each.collect())
}

#[derive(Deserialize)]
struct Memfile {
    address: String,
    #[serde(default)]
    hwaddr: String,
    #[serde(default)]
    valid_lifetime: i64,
    expire: i64,
    #[serde(default)]
    hostname: String,
    #[serde(default)]
    state: i64,
}

/// kea writes each change behind the last: of an address the last line counts, and a lifetime of 0 ends it.
fn kea(text: &str, now: Timestamp) -> Option<Vec<Held>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut last: indexmap::IndexMap<String, Memfile> = indexmap::IndexMap::new();
    for line in reader.deserialize() {
        let line: Memfile = line.ok()?;
        last.insert(line.address.clone(), line);
    }
    let held = last
        .into_values()
        .filter(|it| it.valid_lifetime > 0 && it.state == 0);
    let each = held.map(|it| {
        let held = Held::new(Source::Kea, it.hwaddr, it.address);
        held.named(it.hostname.trim_end_matches('.'))
            .until(it.expire, now)
    });
    Some(each.collect())
}

/// `1790000000 52:54:00:be:ef:01 172.16.0.1 nid0001 *`; from a line `duid …` on they are of IPv6, named by number.
fn dnsmasq(text: &str, now: Timestamp) -> Option<Vec<Held>> {
    let mut all = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with("duid ") {
            break;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let [expiry, mac, ip, hostname, ..] = words[..] else {
            return None;
        };
        ip.parse::<IpAddr>().ok()?;
        // Another sort of hardware stands before the address: `06-52:54:…`.
        let mac = mac.rsplit('-').next().unwrap_or(mac);
        let held = Held::new(Source::Dnsmasq, mac.to_owned(), ip.to_owned());
        all.push(held.named(hostname).until(expiry.parse().ok()?, now));
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, String, String, bool)> {
        let now = Timestamp::from_second(1_800_000_000).expect("a time");
        let held = read(text, now).expect("leases");
        held.into_iter()
            .map(|it| (it.mac, it.ip, it.hostname, it.expired))
            .collect()
    }

    fn row(mac: &str, ip: &str, name: &str, expired: bool) -> (String, String, String, bool) {
        (mac.into(), ip.into(), name.into(), expired)
    }

    #[test]
    fn leases_are_read_from_each_sort_of_text() {
        let libvirt = r#"[{"ip-address":"192.168.122.5","mac-address":"52:54:00:00:00:01","client-id":"ff:00",
            "expiry-time":1900000000},{"ip-address":"192.168.122.6","mac-address":"52:54:00:00:00:02","hostname":"b",
            "expiry-time":1700000000}]"#;
        let first = row("52:54:00:00:00:01", "192.168.122.5", "", false);
        assert_eq!(
            told(libvirt),
            [first, row("52:54:00:00:00:02", "192.168.122.6", "b", true)]
        );
        let dnsmasq = "1900000000 52:54:00:00:00:01 10.0.0.1 nid0001 01:52\n0 52:54:00:00:00:02 10.0.0.2 * *\n\
                       duid 00:01\n1900000000 7 fd00::1 x 00:01\n";
        let first = row("52:54:00:00:00:01", "10.0.0.1", "nid0001", false);
        assert_eq!(
            told(dnsmasq),
            [first, row("52:54:00:00:00:02", "10.0.0.2", "", false)]
        );
        let kea = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n\
                   10.0.0.1,52:54:00:00:00:01,,3600,1700000000,1,0,0,a.,0\n\
                   10.0.0.1,52:54:00:00:00:01,,3600,1900000000,1,0,0,a.,0\n\
                   10.0.0.2,52:54:00:00:00:02,,3600,1900000000,1,0,0,,0\n\
                   10.0.0.2,52:54:00:00:00:02,,0,1900000000,1,0,0,,0\n";
        assert_eq!(
            told(kea),
            [row("52:54:00:00:00:01", "10.0.0.1", "a", false)]
        );
        assert_eq!(told(""), []);
    }

    #[test]
    fn other_texts_are_refused() {
        let now = Timestamp::UNIX_EPOCH;
        for text in ["[{]", "hello", "1 2 3 4", "address,x\n1,2"] {
            assert!(read(text, now).is_none(), "{text}");
        }
    }
}
