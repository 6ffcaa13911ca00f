//! Real machines as they are: with several cards, with firmware that looks for what is not there, with downloads that go on
//! where they broke off; and what becomes of their places.
use super::{
    ask, control, home, json,
    machines::{advance, node, send, stage},
    wire::{MAC, Wire, owned, what},
};
use crate::lab::{
    Lab, Options,
    machines::{Fetch, Part},
};
use serde_json::{Value, json};

const OTHER: &str = "52:54:00:00:01:01";
const BMC: &str = "de:ca:fc:0f:fe:e1";

/// All that a machine fetches until it has phoned home.
async fn comes_up(wire: &Wire) {
    wire.round(MAC, Some(0), Some("iPXE")).await;
    wire.script().await;
    for place in [":9000/boot/vmlinuz", ":9000/boot/initrd"] {
        wire.get(place, (200, 1 << 20, 1 << 20)).await;
    }
    wire.round(MAC, None, None).await;
    wire.get(":9000/boot/root", (200, 4 << 20, 4 << 20)).await;
    for name in ["meta-data", "user-data", "vendor-data", "phone-home/i-1"] {
        wire.get(&format!(":8081/cloud-init/{name}"), (200, 1, 1))
            .await;
    }
}

async fn state(lab: &Lab) -> Value {
    let path = "/hsm/v2/State/Components/x1000c0s0b0n0";
    json(&ask(lab, "GET", path, &[], "").await)["State"].clone()
}

async fn wires(lab: &Lab) -> Vec<String> {
    let all = json(&control(lab, "GET", "nodes", "").await);
    let all = all.as_array().expect("a list").iter();
    let real = all.filter(|it| it["wire"] == true);
    real.map(|it| it["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn part(header: &str, sent: u64) -> Fetch {
    Fetch {
        method: "GET".to_owned(),
        url: "http://172.16.0.254:9000/boot/vmlinuz".to_owned(),
        status: 206,
        sent,
        size: None,
        ended: true,
        part: Part::read(header),
        text: String::new(),
    }
}

#[tokio::test]
async fn another_card_and_a_bmc_take_nothing_away() {
    let wire = Wire::new().await;
    let card = json!({ "MACAddress": OTHER, "ComponentID": "x1000c0s0b0n0", "Description": "Interface 1 for compute1",
                       "IPAddresses": [{ "IPAddress": "172.16.0.61" }] });
    send(
        &wire.lab,
        "POST",
        "/hsm/v2/Inventory/EthernetInterfaces",
        &card,
    )
    .await;
    advance(&wire.lab, 61.0).await;
    comes_up(&wire).await;
    let before = node(&wire.lab, MAC).await;
    assert_eq!(
        (&before["stage"], state(&wire.lab).await),
        (&json!("ready"), json!("Ready"))
    );
    for mac in [OTHER, BMC, MAC, OTHER] {
        wire.round(mac, None, None).await;
    }
    let after = node(&wire.lab, "compute1").await;
    assert_eq!(after["boot"], before["boot"]);
    assert_eq!(
        (&after["mac"], &after["ip"]),
        (&MAC.into(), &"172.16.0.1".into())
    );
    assert_eq!(state(&wire.lab).await, "Ready");
    assert_eq!(wires(&wire.lab).await, ["compute1"]);
    assert_eq!(node(&wire.lab, OTHER).await["name"], "compute1");
    // What its system fetches by the other card is its own as well.
    let fetch = Fetch {
        url: "http://172.16.0.254:8081/cloud-init/meta-data".to_owned(),
        status: 404,
        ..part("", 1)
    };
    wire.fetched("172.16.0.61", fetch).await;
    let told = node(&wire.lab, MAC).await;
    assert_eq!(stage(&told, "meta-data")["ok"], false);
    // Its firmware boots from the other one: that is another boot.
    wire.round(OTHER, Some(7), None).await;
    let booted = node(&wire.lab, "compute1").await;
    assert_eq!(
        (&booted["mac"], &booted["boot"]["number"]),
        (&OTHER.into(), &json!(2))
    );
    assert_eq!(state(&wire.lab).await, "On");
}

#[tokio::test]
async fn a_node_that_runs_when_it_is_first_seen_stays_ready() {
    let wire = Wire::new().await;
    let ready = json!({ "State": "Ready", "Flag": "OK" });
    let path = "/hsm/v2/State/Components/x1000c0s0b0n0/StateData";
    for state in ["On", "Ready"] {
        let ready = json!({ "State": state, "Flag": ready["Flag"] });
        send(&wire.lab, "PATCH", path, &ready).await;
    }
    wire.round(MAC, None, None).await;
    assert_eq!(wires(&wire.lab).await, ["compute1"]);
    assert_eq!(state(&wire.lab).await, "Ready");
}

#[tokio::test]
async fn only_the_file_that_was_named_fails_an_offer() {
    let wire = Wire::new().await;
    wire.round(MAC, Some(7), None).await;
    let from = "172.16.0.1".parse().expect("an address");
    let machines = &wire.house.machines;
    let well = "coresmd offers 172.16.0.1 to 52:54:00:be:ef:01, which is x1000c0s0b0n0";
    for name in ["grub.cfg", "../../etc/shadow", "grub.cfg-01"] {
        machines.came_by_tftp(from, name, None);
    }
    let told = node(&wire.lab, MAC).await;
    let missed = "; grub.cfg was asked for by TFTP as well, and is not there";
    assert_eq!(what(&told, "offer"), format!("{well}{missed}"));
    assert_eq!(stage(&told, "offer")["ok"], true);
    machines.came_by_tftp(from, "ipxe-x86_64.efi", Some((900_000, 900_000)));
    let told = node(&wire.lab, MAC).await;
    let went = "; ipxe-x86_64.efi went out by TFTP, 878 KiB";
    assert_eq!(what(&told, "offer"), format!("{well}{went}{missed}"));
    machines.came_by_tftp(from, "/ipxe-x86_64.efi", None);
    let told = node(&wire.lab, MAC).await;
    assert_eq!(stage(&told, "offer")["ok"], false);
    assert!(what(&told, "offer").ends_with("which coresmd named"));
}

#[tokio::test]
async fn what_went_on_where_it_broke_off_is_told_by_its_whole_size() {
    let wire = Wire::new().await;
    wire.round(MAC, Some(0), Some("iPXE")).await;
    wire.script().await;
    let (all, half) = (14 << 20, 5 << 20);
    let header = format!("bytes {half}-{}/{all}", all - 1);
    let endless = Fetch {
        status: 200,
        ended: false,
        ..part("", half)
    };
    let cut = Fetch {
        size: Some(all - half),
        ..part(&header, 1 << 20)
    };
    for (fetch, ok, word) in [
        (endless, false, "the kernel broke off after 5 MiB"),
        (cut, false, "the kernel broke off after 1 of 9 MiB"),
        (
            part("bytes 0-1048575/14680064", 1 << 20),
            true,
            "a part of the kernel came, 1 of 14 MiB",
        ),
        (
            part(&header, all - half),
            true,
            "the kernel came whole, 14 MiB, the last 9 of it when it went on",
        ),
    ] {
        wire.fetched("172.16.0.1", fetch).await;
        let told = node(&wire.lab, MAC).await;
        assert_eq!(what(&told, "kernel"), word);
        assert_eq!(stage(&told, "kernel")["ok"], ok, "{word}");
    }
    assert_eq!(Part::read("bytes */14"), None);
}

#[tokio::test]
async fn of_many_the_real_ones_are_not_switched_and_can_be_released() {
    let wire = Wire::new().await;
    wire.round(MAC, Some(7), None).await;
    wire.round(OTHER, Some(7), None).await;
    let body = json!({ "nodes": ["compute1", "compute2", "compute3"], "action": "on" }).to_string();
    let refused = control(&wire.lab, "POST", "power", &body).await;
    let said = json(&refused);
    assert_eq!(refused.status, 409, "{said}");
    let items = said["items"].as_array().expect("items");
    assert_eq!(
        (items.len(), &items[0]["node"]),
        (1, &"x1000c0s0b0n0".into())
    );
    assert_eq!(items[0]["fault"]["kind"], "unsupported");
    let hint = items[0]["fault"]["hint"].as_str().expect("a hint");
    assert!(hint.contains("lab.release \"compute1\""), "{hint}");
    assert_eq!(node(&wire.lab, "compute2").await["power"], "on");
    let snapshot = json!({ "name": "real" }).to_string();
    assert_eq!(
        control(&wire.lab, "POST", "snapshot", &snapshot)
            .await
            .status,
        200
    );

    let named = json!({ "nodes": ["compute1"] }).to_string();
    let told = json(&control(&wire.lab, "POST", "release", &named).await);
    assert_eq!(
        (told[0]["power"].as_str(), &told[0]["wire"]),
        (Some("off"), &Value::Null)
    );
    assert_eq!(state(&wire.lab).await, "Off");
    let on = json!({ "nodes": ["compute1"], "action": "on" }).to_string();
    assert_eq!(control(&wire.lab, "POST", "power", &on).await.status, 200);
    let told = json(&control(&wire.lab, "POST", "release", "{}").await);
    assert_eq!(told.as_array().map(Vec::len), Some(1));
    assert_eq!(
        control(&wire.lab, "GET", &format!("nodes/{OTHER}"), "")
            .await
            .status,
        404
    );
    assert_eq!(wires(&wire.lab).await, Vec::<String>::new());
    // Where a wire is served a snapshot has them again.
    assert_eq!(
        control(&wire.lab, "POST", "restore", &snapshot)
            .await
            .status,
        200
    );
    assert_eq!(wires(&wire.lab).await, ["compute1", OTHER]);
}

#[tokio::test]
async fn a_lab_that_serves_no_wire_has_no_real_machines() {
    let home = home();
    let options = || Options {
        auth: Some(false),
        ..home.options()
    };
    let lab = Lab::new(options());
    let reset = control(&lab, "POST", "reset", r#"{"state":"tutorial"}"#).await;
    assert_eq!(reset.status, 200);
    let wire = Wire::of(super::home(), lab).await;
    wire.round(MAC, Some(7), None).await;
    wire.round(OTHER, Some(7), None).await;
    assert_eq!(wires(&wire.lab).await.len(), 2);
    let snapshot = json!({ "name": "real" }).to_string();
    assert_eq!(
        control(&wire.lab, "POST", "snapshot", &snapshot)
            .await
            .status,
        200
    );
    wire.lab.close().expect("it ends well");

    let again = Lab::new(options());
    assert_eq!(wires(&again).await, Vec::<String>::new());
    assert_eq!(node(&again, "compute1").await["power"], "off");
    let all = json(&control(&again, "GET", "nodes", "").await);
    assert_eq!(all.as_array().map(Vec::len), Some(5));
    assert_eq!(
        control(&again, "POST", "restore", &snapshot).await.status,
        200
    );
    assert_eq!(wires(&again).await, Vec::<String>::new());
    let on = json!({ "nodes": ["compute1", "compute2"], "action": "on" }).to_string();
    assert_eq!(control(&again, "POST", "power", &on).await.status, 200);
    let house = owned(&again);
    assert!(
        house
            .machines
            .on_wire("172.16.0.1".parse().expect("one"))
            .is_none()
    );
    again.close().expect("it ends well");
}
