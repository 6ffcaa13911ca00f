//! The client's promises.
use super::{client, kinds, sent, wanted};
use crate::{
    fault::Kind,
    services::bss::{
        client::{Fetches, Narrow, ScriptFor, Wanted},
        types::BootParams,
    },
};
use serde_json::json;

const A: &str = "52:54:00:be:ef:01";
const B: &str = "52:54:00:be:ef:02";

fn told(records: &[BootParams]) -> Vec<(String, &str, &str, &str)> {
    let who = |r: &BootParams| {
        let nids = r.nids.iter().map(i32::to_string);
        let all: Vec<String> = r.macs.iter().chain(&r.hosts).cloned().chain(nids).collect();
        all.join(" ")
    };
    records
        .iter()
        .map(|r| {
            (
                who(r),
                r.kernel.as_str(),
                r.initrd.as_str(),
                r.params.as_str(),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_set_is_one_request_and_comes_back_in_its_order() {
    let (bss, log) = client().await;
    let macs: Vec<String> = (0..1000)
        .map(|n| format!("02:00:00:00:{:02x}:{:02x}", 9 - n / 250, n % 250))
        .collect();
    let set = wanted(json!({ "macs": macs, "kernel": "k", "params": "p" }));
    let now = bss.set_params(set.clone()).await.expect("set");
    assert_eq!(sent(&log), "GET PUT GET");
    let order: Vec<&String> = now.iter().map(|record| &record.macs[0]).collect();
    assert!(
        order.into_iter().eq(&macs),
        "one record for each, in their order"
    );
    assert!(
        bss.ensure_params(&set)
            .await
            .expect("so already")
            .is_empty()
    );
    assert_eq!(sent(&log), "GET", "nothing to write, nothing to read back");
}

#[tokio::test]
async fn what_is_accepted_and_not_stored_is_told() {
    let (bss, _) = client().await;
    let group = wanted(json!({ "hosts": ["compute"], "kernel": "k" }));
    let fault = bss
        .set_params(group.clone())
        .await
        .expect_err("200 and nothing");
    assert_eq!(fault.kind, Kind::NoEffect);
    assert!(fault.hint.is_some_and(|hint| hint.contains("@compute")));
    let fault = bss.add_params(&group).await.expect_err("refused");
    assert_eq!(fault.kind, Kind::Refused);
    let some = wanted(json!({ "hosts": ["compute"], "macs": [A], "nids": [5], "kernel": "k" }));
    let fault = bss.set_params(some).await.expect_err("some of them");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![("compute", Kind::NoEffect)])
    );
    let all = bss.params(Narrow::default()).await.expect("listed");
    assert_eq!(
        told(&all),
        [(format!("{A} 5"), "k", "", "")],
        "each sort was sent"
    );
    let cloud =
        wanted(json!({ "macs": [A], "kernel": "k", "cloud-init": { "user-data": { "a": 1 } } }));
    let fault = bss.set_params(cloud).await.expect_err("dropped");
    assert_eq!(fault.kind, Kind::NoEffect);
    assert!(fault.message.contains("cloud-init"), "{fault}");
}

#[tokio::test]
async fn nobody_is_never_everybody() {
    let (bss, log) = client().await;
    let nobody = || wanted(json!({ "kernel": "k", "params": "p" }));
    let faults = [
        bss.set_params(nobody()).await.expect_err("set"),
        bss.add_params(&nobody()).await.expect_err("add"),
        bss.update_params(&nobody()).await.expect_err("update"),
        bss.ensure_params(&nobody()).await.expect_err("ensure"),
        bss.delete_params(&nobody()).await.expect_err("delete"),
        bss.delete_params(&Wanted::default())
            .await
            .expect_err("delete"),
        bss.update_params(&wanted(json!({ "nids": [0], "kernel": "k" })))
            .await
            .expect_err("0"),
        bss.delete_params(&wanted(json!({ "hosts": [""] })))
            .await
            .expect_err("empty"),
        bss.delete_params(&wanted(json!({ "macs": [A], "kernel": "k" })))
            .await
            .expect_err("both"),
        bss.delete_all_params(&wanted(json!({ "macs": [A] })))
            .await
            .expect_err("all of whom"),
        bss.update_params(&wanted(json!({ "macs": [A], "initrd": "" })))
            .await
            .expect_err("empty"),
        bss.update_params(&wanted(json!({ "macs": [A] })))
            .await
            .expect_err("what"),
        bss.add_params(&wanted(
            json!({ "macs": [A, A.to_uppercase()], "kernel": "k" }),
        ))
        .await
        .expect_err("twice"),
        bss.set_params(wanted(json!({ "macs": [A], "initrd": "i" })))
            .await
            .expect_err("kernel"),
    ];
    for fault in faults {
        assert_eq!(fault.kind, Kind::BadArgument, "{fault}");
        assert!(
            fault.hint.is_some()
                || fault.message.contains("twice")
                || fault.message.contains("empty name"),
            "{fault}"
        );
    }
    assert_eq!(sent(&log), "", "and nothing was sent");
}

#[tokio::test]
async fn add_says_who_is_known_and_sends_nothing() {
    let (bss, log) = client().await;
    let one = wanted(json!({ "macs": [A], "kernel": "k" }));
    assert_eq!(bss.add_params(&one).await.expect("added").len(), 1);
    sent(&log);
    let both = wanted(json!({ "macs": [A, B], "kernel": "other" }));
    let fault = bss.add_params(&both).await.expect_err("one is known");
    assert_eq!(fault.kind, Kind::Conflict);
    assert!(
        fault.message.contains(A) && !fault.message.contains(B),
        "{fault}"
    );
    assert_eq!(sent(&log), "GET");
}

#[tokio::test]
async fn update_changes_those_that_exist_and_names_the_others() {
    let (bss, log) = client().await;
    bss.add_params(&wanted(
        json!({ "macs": [A], "kernel": "k", "initrd": "i" }),
    ))
    .await
    .expect("added");
    sent(&log);
    let one = wanted(json!({ "macs": ["52-54-00-BE-EF-01"], "params": "p" }));
    let now = bss.update_params(&one).await.expect("changed");
    assert_eq!(told(&now), [(A.to_owned(), "k", "i", "p")]);
    assert_eq!(sent(&log), "PATCH GET");
    let both = wanted(json!({ "macs": [A, B], "params": "q" }));
    let fault = bss.update_params(&both).await.expect_err("one is missing");
    assert_eq!(kinds(&fault), (Kind::Partial, vec![(B, Kind::NotFound)]));
    assert_eq!(bss.params_of(&both).await.expect("listed")[0].params, "q");
    let quote = wanted(json!({ "macs": [A], "params": "it's" }));
    let fault = bss
        .update_params(&quote)
        .await
        .expect_err("the database refuses");
    assert_eq!(fault.kind, Kind::Refused);
    assert!(fault.hint.is_some_and(|hint| hint.contains("apostrophe")));
}

#[tokio::test]
async fn ensure_returns_what_changed() {
    let (bss, _) = client().await;
    bss.set_params(wanted(json!({ "macs": [A], "kernel": "k", "params": "p" })))
        .await
        .expect("set");
    let both = wanted(json!({ "macs": [A, B], "kernel": "k" }));
    let changed = bss.ensure_params(&both).await.expect("made so");
    assert_eq!(told(&changed), [(B.to_owned(), "k", "", "")]);
    assert!(
        bss.ensure_params(&both)
            .await
            .expect("so already")
            .is_empty()
    );
    let new = wanted(json!({ "hosts": ["x1c0s0b0n0"], "params": "p" }));
    let fault = bss.ensure_params(&new).await.expect_err("no kernel");
    assert_eq!(fault.kind, Kind::BadArgument);
}

#[tokio::test]
async fn deletes_return_what_went() {
    let (bss, _) = client().await;
    let all =
        wanted(json!({ "macs": [A, B], "hosts": ["x1c0s0b0n0"], "nids": [4], "kernel": "k" }));
    bss.set_params(all.clone()).await.expect("set");
    let some = wanted(json!({ "macs": [B], "hosts": ["x1c0s0b0n0", "x9c0s0b0n0"] }));
    let fault = bss.delete_params(&some).await.expect_err("one is unknown");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![("x9c0s0b0n0", Kind::NotFound)])
    );
    let left = bss.params_of(&all).await.expect("listed");
    assert_eq!(
        told(&left),
        [(A.to_owned(), "k", "", ""), ("4".to_owned(), "k", "", "")]
    );
    bss.update_params(&wanted(json!({ "nids": [4], "kernel": "k4" })))
        .await
        .expect("changed");
    let gone = bss
        .delete_all_params(&wanted(json!({ "kernel": "k4" })))
        .await
        .expect("deleted");
    assert_eq!(told(&gone), [("4".to_owned(), "k4", "", "")]);
    let gone = bss
        .delete_all_params(&Wanted::default())
        .await
        .expect("deleted");
    assert_eq!(told(&gone), [(A.to_owned(), "k", "", "")]);
    assert!(
        bss.params(Narrow::default())
            .await
            .expect("null")
            .is_empty()
    );
}

#[tokio::test]
async fn an_empty_text_deletes_nothing() {
    let (bss, log) = client().await;
    for field in ["kernel", "initrd", "params"] {
        let empty = wanted(json!({ field: "" }));
        let fault = bss.delete_all_params(&empty).await.expect_err("all");
        assert_eq!(fault.kind, Kind::BadArgument);
        assert_eq!(fault.hint.as_deref(), Some("leave the field out"));
        let fault = bss.delete_params(&empty).await.expect_err("some");
        assert_eq!(fault.hint.as_deref(), Some("leave the field out"));
    }
    assert_eq!(sent(&log), "", "and nothing was sent");
}

#[tokio::test]
async fn lists_are_narrowed_and_one_is_got() {
    let (bss, _) = client().await;
    bss.set_params(wanted(json!({ "macs": [B, A], "kernel": "k" })))
        .await
        .expect("set");
    let narrow = |value| serde_json::from_value::<Narrow>(value).expect("a filter");
    let found = bss
        .params(narrow(json!({ "MAC": A.to_uppercase() })))
        .await
        .expect("found");
    assert_eq!(told(&found), [(A.to_owned(), "k", "", "")]);
    let found = bss
        .params(narrow(json!({ "name": ["x1c0s0b0n0"] })))
        .await
        .expect("none");
    assert!(found.is_empty());
    let fault = bss
        .params(narrow(json!({ "mca": A })))
        .await
        .expect_err("unknown");
    assert_eq!(fault.hint.as_deref(), Some("did you mean mac?"));
    assert_eq!(
        bss.params(Narrow::default()).await.expect("all")[0].macs,
        [A, B]
    );
    let fault = bss
        .param(&wanted(json!({ "nids": [1] })))
        .await
        .expect_err("none");
    assert_eq!(fault.kind, Kind::NotFound);
    let fault = bss
        .param(&wanted(json!({ "macs": [A, B] })))
        .await
        .expect_err("two");
    assert_eq!(fault.kind, Kind::BadArgument);
}

#[tokio::test]
async fn scripts_hosts_and_history() {
    let (bss, _) = client().await;
    bss.set_params(wanted(json!({ "macs": [A, B], "kernel": "k" })))
        .await
        .expect("set");
    let whose = |value| serde_json::from_value::<ScriptFor>(value).expect("whose");
    let script = bss
        .script(whose(json!({ "mac": A, "retry": 2 })))
        .await
        .expect("served");
    assert!(
        script.contains("kernel --name kernel k ") && script.ends_with("&retry=3\n\n"),
        "{script}"
    );
    bss.script(whose(json!({ "mac": B })))
        .await
        .expect("served");
    for bad in [json!({}), json!({ "mac": A, "nid": 1 })] {
        let fault = bss.script(whose(bad)).await.expect_err("whose?");
        assert_eq!(fault.kind, Kind::BadArgument);
    }
    let names = ["x1000c0s0b1n0".to_owned(), "x9c0s0b0n0".to_owned()];
    let rows = bss
        .history(Some(&names), Fetches::default())
        .await
        .expect("rows");
    assert_eq!(
        rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(),
        [names[0].as_str()]
    );
    assert_eq!(bss.hosts(Some(&names)).await.expect("hosts").len(), 1);
    assert_eq!(
        bss.host(&names[1]).await.expect_err("unknown").kind,
        Kind::NotFound
    );
    assert_eq!(bss.refresh().await.expect("read").len(), 2);
    assert_eq!(bss.status().await.expect("status").bss_status, "running");
    assert_eq!(
        bss.version().await.expect_err("outside its image").kind,
        Kind::Refused
    );
    let state = bss.dump_state().await.expect("state");
    assert_eq!(
        (
            state.components.map(|c| c.len()),
            state.params.map(|p| p.len())
        ),
        (Some(2), Some(1))
    );
}
