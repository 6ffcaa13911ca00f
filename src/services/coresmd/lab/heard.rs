//! What the lab's coredhcp has heard of SMD.
use crate::{
    clock::Clock,
    services::{
        coresmd::engine::Facts,
        site::{Peers, Site},
    },
};
use axum::{body::Body, http::Request};
use jiff::Timestamp;
use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::Mutex;

#[derive(Default)]
struct Held {
    facts: Arc<Facts>,
    at: Option<Timestamp>,
    /// In which life of the store.
    life: u64,
}

pub(super) struct Heard {
    peers: Arc<Peers>,
    clock: Arc<dyn Clock>,
    lives: Arc<AtomicU64>,
    held: RwLock<Held>,
    /// One reads at a time.
    reading: Mutex<()>,
}

impl Heard {
    pub(super) fn new(site: &Site, lives: Arc<AtomicU64>) -> Self {
        Self {
            peers: Arc::clone(&site.peers),
            clock: Arc::clone(&site.clock),
            lives,
            held: RwLock::default(),
            reading: Mutex::default(),
        }
    }

    /// What is known, read anew when it is older than so many seconds.
    pub(super) async fn facts(&self, valid: i64) -> Arc<Facts> {
        if let Some(facts) = self.fresh(valid) {
            return facts;
        }
        let _turn = self.reading.lock().await;
        if let Some(facts) = self.fresh(valid) {
            return facts;
        }
        let read = self.listen().await;
        let (now, life) = (self.clock.now(), self.lives.load(Ordering::Relaxed));
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        match read {
            Some(facts) => {
                *held = Held {
                    facts: Arc::new(facts),
                    at: Some(now),
                    life,
                };
            }
            // A server that begins anew knows nothing of before.
            None if held.life != life => {
                *held = Held {
                    life,
                    ..Held::default()
                };
            }
            None => {}
        }
        Arc::clone(&held.facts)
    }

    fn fresh(&self, valid: i64) -> Option<Arc<Facts>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let age = self.clock.now().duration_since(held.at?).as_secs();
        let same = held.life == self.lives.load(Ordering::Relaxed);
        (same && age < valid).then(|| Arc::clone(&held.facts))
    }

    async fn listen(&self) -> Option<Facts> {
        let interfaces = self.get("/hsm/v2/Inventory/EthernetInterfaces").await?;
        let components = self.get("/hsm/v2/State/Components").await?;
        Facts::read(&interfaces, &components).ok()
    }

    /// Without a token, as coresmd asks.
    async fn get(&self, path: &str) -> Option<Vec<u8>> {
        let request = Request::get(path).body(Body::empty()).ok()?;
        let answer = self.peers.send(request).await.ok()?;
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        Some(body.ok()?.to_vec())
    }
}
