//! What comes before a handler: paths, methods, tokens; and a disk that is full.
use super::Smd;
use crate::{
    fault::{Fault, Kind},
    services::site::{Guard, Open},
    table::{Change, Forget, Journal},
};
use axum::http::HeaderMap;
use serde_json::json;
use std::sync::Arc;

/// Lets nobody in.
struct Shut;

impl Guard for Shut {
    fn check(&self, _: &HeaderMap) -> Result<(), String> {
        Err("no token found".into())
    }
}

#[test]
fn paths_and_methods_come_before_the_question_for_a_token() {
    let smd = Smd::with(Arc::new(Shut), Arc::new(Forget));
    for (method, path, status) in [
        ("GET", "/service/ready", 200),
        ("GET", "/service/values/role", 200),
        ("GET", "/State/Components?type=Node", 200),
        ("GET", "/Inventory/EthernetInterfaces", 200),
        ("GET", "/State/Components/x0c0s0b0n0", 401),
        ("POST", "/State/Components", 401),
        ("GET", "/Inventory/EthernetInterfaces/525400beef01", 401),
        ("GET", "/Inventory/RedfishEndpoints", 401),
        ("GET", "/groups", 401),
        ("GET", "/locks/status", 401),
        ("GET", "/nosuch", 404),
        ("PUT", "/groups", 405),
    ] {
        assert_eq!(
            smd.raw(method, path, String::new()).0,
            status,
            "{method} {path}"
        );
    }
    let (_, headers, text) = smd.raw("GET", "/groups", String::new());
    assert_eq!(text, "no token found\n");
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
}

#[test]
fn the_methods_are_named_where_a_path_is_a_pattern() {
    let smd = Smd::new();
    let allow = |method: &str, path: &str| {
        let (status, headers, _) = smd.raw(method, path, String::new());
        let allow = headers
            .get("allow")
            .map(|value| value.to_str().expect("text").to_owned());
        (status, allow)
    };
    assert_eq!(
        allow("PATCH", "/State/Components"),
        (405, Some("GET,POST,DELETE".into()))
    );
    assert_eq!(allow("PUT", "/groups/labels"), (405, Some("GET".into())));
    assert_eq!(allow("PUT", "/groups/compute"), (405, None));
    assert_eq!(allow("PATCH", "/State/Components/"), (405, None));
    // what looks like a word of the API may be a name
    assert_eq!(
        smd.get("/State/Components/BulkNID"),
        (404, json!("no such xname."))
    );
    let not_a_number = json!("a required argument was not an integer");
    assert_eq!(
        smd.get("/State/Components/ByNID/Query"),
        (400, not_a_number)
    );
}

/// A disk that is full.
struct Full;

impl Journal for Full {
    fn append(&self, _: &'static str, _: &[Change]) -> Result<(), Fault> {
        Err(Fault::new(
            Kind::Io,
            "/state/journal: no space left on device",
        ))
    }
}

#[test]
fn a_full_disk_is_told_and_nothing_is_kept() {
    let smd = Smd::with(Arc::new(Open), Arc::new(Full));
    let full = json!("/state/journal: no space left on device");
    let component = json!({ "Components": [{ "ID": "x0", "State": "On" }] });
    assert_eq!(
        smd.ask("POST", "/State/Components", &component),
        (507, full.clone())
    );
    let endpoint = json!({ "ID": "x0c0s0b0", "SchemaVersion": 1, "Systems": [{ "uuid": "u" }] });
    assert_eq!(
        smd.ask("POST", "/Inventory/RedfishEndpoints", &endpoint),
        (507, full)
    );
    assert!(smd.ids("/State/Components").is_empty());
    assert_eq!(smd.get("/Inventory/RedfishEndpoints/x0c0s0b0").0, 404);
}
