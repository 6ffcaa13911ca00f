//! Where requests go: a gateway that moved, a name without an address.
use super::{
    super::{Base, Http, Locate, Options},
    Reply, answer, peer, vacant,
};
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
};
use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A lab whose first owner has gone.
struct Moved {
    stale: String,
    fresh: String,
    asked: AtomicUsize,
}

impl Locate for Moved {
    fn base(&self) -> Pending<'_, Result<Base, Fault>> {
        Box::pin(async {
            Ok(Base {
                url: self.stale.clone(),
                ..Base::default()
            })
        })
    }

    fn again<'a>(&'a self, stale: &'a Base) -> Pending<'a, Result<Option<Base>, Fault>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        assert_eq!(stale.url, self.stale);
        Box::pin(async {
            Ok(Some(Base {
                url: self.fresh.clone(),
                ..Base::default()
            }))
        })
    }
}

#[tokio::test]
async fn a_gateway_that_moved_is_found_again() {
    let fresh = peer(vec![answer("200 OK", "application/json", "{}")]).await;
    let stale = vacant().await;
    let moved = Arc::new(Moved {
        stale,
        fresh: fresh.url.clone(),
        asked: AtomicUsize::new(0),
    });
    let smd = Http::new(moved.clone(), Options::default()).service("smd", "/hsm/v2");
    smd.post(&["groups"])
        .nothing()
        .await
        .expect("never sent, so sent again");
    assert_eq!(moved.asked.load(Ordering::Relaxed), 1);
    assert_eq!(fresh.requests().len(), 1);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_done_twice() {
    let fresh = peer(vec![answer("200 OK", "application/json", "{}")]).await;
    let dying = peer(vec![Reply::Close]).await;
    let moved = Arc::new(Moved {
        stale: dying.url.clone(),
        fresh: fresh.url.clone(),
        asked: AtomicUsize::new(0),
    });
    let smd = Http::new(moved.clone(), Options::default()).service("smd", "/hsm/v2");
    let fault = smd
        .post(&["groups"])
        .nothing()
        .await
        .expect_err("its fate is unknown");
    assert_eq!(fault.kind, Kind::Unreachable);
    assert!(fresh.requests().is_empty());
    smd.get(&["groups"])
        .nothing()
        .await
        .expect("reading twice harms nobody");
}

#[tokio::test]
async fn a_name_nobody_knows_may_be_given_an_address() {
    let here = peer(vec![answer("200 OK", "application/json", "{}")]).await;
    let url = here.url.replace("127.0.0.1", "lab.invalid");
    let names = [("lab.invalid".to_owned(), Ipv4Addr::LOCALHOST.into())].into();
    let options = Options {
        names,
        ..Options::default()
    };
    let base = Base {
        url,
        ..Base::default()
    };
    let smd = Http::new(Arc::new(base), options).service("smd", "/hsm/v2");
    smd.get(&["groups"]).nothing().await.expect("found");
    assert!(
        here.requests()[0]
            .to_lowercase()
            .contains("host: lab.invalid:")
    );
}
