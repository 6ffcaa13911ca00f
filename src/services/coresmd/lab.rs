//! The lab's coredhcp: the engine with a configuration of its own, over what it has heard of SMD and what it has lent.
//!
//! Packets come as bytes, by the lab's own wire: the simulated firmware sends them so. SMD is read without a token,
//! and again when what is known of it is older than the configuration allows; when it does not answer, what was known
//! goes on to count. A reset or restore of the lab is a restart of the server.
mod heard;
mod setup;

use super::{
    engine::{By, Engine, Event},
    packet,
    render::{Wanted, render},
    store::{Lease, Store},
    types::{LAB, Running},
};
use crate::{
    clock::Clock,
    fault::Fault,
    services::site::{Echo, Front, Site, Way},
    table::Shelf,
};
use axum::{Json, Router, extract::State, routing::get};
use heard::Heard;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use setup::{Bench, Setup};
use std::{
    collections::VecDeque,
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

/// So many lines of the log are kept.
const LINES: usize = 2000;

struct Lab {
    shelf: Shelf<Store>,
    clock: Arc<dyn Clock>,
    heard: Heard,
    bench: Bench,
    log: Mutex<VecDeque<(Timestamp, Event)>>,
}

type Shared = State<Arc<Lab>>;

/// coredhcp for a lab.
pub fn front(site: &Site) -> Front {
    let store = Store::default();
    // What is rendered without a wish is the lab's head node, and a test holds that it can be.
    let text = render(&Wanted::default()).unwrap_or_default();
    let heard = Heard::new(site, store.lives());
    let shelf = Shelf::new("dhcp", store, Arc::clone(&site.journal));
    let lab = Arc::new(Lab {
        shelf: shelf.clone(),
        clock: Arc::clone(&site.clock),
        heard,
        bench: Bench::new(shelf.clone(), text),
        log: Mutex::default(),
    });
    let answers = Arc::clone(&lab);
    site.peers.plug(Arc::new(move |packet| {
        let lab = Arc::clone(&answers);
        Box::pin(async move { lab.answer(&packet).await })
    }));
    let another = Arc::clone(&lab);
    site.peers.plug_setup(Arc::new(move |ground| {
        another.bench.begin_with(ground);
    }));
    let given = Arc::clone(&lab);
    let routes = Router::new()
        .route("/leases", get(leases))
        .route("/log", get(log))
        .route("/config", get(told))
        .route("/server", get(server))
        .route(
            "/now",
            get(|State(lab): Shared| async move { Json(lab.clock.now()) }),
        )
        .with_state(lab);
    Front {
        prefix: LAB,
        routes,
        aliases: Vec::new(),
        consoles: vec![("/dhcp", Arc::new(move |body: &[u8]| given.configure(body)))],
        control: None,
        store: Arc::new(shelf),
    }
}

/// What is asked of the server itself, past its wire.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    /// None: what it began with.
    config: Option<String>,
}

async fn told(State(lab): Shared) -> String {
    lab.setup().text.clone()
}

async fn server(State(lab): Shared) -> Json<Running> {
    Json(lab.bench.told())
}

async fn leases(State(lab): Shared) -> Json<Vec<Lease>> {
    Json(lab.shelf.read(Store::all))
}

async fn log(State(lab): Shared) -> String {
    // The real one reads SMD when it starts; this one when it is asked, which a look at its log is after a restart.
    if lab.heard.restarted() {
        lab.heard.facts(lab.setup().valid()).await;
    }
    lab.note(lab.heard.news(), lab.clock.now());
    let lines = lab.log.lock().unwrap_or_else(PoisonError::into_inner);
    let mut text = String::new();
    for (at, event) in lines.iter() {
        let at = Timestamp::from_second(at.as_second()).unwrap_or(*at);
        let _ = writeln!(text, "time=\"{at}\" {event}");
    }
    text
}

impl Lab {
    /// Another configuration, and a restart of the server with it; one that it does not start with is kept all the same.
    fn configure(&self, body: &[u8]) -> Result<Value, Fault> {
        let Given { config } = serde_json::from_slice(body)
            .map_err(|error| Fault::bad_argument(format!("this body cannot be used: {error}")))?;
        self.bench.give(config)?;
        self.setup();
        serde_json::to_value(self.bench.told())
            .map_err(|error| Fault::internal(format!("a record: {error}")))
    }

    fn setup(&self) -> Arc<Setup> {
        let (setup, anew) = self.bench.now();
        if anew {
            let mut lines = setup.log();
            if setup.runs() {
                lines.push(heard::listening());
            }
            self.note(lines, self.clock.now());
        }
        setup
    }

    async fn answer(&self, bytes: &[u8]) -> Result<Echo, Fault> {
        let setup = self.setup();
        if let Some(why) = setup.silence() {
            return Ok(Echo {
                why: why.to_owned(),
                ..Echo::default()
            });
        }
        let facts = self.heard.facts(setup.valid()).await;
        let now = self.clock.now();
        self.note(self.heard.news(), now);
        let engine = Engine {
            config: &setup.config,
            facts: &facts,
            now: now.as_second(),
        };
        // Who is known needs no lease, and most are: nothing is written then.
        let known =
            packet::Packet::decode(bytes).is_ok_and(|it| facts.nics.contains_key(&it.mac()));
        let mut aside = super::store::Leases::default();
        let first = known.then(|| engine.wire4(bytes, &mut aside));
        let mut out = match first.filter(|out| out.by != By::Bootloop) {
            Some(out) => out,
            None => self
                .shelf
                .write(|store| Ok::<_, Fault>(engine.wire4(bytes, store)))?,
        };
        self.note(std::mem::take(&mut out.log), now);
        let way = out.way.as_ref().map(|way| Way {
            mac: way.mac.clone(),
            from: way.from,
            to: way.to,
            port: way.port,
        });
        let component = out.component.as_ref();
        let kind = component.and_then(|id| Some(facts.components.get(id)?.kind.clone()));
        Ok(Echo {
            reply: out.bytes(),
            way,
            kind,
            known: out.by == By::Coresmd,
            why: out
                .steps
                .last()
                .map(|step| step.what.clone())
                .unwrap_or_default(),
            component: out.component,
        })
    }

    fn note(&self, events: Vec<Event>, now: Timestamp) {
        let mut lines = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        lines.extend(events.into_iter().map(|event| (now, event)));
        let over = lines.len().saturating_sub(LINES);
        lines.drain(..over);
    }
}
