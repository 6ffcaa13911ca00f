//! Partitions, and filters by them.
use super::Smd;
use serde_json::{Value, json};

fn nodes(smd: &Smd) {
    let node = |n: usize| json!({ "ID": format!("x0c0s0b0n{n}"), "State": "On" });
    smd.components(&json!((0..4).map(node).collect::<Vec<_>>()));
}

fn partition(smd: &Smd, name: &str, ids: &Value) -> (u16, Value) {
    let body = json!({ "name": name, "members": { "ids": ids } });
    smd.ask("POST", "/partitions", &body)
}

#[test]
fn words_of_partitions_are_looked_at() {
    let smd = Smd::new();
    nodes(&smd);
    let bad = |what: &str| (400, json!(format!("couldn't validate partition: {what}")));
    let name = "Bad partition name. Must be p# or p#.#";
    for (body, wanted) in [
        (json!({}), bad(name)),
        (json!({ "name": "g1", "tags": ["!"] }), bad(name)),
        (json!({ "name": "p1.2.3" }), bad(name)),
        (
            json!({ "name": "p1", "tags": ["a b"], "members": { "ids": ["zap"] } }),
            bad("group or partition field has invalid characters"),
        ),
        (
            json!({ "name": "p1", "members": { "ids": ["zap"] } }),
            bad("got HMSTypeInvalid instead of valid type"),
        ),
        (
            json!({ "name": "p1", "members": { "ids": ["x9"] } }),
            (400, json!("linked component does not exist")),
        ),
        (
            json!({ "name": "p1", "description": "d".repeat(256) }),
            (500, json!("operation 'POST' failed during store.")),
        ),
    ] {
        assert_eq!(smd.ask("POST", "/partitions", &body), wanted, "{body}");
    }
    assert_eq!(smd.get("/partitions/names"), (200, json!([])));
    let body = json!({ "NAME": "P7", "Tags": ["T"], "members": { "ids": ["X0C0S0B0N0"] } });
    assert_eq!(smd.ask("POST", "/partitions", &body).0, 201);
    let stored = json!({ "name": "p7", "tags": ["t"], "members": { "ids": ["x0c0s0b0n0"] } });
    assert_eq!(smd.get("/partitions/P7"), (200, stored));
    let odd = json!("Invalid partition name.");
    assert_eq!(smd.get("/partitions/a!"), (400, odd.clone()));
    assert_eq!(smd.get("/partitions?partition=a%20b"), (400, odd));
}

#[test]
fn a_component_is_in_one_partition() {
    let smd = Smd::new();
    nodes(&smd);
    let twice = json!(["x0c0s0b0n1", "x0c0s0b0n1"]);
    let same = "operation would conflict with an existing partition that has the same name.";
    assert_eq!(partition(&smd, "p1", &twice), (409, json!(same)));
    assert_eq!(partition(&smd, "p1", &json!(["x0c0s0b0n0"])).0, 201);
    let other = "operation would conflict with an existing member in another partition.";
    let ids = json!(["x0c0s0b0n1", "x0c0s0b0n0"]);
    assert_eq!(partition(&smd, "p2", &ids), (409, json!(other)));
    assert_eq!(smd.get("/partitions/p2").0, 404, "taken back whole");
    let add = |id: &str| smd.ask("POST", "/partitions/p1/members", &json!({ "id": id }));
    assert_eq!(add("X00c0s0b0n1").0, 201);
    let type_error = json!("got HMSTypeInvalid instead of valid type");
    assert_eq!(add("zap"), (400, type_error));
    // it is free again when it, its membership or its partition went
    let gone = |path: &str| assert_eq!(smd.ask("DELETE", path, &Value::Null).0, 200, "{path}");
    gone("/partitions/p1/members/x0c0s0b0n1");
    gone("/partitions/p1");
    assert_eq!(partition(&smd, "p2", &ids).0, 201);
    gone("/State/Components/x0c0s0b0n1");
    let left = json!({ "ids": ["x0c0s0b0n0"] });
    assert_eq!(smd.get("/partitions/p2/members"), (200, left));
    gone("/State/Components");
    assert_eq!(smd.get("/partitions/p2/members").1, json!({ "ids": [] }));
}

#[test]
fn groups_and_partitions_filter_together() {
    let smd = Smd::new();
    nodes(&smd);
    partition(&smd, "p1", &json!(["x0c0s0b0n0", "x0c0s0b0n1"]));
    partition(&smd, "p2", &json!(["x0c0s0b0n2"]));
    let body = json!({ "label": "g", "members": { "ids": ["x0c0s0b0n1", "x0c0s0b0n2"] } });
    smd.ask("POST", "/groups", &body);
    let short = |id: &String| id.chars().last().map(String::from);
    for (query, wanted) in [
        ("partition=p1", "01"),
        ("partition=p1&partition=p2", "012"),
        ("partition=NULL", "3"),
        ("group=NULL", "03"),
        ("group=NULL&partition=NULL", "3"),
        ("group=g&partition=p1", "1"),
        ("group=g&partition=nosuch", ""),
        ("group=p1", ""),
    ] {
        let ids = smd.ids(&format!("/State/Components?{query}"));
        let found: String = ids.iter().filter_map(short).collect();
        assert_eq!(found, wanted, "{query}");
    }
    for (query, words) in [
        (
            "group=g&partition=p1&partition=p2",
            "group and partition cannot both have more than one value",
        ),
        (
            "group=NULL&partition=p1",
            "NULL group and non-NULL partition arg not permitted",
        ),
        (
            "group=g&partition=NULL",
            "NULL partition and non-NULL group arg not permitted",
        ),
        (
            "partition=p1&partition=NULL",
            "NULL and non-NULL partrition arguments not permitted",
        ),
        ("partition=!p1", "no such partition"),
    ] {
        let wanted = (400, json!(format!("bad query param: {words}")));
        assert_eq!(smd.get(&format!("/memberships?{query}")), wanted);
    }
    let of = |path: &str| smd.get(path).1["ids"].clone();
    assert_eq!(of("/groups/g/members?partition=P1"), json!(["x0c0s0b0n1"]));
    assert_eq!(of("/groups/g/members?partition=NULL"), json!([]));
    let listed = smd.get("/groups?partition=p2").1[0]["members"]["ids"].clone();
    assert_eq!(listed, json!(["x0c0s0b0n2"]));
    let both = json!({ "id": "x0c0s0b0n1", "groupLabels": ["g"], "partitionName": "p1" });
    assert_eq!(
        smd.get("/memberships?group=g&partition=p1").1,
        json!([both])
    );
}

#[test]
fn of_a_partition_description_and_tags_can_change() {
    let smd = Smd::new();
    partition(&smd, "p1", &json!([]));
    let patch = |body: Value| smd.ask("PATCH", "/partitions/P1", &body);
    assert_eq!(patch(json!({ "members": {}, "tags": null })).0, 400);
    assert_eq!(
        patch(json!({ "tags": ["!"] })),
        (400, json!("Invalid tag."))
    );
    assert_eq!(patch(json!({ "tags": ["B"], "name": "p2" })).0, 204);
    assert_eq!(smd.get("/partitions/p1").1["tags"], json!(["b"]));
    let wide = json!({ "description": "d".repeat(256) });
    assert_eq!(patch(wide), (500, json!("failed to query DB.")));
}
