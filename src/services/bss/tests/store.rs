//! What the statements of the real BSS do that one would not expect of them.
use super::{Bss, Smd};
use serde_json::{Value, json};

fn empty() -> Bss {
    Bss::beside(&Smd::discovered(0))
}

/// All records as (identities, kernel, initrd, params), in order.
fn all(bss: &Bss) -> Vec<(String, String)> {
    let (status, list) = bss.get("/bootparameters");
    assert_eq!(status, 200);
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut found: Vec<(String, String)> = list
        .as_array()
        .into_iter()
        .flatten()
        .map(|r| {
            let who = ["macs", "hosts", "nids"].iter().flat_map(|sort| {
                r[sort]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(Value::to_string)
            });
            let mut who: Vec<String> = who.map(|w| w.replace('"', "")).collect();
            who.sort();
            let what = [text(&r["kernel"]), text(&r["initrd"]), text(&r["params"])];
            (who.join(" "), what.join(" "))
        })
        .collect();
    found.sort();
    found
}

fn is(bss: &Bss, wanted: &[(&str, &str)]) {
    let have = all(bss);
    let have: Vec<(&str, &str)> = have.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(have, wanted);
}

const A: &str = "52:54:00:00:00:0a";
const B: &str = "52:54:00:00:00:0b";

#[test]
fn of_several_sorts_one_request_adds_only_the_first() {
    let bss = empty();
    let both = json!({ "macs": [A], "hosts": ["x1c0s0b0n0"], "nids": [3], "kernel": "k" });
    bss.put(&both);
    is(&bss, &[("x1c0s0b0n0", "k - -")]);
    bss.put(&both);
    is(&bss, &[(&format!("{A} x1c0s0b0n0"), "k - -")]);
    let (status, said) = bss.ask("POST", "/bootparameters", &both);
    assert_eq!(
        (status, said),
        (400, "Bad Request: postgres.Add: data already exists".into())
    );
    bss.put(&json!({ "hosts": ["compute"], "macs": [B], "kernel": "k" }));
    is(&bss, &[(&format!("{A} x1c0s0b0n0"), "k - -")]);
}

#[test]
fn a_put_merges_and_without_identity_it_merges_into_all() {
    let bss = empty();
    bss.put(&json!({ "macs": [A], "kernel": "k", "initrd": "i", "params": "p" }));
    bss.put(&json!({ "macs": [A], "kernel": "k2" }));
    bss.put(&json!({ "nids": [7], "kernel": "k3" }));
    is(&bss, &[(A, "k2 i p"), ("7", "k3 - -")]);
    bss.put(&json!({ "params": "all" }));
    is(&bss, &[(A, "k2 i all"), ("7", "k3 - all")]);
    // what becomes equal in one update stays apart
    bss.put(&json!({ "kernel": "k", "initrd": "i" }));
    is(&bss, &[(A, "k i all"), ("7", "k i all")]);
    let (_, some) = bss.get(&format!("/bootparameters?mac={A}&nid=7"));
    assert_eq!(
        some.as_array().map(Vec::len),
        Some(1),
        "asked for by name they are one"
    );
}

#[test]
fn an_equal_configuration_is_shared_even_when_nobody_has_it_any_more() {
    let bss = empty();
    bss.put(&json!({ "macs": [A, B], "kernel": "k" }));
    bss.put(&json!({ "macs": [A], "params": "a" }));
    bss.put(&json!({ "macs": [B], "params": "b" }));
    bss.put(&json!({ "params": "c" }));
    is(&bss, &[(A, "k - c"), (B, "k - c")]);
    bss.put(&json!({ "macs": [A], "params": "a" }));
    bss.put(&json!({ "macs": [B], "params": "b" }));
    bss.put(&json!({ "params": "c" }));
    is(&bss, &[(&format!("{A} {B}"), "k - c")]);
    assert_eq!(
        bss.store.counts()["boot_configs"],
        1,
        "idle ones are not stored"
    );
    let dump = bss.store.dump().expect("dumped");
    bss.store.restore(dump).expect("restored");
    is(&bss, &[(&format!("{A} {B}"), "k - c")]);
    bss.put(&json!({ "macs": [A], "kernel": "k", "params": "c" }));
    is(&bss, &[(&format!("{A} {B}"), "k - c")]);
}

#[test]
fn nothing_is_an_identity_that_many_rows_have() {
    let bss = empty();
    bss.put(&json!({ "macs": [A], "kernel": "k" }));
    bss.put(&json!({ "hosts": ["x1c0s0b0n0"], "kernel": "h" }));
    let (status, found) = bss.get("/bootparameters?nid=0");
    assert_eq!((status, found.as_array().map(Vec::len)), (200, Some(2)));
    let (status, _) = bss.ask("DELETE", "/bootparameters", &json!({ "macs": [""] }));
    assert_eq!(status, 200);
    is(&bss, &[(A, "k - -")]);
    bss.ask("DELETE", "/bootparameters", &json!({ "nids": [0] }));
    is(&bss, &[]);
    bss.put(&json!({ "nids": [0], "kernel": "k" }));
    assert_eq!(
        bss.store.counts()["nodes"],
        1,
        "a row that nobody is named in"
    );
}

#[test]
fn twice_in_one_post_is_two_rows() {
    let bss = empty();
    let twice = json!({ "macs": [A, A.to_uppercase()], "kernel": "k" });
    let (status, _) = bss.ask("POST", "/bootparameters", &twice);
    assert_eq!(status, 201);
    is(&bss, &[(&format!("{A} {A}"), "k - -")]);
}

#[test]
fn deletes_look_at_one_sort_and_fail_in_the_middle() {
    let bss = empty();
    bss.put(&json!({ "macs": [A, B], "kernel": "k", "initrd": "i" }));
    bss.put(&json!({ "hosts": ["x1c0s0b0n0"], "kernel": "k" }));
    let delete = |body: Value| bss.ask("DELETE", "/bootparameters", &body);
    let (status, said) = delete(json!({ "hosts": ["x9c0s0b0n0"], "macs": [A] }));
    assert_eq!(status, 400);
    assert!(
        said.as_str()
            .is_some_and(|s| s.ends_with("for deleting boot group assignments"))
    );
    let (status, said) = delete(json!({ "hosts": ["compute"] }));
    assert_eq!(
        (status, said.as_str()),
        (
            400,
            Some(
                "postgres.Delete: error deleting BootConfig(s): no boot config IDs specified to delete"
            )
        )
    );
    assert_eq!(delete(json!({ "macs": [A], "kernel": "other" })).0, 200);
    is(&bss, &[(B, "k i -"), ("x1c0s0b0n0", "k - -")]);
    assert_eq!(delete(json!({ "kernel": "k", "initrd": "i" })).0, 200);
    is(&bss, &[("x1c0s0b0n0", "k - -")]);
    let group = r#"BootGroup(kernel="k",initrd="",params="")"#;
    assert_eq!(delete(json!({ "hosts": [group] })).0, 200);
    is(&bss, &[]);
}

#[test]
fn an_apostrophe_is_refused_in_the_databases_words() {
    let bss = empty();
    let body = json!({ "macs": [A], "kernel": "k", "params": "it's" });
    let (status, said) = bss.ask("POST", "/bootparameters", &body);
    assert_eq!(status, 400);
    assert!(
        said.as_str()
            .is_some_and(|s| s.ends_with(r#"pq: syntax error at or near "s""#)),
        "{said}"
    );
    assert_eq!(
        bss.ask("PUT", "/bootparameters", &body),
        (400, "No data".into())
    );
    bss.put(&json!({ "macs": [A], "kernel": "k" }));
    assert_eq!(bss.ask("PATCH", "/bootparameters", &body).0, 404);
    is(&bss, &[(A, "k - -")]);
}
