//! Packets of both families through the engine: each is answered or refused, and what is sent can be read.
#![no_main]
use chami::services::coresmd::{
    config::{self, Config},
    engine::{Engine, Facts},
    packet::{Packet, Packet6},
    store::Leases,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const FOURTH: &str = "server4:\n  plugins:\n    - server_id: 172.16.0.254\n    - router: 172.16.0.254\n    - netmask: 255.255.255.0\n    - dns: 172.16.0.254\n    - coresmd: svc_base_uri=https://demo.openchami.cluster:8443 ipxe_base_uri=http://172.16.0.254:8081 cache_valid=30s lease_time=1h rule=type:Node,hostname:nid{04d}\n    - bootloop: lease_file=/tmp/coredhcp.db lease_time=5m ipv4_start=172.16.0.200 ipv4_end=172.16.0.250\n";
const SIXTH: &str = "server6:\n  plugins:\n    - server_id: LL 00:11:22:33:44:55\n    - coresmd: svc_base_uri=https://demo.openchami.cluster:8443 ipxe_base_uri=http://172.16.0.254:8081\n";

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let mut config = config::read(FOURTH, None, None).config;
    config.server6 = config::read(SIXTH, None, None).config.server6;
    config
});
static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let nics = br#"[{"MACAddress":"52:54:00:be:ef:01","ComponentID":"x1000c0s0b0n0","IPAddresses":[{"IPAddress":"172.16.0.1"}]}]"#;
    let components = br#"{"Components":[{"ID":"x1000c0s0b0n0","NID":1,"Type":"Node"}]}"#;
    Facts::read(nics, components).expect("facts")
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(packet) = Packet::decode(bytes)
        && let Ok(again) = packet.encode()
    {
        Packet::decode(&again).expect("what was written is read");
    }
    let engine = Engine {
        config: &CONFIG,
        facts: &FACTS,
        now: 0,
    };
    let mut book = Leases::default();
    for _ in 0..2 {
        if let Some(reply) = engine.wire4(bytes, &mut book).bytes() {
            Packet::decode(&reply).expect("a whole reply");
        }
    }
    if let Some(reply) = engine.wire6(bytes).reply {
        let bytes = reply.encode().expect("bytes");
        Packet6::decode(&bytes).expect("a whole reply");
    }
});
