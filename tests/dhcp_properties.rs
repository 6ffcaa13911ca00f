//! Whatever comes, by wire or in a file, is read or refused: no panic, no hang, and what is written is read again.
use chami::services::coresmd::{
    config::{self, Config},
    engine::{Engine, Facts},
    explain::{discover, request},
    leases,
    lint::{Around, lint},
    log,
    packet::{Packet, Packet6, mac, seen},
    render::{Wanted, render},
    store::{Book, Leases},
    wire,
};
use jiff::Timestamp;
use proptest::{collection::vec, prelude::*};
use std::{fs, net::Ipv4Addr, path::Path, sync::LazyLock};

/// The texts of recorded configurations, to be spoilt.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| recorded("config"));
/// Recorded packets, in hexadecimal.
static PACKETS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let bytes = |hex: String| chami::services::coresmd::packet::bytes(&hex);
    recorded("request_hex")
        .into_iter()
        .filter_map(bytes)
        .collect()
});
static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let mut config = config::read(&TEXTS[0], None, None).config;
    let sixth = TEXTS
        .iter()
        .find(|text| text.starts_with("server6:\n  listen"))
        .expect("a server6");
    config.server6 = config::read(sixth, None, None).config.server6;
    config
});
static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let state = fs::read(folder().join("smd-state.json")).expect("SMD");
    let state: serde_json::Value = serde_json::from_slice(&state).expect("JSON");
    let components = serde_json::json!({ "Components": state["components"] });
    Facts::read(
        state["eis"].to_string().as_bytes(),
        components.to_string().as_bytes(),
    )
    .expect("facts")
});

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/dhcp")
}

/// A field of all recordings.
fn recorded(field: &str) -> Vec<String> {
    let mut found = Vec::new();
    for under in [".", "lint", "lint-v043"] {
        let entries = fs::read_dir(folder().join(under)).expect("recordings");
        let mut paths: Vec<_> = entries.map(|it| it.expect("an entry").path()).collect();
        paths.sort();
        for path in paths
            .iter()
            .filter(|it| it.extension().is_some_and(|end| end == "json"))
        {
            let text = fs::read_to_string(path).expect("readable");
            let recording: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            found.extend(recording[field].as_str().map(ToOwned::to_owned));
        }
    }
    assert!(found.len() > 20, "hardly any {field}");
    found
}

/// One of several with some places overwritten and the end cut off.
fn spoilt(mut bytes: Vec<u8>, changes: &[(u16, u8)], cut: u16) -> Vec<u8> {
    for (place, byte) in changes {
        let length = bytes.len().max(1);
        if let Some(at) = bytes.get_mut(usize::from(*place) % length) {
            *at = *byte;
        }
    }
    let keep = bytes.len().saturating_sub(usize::from(cut));
    bytes.truncate(keep);
    bytes
}

fn answered(bytes: &[u8]) {
    let engine = Engine {
        config: &CONFIG,
        facts: &FACTS,
        now: 0,
    };
    let mut book = Leases::default();
    for _ in 0..2 {
        let out = engine.wire4(bytes, &mut book);
        assert!(!out.steps.is_empty(), "nothing is said of why");
        if let Some(reply) = out.bytes() {
            Packet::decode(&reply).expect("a whole reply");
        }
    }
    let out = engine.wire6(bytes);
    if let Some(reply) = out.reply {
        let bytes = reply.encode().expect("bytes");
        Packet6::decode(&bytes).expect("a whole reply");
    }
}

fn packets() -> impl Strategy<Value = Packet> {
    let head = (
        any::<u8>(),
        any::<u32>(),
        any::<u16>(),
        any::<[u8; 4]>(),
        vec(any::<u8>(), 0..=16),
    );
    let options = proptest::collection::btree_map(1..255_u8, vec(any::<u8>(), 0..600), 0..12);
    (head, options).prop_map(|((op, xid, flags, giaddr, chaddr), options)| Packet {
        op,
        xid,
        flags,
        giaddr: Ipv4Addr::from(giaddr),
        chaddr,
        options,
        ..Packet::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn packets_come_back_as_they_went(packet in packets()) {
        let bytes = packet.encode().expect("bytes");
        prop_assert_eq!(Packet::decode(&bytes).expect("a packet"), packet.clone());
        let padded = packet.encode_padded().expect("bytes");
        prop_assert!(padded.len() >= 300);
        prop_assert_eq!(Packet::decode(&padded).expect("a packet"), packet.clone());
        for (code, data) in &packet.options {
            prop_assert!(!seen(*code, data).name.is_empty());
        }
        answered(&bytes);
    }

    #[test]
    fn bytes_of_any_sort_are_answered_or_dropped(bytes in vec(any::<u8>(), 0..700)) {
        answered(&bytes);
        wire::understands(&bytes);
    }

    #[test]
    fn spoilt_packets_are_answered_or_dropped(
        which in any::<prop::sample::Index>(),
        changes in vec((any::<u16>(), any::<u8>()), 0..12),
        cut in 0..40_u16,
    ) {
        let packet = which.get(&PACKETS[..]).clone();
        answered(&spoilt(packet, &changes, cut));
    }

    #[test]
    fn spoilt_configurations_are_judged(
        which in any::<prop::sample::Index>(),
        changes in vec((any::<u16>(), prop::sample::select(b" \n\t:-=,|/*{}[]&!%\"'#x10\\".to_vec())), 0..10),
        cut in 0..400_u16,
    ) {
        let text = which.get(&TEXTS[..]).clone().into_bytes();
        let text = String::from_utf8_lossy(&spoilt(text, &changes, cut)).into_owned();
        let lines = text.lines().count().max(1);
        for found in lint(&text, &Around::default()) {
            prop_assert!((1..=lines + 1).contains(&found.line), "line {} of {lines}: {}", found.line, found.message);
            prop_assert!(!found.message.is_empty() && !found.fix.is_empty(), "{found:?}");
        }
        let read = config::read(&text, None, None);
        let engine = Engine { config: &read.config, facts: &FACTS, now: 0 };
        let first = discover(mac("52:54:00:00:00:01").expect("a MAC"), Some(7), None);
        let mut book = Leases::default();
        let out = engine.answer4(&first, &mut book);
        if let Some(offer) = out.reply {
            engine.answer4(&request(&first, &offer), &mut book);
        }
    }

    #[test]
    fn texts_of_any_sort_are_judged(text in "(?s).{0,300}") {
        lint(&text, &Around::default());
        log::read(&text);
        let line = format!("time=\"x\" level=info msg={text}");
        log::read(&line);
    }

    #[test]
    fn files_of_any_sort_hold_leases_or_none(bytes in vec(any::<u8>(), 0..400), kind in 0..4_usize) {
        let heads: [&[u8]; 4] = [b"", b"SQLite format 3\0", b"[{\"ip-address\":\"", b"address,hwaddr\n"];
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("leases");
        fs::write(&path, [heads[kind], &bytes].concat()).expect("written");
        let _ = leases::read(&path, Timestamp::UNIX_EPOCH);
    }

    /// Nobody is lent what another holds, whoever asks in which order.
    #[test]
    fn no_address_is_lent_twice(asks in vec((0..14_u8, any::<bool>()), 1..60)) {
        let config = config::read(&render(&Wanted::default()).expect("a text"), None, None).config;
        let facts = Facts::default();
        let engine = Engine { config: &config, facts: &facts, now: 0 };
        let mut book = Leases::default();
        for (who, ipxe) in asks {
            let packet = discover([2, 0, 0, 0, 0, who], Some(7), ipxe.then_some("iPXE"));
            engine.answer4(&packet, &mut book);
            let held: Vec<Ipv4Addr> = (0..14)
                .filter_map(|it| book.lease(&format!("02:00:00:00:00:{it:02x}")))
                .map(|lease| lease.ip)
                .collect();
            let mut once = held.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), held.len());
        }
    }
}
