use super::*;
use crate::{
    fault::Kind,
    services::smd::types::{
        Component, EthernetInterface, IpAddress, RedfishEndpoint, RedfishEndpointBody,
    },
};
use serde_json::json;
use std::{fs, path::PathBuf};

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("scripts/tutorial/data")
        .join(name)
}

fn source(name: &str) -> Source {
    let text = fs::read_to_string(data(name)).expect("a file of the tutorial");
    text_source(name, &text)
}

fn text_source(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: Some(text.to_owned()),
        table: None,
    }
}

fn found(source: Source) -> Vec<Finding> {
    lint(source, &LintOptions::default()).expect("a file that can be read")
}

fn loaded(name: &str) -> Wanted {
    wanted(source(name), Some(&LintOptions::default())).expect("a file without errors")
}

/// SMD after everything wanted was written.
fn settled(wanted: &Wanted) -> Present {
    let endpoint = |body: &RedfishEndpointBody| RedfishEndpoint {
        id: body.id.clone().unwrap_or_default(),
        name: body.name.clone(),
        mac_addr: body.mac_addr.clone(),
        ip_address: body.ip_address.clone(),
        ..RedfishEndpoint::default()
    };
    let interface = |interface: &Interface| EthernetInterface {
        mac_address: interface.mac.clone(),
        component_id: interface.component.clone(),
        description: interface.description.clone(),
        ip_addresses: vec![IpAddress {
            ip_address: interface.address.clone(),
            network: None,
        }],
        ..EthernetInterface::default()
    };
    Present {
        components: wanted.components.clone(),
        endpoints: wanted.endpoints.iter().map(endpoint).collect(),
        interfaces: wanted.interfaces.iter().map(interface).collect(),
        groups: wanted.groups.clone(),
    }
}

fn not_equal(wanted: &Wanted, present: &Present) -> Vec<Change> {
    let mut changes = compare(wanted, present);
    changes.retain(|change| change.action != Action::Unchanged);
    changes
}

#[test]
fn good_files_raise_no_alarm() {
    for name in ["nodes.yaml", "nodes-two-per-bmc.yaml"] {
        assert_eq!(found(source(name)), [], "{name}");
    }
    let old = found(source("nodes-old.yaml"));
    let rules: Vec<&str> = old.iter().map(|f| f.rule).collect();
    assert_eq!(rules, ["old-format"]);
}

#[test]
fn each_broken_file_shows_its_one_fault() {
    let mut count = 0;
    for entry in fs::read_dir(data("")).expect("the tutorial's data") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        let Some(rule) = name
            .strip_prefix("nodes-broken-")
            .and_then(|rest| rest.strip_suffix(".yaml"))
        else {
            continue;
        };
        count += 1;
        let findings = found(source(&name));
        let rules: Vec<&str> = findings.iter().map(|f| f.rule).collect();
        assert_eq!(rules, [rule], "{name}: {findings:#?}");
        let finding = &findings[0];
        assert!(finding.line.is_some(), "{name}");
        assert!(
            !finding.fix.is_empty() && !finding.record.is_empty(),
            "{name}"
        );
        let refused = wanted(source(&name), Some(&LintOptions::default()));
        assert_eq!(refused.is_err(), finding.level == Level::Error, "{name}");
    }
    assert!(count >= 16, "only {count} broken files");
}

#[test]
fn a_finding_names_line_record_and_fix() {
    let findings = found(source("nodes-broken-duplicate-ip.yaml"));
    let finding = &findings[0];
    assert_eq!(finding.record, "nodes[5] (compute5) interfaces[1]");
    assert_eq!(finding.line, Some(69));
    assert!(
        finding
            .message
            .contains("172.16.0.4 is already taken by nodes[4] (compute4)")
    );
    let fault = wanted(
        source("nodes-broken-duplicate-ip.yaml"),
        Some(&LintOptions::default()),
    )
    .expect_err("a twin");
    assert_eq!(fault.kind, Kind::BadArgument);
    assert!(
        fault
            .message
            .starts_with("nodes-broken-duplicate-ip.yaml:69: nodes[5]")
    );
}

#[test]
fn what_the_file_cannot_know_can_be_said() {
    let options =
        |network: Option<&str>, head: Option<&str>, pool: Option<[&str; 2]>| LintOptions {
            network: network.map(str::to_owned),
            head: head.map(str::to_owned),
            pool: pool.map(|pool| pool.map(str::to_owned).to_vec()),
        };
    let rules = |options| {
        let findings = lint(source("nodes.yaml"), &options).expect("good options");
        findings.iter().map(|f| f.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(options(Some("172.16.0.0/24"), None, None)), [""; 0]);
    assert_eq!(rules(options(Some("172.16.0.0/30"), None, None)).len(), 7);
    assert_eq!(rules(options(None, Some("172.16.0.3"), None)), ["head-ip"]);
    assert_eq!(
        rules(options(None, None, Some(["172.16.0.105", "172.16.0.250"]))),
        ["pool-ip"]
    );
    for bad in [
        options(Some("172.16.0.0"), None, None),
        options(Some("172.16.0.0/33"), None, None),
        options(None, Some("head"), None),
    ] {
        let fault = lint(source("nodes.yaml"), &bad).expect_err("a bad option");
        assert_eq!(fault.kind, Kind::BadArgument);
    }
}

#[test]
fn what_is_not_yaml_is_refused_with_its_line() {
    let fault = wanted(
        text_source("n.yaml", "nodes:\n  - name: [a\n"),
        Some(&LintOptions::default()),
    )
    .expect_err("bad");
    assert_eq!(fault.kind, Kind::BadArgument);
    assert!(fault.message.starts_with("n.yaml:"), "{}", fault.message);
}

#[test]
fn json_and_tables_are_read_alike() {
    let table = json!({
        "bmcs": [{ "xname": "X1000c0s00b0", "mac": "DECAFC0FFEE1", "ip": "172.16.0.101" }],
        "nodes": [{ "name": "a", "nid": 1, "xname": "x1000c0s0b0n0", "groups": ["Io"],
            "interfaces": [{ "mac_addr": "52-54-00-be-ef-01", "ip_addrs": [{ "ip_addr": "172.16.0.1" }] }] }],
    });
    let text = serde_json::to_string_pretty(&table)
        .expect("JSON")
        .replace("  ", "\t");
    let from_text =
        wanted(text_source("n.json", &text), Some(&LintOptions::default())).expect("JSON is YAML");
    let from_table = Source {
        name: "the table".to_owned(),
        text: None,
        table: Some(table),
    };
    let from_table = wanted(from_table, Some(&LintOptions::default())).expect("a table");
    assert_eq!(from_text.components, from_table.components);
    assert_eq!(from_text.endpoints, from_table.endpoints);
    assert_eq!(from_table.interfaces[0].mac, "de:ca:fc:0f:fe:e1");
    assert_eq!(from_table.interfaces[0].component, "x1000c0s0b0");
    assert_eq!(from_table.groups[0].label, "io");
}

#[test]
fn records_are_those_ochami_sends() {
    let wanted = loaded("nodes-old.yaml");
    assert_eq!(
        serde_json::to_value(&wanted.components[0]).expect("JSON"),
        json!({ "ID": "x1000c0s0b0n0", "Type": "Node", "State": "On", "Enabled": true, "NID": 1 })
    );
    let mut body = serde_json::to_value(&wanted.endpoints[0]).expect("JSON");
    let uuid = body["UUID"].take();
    assert_eq!(body["Managers"][0]["uuid"].take(), uuid);
    assert_ne!(body["Systems"][0]["uuid"].take(), uuid);
    let actions = body["Systems"][0]["actions"].take();
    assert_eq!(actions.as_array().map(Vec::len), Some(12));
    assert_eq!(
        body,
        json!({
            "ID": "x1000c0s0b0", "Type": "NodeBMC", "Name": "compute1", "UUID": null,
            "MACAddr": "de:ca:fc:0f:fe:e1", "IPAddress": "172.16.0.101", "SchemaVersion": 1,
            "Systems": [{
                "uri": "/redfish/v1/Systems/x1000c0s0b0n0", "uuid": null, "name": "compute1",
                "ethernet_interfaces": [{ "mac": "52:54:00:be:ef:01", "ip": "172.16.0.1",
                    "name": "x1000c0s0b0n0", "description": "Interface 0 for compute1" }],
                "actions": null,
            }],
            "Managers": [{
                "uri": "/redfish/v1/Managers/x1000c0s0b0", "uuid": null, "name": "x1000c0s0b0",
                "type": "NodeBMC",
                "ethernet_interfaces": [{ "mac": "de:ca:fc:0f:fe:e1", "ip": "172.16.0.101",
                    "name": "x1000c0s0b0", "description": "Interface for BMC x1000c0s0b0" }],
            }],
        })
    );
    assert_eq!(
        serde_json::to_value(&wanted.groups).expect("JSON"),
        json!([{ "label": "compute", "description": "The compute group", "members": { "ids": [
            "x1000c0s0b0n0", "x1000c0s0b1n0", "x1000c0s0b2n0", "x1000c0s0b3n0", "x1000c0s0b4n0"] } }])
    );
    assert_eq!(
        loaded("nodes-old.yaml").endpoints,
        wanted.endpoints,
        "stable identifiers"
    );
}

#[test]
fn nodes_of_one_bmc_travel_together_and_in_order() {
    let wanted = loaded("nodes-two-per-bmc.yaml");
    let systems = wanted.endpoints[0].systems.as_ref().expect("two systems");
    let uris: Vec<&str> = systems.iter().map(|s| s.uri.as_str()).collect();
    assert_eq!(
        uris,
        [
            "/redfish/v1/Systems/x1000c0s0b0n0",
            "/redfish/v1/Systems/x1000c0s0b0n1"
        ]
    );
    assert_eq!((wanted.endpoints.len(), wanted.interfaces.len()), (2, 6));
}

#[test]
fn the_old_format_converts_to_the_same_records() {
    let text = convert(source("nodes-old.yaml")).expect("a good old file");
    assert_eq!(found(text_source("new.yaml", &text)), []);
    let new = wanted(
        text_source("new.yaml", &text),
        Some(&LintOptions::default()),
    )
    .expect("the new format");
    let old = loaded("nodes-old.yaml");
    assert_eq!(new.endpoints, old.endpoints);
    assert_eq!(new.interfaces, old.interfaces);
    assert_eq!(new.groups, old.groups);
    let again = convert(text_source("new.yaml", &text)).expect("already new");
    assert_eq!(again, text);
    // Old records are what the file without BMC names wants, too.
    assert_eq!(not_equal(&loaded("nodes.yaml"), &settled(&old)), []);
}

#[test]
fn an_empty_smd_gets_everything_and_a_settled_one_nothing() {
    let wanted = loaded("nodes.yaml");
    let changes = compare(&wanted, &Present::default());
    assert_eq!(changes.len(), 5 + 5 + 10 + 1);
    assert!(changes.iter().all(|c| c.action == Action::Create));
    assert_eq!(not_equal(&wanted, &settled(&wanted)), []);
}

#[test]
fn differences_are_named() {
    let wanted = loaded("nodes.yaml");
    let mut present = settled(&wanted);
    present.components[0].nid = Some(7);
    present.endpoints[1].ip_address = Some("172.16.0.9".to_owned());
    present.interfaces[2].mac_address = "52:54:00:00:00:01".to_owned();
    present.groups[0].members.ids.truncate(3);
    // What the file does not speak of is none of its business.
    present.groups[0].members.ids.push("x9c0s0b0n0".to_owned());
    let changes = not_equal(&wanted, &present);
    let lines: Vec<String> = changes
        .iter()
        .map(|c| {
            format!(
                "{:?} {} {}: {}",
                c.action,
                c.resource.name(),
                c.id,
                c.detail
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "Replace component x1000c0s0b0n0: NID is 7, the file says 1",
            "Replace endpoint x1000c0s0b1: IPAddress is 172.16.0.9, the file says 172.16.0.102",
            "Create interface de:ca:fc:0f:fe:e3: 172.16.0.103 of x1000c0s0b2",
            "Replace interface 52:54:00:00:00:01: holds 172.16.0.103 for x1000c0s0b2, \
             which the file gives to de:ca:fc:0f:fe:e3 of x1000c0s0b2",
            "Extend group compute: lacks x1000c0s0b[3-4]n0",
        ]
    );
}

#[test]
fn a_node_of_the_file_is_in_the_groups_that_the_file_says() {
    let mut wanted = loaded("nodes.yaml");
    let present = settled(&wanted);
    let gone = wanted.groups[0].members.ids.pop().expect("a member");
    let changes = not_equal(&wanted, &present);
    let [change] = &changes[..] else {
        panic!("one change: {changes:?}");
    };
    assert_eq!(change.action, Action::Replace);
    assert_eq!(change.detail, format!("also has {gone}"));
}

#[test]
fn strangers_in_the_way_are_clashes() {
    let wanted = loaded("nodes.yaml");
    let mut present = settled(&wanted);
    present.components.push(Component {
        id: "x9c0s0b0n0".to_owned(),
        nid: Some(3),
        ..Component::default()
    });
    let mut stranger = present.interfaces[9].clone();
    stranger.mac_address = "52:54:00:00:00:02".to_owned();
    stranger.component_id = "x9c0s0b0n0".to_owned();
    present.interfaces.push(stranger);
    let changes = not_equal(&wanted, &present);
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().all(|c| c.action == Action::Clash));
    assert!(
        changes[0]
            .detail
            .contains("NID 3 already belongs to x9c0s0b0n0")
    );
}
