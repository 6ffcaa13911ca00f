//! cloud-init's simulated twin: the routes of the server over the store, with its answers, refusals and oddities.
//!
//! Knows SMD as the real one does, by HTTP and as of the last minute; knows nothing of the lab around it but the site.
mod admin;
mod answer;
mod body;
mod memory;
mod metadata;
mod node;
mod route;
mod sent;
mod service;
mod smd;
mod sniff;
mod yaml;

use super::store::Store;
use crate::{
    clock::Clock,
    fault::Fault,
    services::site::{Ailments, Console, Front, Site},
    table::Shelf,
};
use answer::Reply;
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, Method, Response, request::Parts},
};
use jiff::Timestamp;
use memory::{Bases, Instances};
use route::Place;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the gateway has it; the server itself knows nothing of this prefix.
const BASE: &str = "/cloud-init";

/// The gateway's address, from which all comes that no header says otherwise of.
const GATEWAY: &str = "127.0.0.1";

/// What every handler has at hand.
struct Lab {
    shelf: Shelf<Store>,
    clock: Arc<dyn Clock>,
    smd: Arc<smd::Smd>,
    ailments: Arc<dyn Ailments>,
    instances: Instances,
    bases: Bases,
    began: Mutex<Timestamp>,
}

impl Lab {
    /// When the server started.
    fn began(&self) -> Timestamp {
        *self.began.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the server anew: what is not in the store is forgotten, and SMD is read.
    fn start(&self) {
        self.instances.forget();
        self.bases.forget();
        *self.began.lock().unwrap_or_else(PoisonError::into_inner) = self.clock.now();
        self.smd.start();
    }

    /// Starts it anew as the real one does, whose memory store keeps nothing.
    fn lose(&self) -> Result<Value, Fault> {
        self.shelf.write(|store| {
            store.clear();
            Ok::<_, Fault>(())
        })?;
        self.start();
        Ok(json!({}))
    }
}

/// cloud-init for a lab.
pub fn front(site: &Site) -> Front {
    let lab = Arc::new_cyclic(|lab: &std::sync::Weak<Lab>| {
        let lab = lab.clone();
        let start = move || {
            if let Some(lab) = lab.upgrade() {
                lab.start();
            }
        };
        let journal = Arc::clone(&site.journal);
        Lab {
            shelf: Shelf::new("cloud-init", Store::at_start(start), journal),
            clock: Arc::clone(&site.clock),
            smd: smd::Smd::new(site),
            ailments: Arc::clone(&site.ailments),
            instances: Instances::new(site.seed),
            bases: Bases::default(),
            began: Mutex::new(site.clock.now()),
        }
    });
    let store = Arc::new(lab.shelf.clone());
    let restarted = Arc::clone(&lab);
    let lose: Console = Arc::new(move |_: &[u8]| restarted.lose());
    let serve = move |request: Request| answer(Arc::clone(&lab), request);
    Front {
        prefix: BASE,
        routes: Router::new().fallback(serve),
        aliases: Vec::new(),
        consoles: vec![("/conditions/cloud_init_lost", lose)],
        control: None,
        store,
    }
}

async fn answer(lab: Arc<Lab>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return answer::Answer::bare(400).response();
    };
    let reply = match route::seen(head.uri.path()) {
        Ok(path) => match route::place(&head.method, &path) {
            Ok(place) => follow(&lab, place, &head, &body).await,
            Err(early) => Err(early),
        },
        Err(early) => Err(early),
    };
    reply.unwrap_or_else(|early| early).response()
}

async fn follow(lab: &Lab, place: Place<'_>, head: &Parts, body: &[u8]) -> Reply {
    let source = source(&head.headers);
    let reads = head.method == Method::GET;
    if place.impersonates() && lab.ailments.has("impersonation_off") {
        return Err(answer::Answer::not_found());
    }
    Ok(match place {
        Place::Document => service::document(),
        Place::Version => service::version(lab),
        Place::PhoneHome => {
            sent::phone_home(&head.headers, head.uri.query().unwrap_or_default(), body)
        }
        Place::Tunnel => sent::tunnel(source, body)?,
        Place::UserData(_) => node::user_data(),
        Place::MetaData(asker) => node::meta_data(lab, asker, source).await?,
        Place::VendorData(asker) => node::vendor_data(lab, asker, source).await?,
        Place::File(asker, group) => node::file(lab, asker, group, source).await?,
        Place::Defaults if reads => admin::defaults(lab),
        Place::Defaults => admin::merge_defaults(lab, body)?,
        Place::Instance(id) => admin::put_instance(lab, id, body)?,
        Place::Groups if reads => admin::groups(lab),
        Place::Groups => admin::add_group(lab, body)?,
        Place::Group(name) if reads => admin::group(lab, name)?,
        Place::Group(name) if head.method == Method::PUT => admin::put_group(lab, name, body)?,
        Place::Group(name) => admin::delete_group(lab, name)?,
    })
}

/// The address a request came from, if one believes it: the first that was forwarded. The gateway puts the true one last.
fn source(headers: &HeaderMap) -> &str {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = header("x-forwarded-for").filter(|list| !list.is_empty());
    if let Some(list) = forwarded {
        return list.split(',').next().unwrap_or_default().trim();
    }
    // without it the router asks two other headers before it takes the connection's address
    let named = ["true-client-ip", "x-real-ip"]
        .into_iter()
        .filter_map(header);
    let first = named.into_iter().find(|text| !text.is_empty());
    first
        .filter(|_| headers.contains_key("x-forwarded-for"))
        .filter(|text| text.parse::<std::net::IpAddr>().is_ok())
        .unwrap_or(GATEWAY)
}
