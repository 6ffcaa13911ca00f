//! coredhcp's recorded packets, replayed against the engine: each reply equal byte for byte, no reply where there was
//! none, the same way back, the same lines in the log; and for each configuration the same verdict, in the same words.
use chami::services::coresmd::{
    config::{self, Config},
    engine::{Engine, Facts, Nic, Outcome},
    lint::{Around, lint},
    packet::Packet,
    store::Leases,
    types::{Does, Finding, Version},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/dhcp")
}

fn recordings(under: &str) -> Vec<(String, Value)> {
    let entries = fs::read_dir(folder().join(under)).expect("recordings");
    let mut found: Vec<(String, Value)> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("readable");
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, serde_json::from_str(&text).expect("JSON"))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    let each = pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16));
    each.collect::<Result<_, _>>().expect("hex")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn version(recording: &Value) -> Version {
    if text(recording, "server").contains("v0.4.3") {
        Version::V04
    } else {
        Version::V06
    }
}

fn configuration(recording: &Value) -> Config {
    let read = config::read(text(recording, "config"), Some(version(recording)), None);
    assert!(read.starts(), "{:#?}", read.findings);
    read.config
}

fn smd() -> Facts {
    let state: Value =
        serde_json::from_slice(&fs::read(folder().join("smd-state.json")).expect("SMD"))
            .expect("JSON");
    let components = serde_json::json!({ "Components": state["components"] });
    Facts::read(
        state["eis"].to_string().as_bytes(),
        components.to_string().as_bytes(),
    )
    .expect("SMD's answers")
}

/// A server between two starts.
struct Session {
    facts: Facts,
    book: Leases,
}

impl Session {
    fn new() -> Self {
        Self {
            facts: smd(),
            book: Leases::default(),
        }
    }

    fn answer(&mut self, config: &Config, request: &[u8]) -> Outcome<Packet> {
        let engine = Engine {
            config,
            facts: &self.facts,
            now: 1_790_000_000,
        };
        engine.wire4(request, &mut self.book)
    }

    fn replay(&mut self, name: &str, recording: &Value) {
        let config = configuration(recording);
        let out = self.answer(&config, &bytes(text(recording, "request_hex")));
        same_reply(name, recording["reply_hex"].as_str(), &out);
        same_way(name, &recording["transport"], &out);
        same_log(name, recording, &out);
        assert!(!out.steps.is_empty(), "{name}: nothing is said of why");
    }
}

fn same_reply(name: &str, recorded: Option<&str>, out: &Outcome<Packet>) {
    let recorded = recorded.filter(|hex| !hex.is_empty()).map(bytes);
    let came = out.bytes();
    let read = |it: &Option<Vec<u8>>| it.as_deref().map(Packet::decode);
    assert_eq!(read(&came), read(&recorded), "{name}");
    assert_eq!(came, recorded, "{name}: the same fields in other bytes");
}

fn same_way(name: &str, transport: &Value, out: &Outcome<Packet>) {
    let Some(way) = out.way.as_ref().filter(|_| transport.is_object()) else {
        assert!(!transport.is_object() || out.reply.is_some(), "{name}");
        return;
    };
    assert_eq!(way.to.to_string(), text(transport, "ip_dst"), "{name}");
    assert_eq!(
        u64::from(way.port),
        transport["dst_port"].as_u64().expect("a port"),
        "{name}"
    );
    if let Some(mac) = &way.mac {
        assert_eq!(mac, text(transport, "eth_dst"), "{name}");
    }
    if let Some(from) = way.from {
        assert_eq!(from.to_string(), text(transport, "ip_src"), "{name}");
    }
}

fn same_log(name: &str, recording: &Value, out: &Outcome<Packet>) {
    let lines = recording["server_log"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let recorded: Vec<String> = lines
        .iter()
        .map(|line| line.as_str().expect("a line"))
        .filter(|line| {
            !["initiating cache", "Cache updated"]
                .iter()
                .any(|it| line.contains(it))
        })
        .map(|line| line.split_once("\" ").expect("time first").1.to_owned())
        .collect();
    let came: Vec<String> = out.log.iter().map(ToString::to_string).collect();
    assert_eq!(came, recorded, "{name}");
}

/// In the order in which they were sent.
fn packets(prefix: &str, sessions: &[char]) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = recordings(".")
        .into_iter()
        .filter(|(name, it)| {
            let xid = text(&it["request_decoded"], "xid");
            name.starts_with(prefix) && xid.starts_with(sessions)
        })
        .collect();
    found.sort_by_key(|(name, it)| (text(&it["request_decoded"], "xid").to_owned(), name.clone()));
    assert!(!found.is_empty(), "no {prefix} {sessions:?}");
    found
}

#[test]
fn known_and_unknown_nodes_are_answered_as_by_v063() {
    let mut session = Session::new();
    for (name, recording) in packets("kv-", &['1', '2']) {
        session.replay(&name, &recording);
    }
}

#[test]
fn and_as_by_v043() {
    let mut session = Session::new();
    for (name, recording) in packets("v043-", &['1', '2']) {
        session.replay(&name, &recording);
    }
}

#[test]
fn relays_choose_subnets() {
    let mut session = Session::new();
    for (name, recording) in packets("kv-", &['3']) {
        session.replay(&name, &recording);
    }
}

/// These were sent to a server that had met the three half-known interfaces before.
#[test]
fn a_refused_client_that_asks_again_is_let_in() {
    let mut session = Session::new();
    for (name, recording) in packets("kv-iface-without-", &['1'])
        .into_iter()
        .chain(packets("kv-uppercase", &['1']))
    {
        session.replay(&name, &recording);
    }
    for (name, recording) in packets("kv-", &['4']) {
        if name == "kv-unknown-becomes-known-discover" {
            let nic = Nic {
                id: "x1000c0s0b1n0".to_owned(),
                ips: vec!["172.16.0.2".to_owned()],
            };
            session
                .facts
                .nics
                .insert("52:54:00:00:00:d1".to_owned(), nic);
        }
        session.replay(&name, &recording);
    }
}

#[test]
fn odd_servers_answer_oddly() {
    for (name, recording) in packets("misc-", &['5']) {
        let mut session = Session::new();
        if name == "misc-smd-never-discover" {
            session.facts = Facts::default();
        }
        session.replay(&name, &recording);
    }
}

/// Packets as they went by, answers behind questions.
fn exchanges(recording: &Value) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let mut found: Vec<(Vec<u8>, Option<Vec<u8>>)> = Vec::new();
    let steps = recording["steps"].as_array().expect("steps");
    for step in steps.iter().filter(|step| step["what"] == "dhcp") {
        let packet = bytes(text(step, "hex"));
        let kind = Packet::decode(&packet).expect("a packet").kind();
        match (found.last_mut(), [2, 5, 6].contains(&kind.0)) {
            (Some((_, answer)), true) => *answer = Some(packet),
            (_, true) => panic!("an answer without a question"),
            (_, false) => found.push((packet, None)),
        }
    }
    found
}

#[test]
fn real_machines_are_led_through_their_boots() {
    let mut strangers = Session::new();
    for name in ["real-bios", "real-uefi", "real-loop-bios", "real-loop-uefi"] {
        let recording = recordings(".")
            .into_iter()
            .find(|(it, _)| it == name)
            .expect(name)
            .1;
        let config = configuration(&recording);
        let exchanges = exchanges(&recording);
        assert!(exchanges.len() >= 3, "{name}");
        for (at, (request, answer)) in exchanges.iter().enumerate() {
            let out = strangers.answer(&config, request);
            assert_eq!(
                out.bytes(),
                *answer,
                "{name}, packet {at}: {:?}",
                Packet::decode(request)
            );
        }
    }
}

#[test]
fn ipv6_is_answered_as_well() {
    for (name, recording) in packets("v6-", &['6']) {
        let (config, facts) = (configuration(&recording), smd());
        let engine = Engine {
            config: &config,
            facts: &facts,
            now: 0,
        };
        let out = engine.wire6(&bytes(text(&recording, "request_hex")));
        let answer = out.reply.expect("a reply");
        let (kind, mut came) = (answer.kind, answer.options);
        let reply = bytes(text(&recording, "reply_hex"));
        let mut recorded = chami::services::coresmd::packet::Packet6::decode(&reply)
            .expect("a reply")
            .options;
        came.sort();
        recorded.sort();
        assert_eq!(came, recorded, "{name}");
        assert_eq!(kind.0, reply[0], "{name}");
    }
}

/// What the server said, but for the count of what it said before.
fn said(recording: &Value) -> Vec<String> {
    let all = recording["diagnostics"].as_array().expect("diagnostics");
    let each = all.iter().map(|it| text(it, "msg").to_owned());
    let mut said: Vec<String> = each
        .filter(|msg| !msg.ends_with("fatal errors occurred, exiting"))
        .collect();
    said.sort();
    said
}

/// The findings' words for the log, up to and with the plugin that the server dies of; the recording cuts each line at its
/// first quotation mark.
fn would_say(findings: &[Finding]) -> Vec<String> {
    let plugin = |found: &Finding| {
        found
            .setting
            .split('.')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let dies = findings.iter().position(|it| it.does == Does::Die);
    let until = dies.map_or(findings.len(), |at| {
        let same = findings[at..]
            .iter()
            .take_while(|it| plugin(it) == plugin(&findings[at]));
        at + same.count()
    });
    let logs = findings[..until].iter().flat_map(|it| &it.log);
    let mut said: Vec<String> = logs
        .map(|log| log.split('"').next().unwrap_or_default().to_owned())
        .collect();
    said.sort();
    said
}

#[test]
fn configurations_are_judged_as_by_the_server() {
    let interfaces = ["lo".to_owned(), "br0".to_owned()];
    let mut judged = BTreeMap::new();
    for under in ["lint", "lint-v043"] {
        for (name, recording) in recordings(under) {
            let around = Around {
                version: Some(version(&recording)),
                interfaces: Some(&interfaces),
                known: &[],
            };
            let findings = lint(text(&recording, "config"), &around);
            let starts = !findings.iter().any(|it| it.does == Does::Die);
            assert_eq!(
                starts,
                recording["starts"].as_bool().expect("a verdict"),
                "{name}: {findings:#?}"
            );
            assert_eq!(
                would_say(&findings),
                said(&recording),
                "{name}: {findings:#?}"
            );
            assert!(
                findings.iter().all(|it| !it.fix.is_empty()),
                "{name}: {findings:#?}"
            );
            judged.insert(format!("{under}/{name}"), starts);
        }
    }
    assert!(judged.values().any(|it| *it) && judged.values().any(|it| !*it));
}

#[test]
fn the_recordings_are_those_that_were_made() {
    let sums = fs::read_to_string(folder().join("SHA256SUMS")).expect("SHA256SUMS");
    let mut listed = 0;
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").expect("sum and name");
        let bytes = fs::read(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
        let hex = chami::services::coresmd::packet::digits(digest.as_ref());
        assert_eq!(hex, sum, "{name} was changed");
        listed += 1;
    }
    let there: usize = [".", "lint", "lint-v043"]
        .iter()
        .map(|it| recordings(it).len())
        .sum();
    assert_eq!(listed, there, "SHA256SUMS and the folder differ");
}
