//! Partitions: written as one thing, refused with a reason.
use super::{filter, kinds, names, node, smd_with};
use crate::{
    fault::Kind,
    services::smd::client::{Filter, PartitionFields},
};
use serde_json::{Value, json};

fn fields(value: Value) -> PartitionFields {
    serde_json::from_value(value).expect("fields")
}

#[tokio::test]
async fn a_partition_is_written_with_its_members() {
    let smd = smd_with(&[0, 1, 2, 10]).await;
    let half =
        fields(json!({ "description": "half", "tags": ["a"], "members": [node(10), node(2)] }));
    let now = smd.add_partition("P1", half.clone()).await.expect("added");
    assert_eq!(
        (now.name.as_str(), now.members.ids),
        ("p1", vec![node(2), node(10)])
    );
    let fault = smd
        .add_partition("p1", half.clone())
        .await
        .expect_err("exists");
    assert_eq!(fault.kind, Kind::Conflict);
    let same = smd.ensure_partition("p1", half).await.expect("so already");
    assert!(same.is_none());
    let change = fields(json!({ "members": [node(0), node(2)] }));
    let now = smd.update_partition("p1", change).await.expect("changed");
    assert_eq!(
        now.members.ids,
        [node(0), node(2)],
        "SMD has no call that replaces them"
    );
    assert_eq!(now.description, "half", "not mentioned, so kept");
    let now = smd
        .set_partition("p1", fields(json!({})))
        .await
        .expect("replaced");
    assert_eq!(
        (now.description.as_str(), now.tags, now.members.ids.len()),
        ("", None, 0)
    );
    let fault = smd
        .update_partition("p1", fields(json!({})))
        .await
        .expect_err("nothing");
    assert_eq!(fault.kind, Kind::BadArgument);
    for name in ["p9", "names"] {
        let fault = smd.partition(name).await.expect_err("unknown");
        assert_eq!(fault.message, format!("No such partition: {name}"));
    }
}

#[tokio::test]
async fn a_refusal_names_the_member_that_is_to_blame() {
    let smd = smd_with(&[0, 1, 2]).await;
    smd.add_partition("p1", fields(json!({ "members": [node(0)] })))
        .await
        .expect("added");
    let both = fields(json!({ "members": [node(0), node(1)] }));
    let fault = smd
        .add_partition("p2", both.clone())
        .await
        .expect_err("taken");
    assert_eq!(fault.kind, Kind::Conflict);
    assert!(fault.message.contains("in partition p1"), "{fault}");
    smd.add_partition("p2", fields(json!({})))
        .await
        .expect("added");
    let fault = smd.update_partition("p2", both).await.expect_err("taken");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![(&*node(0), Kind::Conflict)])
    );
    assert_eq!(smd.seats("p2").await.expect("one of two"), [node(1)]);
    let fault = smd
        .add_seats("p2", vec![node(7)])
        .await
        .expect_err("unknown");
    assert_eq!(fault.kind, Kind::NotFound);
    let fault = smd
        .add_partition("left", fields(json!({})))
        .await
        .expect_err("no name");
    assert_eq!(fault.kind, Kind::Refused);
}

#[tokio::test]
async fn members_come_and_go() {
    let smd = smd_with(&[0, 1, 2, 3]).await;
    smd.add_partition("p1", fields(json!({})))
        .await
        .expect("added");
    let now = smd
        .add_seats("p1", vec![node(2), node(1)])
        .await
        .expect("added");
    assert_eq!(now, [node(1), node(2)]);
    let fault = smd
        .add_seats("p1", vec![node(1), node(3)])
        .await
        .expect_err("one is in");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![(&*node(1), Kind::Conflict)])
    );
    let added = smd
        .ensure_seats("p1", vec![node(0), node(1)])
        .await
        .expect("all in");
    assert_eq!(added, [node(0)]);
    let gone = smd
        .delete_seats("p1", vec![node(3)])
        .await
        .expect("taken out");
    assert_eq!(gone, [node(3)]);
    let fault = smd
        .delete_seats("p1", vec![node(3)])
        .await
        .expect_err("not in");
    assert_eq!(fault.kind, Kind::NotFound);
    let now = smd
        .set_seats("p1", vec![node(3), node(0)])
        .await
        .expect("replaced");
    assert_eq!(now, [node(0), node(3)]);
    assert!(
        smd.set_seats("p1", Vec::new())
            .await
            .expect("emptied")
            .is_empty()
    );
    let fault = smd.set_seats("p2", Vec::new()).await.expect_err("unknown");
    assert_eq!(fault.message, "No such partition: p2");
}

#[tokio::test]
async fn partitions_are_found_and_removed() {
    let smd = smd_with(&[0]).await;
    for name in ["p2", "p10", "p1"] {
        let tag = fields(json!({ "tags": [format!("t-{name}")] }));
        smd.add_partition(name, tag).await.expect("added");
    }
    let all = smd.partitions(&Filter::default()).await.expect("all");
    let order: Vec<&str> = all
        .iter()
        .map(|partition| partition.name.as_str())
        .collect();
    assert_eq!(order, ["p1", "p2", "p10"]);
    let tagged = smd
        .partitions(&filter(json!({ "tag": "t-p2" })))
        .await
        .expect("one");
    assert_eq!(tagged[0].name, "p2");
    let gone = smd
        .delete_partitions(names(&["p1"]))
        .await
        .expect("deleted");
    assert_eq!(gone[0].name, "p1");
    let fault = smd
        .delete_partitions(names(&["p1", "p2"]))
        .await
        .expect_err("one is gone");
    assert_eq!(kinds(&fault), (Kind::Partial, vec![("p1", Kind::NotFound)]));
}
