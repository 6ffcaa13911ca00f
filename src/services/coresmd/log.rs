//! Reads coredhcp's log into events, of both versions: who asked, what was decided, what went wrong.
use serde::Serialize;
use std::collections::BTreeMap;

/// What a line tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// assigned, lent, stranger, …: `KINDS`.
    pub event: &'static str,
    pub level: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// By TFTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    pub message: String,
}

/// Words before, between and behind what a message tells; the letters say what that is.
const PATTERNS: &[(&str, &str)] = &[
    ("assigned", "DHCPv4 assignment"),
    ("assigned", "DHCPv6 assignment"),
    (
        "lent",
        "assigning {ip} to {mac} from subnet {_} with a lease duration of {_}",
    ),
    (
        "lent",
        "assigning {ip} to {mac} with a lease duration of {_}",
    ),
    (
        "new",
        "MAC address {mac} is new, leasing new IPv4 address (giaddr={_})",
    ),
    ("new", "MAC address {mac} is new, leasing new IPv4 address"),
    (
        "refused",
        "MAC {mac} already exists with IP {ip}, sending {_} to reinitiate DHCP handshake",
    ),
    (
        "stranger",
        "IP lookup failed: no EthernetInterfaces were found in cache for hardware address {mac}",
    ),
    (
        "no_component",
        "IP lookup failed: no Component {node} found in cache for EthernetInterface hardware address {mac}",
    ),
    (
        "no_address",
        "IP lookup failed: EthernetInterface for Component {node} (type {_}) contains no IP addresses for hardware address {mac}",
    ),
    (
        "stranger",
        "subnet-aware IP lookup failed for MAC {mac} (giaddr={_}): {_}",
    ),
    ("no_address", "No IPv6 address found for MAC {mac}"),
    (
        "ignored",
        "rule[{_}] ({rule}) matched with ignore=true, dropping {_} request",
    ),
    ("no_match", "rule[{_}] ({rule}) did not match"),
    ("rule", "rule[{_}] ({rule}) matched"),
    ("used_up", "Could not allocate IP for MAC {mac}: {_}"),
    ("no_pool", "Could not find allocator for giaddr {_}"),
    (
        "no_boot_file",
        "no iPXE bootloader available for unknown architecture{_}",
    ),
    ("no_arch", "client did not present an architecture{_}"),
    (
        "other_server",
        "requested server ID does not match this server's ID. Got {_}, want {_}",
    ),
    ("unhandled", "plugins/server: Unhandled message type: {_}"),
    (
        "dropped",
        "MainHandler4: dropping request because response is nil",
    ),
    (
        "dropped",
        "MainHandler6: dropping request because response is nil",
    ),
    ("not_sent", "MainHandler4: Cannot send Ethernet packet: {_}"),
    ("broken", "Error parsing DHCPv{_} request: {_}"),
    (
        "cache",
        "Cache updated with {_} EthernetInterfaces and {_} Components",
    ),
    ("cache_failed", "failed to refresh cache: {_}"),
    ("refresh", "initiating cache refresh"),
    ("tftp", "tftp: {ip} requested default script"),
    ("tftp", "tftp: {ip} requested file {file}"),
    (
        "tftp_sent",
        "tftp: sent {bytes} bytes of default script to {ip}",
    ),
    (
        "tftp_sent",
        "tftp: sent {bytes} bytes of file {file} to {ip}",
    ),
    ("listening", "Listen {_}"),
];

/// Reads a log; lines that are none of coredhcp's are passed over.
pub fn read(text: &str) -> Vec<Told> {
    text.lines().filter_map(line).collect()
}

fn line(text: &str) -> Option<Told> {
    let mut fields = fields(text)?;
    let message = fields.remove("msg").unwrap_or_default();
    let mut told = Told {
        time: fields.remove("time"),
        level: fields.remove("level").unwrap_or_default(),
        ..Told::default()
    };
    let found = PATTERNS
        .iter()
        .find_map(|(event, pattern)| Some((*event, matched(pattern, &message)?)));
    if let Some((event, parts)) = found {
        told.event = event;
        for (name, value) in parts {
            told.set(name, value.to_owned());
        }
        if told.file.is_none() && message.contains("default script") {
            told.file = Some("default".to_owned());
        }
        // v0.4 assigns known nodes in the words of lending, with their type behind the MAC.
        if let Some(mac) = told
            .mac
            .as_deref()
            .and_then(|mac| mac.split_once(" ("))
            .map(|(mac, _)| mac.to_owned())
        {
            told.mac = Some(mac);
            told.event = "assigned";
        }
    } else {
        told.event = match told.level.as_str() {
            "fatal" => "died",
            "error" => "error",
            _ => "other",
        };
    }
    for (field, name) in [
        ("mac", "mac"),
        ("comp_mac", "mac"),
        ("comp_id", "node"),
        ("assigned_ipv4", "ip"),
        ("assigned_ipv6", "ip"),
        ("assigned_hostname", "hostname"),
    ] {
        if let Some(value) = fields.remove(field) {
            told.set(name, value);
        }
    }
    told.message = message;
    Some(told)
}

impl Told {
    fn set(&mut self, name: &str, value: String) {
        match name {
            "mac" => self.mac = Some(value),
            "ip" => self.ip = Some(value),
            "node" => self.node = Some(value),
            "hostname" => self.hostname = Some(value),
            "rule" => self.rule = Some(value),
            "file" => self.file = Some(value),
            "bytes" => self.bytes = value.parse().ok(),
            _ => {}
        }
    }
}

/// What stands at the names of a pattern, if a message is of it.
fn matched<'a>(pattern: &'static str, message: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let (mut pattern, mut rest, mut parts) = (pattern, message, Vec::new());
    while let Some(open) = pattern.find('{') {
        rest = rest.strip_prefix(&pattern[..open])?;
        let close = pattern[open..].find('}')? + open;
        let name = &pattern[open + 1..close];
        pattern = &pattern[close + 1..];
        let until = pattern.find('{').map_or(pattern, |at| &pattern[..at]);
        let length = if until.is_empty() {
            rest.len()
        } else {
            rest.find(until)?
        };
        parts.push((name, &rest[..length]));
        rest = &rest[length..];
    }
    (rest == pattern).then_some(parts)
}

/// The `key=value` of a line, from its level on or its time; what journald puts before is cut off.
fn fields(text: &str) -> Option<BTreeMap<String, String>> {
    let start = text.find("time=\"").or_else(|| text.find("level="))?;
    let mut rest = &text[start..];
    let mut fields = BTreeMap::new();
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.trim();
        let (value, next) = if after.starts_with('"') {
            quoted(after)?
        } else {
            bare(after)
        };
        fields.insert(key.to_owned(), value);
        rest = next;
    }
    fields.contains_key("level").then_some(fields)
}

/// A text in quotes, its backslashes taken for what they stand for.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((out, &text[at + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
    None
}

/// A text without quotes ends where the next key begins; spaces may be in it.
fn bare(text: &str) -> (String, &str) {
    let is_key = |at: usize| {
        let rest = &text[at + 1..];
        let word = rest.split(['=', ' ']).next().unwrap_or_default();
        let name = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        name && rest[word.len()..].starts_with('=')
    };
    let end = text
        .match_indices(' ')
        .map(|(at, _)| at)
        .find(|at| is_key(*at));
    let end = end.unwrap_or(text.len());
    (text[..end].trim_end().to_owned(), &text[end..])
}
