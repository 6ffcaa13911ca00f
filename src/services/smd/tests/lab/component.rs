//! Components: filters, patches, NIDs.
use super::Smd;
use serde_json::{Value, json};

fn five(smd: &Smd) {
    smd.components(&json!([
        { "ID": "x0c0s0b0n0", "State": "on", "NID": 1, "Role": "compute", "Arch": "x86" },
        { "ID": "x0c0s0b0n1", "State": "READY", "NID": "2", "Role": "Service", "Flag": "warn" },
        { "ID": "x0c0s1b0n0", "State": "Off", "NID": -1, "SoftwareStatus": "Down", "Class": "hill" },
        { "ID": "x0c0s0b0", "State": "On", "Subtype": "left" },
        { "ID": "x0c0", "State": "Unknown", "Enabled": false },
    ]));
}

/// How many of `five` a query selects.
const SELECTED: &[(&str, usize)] = &[
    ("", 5),
    ("type=node", 3),
    ("TYPE=node&Type=nodebmc", 1),
    ("type=node&type=nodebmc", 4),
    ("type=!node", 2),
    ("type=node&type=!node", 0),
    ("state=ON", 2),
    ("state=!on&type=Node", 2),
    ("flag=warn", 1),
    ("enabled=f", 1),
    ("enabled=!0", 4),
    ("role=", 2),
    ("role=!", 3),
    ("role=compute&role=service", 3),
    ("softwarestatus=Down", 1),
    ("softwarestatus=down", 0),
    ("softwarestatus=!Down", 4),
    ("subtype=left", 1),
    ("arch=x86", 1),
    ("class=Hill", 1),
    ("nid=1&nid=2", 2),
    ("nid=!1&type=Node", 2),
    ("nid=", 3),
    ("nid_start=1&nid_end=2", 2),
    ("nid_start=2", 1),
    ("nid_start=2&nid_start=1&nid_end=9&nid_end=1", 2),
    ("nid_start=10&nid_start=2&nid_end=11&nid_end=9", 1),
    ("nid_end=1", 1),
    ("nid_start=2&nid_end=1&nid=1", 1),
    ("id=X0C0&id=x00c0s0b0", 2),
    ("locked=t", 0),
    ("reservation_disabled=no", 5),
    ("group=nosuch", 0),
    ("group=NULL", 5),
    ("partition=NULL", 5),
    ("partition=p1", 0),
    ("colour=blue", 5),
];

/// What is refused, and how.
const REFUSED: &[(&str, &str)] = &[
    ("type=all", "Argument was not a valid HMS Type"),
    ("state=", "Argument was not a valid HMS State"),
    ("id=", "Argument was not a valid xname ID"),
    ("nid=-1", "a required argument was not an integer"),
    ("subtype=a-b", "Argument was not a valid HMS Subtype"),
    ("group=Compute", "no such group"),
    ("group=!a", "no such group"),
    ("partition=p!", "no such partition"),
    (
        "group=a&group=NULL",
        "NULL and non-NULL group arguments not permitted",
    ),
    (
        "group=NULL&partition=p1",
        "NULL group and non-NULL partition arg not permitted",
    ),
    (
        "group=a&partition=NULL",
        "NULL partition and non-NULL group arg not permitted",
    ),
    (
        "group=a&group=b&partition=p1",
        "group and partition cannot both have more than one value",
    ),
];

#[test]
fn filters_select_or_are_refused() {
    let smd = Smd::new();
    five(&smd);
    for (query, wanted) in SELECTED {
        let found = smd.ids(&format!("/State/Components?{query}"));
        assert_eq!(found.len(), *wanted, "{query}");
    }
    for (query, wanted) in REFUSED {
        let answer = smd.get(&format!("/State/Components?{query}"));
        assert_eq!(
            answer,
            (400, json!(format!("bad query param: {wanted}"))),
            "{query}"
        );
    }
    for query in ["locked=perhaps", "nid=99999999999999999999", "nid_start=!1"] {
        let hidden = json!("failed to query DB.");
        assert_eq!(
            smd.get(&format!("/State/Components?{query}")),
            (500, hidden),
            "{query}"
        );
    }
    let undecodable = json!("failed to decode query parameters.");
    assert_eq!(smd.get("/State/Components?id=%zz"), (500, undecodable));
}

#[test]
fn a_state_changes_along_its_roads_or_by_force() {
    let smd = Smd::new();
    smd.components(
        &json!([{ "ID": "x0c0s0b0n0", "State": "Ready" }, { "ID": "x0c0s0b0n1", "State": "Off" }]),
    );
    let patch = |body: Value| {
        smd.ask("PATCH", "/State/Components/x0c0s0b0n0/StateData", &body)
            .0
    };
    let now = || {
        let (_, c) = smd.get("/State/Components/x0c0s0b0n0");
        (c["State"].clone(), c["Flag"].clone())
    };
    // no road leads from Ready to On: silently nothing
    assert_eq!(patch(json!({ "State": "On" })), 204);
    assert_eq!(now(), (json!("Ready"), json!("OK")));
    assert_eq!(patch(json!({ "State": "On", "Force": true })), 204);
    assert_eq!(now(), (json!("On"), json!("OK")));
    assert_eq!(patch(json!({ "State": "Empty" })), 400);
    assert_eq!(patch(json!({ "State": "ready", "Flag": "purple" })), 204);
    assert_eq!(now(), (json!("Ready"), json!("OK")));
    // a lock's flag outlives changes of state
    assert_eq!(
        smd.ask(
            "PATCH",
            "/State/Components/x0c0s0b0n0/FlagOnly",
            &json!({ "Flag": "Locked" })
        )
        .0,
        204
    );
    assert_eq!(patch(json!({ "State": "Off" })), 204);
    assert_eq!(now(), (json!("Off"), json!("Locked")));
    // only what is Ready becomes Ready with a warning
    let bulk = json!({ "ComponentIDs": ["x0c0s0b0n0", "X0c0s0b0n1", "x9"], "State": "Ready", "Flag": "Warning" });
    assert_eq!(
        smd.ask("PATCH", "/State/Components/BulkStateData", &bulk).0,
        204
    );
    assert_eq!(smd.ids("/State/Components?state=Ready").len(), 0);
}

#[test]
fn patches_differ_between_one_and_many() {
    let smd = Smd::new();
    smd.components(&json!([
        { "ID": "x0c0s0b0n0", "State": "On", "Role": "Management", "SubRole": "Master" },
        { "ID": "x0c0s0b0n1", "State": "On" },
    ]));
    let role =
        |path: &str, body: Value| smd.ask("PATCH", &format!("/State/Components/{path}"), &body);
    let both = json!(["x0c0s0b0n0", "x0c0s0b0n1"]);
    // of many only those with another role change, so a sub-role stays
    assert_eq!(
        role(
            "BulkRole",
            json!({ "ComponentIDs": both, "Role": "management" })
        )
        .0,
        204
    );
    assert_eq!(
        smd.get("/State/Components/x0c0s0b0n0").1["SubRole"],
        "Master"
    );
    assert_eq!(
        role("x0c0s0b0n0/Role", json!({ "Role": "Management" })).0,
        204
    );
    assert_eq!(
        smd.get("/State/Components/x0c0s0b0n0").1.get("SubRole"),
        None
    );
    let missing = json!("a required argument was missing");
    assert_eq!(
        role("x0c0s0b0n0/Role", json!({ "Role": "" })),
        (400, missing)
    );
    let unknown = json!("a required argument did not match any valid input");
    assert_eq!(
        role("BulkRole", json!({ "ComponentIDs": both, "Role": "" })),
        (400, unknown)
    );
    let long = "x".repeat(33);
    let failed = json!("operation 'SoftwareStatus' failed for X0c0s0b0n0");
    let status = json!({ "SoftwareStatus": long });
    assert_eq!(role("X0c0s0b0n0/SoftwareStatus", status), (400, failed));
    let failed = json!("operation 'Bulk SoftwareStatus Update' failed");
    let status = json!({ "ComponentIDs": both, "SoftwareStatus": long });
    assert_eq!(role("BulkSoftwareStatus", status), (400, failed));
    let other = json!("ID in URL and PATCH body do not match");
    assert_eq!(
        role("x0c0s0b0n0/Role", json!({ "ID": "x0", "Role": "Compute" })),
        (400, other)
    );
    let nid =
        json!("operation 'Bulk Update NID' failed: NID value missing.  Use NID < 0 to unset.");
    let nids = json!({ "Components": [{ "ID": "x0c0s0b0n0", "NID": 9 }, { "ID": "x0c0s0b0n1" }] });
    assert_eq!(role("BulkNID", nids), (400, nid));
    assert_eq!(smd.ids("/State/Components?nid=9").len(), 0);
}

#[test]
fn of_two_components_with_one_nid_the_last_changed_comes_last() {
    let smd = Smd::new();
    smd.components(&json!([
        { "ID": "x0c0s0b0n0", "State": "On", "NID": 1 },
        { "ID": "x0c0s0b0n1", "State": "On", "NID": 2 },
    ]));
    let nid = json!({ "NID": 2 });
    assert_eq!(
        smd.ask("PATCH", "/State/Components/x0c0s0b0n0/NID", &nid).0,
        204
    );
    assert_eq!(smd.get("/State/Components/ByNID/2").1["ID"], "x0c0s0b0n1");
}
