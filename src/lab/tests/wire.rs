//! Real machines that come by the wire, as far as the lab is concerned: what it served them is on their timelines, and
//! nothing else. The wire itself is `tests/qemu_boot.rs`.
use super::{
    Home, control, home, json,
    machines::{HEAD, configure, node, stage, tutorial},
};
use crate::{
    lab::{
        Lab,
        house::House,
        machines::{Fetch, Sight},
        seat::Seat,
    },
    services::coresmd::{
        explain::{discover, request},
        packet::{Packet, mac},
    },
};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) const MAC: &str = "52:54:00:be:ef:01";
const STRANGER: &str = "52:54:00:00:00:99";

pub(super) fn what(node: &Value, name: &str) -> String {
    let told = stage(node, name)["what"].as_str();
    told.unwrap_or_default().to_owned()
}

pub(super) fn owned(lab: &Lab) -> Arc<House> {
    let seat = lab.shared.table.seat().expect("it is there");
    let Seat::Owner(host) = &*seat else {
        panic!("its own");
    };
    Arc::clone(&host.house)
}

/// A lab whose wire ends here.
pub(super) struct Wire {
    _home: Home,
    pub(super) lab: Lab,
    pub(super) house: Arc<House>,
}

impl Wire {
    pub(super) async fn new() -> Self {
        let home = home();
        let lab = tutorial(&home).await;
        Self::of(home, lab).await
    }

    /// The same with a lab that is there already.
    pub(super) async fn of(home: Home, lab: Lab) -> Self {
        configure(&lab).await;
        let house = owned(&lab);
        let own = HEAD[7..].parse().expect("an address");
        house.machines.open_wire(own);
        Self {
            _home: home,
            lab,
            house,
        }
    }

    async fn send(&self, packet: &Packet) -> Option<Packet> {
        let bytes = packet.encode().expect("bytes");
        let echo = self.house.peers.broadcast(bytes.clone()).await;
        let echo = echo.expect("somebody").expect("answered");
        let reply = echo
            .reply
            .as_deref()
            .map(|it| Packet::decode(it).expect("a packet"));
        let sight = Sight::of(&bytes, echo).expect("a question");
        self.house.machines.came_by_dhcp(&sight).await;
        reply
    }

    /// DISCOVER to ACK; a refusal is asked again.
    pub(super) async fn round(&self, mac_: &str, arch: Option<u16>, class: Option<&str>) {
        let first = discover(mac(mac_).expect("a MAC"), arch, class);
        let Some(offer) = self.send(&first).await else {
            return;
        };
        for _ in 0..2 {
            self.send(&request(&first, &offer)).await;
        }
    }

    /// The answer to a firmware's REQUEST, with another address in it: SMD's are changed.
    async fn given(&self, mac_: &str, ip: &str) {
        let first = discover(mac(mac_).expect("a MAC"), Some(0), Some("iPXE"));
        let offer = self.send(&first).await.expect("an offer");
        let bytes = request(&first, &offer).encode().expect("bytes");
        let echo = self.house.peers.broadcast(bytes.clone()).await;
        let mut echo = echo.expect("somebody").expect("answered");
        let reply = echo.reply.as_deref().expect("an answer");
        let mut reply = Packet::decode(reply).expect("a packet");
        reply.yiaddr = ip.parse().expect("an address");
        echo.reply = Some(reply.encode().expect("bytes"));
        let sight = Sight::of(&bytes, echo).expect("a question");
        self.house.machines.came_by_dhcp(&sight).await;
    }

    async fn fetch(&self, url: &str, answer: (u16, u64, u64), text: &str) {
        let (status, sent, size) = answer;
        let fetch = Fetch {
            method: "GET".to_owned(),
            url: url.to_owned(),
            status,
            sent,
            size: Some(size),
            ended: sent >= size,
            part: None,
            text: text.to_owned(),
        };
        self.fetched("172.16.0.1", fetch).await;
    }

    pub(super) async fn fetched(&self, from: &str, fetch: Fetch) {
        let from = from.parse().expect("an address");
        let name = self.house.machines.on_wire(from).expect("it is known");
        self.house.machines.came_by_http(&name, fetch).await;
    }

    pub(super) async fn get(&self, place: &str, answer: (u16, u64, u64)) {
        self.fetch(&format!("{HEAD}{place}"), answer, "").await;
    }

    /// A script as BSS gives it.
    pub(super) async fn script(&self) {
        let text = format!(
            "#!ipxe\nkernel --name kernel {HEAD}:9000/boot/vmlinuz initrd=initrd root=live:{HEAD}:9000/boot/root \
             xname=x1000c0s0b0n0\ninitrd --name initrd {HEAD}:9000/boot/initrd\nboot\n"
        );
        let url = format!("{HEAD}:8081/boot/v1/bootscript?mac={MAC}");
        self.fetch(&url, (200, 9, 9), &text).await;
    }
}

#[tokio::test]
async fn what_a_real_firmware_fetched_is_on_its_timeline() {
    let wire = Wire::new().await;
    wire.round(MAC, Some(7), None).await;
    wire.round(MAC, Some(7), Some("iPXE")).await;
    let machines = &wire.house.machines;
    let from = "172.16.0.1".parse().expect("an address");
    machines.came_by_tftp(from, "ipxe-x86_64.efi", Some((512, 900_000)));
    machines.came_by_tftp(from, "ipxe-x86_64.efi", Some((900_000, 900_000)));
    wire.script().await;
    wire.get(":9000/boot/vmlinuz", (200, 5 << 20, 14 << 20))
        .await;
    let broke = node(&wire.lab, MAC).await;
    assert_eq!(broke["name"], "compute1");
    assert_eq!(broke["wire"], true);
    assert_eq!(
        (&broke["stage"], &broke["ok"]),
        (&json!("kernel"), &json!(false))
    );
    assert_eq!(
        what(&broke, "kernel"),
        "the kernel broke off after 5 of 14 MiB"
    );
    wire.get(":9000/boot/vmlinuz", (200, 14 << 20, 14 << 20))
        .await;
    let came = node(&wire.lab, MAC).await;
    assert_eq!(stage(&came, "kernel")["tries"], 2);
    assert_eq!(stage(&came, "offer")["tries"], 1);
    let offer = format!(
        "coresmd offers 172.16.0.1 to {MAC}, which is x1000c0s0b0n0; ipxe-x86_64.efi went out by TFTP, 878 KiB"
    );
    assert_eq!(what(&came, "offer"), offer);
    // Nobody here can switch it.
    let off = json!({ "nodes": ["compute1"], "action": "off" }).to_string();
    let refused = control(&wire.lab, "POST", "power", &off).await;
    let said = refused.text();
    assert!(
        refused.status == 501 && said.contains("real machine"),
        "{said}"
    );
    // Its firmware asks anew: that is another boot.
    wire.round(MAC, Some(0), Some("iPXE")).await;
    assert_eq!(node(&wire.lab, MAC).await["boot"]["number"], 2);
}

/// Nobody sees that a real machine is off: its last boot still says which address it had.
#[tokio::test]
async fn an_address_is_whose_it_was_given_last() {
    let wire = Wire::new().await;
    let ip = "172.16.0.1";
    let who = || {
        let from = ip.parse().expect("an address");
        wire.house.machines.on_wire(from)
    };
    wire.round(MAC, Some(0), Some("iPXE")).await;
    assert_eq!(who().as_deref(), Some("compute1"));
    wire.given("52:54:00:be:ef:02", ip).await;
    assert_eq!(who().as_deref(), Some("compute2"));
    assert_eq!(node(&wire.lab, MAC).await["ip"], Value::Null);
}

#[tokio::test]
async fn what_a_real_system_fetched_makes_it_ready() {
    let wire = Wire::new().await;
    wire.round(MAC, Some(0), Some("iPXE")).await;
    wire.script().await;
    wire.get(":9000/boot/vmlinuz", (200, 14 << 20, 14 << 20))
        .await;
    wire.get(":9000/boot/initrd", (200, 1 << 20, 1 << 20)).await;
    wire.round(MAC, None, None).await;
    let runs = node(&wire.lab, MAC).await;
    let word = what(&runs, "rootfs");
    assert!(word.contains("asked for an address itself"), "{word}");
    wire.get(":9000/boot/root", (206, 4 << 20, 4 << 20)).await;
    for path in [
        "meta-data",
        "user-data",
        "vendor-data",
        "compute.yaml",
        "io.yaml",
        "phone-home/i-1",
    ] {
        wire.get(&format!(":8081/cloud-init/{path}"), (200, 1, 1))
            .await;
    }
    let up = node(&wire.lab, MAC).await;
    assert_eq!(
        what(&up, "rootfs"),
        "the root file system came whole, 4 MiB"
    );
    assert_eq!(
        what(&up, "groups"),
        "the groups' files came: compute.yaml, io.yaml"
    );
    assert_eq!((&up["stage"], &up["ok"]), (&json!("ready"), &json!(true)));
    // Nobody saw it configure itself.
    assert!(stage(&up, "config").is_null());
}

#[tokio::test]
async fn a_stranger_is_a_machine_of_its_own_until_smd_knows_it() {
    let wire = Wire::new().await;
    for _ in 0..2 {
        wire.round(STRANGER, Some(0), Some("iPXE")).await;
    }
    let all = json(&control(&wire.lab, "GET", "nodes", "").await);
    assert_eq!(all.as_array().map(Vec::len), Some(6));
    let one = node(&wire.lab, STRANGER).await;
    assert_eq!(
        (&one["name"], &one["xname"]),
        (&STRANGER.into(), &STRANGER.into())
    );
    let offer = stage(&one, "offer");
    assert!(
        offer["what"]
            .as_str()
            .expect("a word")
            .contains("the pool lends 172.16.0.200"),
        "{offer}"
    );
    assert_eq!(
        (&offer["ok"], one["boot"]["number"].as_u64()),
        (&false.into(), Some(1))
    );
    let config = json!({ "config": "server4:\n" }).to_string();
    let dead = json(&control(&wire.lab, "POST", "dhcp", &config).await);
    assert_eq!(dead["running"], false);
    wire.round(MAC, Some(0), Some("iPXE")).await;
    let silent = node(&wire.lab, MAC).await;
    let what = stage(&silent, "offer")["what"]
        .as_str()
        .expect("a word")
        .to_owned();
    assert!(
        what.contains(&format!(
            "nobody at 172.16.0.254 answers {MAC}: coredhcp does not start"
        )),
        "{what}"
    );
}
