//! What a service stores, through everything the house does with it.
use super::{Home, ask, home, json};
use crate::{
    http::Locate as _,
    lab::{Change, Control, Lab, Options},
};
use serde_json::{Value, json};
use std::fs;

fn open_lab(home: &Home) -> Lab {
    Lab::new(Options {
        auth: Some(false),
        ..home.options()
    })
}

async fn post(lab: &Lab, path: &str, body: &Value) -> u16 {
    let path = format!("/hsm/v2/{path}");
    ask(lab, "POST", &path, &[], &body.to_string()).await.status
}

/// A chassis of things that refer to each other.
async fn fill(lab: &Lab) {
    let nodes: Vec<Value> = (0..4)
        .map(|n| json!({ "ID": format!("x1000c0s0b{n}n0"), "State": "On", "NID": n + 1, "Role": "Compute" }))
        .collect();
    assert_eq!(
        post(lab, "State/Components", &json!({ "Components": nodes })).await,
        204
    );
    let group =
        json!({ "label": "io", "description": "front", "members": { "ids": ["x1000c0s0b1n0"] } });
    assert_eq!(post(lab, "groups", &group).await, 201);
    let nic = json!({ "MACAddress": "52:54:00:be:ef:01", "ComponentID": "x1000c0s0b0n0",
                      "IPAddresses": [{ "IPAddress": "172.16.0.1" }] });
    assert_eq!(post(lab, "Inventory/EthernetInterfaces", &nic).await, 201);
}

/// Everything SMD shows of it, lists sorted.
async fn shown(lab: &Lab) -> Value {
    let mut all = Vec::new();
    for path in [
        "State/Components",
        "groups",
        "memberships",
        "Inventory/EthernetInterfaces",
    ] {
        let answer = ask(lab, "GET", &format!("/hsm/v2/{path}"), &[], "").await;
        assert_eq!(answer.status, 200, "{path}");
        all.push(sorted(json(&answer)));
    }
    all.into()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            items.into()
        }
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Object(fields.collect())
        }
        other => other,
    }
}

#[tokio::test]
async fn they_come_back_from_the_journal_and_from_the_state() {
    let (home, other) = (home(), super::home());
    let lab = open_lab(&home);
    fill(&lab).await;
    let before = shown(&lab).await;
    // As after a kill: whatever the files hold at this moment.
    let there = other.dirs.state.join("lab");
    fs::create_dir_all(&there).expect("made");
    for name in ["state.json", "journal.jsonl"] {
        let from = home.dirs.state.join("lab").join(name);
        fs::copy(from, there.join(name)).expect("copied");
    }
    assert_eq!(shown(&open_lab(&other)).await, before);
    lab.close().expect("it ends well");
    let journal = home.dirs.state.join("lab/journal.jsonl");
    let lines = fs::read_to_string(journal).expect("readable");
    assert_eq!(lines.lines().count(), 1, "all is in the state");
    assert_eq!(shown(&home.lab()).await, before);
}

#[tokio::test]
async fn a_snapshot_brings_them_back_and_diff_tells_what_changed() {
    let home = home();
    let lab = open_lab(&home);
    let control = Control::new(lab.clone());
    let empty = shown(&lab).await;
    fill(&lab).await;
    let added = control.diff(None).await.expect("it answers");
    assert!(
        added
            .iter()
            .all(|d| d.service == "smd" && d.change == Change::Added)
    );
    let tables: Vec<_> = added.iter().map(|d| d.table.as_str()).collect();
    for table in ["components", "groups"] {
        assert!(tables.contains(&table), "{tables:?}");
    }
    control.snapshot("full").await.expect("taken");
    let full = shown(&lab).await;
    let role = json!({ "Role": "Service" }).to_string();
    let path = "/hsm/v2/State/Components/x1000c0s0b2n0/Role";
    assert_eq!(ask(&lab, "PATCH", path, &[], &role).await.status, 204);
    let changed = control.diff(Some("full")).await.expect("it answers");
    let [one] = changed.as_slice() else {
        panic!("one record changed, not {changed:?}");
    };
    assert_eq!(
        (one.key.as_str(), one.change),
        ("x1000c0s0b2n0", Change::Changed)
    );
    assert_eq!(one.fields, ["Role"]);
    assert_eq!(one.after, Some(json!({ "Role": "Service" })));
    control.reset(None).await.expect("emptied");
    assert_eq!(shown(&lab).await, empty);
    control.restore("full").await.expect("put back");
    assert_eq!(shown(&lab).await, full);
    assert!(control.diff(None).await.expect("it answers").is_empty());
    lab.close().expect("it ends well");
    let again = home.lab();
    assert_eq!(shown(&again).await, full);
    let since = Control::new(again).diff(None).await;
    assert!(since.expect("it answers").is_empty(), "since the restore");
}

#[tokio::test]
async fn that_somebody_looked_is_kept_and_is_no_difference() {
    let home = home();
    let lab = open_lab(&home);
    let control = Control::new(lab.clone());
    let script = "/boot/v1/bootscript?mac=52:54:00:be:ef:01";
    let history = "/boot/v1/endpoint-history";
    control.reset(Some("tutorial")).await.expect("filled");
    let params = json!({ "macs": ["52:54:00:be:ef:01"], "kernel": "k" }).to_string();
    let answer = ask(&lab, "PUT", "/boot/v1/bootparameters", &[], &params).await;
    assert_eq!(answer.status, 200);
    control.snapshot("before").await.expect("taken");
    assert_eq!(ask(&lab, "GET", script, &[], "").await.status, 200);
    let looked = json(&ask(&lab, "GET", history, &[], "").await);
    assert_eq!(looked.as_array().map(Vec::len), Some(1), "{looked}");
    let since = control.diff(Some("before")).await.expect("it answers");
    assert!(since.is_empty(), "{since:?}");
    control.snapshot("after").await.expect("taken");
    control.restore("before").await.expect("put back");
    let none = json(&ask(&lab, "GET", history, &[], "").await);
    assert!(none.as_array().is_none_or(Vec::is_empty), "{none}");
    control.restore("after").await.expect("put back");
    assert_eq!(json(&ask(&lab, "GET", history, &[], "").await), looked);
}

#[tokio::test]
async fn status_counts_them() {
    let home = home();
    let lab = open_lab(&home);
    fill(&lab).await;
    let status = Control::new(lab).status().await.expect("it answers");
    assert_eq!(status.services["smd"]["components"], 4);
    assert_eq!(status.services["smd"]["groups"], 1);
}

#[tokio::test]
async fn a_token_of_the_lab_opens_what_is_closed() {
    let home = home();
    let lab = home.fresh();
    let closed = ask(&lab, "GET", "/hsm/v2/groups", &[], "").await;
    assert_eq!(
        (closed.status, closed.text().as_str()),
        (401, "no token found\n")
    );
    let token = lab
        .base()
        .await
        .expect("it runs")
        .token
        .expect("auth is on");
    let headers = [("authorization", &*format!("Bearer {token}"))];
    let open = ask(&lab, "GET", "/hsm/v2/groups", &headers, "").await;
    assert_eq!(open.status, 200);
}

#[tokio::test]
async fn writers_at_once_all_come_back() {
    let home = home();
    let lab = open_lab(&home);
    lab.base().await.expect("it starts");
    let write = |n: usize| {
        let lab = lab.clone();
        tokio::spawn(async move {
            let group = json!({ "label": format!("group{n}") });
            (post(&lab, "groups", &group).await, n)
        })
    };
    let tasks: Vec<_> = (0..24).map(write).collect();
    // A snapshot among them: each write is before or after it, whole.
    let control = Control::new(lab.clone());
    control.snapshot("among").await.expect("taken");
    for task in tasks {
        assert_eq!(task.await.expect("no panic").0, 201);
    }
    lab.close().expect("it ends well");
    let again = home.lab();
    let status = Control::new(again).status().await.expect("it answers");
    assert_eq!(status.services["smd"]["groups"], 24);
}

#[tokio::test]
async fn a_whole_cluster_may_come_in_one_request() {
    let home = home();
    let lab = open_lab(&home);
    let node =
        |n: usize| json!({ "ID": format!("x{}c0s{}b0n0", 1000 + n / 64, n % 64), "State": "On" });
    let mut body = json!({ "Components": (0..640).map(node).collect::<Vec<_>>() });
    // More than what web frameworks take unasked.
    body["padding"] = "x".repeat(3 << 20).into();
    assert_eq!(post(&lab, "State/Components", &body).await, 204);
}
