//! The client against the lab's server, over sockets; and what is written for a head node.
use super::{
    client::Client,
    explain::{self, Arch, Asked},
    lab,
    leases::{self, Source},
    lint::{Around, lint},
    log,
    packet::{Kind, Packet, bytes, digits, mac},
    render::{Wanted, render},
    types::{Level, Version},
};
use crate::{
    clock::{Clock, Pending},
    fault::{Fault, Kind as Sort},
    http::{Base, Http},
    services::site::{Echo, NoSigner, NoTimer, Open, Peers, Site, Sound},
    table::{Forget, Shelved},
};
use axum::{Json, Router, routing::get};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;

const KNOWN: &str = "52:54:00:be:ef:01";
const STRANGER: &str = "52:54:00:00:00:99";

/// A clock that moves by hand.
#[derive(Default)]
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>> {
        let seconds = i64::try_from(span.as_secs()).unwrap_or_default();
        self.0.fetch_add(seconds, Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    }
}

/// The lab's server beside an SMD that says what it is told to say.
struct Stage {
    client: Client,
    peers: Arc<Peers>,
    clock: Arc<Hand>,
    nics: Arc<Mutex<Value>>,
    store: Arc<dyn Shelved>,
}

fn nic(mac: &str, ip: &str) -> Value {
    json!([{ "MACAddress": mac, "ComponentID": "x1000c0s0b0n0", "IPAddresses": [{ "IPAddress": ip }] }])
}

impl Stage {
    async fn new() -> Self {
        let (clock, peers) = (Arc::new(Hand::default()), Arc::new(Peers::default()));
        let nics = Arc::new(Mutex::new(nic(KNOWN, "172.16.0.1")));
        let front = lab::front(&Site {
            clock: clock.clone(),
            journal: Arc::new(Forget),
            timer: Arc::new(NoTimer),
            peers: peers.clone(),
            guard: Arc::new(Open),
            signer: Arc::new(NoSigner),
            ailments: Arc::new(Sound),
            rack: Arc::new(crate::services::rack::NoRack),
            seed: 1,
        });
        let told = nics.clone();
        let interfaces = move || {
            let told = told.lock().expect("unpoisoned").clone();
            async move { Json(told) }
        };
        let components =
            json!({ "Components": [{ "ID": "x1000c0s0b0n0", "Type": "Node", "NID": 1 }] });
        let routes = Router::new()
            .nest(front.prefix, front.routes)
            .route("/hsm/v2/Inventory/EthernetInterfaces", get(interfaces))
            .route(
                "/hsm/v2/State/Components",
                get(|| async move { Json(components) }),
            );
        peers.open(routes.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let base = Base {
            url: format!("http://{at}"),
            address: Some(at.ip()),
            ..Base::default()
        };
        Self {
            client: Client::new(&Http::at(base)),
            peers,
            clock,
            nics,
            store: front.store,
        }
    }

    async fn send(&self, packet: &Packet) -> (Option<Packet>, Echo) {
        let echo = self
            .peers
            .broadcast(packet.encode().expect("bytes"))
            .await
            .expect("somebody")
            .expect("answered");
        let reply = echo
            .reply
            .as_deref()
            .map(|it| Packet::decode(it).expect("a packet"));
        (reply, echo)
    }

    async fn asks(&self, name: &str, class: Option<&str>) -> (Kind, String) {
        let packet = explain::discover(mac(name).expect("a MAC"), Some(7), class);
        let (reply, _) = self.send(&packet).await;
        let reply = reply.expect("a reply");
        (reply.kind(), reply.yiaddr.to_string())
    }
}

#[tokio::test]
async fn the_lab_answers_known_nodes_and_lends_to_strangers() {
    let stage = Stage::new().await;
    assert_eq!(
        stage.asks(KNOWN, None).await,
        (Kind::OFFER, "172.16.0.1".into())
    );
    assert_eq!(stage.client.leases().await.expect("leases").len(), 0);
    assert_eq!(
        stage.asks(STRANGER, None).await,
        (Kind::OFFER, "172.16.0.200".into())
    );
    let held = stage.client.leases().await.expect("leases");
    assert_eq!(
        (held[0].mac.as_str(), held[0].ip.as_str()),
        (STRANGER, "172.16.0.200")
    );
    assert_eq!(held[0].problem, None);
    assert_eq!(stage.asks(STRANGER, None).await.0, Kind::NAK);
    assert!(stage.client.leases().await.expect("leases").is_empty());
    let told = log::read(&stage.client.log().await.expect("a log"));
    let events: Vec<&str> = told.iter().map(|it| it.event).collect();
    assert_eq!(
        events,
        [
            "listening",
            "refresh",
            "cache",
            "rule",
            "assigned",
            "stranger",
            "new",
            "lent",
            "stranger",
            "refused"
        ]
    );
    assert_eq!(
        told[4].hostname.as_deref(),
        Some("nid0001.openchami.cluster")
    );
}

#[tokio::test]
async fn smd_is_heard_again_after_half_a_minute_or_a_restart() {
    let stage = Stage::new().await;
    assert_eq!(stage.asks(KNOWN, None).await.1, "172.16.0.1");
    *stage.nics.lock().expect("unpoisoned") = nic(KNOWN, "172.16.0.9");
    assert_eq!(stage.asks(KNOWN, None).await.1, "172.16.0.1");
    stage
        .clock
        .sleep(Duration::from_secs(30))
        .await
        .expect("slept");
    assert_eq!(stage.asks(KNOWN, None).await.1, "172.16.0.9");
    *stage.nics.lock().expect("unpoisoned") = json!({ "no": "list" });
    stage
        .clock
        .sleep(Duration::from_secs(30))
        .await
        .expect("slept");
    assert_eq!(
        stage.asks(KNOWN, None).await.1,
        "172.16.0.9",
        "what was known goes on to count"
    );
    let dump = stage.store.dump().expect("a dump");
    stage.store.restore(dump).expect("restored");
    assert_eq!(
        stage.asks(KNOWN, None).await.1,
        "172.16.0.200",
        "a restart without SMD knows nobody"
    );
    stage.asks(STRANGER, None).await;
    let log = stage.peers.get("/lab/dhcp/log").await.expect("a log");
    let log = String::from_utf8_lossy(&log.1).into_owned();
    let starts = log.matches("Listen 0.0.0.0:67").count();
    assert_eq!(starts, 2, "it was restarted once: {log}");
}

#[tokio::test]
async fn what_would_be_answered_is_told_step_by_step() {
    let stage = Stage::new().await;
    let asked = Asked::default();
    let explained = |mac: &str, asked: Asked| {
        let (client, macs) = (stage.client.clone(), [mac.to_owned()]);
        async move {
            let mut all = client.explain(&macs, &asked, None).await.expect("told");
            all.remove(0)
        }
    };
    let told = explained(KNOWN, asked.clone()).await;
    assert_eq!(
        (told.answer.as_str(), told.ip.as_deref()),
        ("OFFER", Some("172.16.0.1"))
    );
    assert_eq!(told.boot_file.as_deref(), Some("ipxe-x86_64.efi"));
    assert_eq!(told.node.as_deref(), Some("x1000c0s0b0n0"));
    assert!(
        told.steps
            .iter()
            .any(|step| step.line > 0 && step.what.contains("rule 0")),
        "{:?}",
        told.steps
    );
    let ipxe = Asked {
        user_class: Some("iPXE".into()),
        ..Asked::default()
    };
    let told = explained(KNOWN, ipxe).await;
    let url = format!("http://172.16.0.254:8081/boot/v1/bootscript?mac={KNOWN}");
    assert_eq!(told.boot_file, Some(url));
    let told = explained(STRANGER, asked.clone()).await;
    assert_eq!(told.ip.as_deref(), Some("172.16.0.200"));
    assert!(
        stage.client.leases().await.expect("leases").is_empty(),
        "to explain is not to lend"
    );
    let dies = stage
        .client
        .explain(&[KNOWN.to_owned()], &asked, Some("server4:".into()))
        .await
        .expect_err("no server");
    assert_eq!(dies.kind, Sort::Refused);
    let wrong = Asked {
        arch: Some(Arch::Name("vax".into())),
        ..Asked::default()
    };
    let fault = stage
        .client
        .explain(&[KNOWN.to_owned()], &wrong, None)
        .await
        .expect_err("no such architecture");
    assert_eq!(fault.kind, Sort::BadArgument);
}

#[test]
fn what_is_rendered_lints_clean_in_each_version() {
    for version in Version::NAMES {
        let wanted = Wanted {
            version: version.into(),
            ..Wanted::default()
        };
        let text = render(&wanted).unwrap_or_else(|fault| panic!("{version}: {fault:?}"));
        assert_eq!(lint(&text, &Around::default()), [], "{version}:\n{text}");
    }
    let outside = Wanted {
        pool: ("10.0.0.1".into(), "10.0.0.9".into()),
        ..Wanted::default()
    };
    assert_eq!(
        render(&outside).expect_err("outside").kind,
        Sort::BadArgument
    );
    let two = Wanted {
        domain: "a\n    - dns: 1.1.1.1".into(),
        ..Wanted::default()
    };
    assert!(
        render(&two)
            .expect_err("two words")
            .message
            .contains("one word")
    );
}

fn levels(text: &str) -> Vec<(usize, String, Level)> {
    let found = lint(text, &Around::default())
        .into_iter()
        .filter(|it| it.log.is_empty());
    found.map(|it| (it.line, it.setting, it.level)).collect()
}

#[test]
fn what_the_server_does_not_say_is_found_as_well() {
    let text = render(&Wanted::default()).expect("a text");
    let server = text.replace("    - server_id: 172.16.0.254\n", "");
    assert_eq!(levels(&server), [(1, "server_id".into(), Level::Error)]);
    let late = server.clone() + "    - server_id: 172.16.0.254\n";
    let line = late.lines().count();
    assert_eq!(levels(&late), [(line, "server_id".into(), Level::Error)]);
    let bmc = text.replace("bmc_pattern={id}", "bmc_pattern=bmc{04d}");
    assert_eq!(levels(&bmc)[0].1, "coresmd.rule");
    let eaten = text.replace(
        "        lease_time=1h",
        "        /* an hour\n        lease_time=1h */",
    );
    assert!(
        levels(&eaten).iter().any(|it| it.1 == "coresmd.lease_time"),
        "{:?}",
        levels(&eaten)
    );
    let bare = "server4:\n  plugins:\n    - netmask: 255.255.255.0\n";
    let found: Vec<String> = levels(bare).into_iter().map(|it| it.1).collect();
    assert_eq!(found, ["plugins", "server_id", "listen"]);
    let known = [("172.16.0.201".parse().expect("an address"), "x1".to_owned())];
    let around = Around {
        known: &known,
        ..Around::default()
    };
    assert_eq!(lint(&text, &around)[0].setting, "bootloop.subnet_pool");
}

#[test]
fn bootloops_file_is_read_and_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("coredhcp.db");
    let base = rusqlite::Connection::open(&path).expect("a data base");
    base.execute_batch(
        "create table leases4 (mac string not null, ip string not null, expiry int, hostname string not null, \
         primary key (mac, ip)); \
         insert into leases4 values ('52:54:00:00:00:99', '172.16.0.200', 1790000000, ''); \
         insert into leases4 values ('', '172.16.0.203', 1790000000, ''); \
         insert into leases4 values ('52:54:00:00:00:98', '10.0.0.7', 1790000000, 'x');",
    )
    .expect("rows");
    drop(base);
    let now = Timestamp::from_second(1_800_000_000).expect("a time");
    let mut held = leases::read(&path, now).expect("leases");
    assert!(
        held.iter()
            .all(|it| it.source == Source::Bootloop && it.expired)
    );
    let wanted = Wanted {
        version: "v0.4".into(),
        ..Wanted::default()
    };
    let config =
        explain::configured(&render(&wanted).expect("a text"), None).expect("a configuration");
    leases::judge(&mut held, Some(&config));
    let problems: Vec<&str> = held
        .iter()
        .map(|it| it.problem.as_deref().unwrap_or("none"))
        .collect();
    assert_eq!(problems[0], "none");
    assert!(
        problems[1].starts_with("an empty text is no MAC"),
        "{problems:?}"
    );
    assert!(problems[2].starts_with("outside the pool"), "{problems:?}");
    let other = folder.path().join("other");
    std::fs::write(&other, "hello there").expect("written");
    assert_eq!(
        leases::read(&other, now).expect_err("no leases").kind,
        Sort::Protocol
    );
    std::fs::write(&other, b"SQLite format 3\0 and no more").expect("written");
    assert_eq!(
        leases::read(&other, now).expect_err("no data base").kind,
        Sort::Protocol
    );
}

#[test]
fn bytes_go_through_text() {
    assert_eq!(bytes(&digits(&[0, 255, 16])), Some(vec![0, 255, 16]));
    assert_eq!((bytes("0g"), bytes("0")), (None, None));
}
