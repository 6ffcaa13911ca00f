//! Components: SMD's silences made audible.
use super::{component, filter, kinds, names, node, smd, smd_with};
use crate::{fault::Kind, services::smd::client::Filter};
use serde_json::json;

#[tokio::test]
async fn lists_come_in_natural_order_or_in_that_of_the_names() {
    let smd = smd_with(&[10, 2, 1]).await;
    let all = smd.components(None, &Filter::default()).await.expect("all");
    let ids: Vec<&str> = all.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, [node(1), node(2), node(10)]);
    let asked = [node(10), node(7), node(1)];
    let some = smd
        .components(Some(&asked), &Filter::default())
        .await
        .expect("some");
    let ids: Vec<&str> = some.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, [node(10), node(1)]);
    let none = smd
        .components(Some(&[]), &Filter::default())
        .await
        .expect("none");
    assert!(none.is_empty(), "no names are not all names");
    let many: Vec<String> = (0..300).map(node).collect();
    let some = smd
        .components(Some(&many), &Filter::default())
        .await
        .expect("some");
    assert_eq!(some.len(), 3, "too many names for a URL");
}

#[tokio::test]
async fn filters_are_checked_before_smd_ignores_them() {
    let smd = smd_with(&[0, 1, 2]).await;
    let two = filter(json!({ "NID": [1, 3], "State": "on" }));
    assert_eq!(smd.components(None, &two).await.expect("two").len(), 2);
    let not = filter(json!({ "nid": "!1", "enabled": true }));
    assert_eq!(smd.components(None, &not).await.expect("two").len(), 2);
    let fault = smd.components(None, &filter(json!({ "sate": "On" }))).await;
    let fault = fault.expect_err("no such filter");
    assert_eq!(fault.kind, Kind::BadArgument);
    assert_eq!(fault.hint.as_deref(), Some("did you mean state?"));
    let fault = smd
        .components(None, &filter(json!({ "type": "Nodule" })))
        .await;
    assert_eq!(fault.expect_err("no such type").kind, Kind::Refused);
}

#[tokio::test]
async fn one_is_got_or_named_as_unknown() {
    let smd = smd_with(&[0]).await;
    assert_eq!(smd.component(&node(0)).await.expect("known").nid, Some(1));
    let fault = smd.component(&node(9)).await.expect_err("unknown");
    assert_eq!(fault.kind, Kind::NotFound);
    assert!(fault.message.contains(&node(9)), "{fault}");
    assert!(fault.hint.expect("a hint").contains("smd.component.list"));
}

#[tokio::test]
async fn what_exists_is_not_silently_kept() {
    let smd = smd_with(&[0]).await;
    let record = |n| component(json!({ "ID": node(n), "State": "Ready", "Role": "Service" }));
    let fault = smd
        .add_components(vec![record(0)])
        .await
        .expect_err("exists");
    assert_eq!(kinds(&fault), (Kind::Conflict, vec![]));
    let fault = smd
        .add_components(vec![record(0), record(1)])
        .await
        .expect_err("one exists");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![(&*node(0), Kind::Conflict)])
    );
    assert_eq!(
        smd.component(&node(1))
            .await
            .expect("added")
            .role
            .as_deref(),
        Some("Service")
    );
    let fault = smd
        .add_components(vec![record(3), record(3)])
        .await
        .expect_err("twice");
    assert_eq!(fault.kind, Kind::BadArgument);
    let stateless = component(json!({ "ID": node(4) }));
    let fault = smd
        .add_components(vec![stateless])
        .await
        .expect_err("no State");
    assert_eq!(fault.kind, Kind::BadArgument);
    assert!(smd.component(&node(4)).await.is_err());
    let nonsense = component(json!({ "ID": node(4), "State": "Onn" }));
    assert_eq!(
        smd.add_components(vec![nonsense])
            .await
            .expect_err("refused")
            .kind,
        Kind::Refused
    );
}

#[tokio::test]
async fn a_change_of_an_unknown_component_is_told() {
    let smd = smd_with(&[0]).await;
    let ready = |n| component(json!({ "ID": node(n), "State": "Ready" }));
    let fault = smd
        .update_components(vec![ready(7)], None)
        .await
        .expect_err("unknown");
    assert_eq!(fault.kind, Kind::NotFound);
    let fault = smd
        .update_components(vec![ready(0), ready(7)], None)
        .await
        .expect_err("one unknown");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![(&*node(7), Kind::NotFound)])
    );
    assert_eq!(
        smd.component(&node(0))
            .await
            .expect("known")
            .state
            .as_deref(),
        Some("Ready")
    );
}

#[tokio::test]
async fn every_field_is_changed_in_sets() {
    let smd = smd_with(&[0, 1, 2]).await;
    let change = |n, nid: i64| {
        component(json!({
            "ID": node(n), "State": "ready", "Flag": "Warning", "Enabled": false,
            "SoftwareStatus": "AdminDown", "Role": "Management", "SubRole": "Master", "NID": nid,
        }))
    };
    let now = smd
        .update_components(vec![change(2, 30), change(0, 10)], None)
        .await
        .expect("changed");
    let shown: Vec<_> = now.iter().map(|c| (c.id.as_str(), c.nid)).collect();
    assert_eq!(shown, [(&*node(2), Some(30)), (&*node(0), Some(10))]);
    let c = &now[0];
    assert_eq!(
        (
            c.state.as_deref(),
            c.flag.as_deref(),
            c.enabled,
            c.sub_role.as_deref()
        ),
        (Some("Ready"), Some("Warning"), Some(false), Some("Master"))
    );
    let lone = component(json!({ "ID": node(0), "SubRole": "Worker" }));
    let now = smd
        .update_components(vec![lone], None)
        .await
        .expect("its Role goes along");
    assert_eq!(now[0].role.as_deref(), Some("Management"));
    assert_eq!(now[0].sub_role.as_deref(), Some("Worker"));
    let none = component(json!({ "ID": node(0), "NID": -1 }));
    assert_eq!(
        smd.update_components(vec![none], None)
            .await
            .expect("taken away")[0]
            .nid,
        None
    );

    let fixed = component(json!({ "ID": node(0), "Arch": "ARM" }));
    assert_eq!(
        smd.update_components(vec![fixed], None)
            .await
            .expect_err("fixed")
            .kind,
        Kind::BadArgument
    );
    let empty = component(json!({ "ID": node(0) }));
    assert_eq!(
        smd.update_components(vec![empty], None)
            .await
            .expect_err("empty")
            .kind,
        Kind::BadArgument
    );
}

#[tokio::test]
async fn set_replaces_and_ensure_does_only_what_is_needed() {
    let smd = smd_with(&[0]).await;
    let whole = |n, role: &str| {
        component(
            json!({ "ID": node(n), "State": "Ready", "Arch": "ARM", "Role": role, "NID": 70 + n }),
        )
    };
    let now = smd
        .set_components(vec![whole(0, "Service"), whole(1, "Compute")])
        .await
        .expect("set");
    assert_eq!(now.len(), 2);
    assert_eq!(
        now[0].role.as_deref(),
        Some("Service"),
        "a Force post alone keeps the old Role"
    );
    assert_eq!(
        (now[0].nid, now[0].arch.as_deref()),
        (Some(70), Some("ARM"))
    );

    let same = smd
        .ensure_components(vec![whole(0, "service"), whole(1, "Compute")], None)
        .await;
    assert!(same.expect("so already").is_empty());
    let mut wanted = vec![
        whole(0, "Compute"),
        whole(1, "Compute"),
        whole(2, "Compute"),
    ];
    wanted[1].class = Some("River".into());
    let changed = smd.ensure_components(wanted, None).await.expect("made so");
    let ids: Vec<&str> = changed.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, [node(0), node(1), node(2)]);
    assert_eq!(changed[1].class.as_deref(), Some("River"));
    assert_eq!(changed[1].nid, Some(71), "what was not mentioned stays");
}

#[tokio::test]
async fn deleting_says_what_went() {
    let smd = smd_with(&[0, 1, 2]).await;
    let gone = smd.delete_components(vec![node(1)]).await.expect("deleted");
    assert_eq!(gone[0].nid, Some(2));
    let fault = smd
        .delete_components(vec![node(0), node(1)])
        .await
        .expect_err("one unknown");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![(&*node(1), Kind::NotFound)])
    );
    assert_eq!(
        smd.delete_all_components().await.expect("the last").len(),
        1
    );
    assert!(smd.delete_all_components().await.expect("none").is_empty());
    assert!(
        smd.delete_components(Vec::new())
            .await
            .expect("none")
            .is_empty()
    );
    let fault = smd
        .delete_components(names(&[""]))
        .await
        .expect_err("no name");
    assert_eq!(fault.kind, Kind::BadArgument);
}

#[tokio::test]
async fn the_service_says_that_it_is_up_and_which_words_it_takes() {
    let smd = smd().await;
    assert_eq!(smd.ready().await.expect("up").message, "HSM is healthy");
    let words = smd.values().await.expect("words");
    assert!(words.state.expect("states").contains(&"Ready".to_owned()));
}

#[tokio::test]
async fn a_change_of_state_that_smd_ignores_is_told() {
    let smd = smd_with(&[0]).await;
    let to = |state: &str| vec![component(json!({ "ID": node(0), "State": state }))];
    smd.update_components(to("Ready"), None)
        .await
        .expect("On to Ready");
    let fault = smd
        .update_components(to("On"), None)
        .await
        .expect_err("answered 204");
    assert_eq!(fault.kind, Kind::NoEffect);
    assert!(fault.hint.expect("a hint").contains("Force = true"));
    let now = smd
        .update_components(to("On"), Some(true))
        .await
        .expect("forced");
    assert_eq!(now[0].state.as_deref(), Some("On"));
}

#[tokio::test]
async fn one_place_has_one_spelling() {
    let smd = smd().await;
    let odd = component(json!({ "ID": "X1000C00S0B07N0", "State": "On" }));
    let now = smd.add_components(vec![odd.clone()]).await.expect("added");
    assert_eq!(now[0].id, node(7));
    let fault = smd.add_components(vec![odd]).await.expect_err("exists");
    assert_eq!(fault.kind, Kind::Conflict);
}
