//! BSS's simulated twin: the boot script service on PostgreSQL, with its answers, refusals and oddities.
//!
//! Boot scripts are made from the store and from what was heard of SMD, both under a right to read that is held for
//! microseconds, and nothing is copied but the script. That a node fetched one is counted in memory and written later, see
//! `store::history`: no fetch waits for the disk. Where the real handler crashes and its connection with it, a problem
//! document says so.
mod answer;
mod body;
mod cache;
mod door;
mod hosts;
mod params;
mod query;
mod script;
mod service;

use super::store::Store;
use crate::{
    clock::Clock,
    fault::Fault,
    services::site::{Front, Guard, Job, Site, Timer},
    table::Shelf,
};
use axum::{Router, extract::Request};
use cache::Cache;
use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

/// Where BSS's API lives.
const BASE: &str = "/boot/v1";
/// haproxy cuts this off: it is what BSS writes into its own chains.
const ALIAS: &str = "/apis/bss";

/// What every handler has at hand.
struct Lab {
    shelf: Shelf<Store>,
    cache: Cache,
    clock: Arc<dyn Clock>,
    timer: Arc<dyn Timer>,
    guard: Arc<dyn Guard>,
    seed: u64,
    /// How many referral tokens were given out.
    referrals: AtomicU64,
}

impl Lab {
    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// Notes that a node fetched its script; has it written within a second.
    fn fetched(&self, store: &Store, name: &str) {
        if store.fetched(name, "bootscript", self.now()) {
            let job = flush(self.shelf.clone());
            self.timer.after(Duration::from_secs(1), job);
        }
    }
}

/// Writes what was counted. Should the disk refuse, the counts stay and go with the next write, which tells.
fn flush(shelf: Shelf<Store>) -> Job {
    Box::new(move || {
        Box::pin(async move {
            let _ = shelf.write(|_| Ok::<_, Fault>(()));
        })
    })
}

/// BSS for a lab.
pub fn front(site: &Site) -> Front {
    let store = Store::default();
    let cache = Cache::new(site, store.lives());
    let shelf = Shelf::new("bss", store, Arc::clone(&site.journal));
    let lab = Arc::new(Lab {
        shelf: shelf.clone(),
        cache,
        clock: Arc::clone(&site.clock),
        timer: Arc::clone(&site.timer),
        guard: Arc::clone(&site.guard),
        seed: site.seed,
        referrals: AtomicU64::new(0),
    });
    let serve = move |request: Request| door::answer(Arc::clone(&lab), request);
    let routes = Router::new().fallback(serve);
    let alias = Router::new()
        .nest(BASE, routes.clone())
        .fallback(door::elsewhere);
    Front {
        prefix: BASE,
        routes,
        aliases: vec![(ALIAS, alias)],
        consoles: Vec::new(),
        control: None,
        store: Arc::new(shelf),
    }
}
