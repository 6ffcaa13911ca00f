//! BSS's client against its lab, beside an SMD of the lab that says what it is told to say.
mod cache;
mod client;
mod doors;
mod replace;
mod script;
mod store;

use crate::{
    fault::{Fault, Kind},
    http::{Base, Http},
    services::{
        bss::{
            client::{Client, Wanted},
            lab,
        },
        site::{Front, Guard, Job, NoSigner, NoTimer, Open, Peers, Site, Sound, Timer},
    },
    table::{Forget, Journal},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
    response::IntoResponse,
    routing::get,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;
use tower::ServiceExt;

/// A clock that moves by hand.
#[derive(Default)]
struct Hand(AtomicI64);

impl crate::clock::Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, span: Duration) -> crate::clock::Pending<'_, Result<(), Fault>> {
        let seconds = i64::try_from(span.as_secs()).unwrap_or_default();
        self.0.fetch_add(seconds, Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    }
}

/// What SMD knows, as its three lists say it; how often it was asked for components, and whether it refuses to say.
#[derive(Default)]
struct Smd {
    nodes: Mutex<Vec<Value>>,
    asked: AtomicUsize,
    broken: AtomicBool,
}

impl Smd {
    /// Node n of a chassis with NID n+1 and a MAC that ends in n+1, found by discovery.
    fn discovered(count: usize) -> Arc<Self> {
        let smd = Arc::new(Self::default());
        for n in 0..count {
            smd.add(n, "On", true);
        }
        smd
    }

    fn add(&self, n: usize, state: &str, discovered: bool) {
        let node = json!({ "n": n, "state": state, "discovered": discovered });
        self.nodes.lock().expect("unpoisoned").push(node);
    }

    fn list(&self, one: fn(&Value) -> Value) -> Vec<Value> {
        let nodes = self.nodes.lock().expect("unpoisoned");
        nodes.iter().map(one).filter(|r| !r.is_null()).collect()
    }
}

fn number(node: &Value) -> u64 {
    node["n"].as_u64().expect("a number")
}

fn xname(n: u64) -> String {
    format!("x1000c0s0b{n}n0")
}

fn mac(n: u64) -> String {
    format!("52:54:00:be:ef:{:02x}", n + 1)
}

fn component(node: &Value) -> Value {
    let n = number(node);
    json!({ "ID": xname(n), "Type": "Node", "State": node["state"], "NID": n + 1 })
}

/// Null for a node that nobody discovered.
fn endpoint(node: &Value) -> Value {
    let n = number(node);
    let info = json!({ "EthernetNICInfo": [{ "MACAddress": mac(n).to_uppercase() }] });
    if node["discovered"] == false {
        return Value::Null;
    }
    json!({
        "ID": xname(n), "ComponentEndpointType": "ComponentEndpointComputerSystem",
        "RedfishSystemInfo": info,
    })
}

fn interface(node: &Value) -> Value {
    let n = number(node);
    json!({ "ComponentID": xname(n), "MACAddress": mac(n) })
}

/// The routes of SMD that BSS asks.
fn smd_routes(smd: &Arc<Smd>) -> Router {
    let (one, two, three) = (smd.clone(), smd.clone(), smd.clone());
    let components = move || async move {
        one.asked.fetch_add(1, Ordering::SeqCst);
        if one.broken.load(Ordering::SeqCst) {
            let problem = axum::Json(json!({ "title": "Internal Server Error", "status": 500 }));
            return (StatusCode::INTERNAL_SERVER_ERROR, problem).into_response();
        }
        axum::Json(json!({ "Components": one.list(component) })).into_response()
    };
    let endpoints = move || async move {
        axum::Json(json!({ "ComponentEndpoints": two.list(endpoint) })).into_response()
    };
    let interfaces = move || async move { axum::Json(three.list(interface)).into_response() };
    Router::new()
        .route("/hsm/v2/State/Components", get(components))
        .route("/hsm/v2/Inventory/ComponentEndpoints", get(endpoints))
        .route("/hsm/v2/Inventory/EthernetInterfaces", get(interfaces))
        .route("/hsm/v2/service/values/class", get(async || "{}"))
}

/// BSS behind its prefix and its alias, asked over the router.
struct Bss {
    router: Router,
    store: Arc<dyn crate::table::Shelved>,
    clock: Arc<Hand>,
    runtime: tokio::runtime::Runtime,
}

fn routes(front: Front) -> Router {
    let (alias, below) = front.aliases.into_iter().next().expect("an alias");
    Router::new()
        .nest(front.prefix, front.routes)
        .nest(alias, below)
}

impl Bss {
    fn with(
        smd: &Arc<Smd>,
        guard: Arc<dyn Guard>,
        journal: Arc<dyn Journal>,
        timer: Arc<dyn Timer>,
    ) -> Self {
        let peers = Arc::new(Peers::default());
        peers.open(smd_routes(smd));
        let clock = Arc::new(Hand::default());
        let front = lab::front(&Site {
            clock: clock.clone(),
            journal,
            timer,
            peers,
            guard,
            signer: Arc::new(NoSigner),
            ailments: Arc::new(Sound),
            rack: Arc::new(crate::services::rack::NoRack),
            seed: 0,
        });
        Self {
            store: front.store.clone(),
            router: routes(front),
            clock,
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime"),
        }
    }

    fn beside(smd: &Arc<Smd>) -> Self {
        Self::with(smd, Arc::new(Open), Arc::new(Forget), Arc::new(NoTimer))
    }

    fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn raw(&self, method: &str, path: &str, body: String) -> (u16, HeaderMap, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::from(body))
            .expect("a request");
        self.runtime.block_on(async {
            let Ok(answer) = self.router.clone().oneshot(request).await;
            let (head, body) = answer.into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a body");
            let text = String::from_utf8_lossy(&body).into_owned();
            (head.status.as_u16(), head.headers, text)
        })
    }

    /// Status and body below `/boot/v1`; of a refusal the detail alone.
    fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let (status, _, text) = self.raw(method, &format!("/boot/v1{path}"), body);
        let document: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        let detail = document.get("detail").cloned();
        (status, detail.unwrap_or(document))
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, &Value::Null)
    }

    fn script(&self, query: &str) -> String {
        let (status, text) = self.get(&format!("/bootscript?{query}"));
        assert_eq!(status, 200, "{text}");
        text.as_str().expect("text").to_owned()
    }

    fn put(&self, body: &Value) {
        let (status, text) = self.ask("PUT", "/bootparameters", body);
        assert_eq!(status, 200, "{text}");
    }
}

/// A client of an empty BSS that listens on loopback, and how often each method was used.
async fn client() -> (Client, Arc<Mutex<Vec<String>>>) {
    client_behind(|router| router).await
}

async fn client_behind(wrap: impl FnOnce(Router) -> Router) -> (Client, Arc<Mutex<Vec<String>>>) {
    let peers = Arc::new(Peers::default());
    peers.open(smd_routes(&Smd::discovered(2)));
    let front = lab::front(&Site {
        clock: Arc::new(Hand::default()),
        journal: Arc::new(Forget),
        timer: Arc::new(NoTimer),
        peers,
        guard: Arc::new(Open),
        signer: Arc::new(NoSigner),
        ailments: Arc::new(Sound),
        rack: Arc::new(crate::services::rack::NoRack),
        seed: 1,
    });
    let log = Arc::new(Mutex::new(Vec::new()));
    let note = log.clone();
    let noted = axum::middleware::from_fn(
        move |request: axum::extract::Request, next: axum::middleware::Next| {
            note.lock()
                .expect("unpoisoned")
                .push(request.method().to_string());
            next.run(request)
        },
    );
    let routes = wrap(routes(front)).layer(noted);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let base = Base {
        url,
        ..Base::default()
    };
    (Client::new(&Http::at(base)), log)
}

fn wanted(value: Value) -> Wanted {
    serde_json::from_value(value).expect("fields")
}

fn sent(log: &Mutex<Vec<String>>) -> String {
    std::mem::take(&mut *log.lock().expect("unpoisoned")).join(" ")
}

/// The kind of a fault and of each of its items.
fn kinds(fault: &Fault) -> (Kind, Vec<(&str, Kind)>) {
    let items = fault.items.iter();
    let items = items.map(|item| (item.node.as_str(), item.fault.kind));
    (fault.kind, items.collect())
}

/// Keeps the jobs it is given.
#[derive(Default)]
struct Later(Mutex<Vec<Job>>);

impl Timer for Later {
    fn after(&self, _: Duration, job: Job) {
        self.0.lock().expect("unpoisoned").push(job);
    }
}
