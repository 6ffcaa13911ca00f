//! Groups: written as one thing, refused with a reason.
use super::{filter, kinds, names, node, smd_with};
use crate::{
    fault::Kind,
    services::smd::client::{Filter, GroupFields},
};
use serde_json::{Value, json};

fn fields(value: Value) -> GroupFields {
    serde_json::from_value(value).expect("fields")
}

#[tokio::test]
async fn a_group_is_written_with_its_members() {
    let smd = smd_with(&[0, 1, 2, 10]).await;
    let io =
        fields(json!({ "description": "I/O", "tags": ["fast"], "members": [node(10), node(2)] }));
    let now = smd.add_group("IO", io.clone()).await.expect("added");
    assert_eq!(
        (now.label.as_str(), now.members.ids),
        ("io", vec![node(2), node(10)])
    );
    assert_eq!(
        smd.add_group("io", io.clone())
            .await
            .expect_err("exists")
            .kind,
        Kind::Conflict
    );
    assert!(
        smd.ensure_group("io", io)
            .await
            .expect("so already")
            .is_none()
    );

    let now = smd
        .update_group("io", fields(json!({ "members": [node(0)] })))
        .await
        .expect("changed");
    assert_eq!(
        now.members.ids,
        [node(0)],
        "SMD's own patch ignores members"
    );
    assert_eq!(now.description, "I/O", "not mentioned, so kept");
    let now = smd
        .set_group("io", fields(json!({ "description": "new" })))
        .await
        .expect("replaced");
    assert_eq!(
        (now.description.as_str(), now.tags, now.members.ids.len()),
        ("new", None, 0)
    );
}

#[tokio::test]
async fn only_what_is_given_is_changed() {
    let smd = smd_with(&[]).await;
    smd.add_group("io", fields(json!({ "description": "new" })))
        .await
        .expect("added");
    let change = fields(json!({ "tags": ["a", "B"] }));
    let now = smd
        .ensure_group("io", change)
        .await
        .expect("made so")
        .expect("a change");
    assert_eq!(now.tags.map(|tags| tags.len()), Some(2));
    let fault = smd
        .update_group("io", fields(json!({})))
        .await
        .expect_err("nothing");
    assert_eq!(fault.kind, Kind::BadArgument);
    let fault = smd
        .update_group("oi", fields(json!({ "tags": [] })))
        .await
        .expect_err("unknown");
    assert_eq!(fault.kind, Kind::NotFound);
    assert_eq!(fault.message, "No such group: oi");
}

#[tokio::test]
async fn a_refusal_names_the_member_that_is_to_blame() {
    let smd = smd_with(&[0, 1]).await;
    let blue = fields(json!({ "exclusiveGroup": "colour", "members": [node(0)] }));
    let red = fields(json!({ "exclusiveGroup": "colour", "members": [node(1)] }));
    smd.add_group("blue", blue).await.expect("added");
    smd.add_group("red", red).await.expect("added");

    let fault = smd
        .set_members("red", vec![node(0), node(1)])
        .await
        .expect_err("exclusive");
    assert_eq!(
        fault.kind,
        Kind::Conflict,
        "SMD says 500 and gives no reason"
    );
    assert!(fault.message.contains("group blue"), "{fault}");
    let fault = smd
        .add_members("red", vec![node(0)])
        .await
        .expect_err("exclusive");
    assert_eq!(fault.kind, Kind::Conflict);
    let fault = smd
        .set_members("red", vec![node(7)])
        .await
        .expect_err("unknown");
    assert_eq!(fault.kind, Kind::NotFound);
    assert!(fault.message.contains(&node(7)), "{fault}");
    let stray = fields(json!({ "members": [node(0), node(8)] }));
    assert_eq!(
        smd.add_group("green", stray)
            .await
            .expect_err("unknown")
            .kind,
        Kind::NotFound
    );
    let other = fields(json!({ "exclusiveGroup": "size" }));
    assert_eq!(
        smd.update_group("red", other)
            .await
            .expect_err("fixed")
            .kind,
        Kind::Conflict
    );
    assert_eq!(smd.members("red").await.expect("unchanged"), [node(1)]);
}

#[tokio::test]
async fn members_come_and_go() {
    let smd = smd_with(&[0, 1, 2, 3]).await;
    smd.add_group("g", fields(json!({}))).await.expect("added");
    let now = smd
        .add_members("g", vec![node(2), node(1)])
        .await
        .expect("added");
    assert_eq!(now, [node(1), node(2)]);
    let fault = smd
        .add_members("g", vec![node(1), node(3)])
        .await
        .expect_err("one is in");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![(&*node(1), Kind::Conflict)])
    );
    assert_eq!(smd.members("g").await.expect("three").len(), 3);
    let added = smd
        .ensure_members("g", vec![node(0), node(1)])
        .await
        .expect("all in");
    assert_eq!(added, [node(0)]);
    let gone = smd
        .delete_members("g", vec![node(3)])
        .await
        .expect("taken out");
    assert_eq!(gone, [node(3)]);
    let fault = smd
        .delete_members("g", vec![node(3)])
        .await
        .expect_err("not in");
    assert_eq!(fault.kind, Kind::NotFound);
    let now = smd.set_members("g", vec![node(3)]).await.expect("replaced");
    assert_eq!(now, [node(3)]);
    assert!(
        smd.set_members("g", Vec::new())
            .await
            .expect("emptied")
            .is_empty()
    );
    for fault in [
        smd.members("h").await.expect_err("unknown"),
        smd.add_members("h", vec![node(0)])
            .await
            .expect_err("unknown"),
        smd.set_members("h", vec![node(0)])
            .await
            .expect_err("unknown"),
        smd.delete_members("h", vec![node(0)])
            .await
            .expect_err("unknown"),
    ] {
        assert_eq!(
            (fault.kind, fault.message.as_str()),
            (Kind::NotFound, "No such group: h")
        );
    }
}

#[tokio::test]
async fn groups_are_found_and_removed() {
    let smd = smd_with(&[0, 1]).await;
    for label in ["b", "a", "labels"] {
        smd.add_group(label, fields(json!({ "tags": [format!("t-{label}")] })))
            .await
            .expect("added");
    }
    let all = smd.groups(&Filter::default()).await.expect("all");
    let labels: Vec<&str> = all.iter().map(|group| group.label.as_str()).collect();
    assert_eq!(labels, ["a", "b", "labels"]);
    let tagged = smd
        .groups(&filter(json!({ "tag": "t-b" })))
        .await
        .expect("one");
    assert_eq!(tagged[0].label, "b");
    let odd = smd.group("labels").await.expect("its path leads elsewhere");
    assert_eq!(odd.label, "labels");
    let gone = smd.delete_groups(names(&["a"])).await.expect("deleted");
    assert_eq!(gone[0].label, "a");
    let fault = smd
        .delete_groups(names(&["a", "b"]))
        .await
        .expect_err("one is gone");
    assert_eq!(kinds(&fault), (Kind::Partial, vec![("a", Kind::NotFound)]));
}

#[tokio::test]
async fn memberships_tell_the_same_from_the_other_side() {
    let smd = smd_with(&[0, 1, 2]).await;
    smd.add_group("z", fields(json!({ "members": [node(1)] })))
        .await
        .expect("added");
    smd.add_group("a", fields(json!({ "members": [node(1), node(2)] })))
        .await
        .expect("added");
    let of = smd.membership(&node(1)).await.expect("known");
    assert_eq!(of.group_labels, ["a", "z"]);
    let asked = [node(2), node(0)];
    let some = smd
        .memberships(Some(&asked), &Filter::default())
        .await
        .expect("two");
    let ids: Vec<&str> = some
        .iter()
        .map(|membership| membership.id.as_str())
        .collect();
    assert_eq!(ids, asked);
    let in_z = smd
        .memberships(None, &filter(json!({ "group": "z" })))
        .await
        .expect("one");
    assert_eq!(in_z.len(), 1);
    assert_eq!(
        smd.membership(&node(9)).await.expect_err("unknown").kind,
        Kind::NotFound
    );
}
