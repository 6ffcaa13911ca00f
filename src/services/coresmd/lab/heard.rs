//! What the lab's coredhcp has heard of SMD.
use crate::{
    clock::Clock,
    services::{
        coresmd::engine::{Event, Facts},
        site::{Ailments, Peers, Site},
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
    /// That it started is said.
    begun: bool,
    /// In which life of the store.
    life: u64,
    /// It was restarted without the CA, and has read nothing since.
    untrusting: bool,
}

/// That it runs without the cluster's CA.
const UNTRUSTING: &str = "coresmd_untrusting";
/// What it says then.
const UNTRUSTED: &str = "failed to refresh cache: failed to fetch EthernetInterfaces from SMD: Get \
    \"https://demo.openchami.cluster:8443/hsm/v2/Inventory/EthernetInterfaces\": tls: failed to verify certificate: \
    x509: certificate signed by unknown authority";

/// What a server says that has started.
pub(super) fn listening() -> Event {
    line("info", "server", "Listen 0.0.0.0:67")
}

fn line(level: &'static str, prefix: &'static str, msg: impl Into<String>) -> Event {
    Event {
        level,
        prefix,
        msg: msg.into(),
        fields: Vec::new(),
    }
}

pub(super) struct Heard {
    peers: Arc<Peers>,
    clock: Arc<dyn Clock>,
    lives: Arc<AtomicU64>,
    ailments: Arc<dyn Ailments>,
    held: RwLock<Held>,
    /// What the server writes about it, until somebody takes it.
    news: std::sync::Mutex<Vec<Event>>,
    /// One reads at a time.
    reading: Mutex<()>,
}

impl Heard {
    pub(super) fn new(site: &Site, lives: Arc<AtomicU64>) -> Self {
        Self {
            peers: Arc::clone(&site.peers),
            clock: Arc::clone(&site.clock),
            lives,
            ailments: Arc::clone(&site.ailments),
            held: RwLock::default(),
            news: std::sync::Mutex::default(),
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
        let untrusting = self.ailments.has(UNTRUSTING);
        let read = if untrusting {
            None
        } else {
            self.listen().await
        };
        let (now, life) = (self.clock.now(), self.lives.load(Ordering::Relaxed));
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let begins = held.life != life || untrusting != held.untrusting || !held.begun;
        self.note(begins, read.as_ref(), untrusting);
        let at = Some(now);
        match read {
            Some(facts) => {
                *held = Held {
                    facts: Arc::new(facts),
                    at,
                    begun: true,
                    life,
                    untrusting,
                };
            }
            // A server that begins anew knows nothing of before.
            None if begins => {
                *held = Held {
                    // It asks again after the same time.
                    at: at.filter(|_| untrusting),
                    begun: true,
                    life,
                    untrusting,
                    ..Held::default()
                };
            }
            None => {}
        }
        Arc::clone(&held.facts)
    }

    /// Whether it was restarted, and has not read anything since.
    pub(super) fn restarted(&self) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.untrusting != self.ailments.has(UNTRUSTING)
    }

    fn fresh(&self, valid: i64) -> Option<Arc<Facts>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let age = self.clock.now().duration_since(held.at?).as_secs();
        let same = held.life == self.lives.load(Ordering::Relaxed)
            && held.untrusting == self.ailments.has(UNTRUSTING);
        (same && age < valid).then(|| Arc::clone(&held.facts))
    }

    fn note(&self, begins: bool, read: Option<&Facts>, untrusting: bool) {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        if begins {
            news.push(listening());
        }
        let plugin = "plugins/coresmd";
        news.push(line("info", plugin, "initiating cache refresh"));
        news.push(match read {
            Some(facts) => {
                let (nics, components) = (facts.nics.len(), facts.components.len());
                let text = format!(
                    "Cache updated with {nics} EthernetInterfaces and {components} Components"
                );
                line("info", plugin, text)
            }
            None if untrusting => line("error", plugin, UNTRUSTED),
            None => line("error", plugin, "failed to refresh cache: SMD gave no list"),
        });
    }

    /// What was written since this was asked last.
    pub(super) fn news(&self) -> Vec<Event> {
        std::mem::take(&mut self.news.lock().unwrap_or_else(PoisonError::into_inner))
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
