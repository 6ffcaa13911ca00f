//! Static discovery into the lab: what is written, what is refused, what is read back.
use super::client::smd;
use crate::{
    fault::{Fault, Kind},
    services::smd::{
        client::{Address, Client, Filter, GroupFields, InterfaceFields},
        discover::{Action, LintOptions, Report, Source, Wanted, apply, compare, present, wanted},
        types::{Component, RedfishEndpointBody},
    },
};
use std::{fs, path::Path};

fn text(name: &str) -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/tutorial/data");
    fs::read_to_string(data.join(name)).expect("a file of the tutorial")
}

fn records(text: &str) -> Wanted {
    let source = Source {
        name: "n.yaml".to_owned(),
        text: Some(text.to_owned()),
        table: None,
    };
    wanted(source, Some(&LintOptions::default())).expect("a good file")
}

async fn load(smd: &Client, wanted: &Wanted) -> Result<Report, Fault> {
    apply(smd, "n.yaml", wanted, false).await
}

async fn overwrite(smd: &Client, wanted: &Wanted) -> Report {
    let report = apply(smd, "n.yaml", wanted, true).await;
    report.expect("it can be replaced")
}

/// All that SMD holds, without the times of change.
async fn all(smd: &Client) -> String {
    let mut all = present(smd).await.expect("lists");
    for interface in &mut all.interfaces {
        interface.last_update.clear();
    }
    format!("{all:?}")
}

#[tokio::test]
async fn the_tutorial_becomes_what_it_should() {
    let smd = smd().await;
    let wanted = records(&text("nodes.yaml"));
    let report = load(&smd, &wanted).await.expect("an empty SMD takes it");
    assert_eq!((report.created, report.unchanged), (21, 0));
    assert_eq!(
        (report.endpoints.created, report.interfaces.created),
        (5, 10)
    );
    let now = present(&smd).await.expect("lists");
    let nodes: Vec<&Component> = now.components.iter().filter(|c| c.nid.is_some()).collect();
    let nids: Vec<Option<i64>> = nodes.iter().map(|node| node.nid).collect();
    assert_eq!(nids, [1, 2, 3, 4, 5].map(Some));
    for node in nodes {
        let word = |word: &Option<String>| word.clone().unwrap_or_default();
        assert_eq!(
            (word(&node.state), word(&node.role)),
            ("On".to_owned(), "Compute".to_owned())
        );
    }
    assert_eq!(now.components.len(), 10);
    assert_eq!(now.groups[0].members.ids.len(), 5);
}

#[tokio::test]
async fn a_second_load_writes_nothing() {
    for (first, second) in [
        ("nodes-old.yaml", "nodes-old.yaml"),
        ("nodes-old.yaml", "nodes.yaml"),
        ("nodes-two-per-bmc.yaml", "nodes-two-per-bmc.yaml"),
    ] {
        let smd = smd().await;
        load(&smd, &records(&text(first))).await.expect("loaded");
        let before = present(&smd).await.expect("lists");
        let report = load(&smd, &records(&text(second))).await.expect("equal");
        assert_eq!((report.created, report.replaced), (0, 0), "{second}");
        // The times of change stand still, too.
        let after = present(&smd).await.expect("lists");
        assert_eq!(format!("{before:?}"), format!("{after:?}"), "{second}");
    }
}

#[tokio::test]
async fn what_differs_is_one_conflict_and_nothing_is_written() {
    let smd = smd().await;
    load(&smd, &records(&text("nodes.yaml")))
        .await
        .expect("loaded");
    let other = text("nodes.yaml")
        .replace("nid: 5", "nid: 50")
        .replace("172.16.0.104", "172.16.0.144")
        .replace("52:54:00:be:ef:01", "52:54:00:be:ef:11")
        .replace(
            "groups: [compute]\n    interfaces:\n      - mac_addr: 52:54:00:be:ef:03",
            "groups: [io]\n    interfaces:\n      - mac_addr: 52:54:00:be:ef:03",
        );
    let wanted = records(&other);
    let before = all(&smd).await;
    let fault = load(&smd, &wanted).await.expect_err("it differs");
    assert_eq!(fault.kind, Kind::Conflict);
    let items: Vec<&str> = fault.items.iter().map(|item| item.node.as_str()).collect();
    assert_eq!(
        items,
        [
            "component x1000c0s0b4n0",
            "endpoint x1000c0s0b3",
            "interface de:ca:fc:0f:fe:e4",
            "interface 52:54:00:be:ef:01",
            "group compute"
        ]
    );
    assert!(
        fault.message.contains("NID is 5, the file says 50"),
        "{}",
        fault.message
    );
    assert!(fault.hint.is_some_and(|hint| hint.contains("overwrite")));
    assert_eq!(all(&smd).await, before);

    let report = overwrite(&smd, &wanted).await;
    assert_eq!((report.replaced, report.created), (5, 2));
    let changes = compare(&wanted, &present(&smd).await.expect("lists"));
    assert!(
        changes
            .iter()
            .all(|change| change.action == Action::Unchanged)
    );
    let groups = smd.groups(&Filter::default()).await.expect("groups");
    assert_eq!(
        groups[0].members.ids.len(),
        4,
        "compute lost the node that is io now"
    );
    assert_eq!(groups[1].members.ids, ["x1000c0s0b2n0"]);
}

#[tokio::test]
async fn half_a_load_is_completed() {
    let smd = smd().await;
    let wanted = records(&text("nodes.yaml"));
    load(&smd, &wanted).await.expect("loaded");
    let names = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    smd.delete_interfaces(names(&["52:54:00:be:ef:02"]))
        .await
        .expect("gone");
    smd.delete_endpoints(names(&["x1000c0s0b3"]))
        .await
        .expect("gone");
    smd.delete_components(names(&["x1000c0s0b4n0"]))
        .await
        .expect("gone");
    // Deleting the node took it out of its group, which gets it back.
    let report = load(&smd, &wanted).await.expect("loaded");
    assert_eq!((report.created, report.groups.created), (4, 1));
    let changes = compare(&wanted, &present(&smd).await.expect("lists"));
    assert!(
        changes
            .iter()
            .all(|change| change.action == Action::Unchanged)
    );
}

#[tokio::test]
async fn a_mac_that_sits_elsewhere_moves_only_when_asked_to() {
    let smd = smd().await;
    let wanted = records(&text("nodes.yaml"));
    let elsewhere = InterfaceFields {
        component_id: Some("x9c0s0b0n0".to_owned()),
        ip_addresses: Some(vec![Address::Plain("10.0.0.1".to_owned())]),
        ..InterfaceFields::default()
    };
    smd.add_interface("52:54:00:be:ef:04", elsewhere)
        .await
        .expect("added");
    assert_eq!(
        load(&smd, &wanted).await.expect_err("taken").kind,
        Kind::Conflict
    );
    let report = overwrite(&smd, &wanted).await;
    assert_eq!((report.created, report.replaced), (20, 1));
}

#[tokio::test]
async fn strangers_with_the_same_nid_or_address_are_never_overwritten() {
    let smd = smd().await;
    let stranger = Component {
        id: "x9c0s0b0n0".to_owned(),
        state: Some("Ready".to_owned()),
        nid: Some(2),
        ..Component::default()
    };
    smd.add_components(vec![stranger]).await.expect("added");
    let holds = InterfaceFields {
        component_id: Some("x9c0s0b0n0".to_owned()),
        ip_addresses: Some(vec![Address::Plain("172.16.0.3".to_owned())]),
        ..InterfaceFields::default()
    };
    smd.add_interface("52:54:00:00:00:09", holds)
        .await
        .expect("added");
    let before = all(&smd).await;
    let wanted = records(&text("nodes.yaml"));
    let fault = apply(&smd, "n.yaml", &wanted, true)
        .await
        .expect_err("clashes");
    assert_eq!((fault.kind, fault.items.len()), (Kind::Conflict, 2));
    assert!(
        fault
            .message
            .contains("NID 2 already belongs to x9c0s0b0n0")
    );
    assert_eq!(all(&smd).await, before);
}

#[tokio::test]
async fn groups_and_endpoints_that_were_there_are_compared_too() {
    let smd = smd().await;
    let bmc = RedfishEndpointBody {
        id: Some("x1000c0s0b0".to_owned()),
        ip_address: Some("172.16.0.101".to_owned()),
        mac_addr: Some("DE:CA:FC:0F:FE:E1".to_owned()),
        ..RedfishEndpointBody::default()
    };
    smd.add_endpoints(vec![bmc]).await.expect("added");
    smd.add_group("compute", GroupFields::default())
        .await
        .expect("added");
    let mut wanted = records(&text("nodes.yaml"));
    let report = load(&smd, &wanted).await.expect("loaded");
    assert_eq!((report.endpoints.unchanged, report.groups.created), (1, 1));
    // Members that the file does not speak of stay; a node of the file that is to be elsewhere does not.
    let other = Component {
        id: "x9c0s0b0n0".to_owned(),
        state: Some("On".to_owned()),
        ..Component::default()
    };
    smd.add_components(vec![other]).await.expect("added");
    smd.add_members("compute", vec!["x9c0s0b0n0".to_owned()])
        .await
        .expect("added");
    wanted.groups[0].members.ids.pop();
    let fault = load(&smd, &wanted).await.expect_err("a member too many");
    assert_eq!(fault.items.len(), 1, "{}", fault.message);
    let report = overwrite(&smd, &wanted).await;
    assert_eq!(report.groups.replaced, 1);
    let members = smd.members("compute").await.expect("members");
    assert_eq!(
        (members.len(), members.contains(&"x9c0s0b0n0".to_owned())),
        (5, true)
    );
}
