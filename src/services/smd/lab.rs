//! SMD's simulated twin: the routes of SMD v2.20 over the store, with its answers, refusals and oddities.
//!
//! Knows no other service and nothing of the lab around it but the site.
mod answer;
mod component;
mod component_endpoint;
mod discover;
mod discovery;
mod group;
mod hardware;
mod hardware_query;
mod history;
mod interface;
mod legacy;
mod lock;
mod map;
mod membership;
mod notify;
mod partition;
mod patch;
mod pdu;
mod redfish;
mod reservation;
mod route;
mod routes;
mod service;
mod subscription;
mod uri;

use super::store::Store;
use crate::{
    clock::Clock,
    services::{
        site::{Front, Guard, Site, Timer},
        wire,
    },
    table::Shelf,
};
use axum::{Router, body::Body, extract::Request, http::Response};
use std::sync::Arc;

/// Where SMD's API lives.
const BASE: &str = "/hsm/v2";

/// What every handler has at hand.
struct Lab {
    shelf: Shelf<Store>,
    clock: Arc<dyn Clock>,
    guard: Arc<dyn Guard>,
    desk: reservation::Desk,
    timer: Arc<dyn Timer>,
    /// When this SMD came up.
    born: String,
}

impl Lab {
    /// The present moment as SMD writes it: PostgreSQL keeps microseconds.
    fn now(&self) -> String {
        moment(&*self.clock)
    }
}

fn moment(clock: &dyn Clock) -> String {
    let micros = clock.now().as_microsecond();
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| String::new(), |at| at.to_string())
}

/// SMD for a lab.
pub fn front(site: &Site) -> Front {
    let shelf = Shelf::new("smd", Store::default(), Arc::clone(&site.journal));
    let lab = Arc::new(Lab {
        shelf: shelf.clone(),
        clock: Arc::clone(&site.clock),
        guard: Arc::clone(&site.guard),
        desk: reservation::Desk::new(site),
        timer: Arc::clone(&site.timer),
        born: moment(&*site.clock),
    });
    let table: Arc<[route::Route]> = routes::table().into();
    let serve = move |request: Request| answer(Arc::clone(&lab), Arc::clone(&table), request);
    Front {
        prefix: BASE,
        routes: Router::new().fallback(serve),
        aliases: Vec::new(),
        consoles: Vec::new(),
        control: None,
        store: Arc::new(shelf),
    }
}

async fn answer(lab: Arc<Lab>, table: Arc<[route::Route]>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return answer::Answer::problem(400, "the body broke off").response();
    };
    let asked = route::Asked {
        method: &head.method,
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &head.headers,
        body: body.into(),
    };
    route::follow(&lab, &table, asked).response()
}
