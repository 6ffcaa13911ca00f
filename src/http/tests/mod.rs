//! The client against peers that misbehave: canned bytes on a loopback port.
mod again;
mod denied;
mod purse;
mod reach;

use super::{
    Base, Http, Options,
    peer::{Peer, Reply, answer, peer},
};
use crate::fault::{Fault, Kind};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::net::TcpListener;

fn http(url: &str) -> Http {
    Http::at(Base {
        url: url.into(),
        token: Some("eyJhbGciOiJSUzI1NiJ9.secret.sig".into()),
        variable: Some("DEMO_ACCESS_TOKEN".into()),
        ..Base::default()
    })
}

#[derive(Debug, Deserialize)]
struct Thing {
    #[serde(rename = "ID")]
    id: String,
}

/// The fault of one `GET /hsm/v2/groups/io` that gets this reply.
async fn fault_of(reply: Reply) -> Fault {
    let peer = peer(vec![reply]).await;
    let smd = http(&peer.url).service("smd", "/hsm/v2");
    let request = smd
        .get(&["groups", "io"])
        .timeout(Duration::from_millis(300));
    let fault = request
        .send::<Thing>()
        .await
        .expect_err("the peer misbehaves");
    let shown = format!("{fault:?}");
    assert!(!shown.contains("secret"), "a token is never shown: {shown}");
    assert_eq!(fault.service.as_deref(), Some("smd"));
    fault
}

#[tokio::test]
async fn decodes_a_success_and_says_who_asks() {
    let peer = peer(vec![answer("200 OK", "application/json", r#"{"ID":"x1"}"#)]).await;
    let smd = http(&peer.url).service("smd", "/hsm/v2");
    let request = smd
        .post(&["a b", "c/d"])
        .query(&[("type", "Node"), ("type", "!x")]);
    let thing: Thing = request.json(&["x"]).send().await.expect("a success");
    assert_eq!(thing.id, "x1");
    let seen = peer.requests().remove(0).to_ascii_lowercase();
    assert!(
        seen.starts_with("post /hsm/v2/a%20b/c%2fd?type=node&type=%21x http/1.1"),
        "{seen}"
    );
    assert!(seen.contains("authorization: bearer eyj"), "{seen}");
    assert!(seen.contains("user-agent: chami/"), "{seen}");
    assert!(seen.contains("content-type: application/json"), "{seen}");
    assert!(seen.ends_with(r#"["x"]"#), "{seen}");
}

#[tokio::test]
async fn statuses_become_kinds_in_the_services_own_words() {
    let problem =
        r#"{"type":"about:blank","title":"Not Found","detail":"No such group: io","status":404}"#;
    let fault = fault_of(answer("404 Not Found", "application/problem+json", problem)).await;
    assert_eq!((fault.kind, fault.status), (Kind::NotFound, Some(404)));
    assert_eq!(fault.message, "No such group: io");
    assert!(
        fault
            .cause
            .expect("the request")
            .starts_with("GET http://127.0.0.1:")
    );

    let fault = fault_of(answer("401 Unauthorized", "text/plain", "no token found\n")).await;
    assert_eq!(fault.message, "no token found");
    assert!(
        fault
            .hint
            .expect("what to do")
            .contains("DEMO_ACCESS_TOKEN")
    );

    let oauth = r#"{"error":"invalid_grant","error_description":"token was used"}"#;
    let fault = fault_of(answer("400 Bad Request", "application/json", oauth)).await;
    assert_eq!(
        (fault.kind, fault.message.as_str()),
        (Kind::Refused, "token was used")
    );

    for (status, kind) in [
        ("501 X", Kind::Unsupported),
        ("507 X", Kind::Io),
        ("409 X", Kind::Conflict),
    ] {
        let fault = fault_of(answer(status, "text/plain", "said so")).await;
        assert_eq!((fault.kind, fault.message.as_str()), (kind, "said so"));
    }
}

#[tokio::test]
async fn a_gateways_error_page_is_not_shown_as_html() {
    let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let fault = fault_of(answer("502 Bad Gateway", "text/html", page)).await;
    assert_eq!(fault.kind, Kind::Unreachable);
    assert_eq!(fault.message, "502 Bad Gateway");
    assert!(fault.hint.expect("what to do").contains("is it running"));
}

#[tokio::test]
async fn a_body_that_does_not_decode_is_shown_where_it_breaks() {
    let fault = fault_of(answer("200 OK", "application/json", r#"{"ID":17}"#)).await;
    assert_eq!(fault.kind, Kind::Protocol);
    assert!(
        fault.message.contains("invalid type: integer"),
        "{}",
        fault.message
    );
    assert!(
        fault.message.contains(r#"`{"ID":17}`"#),
        "{}",
        fault.message
    );

    let fault = fault_of(answer("200 OK", "text/html", "<html>Welcome</html>")).await;
    assert_eq!(fault.kind, Kind::Protocol);
    assert!(fault.hint.expect("what to do").contains("web page"));

    let body = r#"{"User":"root","Password":"hunter2","ID":[]}"#;
    let fault = fault_of(answer("200 OK", "application/json", body)).await;
    assert!(!fault.message.contains("hunter2"), "{}", fault.message);
}

#[tokio::test]
async fn silence_and_broken_lines_are_told_apart() {
    let fault = fault_of(Reply::Stall).await;
    assert_eq!(fault.kind, Kind::Timeout);
    assert!(fault.message.contains("within 300ms"), "{}", fault.message);

    let fault = fault_of(Reply::Close).await;
    assert_eq!(fault.kind, Kind::Unreachable);
    assert!(
        fault.message.contains("broke the connection off"),
        "{}",
        fault.message
    );

    let short = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ID\":";
    let fault = fault_of(Reply::Bytes(short.into())).await;
    assert_eq!(fault.kind, Kind::Unreachable);

    let fault = fault_of(Reply::Bytes("SSH-2.0-OpenSSH_9.2\r\n".into())).await;
    assert_eq!(fault.kind, Kind::Protocol);
}

/// A port nobody listens on: bound once, then given back.
async fn vacant() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    format!("http://{}", listener.local_addr().expect("bound"))
}

#[tokio::test]
async fn nobody_there() {
    let url = vacant().await;
    let smd = http(&url).service("smd", "/hsm/v2");
    let fault = smd.get(&["groups"]).nothing().await.expect_err("refused");
    assert_eq!(fault.kind, Kind::Unreachable);
    assert!(fault.message.contains(&url), "{}", fault.message);
    assert!(
        fault.message.contains("connection refused"),
        "{}",
        fault.message
    );

    let smd = http("http://no-such-host.invalid").service("smd", "/hsm/v2");
    let fault = smd.get(&["groups"]).nothing().await.expect_err("unknown");
    assert!(
        fault.message.contains("no-such-host.invalid"),
        "{}",
        fault.message
    );
}

#[tokio::test]
async fn https_to_a_plain_port_is_a_tls_fault() {
    let peer = peer(vec![answer("400 Bad Request", "text/plain", "no")]).await;
    let options = Options {
        insecure: true,
        ..Options::default()
    };
    let base = Base {
        url: peer.url.replace("http:", "https:"),
        ..Base::default()
    };
    let smd = Http::new(Arc::new(base), options).service("smd", "/hsm/v2");
    let request = smd.get(&["groups"]);
    let fault = request.nothing().await.expect_err("no TLS there");
    assert_eq!(fault.kind, Kind::Tls, "{fault}");
    assert!(
        fault
            .hint
            .expect("what to do")
            .contains("a plain http port?")
    );

    let missing = Options {
        cacert: Some("/nowhere/ca.pem".into()),
        ..Options::default()
    };
    let base = Base {
        url: "https://127.0.0.1:1".into(),
        ..Base::default()
    };
    let smd = Http::new(Arc::new(base), missing).service("smd", "/hsm/v2");
    let fault = smd
        .get(&["groups"])
        .nothing()
        .await
        .expect_err("no such file");
    assert_eq!(fault.kind, Kind::Io);
    assert!(
        fault.message.contains("/nowhere/ca.pem"),
        "{}",
        fault.message
    );
}

#[tokio::test]
async fn the_token_stays_at_home() {
    let home = peer(vec![answer("200 OK", "application/json", "{}")]).await;
    let away = peer(vec![answer("200 OK", "application/json", "{}")]).await;
    let http = http(&home.url);
    for url in [
        "/cloud-init/version".to_owned(),
        format!("{}/x", home.url),
        format!("{}/x", away.url),
    ] {
        http.url("get", &url).nothing().await.expect("a success");
    }
    let with_token = |peer: &Peer| {
        let all = peer.requests();
        all.iter().filter(|text| text.contains("eyJ")).count()
    };
    assert_eq!((with_token(&home), with_token(&away)), (2, 0));
}

#[tokio::test]
async fn redirects_elsewhere_are_not_followed() {
    let away = peer(vec![answer("200 OK", "application/json", r#"{"ID":"x"}"#)]).await;
    let there = format!(
        "HTTP/1.1 302 Found\r\nlocation: {}/login\r\ncontent-length: 0\r\n\r\n",
        away.url
    );
    let fault = fault_of(Reply::Bytes(there)).await;
    assert_eq!(fault.kind, Kind::Refused);
    assert!(fault.message.contains("/login"), "{}", fault.message);
    assert!(away.requests().is_empty());

    let near = "HTTP/1.1 301 Moved\r\nlocation: /there?x=1\r\ncontent-length: 0\r\n\r\n";
    let found = answer("200 OK", "application/json", r#"{"ID":"x"}"#);
    let home = peer(vec![Reply::Bytes(near.into()), found]).await;
    let smd = http(&home.url).service("smd", "/hsm/v2");
    let thing: Thing = smd
        .get(&["x"])
        .send()
        .await
        .expect("followed within the house");
    assert_eq!(thing.id, "x");
    assert!(home.requests()[1].starts_with("GET /there?x=1 "));
    let home = peer(vec![Reply::Bytes(near.into())]).await;
    let smd = http(&home.url).service("smd", "/hsm/v2");
    let fault = smd
        .post(&["x"])
        .nothing()
        .await
        .expect_err("a write stays a write");
    assert_eq!(fault.kind, Kind::Refused);
}

#[tokio::test]
async fn no_name_leads_elsewhere() {
    let peer = peer(vec![answer("200 OK", "application/json", "{}")]).await;
    let smd = http(&peer.url).service("smd", "/hsm/v2");
    for name in ["", ".", ".."] {
        let fault = smd
            .delete(&["groups", name])
            .nothing()
            .await
            .expect_err("no name");
        assert_eq!(fault.kind, Kind::BadArgument);
    }
    assert!(peer.requests().is_empty());
}

#[tokio::test]
async fn a_service_may_have_an_address_of_its_own() {
    let own = peer(vec![answer("200 OK", "application/json", "{}")]).await;
    for (configured, expected) in [
        (own.url.clone() + "/smd", "GET /smd/groups "),
        ("/other".into(), "GET /other/groups "),
    ] {
        let services = [("smd".to_owned(), configured)].into();
        let options = Options {
            services,
            ..Options::default()
        };
        let base = Base {
            url: own.url.clone(),
            ..Base::default()
        };
        let smd = Http::new(Arc::new(base), options).service("smd", "/hsm/v2");
        smd.get(&["groups"]).nothing().await.expect("a success");
        let last = own.requests().pop().expect("a request");
        assert!(last.starts_with(expected), "{last}");
    }
}

#[tokio::test]
async fn two_documents_in_one_body_are_both_read() {
    let body = "{\"detail\":\"in the way\",\"status\":409}\n[{\"URI\":\"/x\"}]\n";
    let peer = peer(vec![answer(
        "409 Conflict",
        "application/problem+json",
        body,
    )])
    .await;
    let smd = http(&peer.url).service("smd", "/hsm/v2");
    let answer = smd.post(&["x"]).raw().await.expect("any status");
    assert_eq!(answer.documents().expect("JSON")[1][0]["URI"], "/x");
    assert_eq!(answer.fault().message, "in the way");
}
