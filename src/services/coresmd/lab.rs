//! The lab's coredhcp: the engine with a configuration of its own, over what it has heard of SMD and what it has lent.
//!
//! Packets come as bytes, by HTTP instead of a wire: the simulated firmware sends them so. SMD is read without a token,
//! and again when what is known of it is older than the configuration allows; when it does not answer, what was known
//! goes on to count. A reset or restore of the lab is a restart of the server.
mod heard;

use super::{
    engine::{By, Engine, Outcome},
    explain, packet,
    render::{Wanted, render},
    store::{Lease, Store},
    types::LAB,
};
use crate::{
    clock::Clock,
    fault::Fault,
    services::site::{Front, Guard, Site},
    table::Shelf,
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use heard::Heard;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// So many lines of the log are kept.
const LINES: usize = 2000;

/// What came of a packet.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answered {
    /// The reply's bytes, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    pub known: bool,
    /// The last decision, in words.
    pub why: String,
}

struct Lab {
    shelf: Shelf<Store>,
    clock: Arc<dyn Clock>,
    guard: Arc<dyn Guard>,
    heard: Heard,
    /// The configuration, as text and as read.
    text: String,
    config: super::config::Config,
    log: Mutex<VecDeque<String>>,
}

type Shared = State<Arc<Lab>>;

/// coredhcp for a lab.
pub fn front(site: &Site) -> Front {
    let store = Store::default();
    // What is rendered without a wish is the lab's head node, and a test holds that it can be.
    let text = render(&Wanted::default()).unwrap_or_default();
    let config = explain::configured(&text, None).unwrap_or_default();
    let heard = Heard::new(site, store.lives());
    let shelf = Shelf::new("dhcp", store, Arc::clone(&site.journal));
    let lab = Arc::new(Lab {
        shelf: shelf.clone(),
        clock: Arc::clone(&site.clock),
        guard: Arc::clone(&site.guard),
        heard,
        text,
        config,
        log: Mutex::default(),
    });
    let routes = Router::new()
        .route("/v4", post(v4))
        .route("/leases", get(leases))
        .route("/log", get(log))
        .route(
            "/config",
            get(|State(lab): Shared| async move { lab.text.clone() }),
        )
        .route(
            "/now",
            get(|State(lab): Shared| async move { Json(lab.clock.now()) }),
        )
        .with_state(lab);
    Front {
        prefix: LAB,
        routes,
        aliases: Vec::new(),
        consoles: Vec::new(),
        store: Arc::new(shelf),
    }
}

async fn v4(State(lab): Shared, headers: HeaderMap, bytes: Bytes) -> Response {
    // From outside nobody lends itself addresses without a token.
    if let Err(why) = lab.guard.check(&headers) {
        return (StatusCode::UNAUTHORIZED, why).into_response();
    }
    match lab.answer(&bytes).await {
        Ok(answered) => Json(answered).into_response(),
        Err(fault) => (StatusCode::INSUFFICIENT_STORAGE, fault.message).into_response(),
    }
}

async fn leases(State(lab): Shared) -> Json<Vec<Lease>> {
    Json(lab.shelf.read(Store::all))
}

async fn log(State(lab): Shared) -> String {
    let lines = lab.log.lock().unwrap_or_else(PoisonError::into_inner);
    let mut text = String::new();
    for line in lines.iter() {
        text.push_str(line);
        text.push('\n');
    }
    text
}

impl Lab {
    async fn answer(&self, bytes: &[u8]) -> Result<Answered, Fault> {
        let facts = self.heard.facts(self.valid()).await;
        let now = self.clock.now();
        let engine = Engine {
            config: &self.config,
            facts: &facts,
            now: now.as_second(),
        };
        // Who is known needs no lease, and most are: nothing is written then.
        let known =
            packet::Packet::decode(bytes).is_ok_and(|it| facts.nics.contains_key(&it.mac()));
        let mut aside = super::store::Leases::default();
        let first = known.then(|| engine.wire4(bytes, &mut aside));
        let out = match first.filter(|out| out.by != By::Bootloop) {
            Some(out) => out,
            None => self
                .shelf
                .write(|store| Ok::<_, Fault>(engine.wire4(bytes, store)))?,
        };
        self.note(&out, now);
        Ok(Answered {
            reply: out.bytes().map(|it| hex(&it)),
            known: out.by == By::Coresmd,
            why: out
                .steps
                .last()
                .map(|step| step.what.clone())
                .unwrap_or_default(),
            component: out.component,
        })
    }

    /// How long what was heard of SMD counts.
    fn valid(&self) -> i64 {
        let plugins = self
            .config
            .server4
            .iter()
            .flat_map(|server| &server.plugins);
        let coresmd = plugins.filter_map(|plugin| match &plugin.kind {
            super::config::Kind::Coresmd(coresmd) => Some(coresmd.cache_valid.as_seconds()),
            _ => None,
        });
        coresmd.max().unwrap_or(30)
    }

    fn note(&self, out: &Outcome<packet::Packet>, now: Timestamp) {
        let mut lines = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = Timestamp::from_second(now.as_second()).unwrap_or(now);
        for event in &out.log {
            lines.push_back(format!("time=\"{seconds}\" {event}"));
        }
        while lines.len() > LINES {
            lines.pop_front();
        }
    }
}

/// Bytes without anything between them.
pub fn hex(bytes: &[u8]) -> String {
    packet::hex(bytes).replace(':', "")
}

/// Bytes from their digits.
pub fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}
