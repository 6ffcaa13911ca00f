//! What is repeated, how often, and what never is.
use super::{
    super::{
        Base, Http, Options,
        peer::{Reply, answer, peer},
    },
    vacant,
};
use crate::{
    call::{self, Call, Patience},
    fault::{Fault, Kind},
};
use std::{sync::Arc, time::Duration};

fn good() -> Reply {
    answer("200 OK", "application/json", "{}")
}

fn ill() -> Reply {
    answer("503 Service Unavailable", "text/plain", "no server")
}

/// The status of one request on behalf of a call that is so patient.
async fn asked(method: &str, url: &str, call: Call) -> Result<u16, Fault> {
    let http = Http::at(Base {
        url: url.to_owned(),
        ..Base::default()
    });
    let request = http.url(method, "/x").timeout(Duration::from_millis(300));
    call::within(Arc::new(call), request.raw())
        .await
        .map(|answer| answer.status)
}

fn reading(retries: Option<u32>) -> Call {
    Call {
        patience: Patience {
            retries,
            ..Patience::default()
        },
        ..Call::default()
    }
}

fn writing(retries: Option<u32>) -> Call {
    Call {
        writes: true,
        ..reading(retries)
    }
}

#[tokio::test]
async fn a_read_is_repeated_when_the_other_side_came_to_harm() {
    let peer = peer(vec![ill(), Reply::Close, good()]).await;
    let status = asked("GET", &peer.url, reading(None)).await;
    assert_eq!(status.expect("the third answers"), 200);
    assert_eq!(peer.requests().len(), 3);
}

#[tokio::test]
async fn the_last_answer_counts_and_the_message_says_how_often() {
    let ills = peer(vec![ill()]).await;
    assert_eq!(
        asked("GET", &ills.url, reading(None))
            .await
            .expect("an answer"),
        503
    );
    assert_eq!(ills.requests().len(), 3);
    let closes = peer(vec![Reply::Close]).await;
    let fault = asked("GET", &closes.url, reading(None))
        .await
        .expect_err("lost");
    assert!(fault.message.ends_with("(3 attempts)"), "{fault}");
    assert_eq!(closes.requests().len(), 3);
}

#[tokio::test]
async fn a_read_by_post_is_repeated_and_a_write_by_no_means() {
    let reads = peer(vec![ill(), good()]).await;
    assert_eq!(
        asked("POST", &reads.url, reading(None))
            .await
            .expect("good"),
        200
    );
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let writes = peer(vec![ill(), good()]).await;
        let status = asked(method, &writes.url, writing(Some(5))).await;
        assert_eq!(status.expect("the answer"), 503);
        let cut = peer(vec![Reply::Close, good()]).await;
        asked(method, &cut.url, writing(Some(5)))
            .await
            .expect_err("lost");
        assert_eq!((writes.requests().len(), cut.requests().len()), (1, 1));
    }
}

#[tokio::test]
async fn silence_and_absence_are_worth_another_try_only_when_asked_for() {
    let silent = peer(vec![Reply::Stall, good()]).await;
    let fault = asked("GET", &silent.url, reading(None)).await;
    assert_eq!(fault.expect_err("silence").kind, Kind::Timeout);
    let silent = peer(vec![Reply::Stall, good()]).await;
    assert_eq!(
        asked("GET", &silent.url, reading(Some(1)))
            .await
            .expect("good"),
        200
    );
    let nobody = asked("DELETE", &vacant().await, writing(Some(1))).await;
    let fault = nobody.expect_err("nobody there");
    assert_eq!(fault.kind, Kind::Unreachable);
    assert!(fault.message.ends_with("(2 attempts)"), "{fault}");
}

#[tokio::test]
async fn the_calls_own_patience_goes_before_the_sessions() {
    let peer = peer(vec![Reply::Stall]).await;
    let options = Options {
        timeout: Duration::from_secs(20),
        ..Options::default()
    };
    let base = Base {
        url: peer.url.clone(),
        ..Base::default()
    };
    let http = Http::new(Arc::new(base), options);
    let call = Call {
        patience: Patience {
            timeout: Some(Duration::from_millis(50)),
            ..Patience::default()
        },
        ..Call::default()
    };
    let fault = call::within(Arc::new(call), http.url("GET", "/x").raw()).await;
    let fault = fault.expect_err("silence");
    assert!(fault.message.contains("50ms"), "{fault}");
}
