//! tokensmith's simulated twin: its token endpoint, its limits and its administration, on the lab's clock.
//!
//! The lab has no identity provider: the one tokensmith is set up for never answers, so that exchanging its tokens and
//! changing it end as they do where it is down. Bootstrap tokens are made on the head node, by tokensmith's own command;
//! the lab's control API stands for that.
mod admin;
mod answer;
mod console;
mod door;
mod form;
mod mint;
mod token;

use super::store::Store;
use crate::{
    clock::Clock,
    services::site::{Front, Signer, Site},
    table::Shelf,
};
use axum::{Router, extract::Request};
use jiff::Timestamp;
use std::sync::Arc;

/// What every handler has at hand.
struct Lab {
    shelf: Shelf<Store>,
    clock: Arc<dyn Clock>,
    signer: Arc<dyn Signer>,
}

impl Lab {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// How this tokensmith was started: as the one whose exchanges were recorded.
mod settings {
    pub(super) const ISSUER: &str = "http://127.0.0.1:37780";
    pub(super) const CLUSTER: &str = "cl-F00F00F00";
    pub(super) const OPENCHAMI: &str = "oc-F00F00F00";
    pub(super) const PROVIDER: &str = "http://127.0.0.1:37790";
    pub(super) const CLIENT: &str = "openchami";
}

/// tokensmith for a lab.
pub fn front(site: &Site) -> Front {
    let shelf = Shelf::new("tokensmith", Store::default(), Arc::clone(&site.journal));
    let lab = Arc::new(Lab {
        shelf: shelf.clone(),
        clock: Arc::clone(&site.clock),
        signer: Arc::clone(&site.signer),
    });
    // Whatever the gateway cut off, tokensmith sees the path behind `base`.
    let below = |base: &'static str| {
        let lab = Arc::clone(&lab);
        Router::new()
            .fallback(move |request: Request| door::answer(Arc::clone(&lab), base, request))
    };
    let maker = Arc::clone(&lab);
    Front {
        prefix: "/tokensmith",
        routes: below(""),
        aliases: vec![
            ("/oauth/token", below("/oauth/token")),
            ("/token", below("/token")),
        ],
        consoles: vec![(
            "/bootstrap-token",
            Arc::new(move |body| console::create(&maker, body)),
        )],
        control: None,
        store: Arc::new(shelf),
    }
}
