//! Machines that boot, from the power button to Ready, with what the head node says on the way and what can go wrong.
use super::{Home, ask, control, home, json};
use crate::{
    lab::{Control, Lab, Options},
    world::KERNEL,
};
use serde_json::{Value, json};

pub(super) const HEAD: &str = "http://172.16.0.254";
const MAC: &str = "52:54:00:be:ef:01";

/// A private lab after exercise 301.
pub(super) async fn tutorial(home: &Home) -> Lab {
    let lab = Lab::new(Options {
        auth: Some(false),
        fresh: true,
        ..home.options()
    });
    let reset = control(&lab, "POST", "reset", r#"{"state":"tutorial"}"#).await;
    assert_eq!(reset.status, 200);
    lab
}

pub(super) fn params(layer: &str) -> Value {
    let efi = format!("{HEAD}:9000/boot-images/efi-images/compute/{layer}");
    json!({
        "macs": (1..=5).map(|n| format!("52:54:00:be:ef:0{n}")).collect::<Vec<_>>(),
        "kernel": format!("{efi}/vmlinuz-{KERNEL}"),
        "initrd": format!("{efi}/initramfs-{KERNEL}.img"),
        "params": format!(
            "root=live:{HEAD}:9000/boot-images/compute/{layer}/rocky9.5-compute-{layer}-9.5 ip=dhcp \
             console=ttyS0,115200 cloud-init=enabled ds=nocloud-net;s={HEAD}:8081/cloud-init"
        ),
    })
}

pub(super) async fn send(lab: &Lab, method: &str, path: &str, body: &Value) {
    let answer = ask(lab, method, path, &[], &body.to_string()).await;
    assert!(answer.status < 300, "{path}: {}", answer.text());
}

/// The boot parameters and the cloud-init of exercises 402 and 403.
pub(super) async fn configure(lab: &Lab) {
    send(lab, "PUT", "/boot/v1/bootparameters", &params("base")).await;
    let defaults = json!({ "cluster-name": "demo", "short-name": "nid", "nid-length": 3,
                           "base-url": format!("{HEAD}:8081/cloud-init") });
    send(lab, "POST", "/cloud-init/admin/cluster-defaults", &defaults).await;
    let text = "## template: jinja\n#cloud-config\nwrite_files:\n\
                - path: /etc/who\n  content: \"{{ ds.meta_data.instance_data.v1.local_ipv4 }}\\n\"\n";
    let group = json!({ "name": "compute", "description": "", "file": { "content": text, "encoding": "plain" } });
    send(lab, "POST", "/cloud-init/admin/groups", &group).await;
}

pub(super) async fn advance(lab: &Lab, seconds: f64) {
    let body = json!({ "advance": seconds }).to_string();
    assert_eq!(control(lab, "POST", "clock", &body).await.status, 200);
}

pub(super) async fn switch(lab: &Lab, node: &str, action: &str) {
    let body = json!({ "nodes": [node], "action": action }).to_string();
    let answer = control(lab, "POST", "power", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

pub(super) async fn node(lab: &Lab, name: &str) -> Value {
    json(&control(lab, "GET", &format!("nodes/{name}"), "").await)
}

pub(super) fn stage<'a>(node: &'a Value, name: &str) -> &'a Value {
    let stages = node["boot"]["stages"].as_array().expect("stages");
    let found = stages.iter().find(|it| it["stage"] == name);
    found.unwrap_or(&Value::Null)
}

#[tokio::test]
async fn a_node_boots_through_all_stages_with_evidence_of_each() {
    let home = home();
    let lab = tutorial(&home).await;
    configure(&lab).await;
    advance(&lab, 61.0).await;
    switch(&lab, "compute1", "on").await;
    advance(&lab, 120.0).await;
    let node = node(&lab, "x1000c0s0b0n0").await;
    let names: Vec<&str> = node["boot"]["stages"]
        .as_array()
        .expect("stages")
        .iter()
        .map(|it| it["stage"].as_str().expect("a name"))
        .collect();
    let all = "power offer script kernel initrd rootfs meta-data user-data vendor-data groups config phone-home ready";
    assert_eq!(names.join(" "), all, "{node:#}");
    for it in node["boot"]["stages"].as_array().expect("stages") {
        assert_eq!(it["ok"], true, "{it}");
        assert_eq!(it["tries"], 1, "{it}");
    }
    assert_eq!(node["ip"], "172.16.0.1");
    assert_eq!(node["stage"], "ready");
    assert_eq!(stage(&node, "kernel")["bytes"], 14 << 20);
    assert_eq!(stage(&node, "kernel")["owner"], "artifacts");
    assert_eq!(stage(&node, "script")["status"], 200);
    let request = stage(&node, "groups")["request"].as_str().expect("one");
    assert_eq!(request, format!("GET {HEAD}:8081/cloud-init/compute.yaml"));
    let cmdline = node["boot"]["cmdline"].as_str().expect("one");
    assert!(
        cmdline.contains("xname=x1000c0s0b0n0") && cmdline.contains("BOOTIF=01-52-54"),
        "{cmdline}"
    );
    assert_eq!(node["guest"]["hostname"], "nid001");
    let path = "/hsm/v2/State/Components/x1000c0s0b0n0";
    assert_eq!(
        json(&ask(&lab, "GET", path, &[], "").await)["State"],
        "Ready"
    );
    let console = control(&lab, "GET", "nodes/compute1/console", "")
        .await
        .text();
    for words in [
        "Start PXE over IPv4",
        "bootscript : ",
        "Command line: ",
        "nid001 login:",
    ] {
        assert!(console.contains(words), "{words}: {console}");
    }
    let body = r#"{"command":"hostname"}"#;
    let ran = control(&lab, "POST", "nodes/compute1/run", body).await;
    assert_eq!(json(&ran), json!({ "status": 0, "output": "nid001\n" }));
    switch(&lab, "compute1", "off").await;
    assert_eq!(json(&ask(&lab, "GET", path, &[], "").await)["State"], "Off");
    let ran = control(&lab, "POST", "nodes/compute1/run", body).await;
    assert_eq!(ran.status, 409);
}

#[tokio::test]
async fn a_node_without_parameters_sleeps_and_wakes_when_there_are_some() {
    let home = home();
    let lab = tutorial(&home).await;
    switch(&lab, MAC, "on").await;
    advance(&lab, 90.0).await;
    let asleep = node(&lab, "compute1").await;
    assert_eq!(asleep["stage"], "script", "{asleep:#}");
    assert_eq!(asleep["ok"], false);
    assert!(
        stage(&asleep, "script")["tries"]
            .as_u64()
            .expect("a number")
            > 1
    );
    assert_eq!(*stage(&asleep, "kernel"), Value::Null);
    configure(&lab).await;
    advance(&lab, 180.0).await;
    let awake = node(&lab, "compute1").await;
    assert_eq!(awake["stage"], "ready", "{awake:#}");
}

#[tokio::test]
async fn a_boot_goes_on_when_the_lab_is_opened_again_and_is_no_difference() {
    let home = home();
    let options = || Options {
        auth: Some(false),
        ..home.options()
    };
    let lab = Lab::new(options());
    control(&lab, "POST", "reset", r#"{"state":"tutorial"}"#).await;
    configure(&lab).await;
    switch(&lab, "compute1", "on").await;
    advance(&lab, 15.0).await;
    let before = node(&lab, "compute1").await;
    assert_ne!(before["stage"], "ready");
    assert_ne!(before["due"], Value::Null);
    lab.close().expect("it ends");
    let lab = Lab::new(options());
    advance(&lab, 150.0).await;
    let after = node(&lab, "compute1").await;
    assert_eq!(after["stage"], "ready", "{after:#}");
    assert_eq!(after["boot"]["number"], before["boot"]["number"]);
    let differences = Control::new(lab.clone()).diff(None).await.expect("told");
    let tables: Vec<&str> = differences.iter().map(|it| it.table.as_str()).collect();
    assert!(tables.contains(&"machines"), "{tables:?}");
    assert!(
        !tables.contains(&"boots") && !tables.contains(&"inside"),
        "{tables:?}"
    );
    control(&lab, "POST", "reset", "").await;
    let off = node(&lab, "compute1").await;
    assert_eq!((&off["power"], &off["boot"]), (&json!("off"), &Value::Null));
}

#[tokio::test]
async fn a_snapshot_brings_a_boot_back_and_it_goes_on() {
    let home = home();
    let lab = tutorial(&home).await;
    let held = Control::new(lab.clone());
    configure(&lab).await;
    switch(&lab, "compute1", "on").await;
    advance(&lab, 40.0).await;
    held.snapshot("under-way").await.expect("taken");
    switch(&lab, "compute1", "off").await;
    advance(&lab, 300.0).await;
    held.restore("under-way").await.expect("there");
    let back = node(&lab, "compute1").await;
    assert_eq!(back["power"], "on");
    assert_ne!(back["stage"], "ready");
    advance(&lab, 100.0).await;
    let up = node(&lab, "compute1").await;
    assert_eq!(up["stage"], "ready", "{up:#}");
    assert_eq!(up["boot"]["number"], 1);
}
