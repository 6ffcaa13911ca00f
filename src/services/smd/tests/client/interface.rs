//! Interfaces: any spelling of a MAC, and no patch into the void.
use super::{filter, kinds, node, smd_with};
use crate::{
    fault::Kind,
    services::smd::{
        client::{Filter, InterfaceFields},
        types::IpAddress,
    },
};
use serde_json::{Value, json};

const MAC: &str = "52:54:00:be:ef:01";

fn fields(value: Value) -> InterfaceFields {
    serde_json::from_value(value).expect("fields")
}

fn ips(list: &[IpAddress]) -> Vec<(&str, Option<&str>)> {
    list.iter()
        .map(|a| (a.ip_address.as_str(), a.network.as_deref()))
        .collect()
}

#[tokio::test]
async fn a_mac_is_taken_in_any_spelling() {
    let smd = smd_with(&[0]).await;
    let one = fields(
        json!({ "ComponentID": node(0), "IPAddresses": ["172.16.0.1", { "IPAddress": "10.0.0.1", "Network": "NMN" }] }),
    );
    let now = smd
        .add_interface("52-54-00-BE-EF-01", one)
        .await
        .expect("added");
    assert_eq!(
        (now.id.as_str(), now.mac_address.as_str()),
        ("525400beef01", MAC)
    );
    assert_eq!(
        ips(&now.ip_addresses),
        [("172.16.0.1", None), ("10.0.0.1", Some("NMN"))]
    );
    for spelling in [MAC, "525400beef01", "5254.00BE.EF01"] {
        assert_eq!(smd.interface(spelling).await.expect(spelling).id, now.id);
        let by = filter(json!({ "macaddress": spelling }));
        assert_eq!(
            smd.interfaces(None, &by).await.expect(spelling).len(),
            1,
            "{spelling}"
        );
    }
    let fault = smd.interface("52:54:00").await.expect_err("no MAC");
    assert_eq!(fault.kind, Kind::BadArgument);
    let fault = smd
        .add_interface(MAC, fields(json!({})))
        .await
        .expect_err("exists");
    assert_eq!(fault.kind, Kind::Conflict);
    assert!(fault.message.contains(&node(0)), "{fault}");
}

#[tokio::test]
async fn changes_of_the_unknown_are_told() {
    let smd = smd_with(&[0]).await;
    let change = || fields(json!({ "Description": "x" }));
    let fault = smd
        .update_interface(MAC, change())
        .await
        .expect_err("SMD says 200 to this");
    assert_eq!(fault.kind, Kind::NotFound);
    smd.add_interface(MAC, fields(json!({ "IPAddresses": ["10.0.0.1"] })))
        .await
        .expect("added");
    let now = smd.update_interface(MAC, change()).await.expect("changed");
    assert_eq!(
        ips(&now.ip_addresses),
        [("10.0.0.1", None)],
        "not mentioned, so kept"
    );
    let fault = smd
        .update_interface(MAC, fields(json!({})))
        .await
        .expect_err("nothing");
    assert_eq!(fault.kind, Kind::BadArgument);
    let now = smd
        .set_interface(MAC, fields(json!({ "ComponentID": node(0) })))
        .await
        .expect("set");
    assert_eq!(
        (now.description.as_str(), now.ip_addresses.len()),
        ("", 0),
        "replaced"
    );
    assert!(
        smd.ensure_interface(MAC, fields(json!({ "ComponentID": node(0) })))
            .await
            .expect("so")
            .is_none()
    );
    let changed = smd.ensure_interface(MAC, change()).await.expect("made so");
    assert_eq!(changed.expect("a change").description, "x");
}

#[tokio::test]
async fn addresses_are_changed_one_by_one() {
    let smd = smd_with(&[0]).await;
    smd.add_interface(MAC, fields(json!({ "IPAddresses": ["10.0.0.1"] })))
        .await
        .expect("added");
    let second = IpAddress {
        ip_address: "10.0.0.2".into(),
        network: Some("HSN".into()),
    };
    let now = smd.add_address(MAC, second.clone()).await.expect("added");
    assert_eq!(now.len(), 2);
    assert_eq!(
        smd.add_address(MAC, second).await.expect_err("twice").kind,
        Kind::Conflict
    );
    let now = smd
        .update_address(MAC, "10.0.0.2", "NMN".into())
        .await
        .expect("moved");
    assert!(ips(&now).contains(&("10.0.0.2", Some("NMN"))));
    assert_eq!(
        smd.update_address(MAC, "10.9.9.9", "NMN".into())
            .await
            .expect_err("unknown")
            .kind,
        Kind::NotFound
    );
    let now = smd
        .delete_address(MAC, "10.0.0.1")
        .await
        .expect("taken away");
    assert_eq!(ips(&now), [("10.0.0.2", Some("NMN"))]);
    assert_eq!(
        smd.delete_address(MAC, "10.0.0.1")
            .await
            .expect_err("gone")
            .kind,
        Kind::NotFound
    );
}

#[tokio::test]
async fn interfaces_of_components_come_in_their_order() {
    let smd = smd_with(&[0, 1, 2]).await;
    for n in [0, 1, 2] {
        let mac = format!("52:54:00:be:ef:0{n}");
        smd.add_interface(&mac, fields(json!({ "ComponentID": node(n) })))
            .await
            .expect("added");
    }
    let asked = [node(2), node(0)];
    let found = smd
        .interfaces(Some(&asked), &Filter::default())
        .await
        .expect("two");
    let owners: Vec<&str> = found.iter().map(|i| i.component_id.as_str()).collect();
    assert_eq!(owners, asked);
    let gone = smd
        .delete_interfaces(vec!["52:54:00:BE:EF:02".into()])
        .await
        .expect("deleted");
    assert_eq!(gone[0].component_id, node(2));
    let two = vec![
        "52:54:00:be:ef:02".to_owned(),
        "52:54:00:be:ef:01".to_owned(),
    ];
    let fault = smd.delete_interfaces(two).await.expect_err("one is gone");
    assert_eq!(kinds(&fault).0, Kind::Partial);
    assert_eq!(
        smd.delete_all_interfaces().await.expect("the last").len(),
        1
    );
}
