//! The lab's coredhcp: the engine with a configuration of its own, over what it has heard of SMD and what it has lent.
//!
//! Packets come as bytes, by the lab's own wire: the simulated firmware sends them so. SMD is read without a token,
//! and again when what is known of it is older than the configuration allows; when it does not answer, what was known
//! goes on to count. A reset or restore of the lab is a restart of the server.
mod heard;

use super::{
    config::Config,
    engine::{By, Engine, Event},
    explain, packet,
    render::{Wanted, render},
    store::{Lease, Store},
    types::LAB,
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
use std::{
    collections::VecDeque,
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

/// So many lines of the log are kept.
const LINES: usize = 2000;

/// The server's configuration, as text and as read.
struct Setup {
    text: String,
    config: Config,
}

struct Lab {
    shelf: Shelf<Store>,
    clock: Arc<dyn Clock>,
    heard: Heard,
    setup: RwLock<Arc<Setup>>,
    log: Mutex<VecDeque<(Timestamp, Event)>>,
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
        heard,
        setup: RwLock::new(Arc::new(Setup { text, config })),
        log: Mutex::default(),
    });
    let answers = Arc::clone(&lab);
    site.peers.plug(Arc::new(move |packet| {
        let lab = Arc::clone(&answers);
        Box::pin(async move { lab.answer(&packet).await })
    }));
    let another = Arc::clone(&lab);
    site.peers
        .plug_setup(Arc::new(move |text| another.configure(text)));
    let routes = Router::new()
        .route("/leases", get(leases))
        .route("/log", get(log))
        .route("/config", get(told))
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
        control: None,
        store: Arc::new(shelf),
    }
}

async fn told(State(lab): Shared) -> String {
    lab.setup().text.clone()
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

impl Setup {
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
}

impl Lab {
    /// Another configuration, until the lab ends; one that no server starts with is refused.
    fn configure(&self, text: String) -> Result<(), Fault> {
        let config = explain::configured(&text, None)?;
        *self.setup.write().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(Setup { text, config });
        Ok(())
    }

    fn setup(&self) -> Arc<Setup> {
        Arc::clone(&self.setup.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn answer(&self, bytes: &[u8]) -> Result<Echo, Fault> {
        let setup = self.setup();
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
        Ok(Echo {
            reply: out.bytes(),
            way,
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
