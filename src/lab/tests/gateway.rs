//! What is answered where: services, their absence, nothing at all.
use super::{ask, home, json};
use crate::http::Locate as _;

#[tokio::test]
async fn a_path_of_no_service_gets_haproxys_page() {
    let home = home();
    let answer = ask(&home.fresh(), "GET", "/nowhere", &[], "").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("content-type"), Some("text/html"));
    assert_eq!(
        answer.text(),
        "<html><body><h1>503 Service Unavailable</h1>\n\
         No server is available to handle this request.\n</body></html>\n"
    );
}

#[tokio::test]
async fn a_service_that_is_not_there_is_named_whatever_the_case() {
    let home = home();
    let lab = home.fresh();
    for (path, service) in [
        ("/Power-Control/v1/power-status", "pcs"),
        ("/generate", "configurator"),
        ("/login", "token service"),
    ] {
        let answer = ask(&lab, "GET", path, &[], "").await;
        assert_eq!(answer.status, 501, "{path}");
        let kind = answer.header("content-type");
        assert_eq!(kind, Some("application/problem+json"), "{path}");
        let detail = json(&answer)["detail"].to_string();
        assert!(detail.contains(service), "{path}: {detail}");
    }
}

#[tokio::test]
async fn a_service_has_two_prefixes_and_sees_one_path() {
    let home = home();
    let lab = home.fresh();
    for (path, status) in [
        ("/boot/v1/service/status", 200),
        ("/apis/bss/boot/v1/service/status", 200),
        ("/boot/v1", 404),
        ("/boot/v1/", 404),
        ("/BOOT/V1/service/status", 404),
        ("/Apis/bss/boot/v1/service/status", 404),
        ("/apis/bss/elsewhere", 404),
    ] {
        let answer = ask(&lab, "GET", path, &[], "").await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn the_keys_of_both_issuers_are_published() {
    let home = home();
    let answer = ask(&home.fresh(), "GET", "/.well-known/jwks.json", &[], "").await;
    let keys = json(&answer)["keys"].as_array().cloned().expect("a list");
    let algorithms: Vec<_> = keys.iter().map(|key| key["alg"].clone()).collect();
    assert_eq!(algorithms, ["RS256", "PS256"]);
    for key in keys {
        assert_eq!((&key["kty"], &key["use"]), (&"RSA".into(), &"sig".into()));
        assert_eq!(key["kid"].as_str().map(str::len), Some(43), "a thumbprint");
        assert!(key.get("d").is_none(), "no private part");
    }
}

#[tokio::test]
async fn https_speaks_with_a_certificate_of_the_users_ca() {
    let home = home();
    let lab = home.lab();
    lab.base().await.expect("the lab starts");
    let seat = lab.shared.table.seat().expect("it is ours");
    let card = seat.card();
    assert!(!card.ca.exists(), "no connection yet, no CA");
    let port = super::super::card::Card::port(&card.https).expect("a port");
    let first = std::net::TcpStream::connect(("127.0.0.1", port));
    drop(first.expect("it listens"));
    let asked = |host: &str, ca| {
        let base = crate::http::Base {
            url: format!("https://{host}:{port}"),
            address: Some("127.0.0.1".parse().expect("an address")),
            ca,
            ..crate::http::Base::default()
        };
        let request = crate::http::Http::at(base).url("GET", "/.well-known/jwks.json");
        async move { request.raw().await }
    };
    // The CA is made when somebody comes; who comes before it is made trusts nobody.
    let keys = home.dirs.keys();
    super::super::tls::ensure_ca(&keys).expect("a CA can be made");
    for host in ["demo.openchami.cluster", "localhost"] {
        let answer = asked(host, Some(card.ca.clone())).await;
        assert_eq!(answer.expect("trusted").status, 200, "{host}");
    }
    let elsewhere = asked("example.org", Some(card.ca.clone())).await;
    let fault = elsewhere.expect_err("the certificate is for another name");
    assert_eq!(fault.kind, crate::fault::Kind::Tls);
}
