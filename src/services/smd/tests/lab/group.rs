//! Groups and memberships.
use super::Smd;
use serde_json::{Value, json};

fn nodes(smd: &Smd) {
    let node = |n: usize| json!({ "ID": format!("x0c0s0b0n{n}"), "State": "On" });
    smd.components(&json!((0..4).map(node).collect::<Vec<_>>()));
}

fn group(smd: &Smd, body: &Value) -> (u16, Value) {
    smd.ask("POST", "/groups", body)
}

#[test]
fn words_of_groups_are_looked_at() {
    let smd = Smd::new();
    nodes(&smd);
    let bad = |what: &str| json!(format!("couldn't validate group: {what}"));
    let invalid = || bad("group or partition field has invalid characters");
    for (body, wanted) in [
        (json!({}), (400, invalid())),
        (json!({ "label": "a b" }), (400, invalid())),
        (
            json!({ "label": "a", "exclusiveGroup": "ü" }),
            (400, invalid()),
        ),
        (json!({ "label": "a", "tags": [""] }), (400, invalid())),
        (
            json!({ "label": "a", "members": { "ids": ["nid1"] } }),
            (400, bad("got HMSTypeInvalid instead of valid type")),
        ),
        (
            json!({ "label": "a", "members": { "ids": ["x9"] } }),
            (400, json!("linked component does not exist")),
        ),
        (
            json!({ "label": "a", "description": "d".repeat(256) }),
            (500, json!("operation 'POST' failed during store.")),
        ),
    ] {
        assert_eq!(group(&smd, &body), wanted, "{body}");
    }
    assert_eq!(smd.get("/groups/labels"), (200, json!([])));
    assert_eq!(
        group(
            &smd,
            &json!({ "LABEL": "A.B-c_d:1", "Tags": ["T"], "exclusiveGroup": "" })
        )
        .0,
        201
    );
    let stored =
        json!({ "label": "a.b-c_d:1", "description": "", "tags": ["t"], "members": { "ids": [] } });
    assert_eq!(smd.get("/groups/A.b-c_d:1"), (200, stored));
}

#[test]
fn members_of_exclusive_groups_are_in_one() {
    let smd = Smd::new();
    nodes(&smd);
    let exclusive = |label: &str, ids: Value| json!({ "label": label, "exclusiveGroup": "E", "members": { "ids": ids } });
    assert_eq!(group(&smd, &exclusive("a", json!(["x0c0s0b0n0"]))).0, 201);
    let (status, words) = group(&smd, &exclusive("b", json!(["x0c0s0b0n1", "x0c0s0b0n0"])));
    assert_eq!(status, 409);
    assert_eq!(
        words,
        "operation would conflict with an existing member in another exclusive group."
    );
    assert_eq!(smd.get("/groups/b").0, 404);
    assert_eq!(group(&smd, &exclusive("b", json!(["x0c0s0b0n1"]))).0, 201);
    let add = |label: &str, id: &str| {
        smd.ask(
            "POST",
            &format!("/groups/{label}/members"),
            &json!({ "id": id }),
        )
        .0
    };
    assert_eq!(add("b", "x0c0s0b0n0"), 409);
    assert_eq!(add("b", "X00c0s0b0n2"), 201);
    assert_eq!(add("b", "x0c0s0b0n2"), 409);
    assert_eq!(add("c", "x0c0s0b0n2"), 404);
    let put = |ids: Value| smd.ask("PUT", "/groups/b/members", &json!({ "ids": ids }));
    let failed = json!("operation 'PUT' failed during store.");
    assert_eq!(put(json!(["x0c0s0b0n0"])), (500, failed.clone()));
    assert_eq!(put(json!(["x0c0s0b0n3", "x0c0s0b0n3"])), (500, failed));
    assert_eq!(
        put(json!(["zip", "x0c0s0b0n3", "zap"])),
        (400, json!("invalid xname IDs: [zip zap]"))
    );
    assert_eq!(
        smd.get("/groups/b/members").1["ids"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(put(json!(["x0c0s0b0n3"])).0, 201);
    assert_eq!(put(json!([])).0, 204);
}

#[test]
fn memberships_follow() {
    let smd = Smd::new();
    nodes(&smd);
    group(
        &smd,
        &json!({ "label": "a", "tags": ["t", "u"], "members": { "ids": ["x0c0s0b0n0", "x0c0s0b0n1"] } }),
    );
    group(
        &smd,
        &json!({ "label": "ab", "members": { "ids": ["x0c0s0b0n1"] } }),
    );
    let both = json!({ "id": "x0c0s0b0n1", "groupLabels": ["a", "ab"], "partitionName": "" });
    assert_eq!(smd.get("/memberships/X0C0S0B0N1"), (200, both.clone()));
    assert_eq!(smd.get("/memberships?group=ab").1, json!([both]));
    assert_eq!(
        smd.get("/memberships?group=NULL")
            .1
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(smd.ids("/State/Components?group=a&group=ab").len(), 2);
    assert_eq!(
        smd.ids("/State/Components?group=NULL&nid=16386"),
        ["x0c0s0b0n2"]
    );
    let labels = |query: &str| {
        let (_, list) = smd.get(&format!("/groups?{query}"));
        let label = |group: &Value| group["label"].as_str().expect("a label").to_owned();
        list.as_array()
            .expect("a list")
            .iter()
            .map(label)
            .collect::<Vec<_>>()
    };
    assert_eq!(labels("tag=U"), ["a"]);
    assert_eq!(labels("group=ab&group=nosuch"), ["ab"]);
    assert_eq!(labels("group=ab&tag=t"), Vec::<String>::new());
    assert_eq!(labels("partition=NULL&group=a"), ["a"]);
    let unknown = (400, json!("bad query param: no such partition"));
    assert_eq!(smd.get("/groups?partition=p1"), unknown);
    assert_eq!(
        smd.get("/groups?partition=p1&group=nosuch"),
        (200, json!([]))
    );
    assert_eq!(smd.get("/groups/nosuch?partition=p1"), unknown);
    // members go with their component, and with their group only
    assert_eq!(
        smd.ask("DELETE", "/State/Components/x0c0s0b0n1", &Value::Null)
            .0,
        200
    );
    assert_eq!(smd.get("/groups/ab/members"), (200, json!({ "ids": [] })));
    assert_eq!(smd.ask("DELETE", "/groups/a", &Value::Null).0, 200);
    assert_eq!(
        smd.get("/memberships/x0c0s0b0n0").1["groupLabels"],
        json!([])
    );
    assert_eq!(smd.get("/memberships/x0c0s0b0n1").0, 404);
}

#[test]
fn of_a_group_description_and_tags_can_change() {
    let smd = Smd::new();
    nodes(&smd);
    group(&smd, &json!({ "label": "a", "tags": ["t"] }));
    let patch = |body: Value| smd.ask("PATCH", "/groups/A", &body);
    assert_eq!(patch(json!({ "members": {}, "tags": null })).0, 400);
    assert_eq!(
        patch(json!({ "tags": ["B", "!"] })),
        (400, json!("Invalid tag."))
    );
    assert_eq!(patch(json!({ "tags": ["B"], "label": "c" })).0, 204);
    assert_eq!(smd.get("/groups/a").1["tags"], json!(["b"]));
    assert_eq!(patch(json!({ "tags": [], "description": "d" })).0, 204);
    assert_eq!(
        smd.get("/groups/a").1,
        json!({ "label": "a", "description": "d", "members": { "ids": [] } })
    );
    assert_eq!(
        smd.ask("PATCH", "/groups/b", &json!({ "description": "" })),
        (404, json!("no such group."))
    );
}
