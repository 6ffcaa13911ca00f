//! Which of several exchanges a request takes, where its gateway is, and what is not there.
use super::{
    entry::LONGEST,
    tests::{answered, asked, player},
};
use crate::{
    call::{self, Call},
    fault::Kind,
    http::{Base, Exchange, Http},
};
use std::sync::Arc;

fn call(native: &str) -> Arc<Call> {
    Arc::new(Call {
        native: native.to_owned(),
        ..Call::default()
    })
}

fn by(native: &str, said: &str) -> Exchange {
    Exchange {
        call: Some(call(native)),
        ..answered("GET", "/a", b"", 200, said.as_bytes())
    }
}

#[tokio::test]
async fn a_call_takes_what_it_was_answered_itself() {
    let player = player(&[by("list", "1"), by("add", "2"), by("add", "3")]);
    for (native, said) in [("add", "2"), ("other", "1"), ("list", "3")] {
        let answer = call::within(call(native), asked(&player, "GET", "/a", b"")).await;
        assert_eq!(answer.expect("there"), said, "{native}");
    }
}

#[tokio::test]
async fn the_gateway_is_the_first_that_is_named() {
    let url = "http://127.0.0.1:1/x";
    let elsewhere = Exchange {
        base: String::new(),
        ..answered("GET", url, b"", 200, b"one")
    };
    for rest in [vec![], vec![answered("GET", "/a", b"", 200, b"two")]] {
        let known = rest.len();
        let player = player(&[vec![elsewhere.clone()], rest].concat());
        let answer = player.http().url("GET", url).raw().await;
        assert_eq!(answer.expect("it is there").text(), "one");
        let base = player.http().base().await.expect("a base");
        assert_eq!(base.url == "http://a", known == 1, "{base:?}");
        let answer = player.http().url("GET", "/a").raw().await;
        match answer {
            Ok(answer) => assert_eq!(answer.text(), "two"),
            Err(fault) => assert!(fault.message.contains("is not on the tape"), "{fault}"),
        }
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_said_and_faults_when_it_is_wanted() {
    let long = vec![b'x'; LONGEST + 1];
    let player = player(&[answered("GET", "/long", b"", 200, &long)]);
    let fault = asked(&player, "GET", "/long", b"")
        .await
        .expect_err("not kept");
    assert_eq!(fault.kind, Kind::Io);
    assert!(fault.message.contains("8388609 bytes"), "{fault}");
}

#[tokio::test]
async fn nobody_asks_the_network_in_a_replay() {
    let player = player(&[]);
    let http: Http = player.http();
    let fault = http.url("GET", "http://127.0.0.1:1/x").raw().await;
    let fault = fault.expect_err("nothing is on the tape");
    assert_eq!(fault.service.as_deref(), Some("tape"), "{fault}");
    let base: Base = http.base().await.expect("a base");
    assert!(base.token.is_none());
}
