//! What can go wrong on a machine's way to Ready, and where its timeline says so.
use super::{
    ask, control, home, json,
    machines::{HEAD, advance, configure, node, params, send, stage, switch, tutorial},
};
use crate::{lab::Lab, world::KERNEL};
use serde_json::{Value, json};

const MAC: &str = "52:54:00:be:ef:01";

async fn condition(lab: &Lab, name: &str, on: bool) {
    let body = json!({ "name": name, "on": on }).to_string();
    let answer = control(lab, "POST", "conditions", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn a_kernel_that_is_missing_is_asked_for_again_and_found() {
    let home = home();
    let lab = tutorial(&home).await;
    configure(&lab).await;
    let path = format!("artifacts/boot-images/efi-images/compute/base/vmlinuz-{KERNEL}");
    assert_eq!(control(&lab, "DELETE", &path, "").await.status, 200);
    switch(&lab, "compute1", "on").await;
    advance(&lab, 60.0).await;
    let lost = node(&lab, "compute1").await;
    let kernel = stage(&lost, "kernel");
    assert_eq!(
        (&kernel["status"], &kernel["ok"]),
        (&json!(404), &json!(false)),
        "{lost:#}"
    );
    let console = control(&lab, "GET", "nodes/compute1/console", "")
        .await
        .text();
    assert!(console.contains("No such file or directory"), "{console}");
    let body =
        json!({ "path": path.trim_start_matches("artifacts/"), "bytes": 5 << 20 }).to_string();
    assert_eq!(control(&lab, "POST", "artifacts", &body).await.status, 200);
    advance(&lab, 150.0).await;
    let found = node(&lab, "compute1").await;
    assert_eq!(found["stage"], "ready", "{found:#}");
    assert!(stage(&found, "kernel")["tries"].as_u64().expect("a number") > 1);
    assert_eq!(stage(&found, "kernel")["bytes"], 5 << 20);
}

#[tokio::test]
async fn a_stranger_gets_an_address_of_the_pool_and_reboots() {
    let home = home();
    let lab = tutorial(&home).await;
    configure(&lab).await;
    let path = "/hsm/v2/Inventory/EthernetInterfaces/525400beef01";
    send(&lab, "DELETE", path, &Value::Null).await;
    switch(&lab, "compute1", "on").await;
    advance(&lab, 80.0).await;
    let stranger = node(&lab, "compute1").await;
    assert_eq!(stranger["stage"], "offer", "{stranger:#}");
    assert_eq!(stranger["ip"], "172.16.0.200");
    assert!(
        stage(&stranger, "offer")["tries"]
            .as_u64()
            .expect("a number")
            > 1
    );
    let nic = json!({ "MACAddress": MAC, "ComponentID": "x1000c0s0b0n0",
                      "IPAddresses": [{ "IPAddress": "172.16.0.1" }] });
    send(&lab, "POST", "/hsm/v2/Inventory/EthernetInterfaces", &nic).await;
    advance(&lab, 180.0).await;
    assert_eq!(node(&lab, "compute1").await["stage"], "ready");
}

#[tokio::test]
async fn each_condition_has_its_effect() {
    let home = home();
    let lab = tutorial(&home).await;
    configure(&lab).await;
    advance(&lab, 61.0).await;
    let look = "/cloud-init/admin/impersonation/x1000c0s0b0n0/meta-data";
    assert_eq!(ask(&lab, "GET", look, &[], "").await.status, 200);
    condition(&lab, "impersonation_off", true).await;
    assert_eq!(ask(&lab, "GET", look, &[], "").await.status, 404);
    condition(&lab, "impersonation_off", false).await;

    condition(&lab, "nat", true).await;
    switch(&lab, "compute1", "on").await;
    advance(&lab, 120.0).await;
    let lost = node(&lab, "compute1").await;
    let meta = stage(&lost, "meta-data");
    assert_eq!(
        (&meta["status"], &meta["tries"]),
        (&json!(422), &json!(10)),
        "{lost:#}"
    );
    assert_eq!(lost["guest"]["hostname"], "localhost");
    condition(&lab, "nat", false).await;

    condition(&lab, "stale_groups", true).await;
    let group = json!({ "label": "io", "members": { "ids": ["x1000c0s0b0n0"] } });
    send(&lab, "POST", "/hsm/v2/groups", &group).await;
    advance(&lab, 130.0).await;
    let vendor = "/cloud-init/admin/impersonation/x1000c0s0b0n0/vendor-data";
    assert!(
        !ask(&lab, "GET", vendor, &[], "")
            .await
            .text()
            .contains("io.yaml")
    );
    condition(&lab, "stale_groups", false).await;
    advance(&lab, 61.0).await;
    assert!(
        ask(&lab, "GET", vendor, &[], "")
            .await
            .text()
            .contains("io.yaml")
    );

    condition(&lab, "cloud_init_lost", true).await;
    let groups = ask(&lab, "GET", "/cloud-init/admin/groups", &[], "").await;
    assert_eq!(json(&groups), json!({}));
    let unknown = control(&lab, "POST", "conditions", r#"{"name":"natt","on":true}"#).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_chain_that_leads_to_a_closed_port_is_the_end() {
    let home = home();
    let lab = tutorial(&home).await;
    configure(&lab).await;
    condition(&lab, "chain_https", true).await;
    let path = format!("artifacts/boot-images/efi-images/compute/base/vmlinuz-{KERNEL}");
    assert_eq!(control(&lab, "DELETE", &path, "").await.status, 200);
    switch(&lab, "compute1", "on").await;
    advance(&lab, 600.0).await;
    let dead = node(&lab, "compute1").await;
    let script = stage(&dead, "script");
    assert!(
        script["request"]
            .as_str()
            .expect("one")
            .contains("https://demo"),
        "{dead:#}"
    );
    assert_eq!(script["ok"], false);
    assert_eq!(dead["due"], Value::Null);
}

#[tokio::test]
async fn what_is_made_for_another_kernel_does_not_boot() {
    let home = home();
    let lab = tutorial(&home).await;
    configure(&lab).await;
    for (path, kernel, stage_name, words) in [
        (
            format!("boot-images/efi-images/compute/base/initramfs-{KERNEL}.img"),
            "5.14.0-427.el9",
            "rootfs",
            "no module fits",
        ),
        (
            "boot-images/compute/base/rocky9.5-compute-base-9.5".to_owned(),
            "5.14.0-427.el9",
            "rootfs",
            "has the modules of",
        ),
    ] {
        let artifact = |kernel: &str| json!({ "path": path, "bytes": 1 << 20, "kernel": kernel });
        let wrong = artifact(kernel).to_string();
        assert_eq!(control(&lab, "POST", "artifacts", &wrong).await.status, 200);
        switch(&lab, "compute1", "reset").await;
        advance(&lab, 150.0).await;
        let stuck = node(&lab, "compute1").await;
        let told = stage(&stuck, stage_name);
        assert!(
            told["what"].as_str().expect("a sentence").contains(words),
            "{stuck:#}"
        );
        assert_eq!((&told["ok"], &stuck["due"]), (&json!(false), &Value::Null));
        let right = artifact(KERNEL).to_string();
        assert_eq!(control(&lab, "POST", "artifacts", &right).await.status, 200);
    }
    switch(&lab, "compute1", "reset").await;
    advance(&lab, 150.0).await;
    assert_eq!(node(&lab, "compute1").await["stage"], "ready");
}

#[tokio::test]
async fn a_private_file_is_refused_and_a_dead_address_not_reached() {
    let home = home();
    let lab = tutorial(&home).await;
    configure(&lab).await;
    let path = format!("boot-images/efi-images/compute/base/vmlinuz-{KERNEL}");
    let body = json!({ "path": path, "bytes": 1 << 20, "private": true }).to_string();
    assert_eq!(control(&lab, "POST", "artifacts", &body).await.status, 200);
    switch(&lab, "compute1", "on").await;
    advance(&lab, 50.0).await;
    let kernel = stage(&node(&lab, "compute1").await, "kernel").clone();
    assert_eq!(
        (&kernel["status"], &kernel["ok"]),
        (&json!(403), &json!(false))
    );
    let mut wrong = params("base");
    wrong["kernel"] = format!("{HEAD}:9090/boot-images/vmlinuz").into();
    send(&lab, "PUT", "/boot/v1/bootparameters", &wrong).await;
    switch(&lab, "compute1", "reset").await;
    advance(&lab, 50.0).await;
    let kernel = stage(&node(&lab, "compute1").await, "kernel").clone();
    assert_eq!(kernel["status"], Value::Null);
    assert!(
        kernel["what"]
            .as_str()
            .expect("one")
            .contains("Connection refused"),
        "{kernel}"
    );
}

/// A script that does this behind its kernel, for ever.
async fn goes_round(lab: &Lab, what: &str) -> Value {
    let mut asked = params("base");
    let kernel = asked["kernel"].as_str().expect("a text").to_owned();
    asked["kernel"] = format!("{kernel}\n:a\n{what}\ngoto a\n").into();
    send(lab, "PUT", "/boot/v1/bootparameters", &asked).await;
    switch(lab, "compute1", "on").await;
    advance(lab, 200.0).await;
    let node = node(lab, "compute1").await;
    switch(lab, "compute1", "off").await;
    node
}

#[tokio::test]
async fn a_script_that_goes_round_lets_time_pass() {
    let home = home();
    let lab = tutorial(&home).await;
    let tiny = json!({ "path": "boot-images/tiny", "bytes": 1 }).to_string();
    assert_eq!(control(&lab, "POST", "artifacts", &tiny).await.status, 200);
    let sleeps = goes_round(&lab, "sleep 0").await;
    assert_eq!(
        (&sleeps["stage"], &sleeps["ok"]),
        (&json!("kernel"), &json!(true)),
        "{sleeps:#}"
    );
    assert_ne!(sleeps["due"], Value::Null, "it goes on");
    let loads = goes_round(&lab, &format!("initrd {HEAD}:9000/boot-images/tiny")).await;
    let tries = stage(&loads, "initrd")["tries"].as_u64().expect("a number");
    // Without a wait of its own each would take a third of a second.
    assert!((100..=175).contains(&tries), "{loads:#}");
}

#[tokio::test]
async fn a_module_that_fails_is_told_and_keeps_no_node_from_ready() {
    let home = home();
    let lab = tutorial(&home).await;
    configure(&lab).await;
    let text = "#cloud-config\nruncmd: [[\"false\"]]\n";
    let group = json!({ "name": "compute", "description": "", "file": { "content": text, "encoding": "plain" } });
    send(&lab, "PUT", "/cloud-init/admin/groups/compute", &group).await;
    advance(&lab, 61.0).await;
    switch(&lab, "compute1", "on").await;
    advance(&lab, 150.0).await;
    let up = node(&lab, "compute1").await;
    assert_eq!(
        (&up["stage"], &up["ok"], &up["failed"]),
        (&json!("ready"), &json!(true), &json!(["config"])),
        "{up:#}"
    );
    assert_eq!(stage(&up, "config")["ok"], false);
}
