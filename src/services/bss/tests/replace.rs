//! `set` replaces, and what it deleted for that comes back when the write fails.
use super::{client, client_behind, sent, wanted};
use crate::{fault::Kind, services::bss::client::Narrow};
use axum::{
    extract::Request,
    http::{Method, StatusCode},
    middleware::{Next, from_fn},
    response::IntoResponse,
};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

const A: &str = "52:54:00:be:ef:01";
const B: &str = "52:54:00:be:ef:02";

#[tokio::test]
async fn an_initrd_that_is_not_given_goes() {
    let (bss, log) = client().await;
    let full = wanted(json!({ "macs": [A], "kernel": "k", "initrd": "i", "params": "p" }));
    bss.set_params(full).await.expect("set");
    sent(&log);
    let bare = wanted(json!({ "macs": [A, B], "kernel": "k2", "params": "p" }));
    let now = bss.set_params(bare.clone()).await.expect("set");
    assert_eq!(sent(&log), "GET DELETE PUT GET");
    assert!(
        now.iter().all(|r| r.initrd.is_empty() && r.kernel == "k2"),
        "{now:?}"
    );
    bss.set_params(bare).await.expect("set");
    assert_eq!(
        sent(&log),
        "GET PUT GET",
        "nothing would survive: nothing is deleted"
    );
}

#[tokio::test]
async fn what_was_deleted_is_put_back_when_the_put_fails() {
    let puts = Arc::new(AtomicUsize::new(0));
    let seen = puts.clone();
    // the third PUT fails: the first two make the records
    let fail = from_fn(move |request: Request, next: Next| {
        let third = request.method() == Method::PUT && seen.fetch_add(1, Ordering::SeqCst) == 2;
        async move {
            if third {
                return StatusCode::BAD_GATEWAY.into_response();
            }
            next.run(request).await
        }
    });
    let (bss, log) = client_behind(|router| router.layer(fail)).await;
    bss.set_params(wanted(json!({ "macs": [A], "kernel": "k", "initrd": "i" })))
        .await
        .expect("set");
    bss.set_params(wanted(json!({ "macs": [B], "kernel": "b", "params": "p" })))
        .await
        .expect("set");
    let before = bss.params(Narrow::default()).await.expect("listed");
    sent(&log);
    let fault = bss
        .set_params(wanted(json!({ "macs": [A, B], "kernel": "new" })))
        .await
        .expect_err("the gateway lost it");
    assert_eq!(fault.kind, Kind::Unreachable);
    assert_eq!(
        sent(&log),
        "GET DELETE PUT PUT PUT",
        "one for each configuration there was"
    );
    assert_eq!(bss.params(Narrow::default()).await.expect("listed"), before);
    assert_eq!(puts.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn what_cannot_be_put_back_is_said() {
    let puts = Arc::new(AtomicUsize::new(0));
    let fail = from_fn(move |request: Request, next: Next| {
        let later = request.method() == Method::PUT && puts.fetch_add(1, Ordering::SeqCst) > 0;
        async move {
            if later {
                return StatusCode::BAD_GATEWAY.into_response();
            }
            next.run(request).await
        }
    });
    let (bss, _) = client_behind(|router| router.layer(fail)).await;
    bss.set_params(wanted(json!({ "macs": [A], "kernel": "k", "initrd": "i" })))
        .await
        .expect("set");
    let fault = bss
        .set_params(wanted(json!({ "macs": [A], "kernel": "new" })))
        .await
        .expect_err("nothing can be written");
    assert!(fault.message.contains("could not be put back"), "{fault}");
}
