//! Paths, methods, tokens, and what the service says of itself.
use super::{Bss, Smd};
use crate::{
    services::site::{Guard, NoTimer},
    table::Forget,
};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use std::sync::Arc;

#[test]
fn paths_and_methods_are_told_as_the_router_does() {
    let bss = Bss::beside(&Smd::discovered(0));
    let status = |method: &str, path: &str| {
        let (status, headers, text) = bss.raw(method, path, String::new());
        let allow = headers
            .get("allow")
            .map_or("", |v| v.to_str().unwrap_or("?"));
        (status, allow.to_owned(), text)
    };
    for (method, path, want, allow) in [
        ("PUT", "/boot/v1/hosts", 405, "GET,POST"),
        (
            "OPTIONS",
            "/boot/v1/bootparameters",
            405,
            "GET,PUT,POST,PATCH,DELETE",
        ),
        ("HEAD", "/boot/v1/bootscript", 405, "GET"),
        ("GET", "/boot/v1/scn", 405, "POST"),
        ("FOO", "/boot/v1/hosts", 405, ""),
        ("GET", "/boot/v1/nosuch", 404, ""),
        ("GET", "/boot/v1/hosts//", 404, ""),
        ("GET", "/boot/v1/HOSTS", 404, ""),
        ("GET", "/boot/v1/hosts/", 200, ""),
        ("GET", "/apis/bss/boot/v1/service/status", 200, ""),
        ("POST", "/boot/v1/service/status", 200, ""),
        ("GET", "/apis/bss/nosuch", 404, ""),
        ("GET", "/apis/bss/phone-home", 405, "POST"),
        ("GET", "/apis/bss/meta-data", 501, ""),
    ] {
        let (have, allowed, text) = status(method, path);
        assert_eq!(
            (have, allowed.as_str()),
            (want, allow),
            "{method} {path}: {text}"
        );
    }
    assert_eq!(bss.raw("POST", "/boot/v1/scn", "{}".into()).0, 500);
    assert_eq!(bss.raw("POST", "/boot/v1/scn", "{".into()).0, 400);
}

/// Lets nobody in.
struct Closed;

impl Guard for Closed {
    fn check(&self, _: &HeaderMap) -> Result<(), String> {
        Err("no token found".into())
    }
}

#[test]
fn only_parameters_want_a_token() {
    let smd = Smd::discovered(0);
    let bss = Bss::with(&smd, Arc::new(Closed), Arc::new(Forget), Arc::new(NoTimer));
    for method in ["GET", "PUT", "OPTIONS"] {
        let (status, _, text) = bss.raw(method, "/boot/v1/bootparameters", "{}".into());
        assert_eq!((status, text.as_str()), (401, "no token found\n"));
    }
    for path in [
        "/bootscript?mac=a",
        "/hosts",
        "/dumpstate",
        "/endpoint-history",
        "/service/status/all",
    ] {
        assert_eq!(bss.get(path).0, 200, "{path}");
    }
}

#[test]
fn bss_tells_of_itself() {
    let bss = Bss::beside(&Smd::discovered(0));
    let (status, all) = bss.get("/service/status/all");
    let postgres = json!({ "name": "postgres", "status": "connected" });
    let want = json!({
        "bss-status": "running", "bss-status-hsm": "connected", "bss-storage-backend": postgres,
    });
    assert_eq!((status, all), (200, want));
    assert_eq!(
        bss.get("/service/version"),
        (500, json!({ "bss-version": "error" }))
    );
}

#[test]
fn bodies_of_a_get_are_questions() {
    let bss = Bss::beside(&Smd::discovered(0));
    let ask = |body: Value| bss.ask("GET", "/bootparameters", &body);
    assert_eq!(ask(json!({})), (400, "No specified data requested".into()));
    let all = json!({ "hosts": ["a"], "macs": ["b"], "nids": [1], "kernel": "k", "initrd": "i" });
    let words = "Cannot find boot parameters for requested Hosts, MACs, NIDs, kernel or initrd";
    assert_eq!(ask(all), (404, words.into()));
    let (status, said) = ask(json!("x"));
    assert_eq!(status, 400);
    assert!(
        said.as_str()
            .is_some_and(|s| s.starts_with("Failed to interpret")),
        "{said}"
    );
    assert_eq!(bss.get("/bootparameters?nid=z").0, 400);
    assert_eq!(
        bss.get("/bootparameters?mac=%zz"),
        (200, Value::Null),
        "undecodable: not said"
    );
}
