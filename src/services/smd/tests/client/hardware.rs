//! Hardware, maps and subscriptions through the client: writes tell the truth.
use super::{component, filter, kinds, names, smd};
use crate::{
    fault::Kind,
    services::smd::{
        client::{Client, Filter, Of, Told},
        types::{NodeMap, SubscriptionBody},
    },
};
use serde_json::{Value, json};

const DIMM: &str = "x1000c0s0b0n0d0";

fn dimm(info: &Value) -> Vec<Told> {
    let told = json!({
        "ID": DIMM,
        "MemoryLocationInfo": { "Id": "DIMM0" },
        "PopulatedFRU": { "MemoryFRUInfo": info },
    });
    vec![serde_json::from_value(told).expect("told")]
}

/// Without hardware, maps and subscriptions as well.
async fn empty() -> Client {
    let smd = smd().await;
    smd.delete_all_hardware().await.expect("no hardware");
    smd.delete_all_frus().await.expect("no units");
    smd.delete_all_histories().await.expect("no history");
    smd.delete_all_maps::<NodeMap>().await.expect("no maps");
    smd.delete_all_subscriptions()
        .await
        .expect("no subscribers");
    smd
}

#[tokio::test]
async fn hardware_is_compared_with_what_was_sent() {
    let smd = empty().await;
    let good = json!({ "Manufacturer": "Sam", "SerialNumber": "D1", "capacitymib": "8192" });
    let now = smd.add_hardware(dimm(&good)).await.expect("added");
    let unit = now[0].populated_fru.as_ref().expect("a unit");
    assert_eq!(unit.fruid, "Memory.Sam.D1");
    let again = smd.add_hardware(dimm(&good)).await.expect_err("known");
    assert_eq!(again.kind, Kind::Conflict);
    let odd = json!({ "Manufacturer": "Sam", "SerialNumber": "D2", "Colour": "green" });
    let lost = smd.set_hardware(dimm(&odd)).await.expect_err("dropped");
    assert_eq!(lost.kind, Kind::NoEffect);
    assert!(lost.message.contains("Colour"), "{lost}");
    let held = smd
        .delete_frus(names(&["Memory.Sam.D2"]))
        .await
        .expect_err("held");
    assert_eq!(held.kind, Kind::Conflict);
    let history = smd
        .history(Of::Places, DIMM, &Filter::default())
        .await
        .expect("seen");
    assert_eq!(history.history.len(), 2);
    let gone = smd.delete_hardware(names(&[DIMM, "x1000c0s0b0n0d9"])).await;
    let gone = gone.expect_err("one is not there");
    let (kind, items) = kinds(&gone);
    assert_eq!((kind, items.len()), (Kind::Partial, 1));
    assert_eq!(
        smd.frus(&filter(json!({ "manufacturer": "sam" })))
            .await
            .expect("both")
            .len(),
        2
    );
}

#[tokio::test]
async fn a_map_is_made_so_only_where_it_is_not() {
    let smd = empty().await;
    let map = |nid| NodeMap {
        id: "x1000c0s0b0n0".into(),
        nid,
        role: Some("service".into()),
        ..NodeMap::default()
    };
    assert_eq!(smd.ensure_maps(vec![map(5)]).await.expect("made").len(), 1);
    assert_eq!(smd.ensure_maps(vec![map(5)]).await.expect("so already"), []);
    assert_eq!(
        smd.add_maps(vec![map(6)]).await.expect_err("known").kind,
        Kind::Conflict
    );
    let node =
        component(json!({ "ID": "x1000c0s0b0n0", "State": "On", "NID": 5, "Role": "Service" }));
    smd.add_components(vec![component(json!({ "ID": node.id, "State": "On" }))])
        .await
        .expect("added");
    let found = smd
        .component_by_nid(names(&["4-6"]), &Filter::default())
        .await;
    assert_eq!(found.expect("by number")[0].role, node.role);
    let under = filter(json!({ "type": "Node" }));
    let found = smd.component_query(names(&["x1000c0"]), &under).await;
    assert_eq!(found.expect("by place").len(), 1);
}

#[tokio::test]
async fn a_subscription_changes_as_it_is_told() {
    let smd = empty().await;
    let body =
        |value: Value| -> SubscriptionBody { serde_json::from_value(value).expect("a body") };
    let new = json!({ "Subscriber": "me", "Url": "http://127.0.0.1:9/", "States": ["On"], "Roles": ["Compute"] });
    let now = smd
        .add_subscription(body(new.clone()))
        .await
        .expect("subscribed");
    let again = smd.add_subscription(body(new)).await.expect_err("twice");
    assert_eq!(again.kind, Kind::Conflict);
    let change = body(json!({ "Roles": [] }));
    let now = smd
        .update_subscription(now.id, change)
        .await
        .expect("changed");
    assert_eq!((now.roles.len(), now.states), (0, names(&["On"])));
    let change = body(json!({ "Op": "add", "States": ["Off"] }));
    let now = smd
        .update_subscription(now.id, change)
        .await
        .expect("added");
    assert_eq!(now.states, ["On", "Off"]);
    let gone = smd.delete_subscriptions(vec![now.id]).await.expect("ended");
    assert_eq!(gone.len(), 1);
    let gone = smd.subscription(now.id).await.expect_err("ended");
    assert_eq!(gone.kind, Kind::NotFound);
}
