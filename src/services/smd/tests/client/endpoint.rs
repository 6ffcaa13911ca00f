//! Redfish endpoints: the truth behind a 409.
use super::{filter, kinds, smd};
use crate::{
    fault::Kind,
    services::smd::{client::Filter, types::RedfishEndpointBody},
};
use serde_json::{Value, json};

fn endpoint(value: Value) -> RedfishEndpointBody {
    serde_json::from_value(value).expect("an endpoint")
}

/// What a discovery says of the n-th BMC, whose node has this MAC and address.
fn discovery(n: usize, mac: &str, ip: &str) -> RedfishEndpointBody {
    let bmc = format!("x1000c0s0b{n}");
    endpoint(json!({
        "ID": bmc, "Name": format!("compute{n}"), "SchemaVersion": 1,
        "MACAddr": format!("de:ca:fc:0f:fe:e{n}"), "IPAddress": format!("172.16.0.10{n}"),
        "Systems": [{
            "uri": format!("http://127.0.0.1/redfish/v1/Systems/{bmc}n0"),
            "uuid": format!("00000000-0000-4000-8000-00000000000{n}"), "name": format!("compute{n}"),
            "ethernet_interfaces": [{ "mac": mac, "ip": ip, "name": "eth0", "description": "boot" }],
        }],
        "Managers": [{
            "uri": format!("http://127.0.0.1/redfish/v1/Managers/{bmc}"),
            "uuid": format!("00000000-0000-4000-8000-00000000001{n}"), "name": "bmc", "type": "NodeBMC",
            "ethernet_interfaces": [{
                "mac": format!("de:ca:fc:0f:fe:e{n}"), "ip": format!("172.16.0.10{n}"), "name": bmc,
            }],
        }],
    }))
}

#[tokio::test]
async fn a_stored_discovery_is_a_success_whatever_the_status() {
    let smd = smd().await;
    let both = vec![
        discovery(1, "52:54:00:be:ef:01", "172.16.0.1"),
        discovery(2, "52:54:00:be:ef:02", "172.16.0.2"),
    ];
    let now = smd.add_endpoints(both).await.expect("stored, so no fault");
    assert_eq!(now.len(), 2);
    let behind = smd
        .component_endpoints(None, &Filter::default())
        .await
        .expect("behind them");
    assert_eq!(behind.len(), 4);
    let nodes = smd
        .components(None, &filter(json!({ "type": "Node" })))
        .await
        .expect("nodes");
    assert_eq!(nodes.len(), 2);
    let nics = smd
        .interfaces(Some(&[nodes[1].id.clone()]), &Filter::default())
        .await
        .expect("its NIC");
    assert_eq!(nics[0].mac_address, "52:54:00:be:ef:02");

    let again = discovery(1, "52:54:00:be:ef:01", "172.16.0.1");
    let fault = smd
        .add_endpoints(vec![again.clone()])
        .await
        .expect_err("exists");
    assert_eq!(fault.kind, Kind::Conflict);
    smd.set_endpoints(vec![again]).await.expect("replaced");
}

#[tokio::test]
async fn an_interface_that_was_not_stored_is_told() {
    let smd = smd().await;
    smd.add_endpoints(vec![discovery(1, "52:54:00:be:ef:01", "172.16.0.1")])
        .await
        .expect("stored");
    let thief = discovery(2, "52:54:00:be:ef:01", "172.16.0.2");
    let fault = smd
        .add_endpoints(vec![thief])
        .await
        .expect_err("the MAC is taken");
    assert_eq!(fault.kind, Kind::Conflict);
    assert!(fault.message.contains("x1000c0s0b1n0"), "{fault}");

    let fault = smd
        .add_endpoints(vec![discovery(3, "52:54:00:be:ef:03", "")])
        .await;
    let fault = fault.expect_err("SMD drops interfaces without an address");
    assert_eq!(fault.kind, Kind::NoEffect);
    assert!(fault.message.contains("52:54:00:be:ef:03"), "{fault}");
}

#[tokio::test]
async fn plain_endpoints_go_in_one_request_and_are_found_by_all_names() {
    let smd = smd().await;
    let plain = |n: usize| {
        endpoint(
            json!({ "ID": format!("x1000c0s{n}b0"), "FQDN": format!("bmc{n}.local"),
            "MACAddr": format!("02:00:00:00:00:0{n}"), "IPAddress": format!("10.0.0.{n}") }),
        )
    };
    let now = smd
        .add_endpoints(vec![plain(2), plain(1)])
        .await
        .expect("added");
    assert_eq!(now[0].hostname, "bmc2");
    for (name, value) in [
        ("macaddr", "02:00:00:00:00:01"),
        ("IPAddress", "10.0.0.1"),
        ("fqdn", "bmc1.local"),
    ] {
        let found = smd
            .endpoints(None, filter(json!({ name: value })))
            .await
            .expect("a list");
        let ids: Vec<&str> = found.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(ids, ["x1000c0s1b0"], "by {name}");
    }
    let mixed = vec![plain(2), plain(3)];
    let fault = smd.add_endpoints(mixed).await.expect_err("one exists");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![("x1000c0s2b0", Kind::Conflict)])
    );
    let nonsense = endpoint(json!({ "ID": "x1000c0s0b0n0" }));
    assert_eq!(
        smd.add_endpoints(vec![nonsense])
            .await
            .expect_err("a node")
            .kind,
        Kind::Refused
    );
}

#[tokio::test]
async fn changes_arrive_or_are_told() {
    let smd = smd().await;
    let id = "x1000c0s0b0";
    smd.add_endpoints(vec![endpoint(json!({ "ID": id, "User": "root" }))])
        .await
        .expect("added");
    let change = endpoint(json!({ "ID": id, "User": "admin", "Password": "pw", "Enabled": false }));
    let now = smd
        .update_endpoints(vec![change.clone()])
        .await
        .expect("changed");
    assert_eq!((now[0].user.as_str(), now[0].enabled), ("admin", false));
    assert!(
        smd.ensure_endpoints(vec![change])
            .await
            .expect("so already")
            .is_empty()
    );
    let wanted = vec![
        endpoint(json!({ "ID": id, "User": "root" })),
        endpoint(json!({ "ID": "x1000c0s1b0", "User": "root" })),
    ];
    let touched = smd.ensure_endpoints(wanted).await.expect("made so");
    assert_eq!(touched.len(), 2);

    let unknown = endpoint(json!({ "ID": "x1000c0s9b0", "User": "root" }));
    assert_eq!(
        smd.update_endpoints(vec![unknown])
            .await
            .expect_err("unknown")
            .kind,
        Kind::NotFound
    );
    let empty = endpoint(json!({ "ID": id }));
    assert_eq!(
        smd.update_endpoints(vec![empty])
            .await
            .expect_err("empty")
            .kind,
        Kind::BadArgument
    );
    let fault = smd.endpoint("x1000c0s9b0").await.expect_err("unknown");
    assert_eq!(fault.kind, Kind::NotFound);
    let gone = smd
        .delete_endpoints(vec![id.into()])
        .await
        .expect("deleted");
    assert_eq!(gone[0].user, "root");
    assert_eq!(
        smd.delete_all_endpoints().await.expect("the other").len(),
        1
    );
}

#[tokio::test]
async fn what_is_behind_an_endpoint_can_be_read_and_removed() {
    let smd = smd().await;
    smd.add_endpoints(vec![discovery(1, "52:54:00:be:ef:01", "172.16.0.1")])
        .await
        .expect("stored");
    let nodes = filter(json!({ "Type": "Node" }));
    let found = smd.component_endpoints(None, &nodes).await.expect("a list");
    assert_eq!(found[0].redfish_endpoint_id, "x1000c0s0b1");
    let one = smd
        .component_endpoint("x1000c0s0b1n0")
        .await
        .expect("known");
    assert_eq!(one.redfish_type, "ComputerSystem");
    let gone = smd
        .delete_component_endpoints(vec![one.id.clone()])
        .await
        .expect("deleted");
    assert_eq!(gone[0], one);
    assert_eq!(
        smd.component_endpoint(&one.id)
            .await
            .expect_err("gone")
            .kind,
        Kind::NotFound
    );
    assert_eq!(
        smd.delete_all_component_endpoints()
            .await
            .expect("the BMC's")
            .len(),
        1
    );
}
