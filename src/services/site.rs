//! The seam between a simulated service and the lab that houses it: what the lab lends, what the service gives.
use crate::{
    clock::{Clock, Pending},
    fault::{Fault, Kind},
    services::rack::Rack,
    table::{Journal, Shelved},
};
use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, Response, StatusCode, header, request},
    response::IntoResponse as _,
};
use serde_json::{Map, Value, json};
use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};
use tower::ServiceExt as _;
use uuid::Uuid;

/// What the lab lends to a simulated service.
#[derive(Clone)]
pub struct Site {
    pub clock: Arc<dyn Clock>,
    pub journal: Arc<dyn Journal>,
    /// Work for moments to come: caches that are read anew.
    pub timer: Arc<dyn Timer>,
    /// What one service knows of another it asks here.
    pub peers: Arc<Peers>,
    pub guard: Arc<dyn Guard>,
    pub signer: Arc<dyn Signer>,
    /// What is wrong with the head node.
    pub ailments: Arc<dyn Ailments>,
    /// The machines, for their hypervisor alone.
    pub rack: Arc<dyn Rack>,
    /// For identifiers that must be the same in each run of a seeded lab.
    pub seed: u64,
}

/// How the head node is wired and run, where that is no service's data: asked by the service that suffers from it.
pub trait Ailments: Send + Sync {
    /// Whether it has this one, by the name the lab gives it.
    fn has(&self, name: &str) -> bool;
}

/// Has none: a head node as it should be.
#[derive(Debug)]
pub struct Sound;

impl Ailments for Sound {
    fn has(&self, _: &str) -> bool {
        false
    }
}

/// Work for a moment to come.
pub type Job = Box<dyn FnOnce() -> Pending<'static, ()> + Send>;

/// Has work done in the lab's time; whoever advances the clock over its moment waits until it is finished.
pub trait Timer: Send + Sync {
    fn after(&self, span: Duration, job: Job);
}

/// Never has anything done: unit tests in which no time passes.
#[derive(Debug)]
pub struct NoTimer;

impl Timer for NoTimer {
    fn after(&self, _: Duration, _: Job) {}
}

/// The lab's other services as one of them reaches them: by HTTP, with a token that is known in this process only.
///
/// No socket lies between; all else is the same request and the same answer that a client outside gets.
pub struct Peers {
    routes: RwLock<Option<Router>>,
    wire: RwLock<Option<Wire>>,
    setup: RwLock<Option<Setup>>,
    waiting: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
    token: String,
}

impl Default for Peers {
    fn default() -> Self {
        Self {
            routes: RwLock::default(),
            wire: RwLock::default(),
            setup: RwLock::default(),
            waiting: Mutex::default(),
            token: Uuid::new_v4().simple().to_string(),
        }
    }
}

impl Peers {
    /// From now on these routes answer. They hold the services, which hold this: `close` ends the circle.
    pub fn open(&self, routes: Router) {
        *self.routes.write().unwrap_or_else(PoisonError::into_inner) = Some(routes);
        let waiting = self.waiting.lock();
        let waiting = std::mem::take(&mut *waiting.unwrap_or_else(PoisonError::into_inner));
        for job in waiting {
            job();
        }
    }

    /// Has something done as soon as the others are there: what a service asks them when it starts.
    pub fn when_open(&self, job: impl FnOnce() + Send + 'static) {
        let waiting = self.waiting.lock();
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        waiting.push(Box::new(job));
    }

    /// From now on nobody answers.
    pub fn close(&self) {
        *self.routes.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.wire.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.setup.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// From now on this answers what is broadcast on the nodes' network.
    pub fn plug(&self, wire: Wire) {
        *self.wire.write().unwrap_or_else(PoisonError::into_inner) = Some(wire);
    }

    /// Broadcasts a packet on the nodes' network; none: nobody is there. Who is there may fail to answer this one.
    pub async fn broadcast(&self, packet: Vec<u8>) -> Option<Result<Echo, Fault>> {
        let wire = self
            .wire
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Some(wire?(packet).await)
    }

    /// From now on this takes what answers on the nodes' network begins with.
    pub fn plug_setup(&self, setup: Setup) {
        *self.setup.write().unwrap_or_else(PoisonError::into_inner) = Some(setup);
    }

    /// Has what answers on the nodes' network begin anew, on a real one.
    pub fn reconfigure(&self, ground: Ground) -> Result<(), Fault> {
        let setup = self.setup.read().unwrap_or_else(PoisonError::into_inner);
        let setup = setup.as_ref();
        let setup = setup.ok_or_else(|| Fault::internal("nobody answers on the nodes' network"))?;
        setup(ground);
        Ok(())
    }

    /// A copy, so that no lock is held while one waits for an answer.
    fn routes(&self) -> Option<Router> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        routes.clone()
    }

    /// The token of the lab's own services.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// GETs a path of the gateway, `/hsm/v2/State/Components?type=Node`: status and body.
    pub async fn get(&self, path: &str) -> Result<(u16, Bytes), Fault> {
        self.ask(Request::get(path), Body::empty()).await
    }

    /// Asks as one of the lab's own services: with the token.
    pub async fn ask(&self, head: request::Builder, body: Body) -> Result<(u16, Bytes), Fault> {
        let bearer = format!("Bearer {}", self.token);
        let request = head.header(header::AUTHORIZATION, bearer).body(body);
        let request = request.map_err(|e| Fault::internal(format!("no request: {e}")))?;
        let answer = self.send(request).await?;
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        let body = body.map_err(|e| Fault::internal(format!("a body broke off: {e}")))?;
        Ok((status, body))
    }

    /// Sends a request as it is, whoever it comes from; of the answer's body nothing is read yet.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Fault> {
        let gone = || Fault::new(Kind::Unreachable, "the lab's other services are not there");
        let routes = self.routes().ok_or_else(gone)?;
        let Ok(answer) = routes.oneshot(request).await;
        Ok(answer)
    }
}

/// Who answers on the nodes' network, where it is packets that are sent and not requests.
pub type Wire = Arc<dyn Fn(Vec<u8>) -> Pending<'static, Result<Echo, Fault>> + Send + Sync>;

/// Takes what it begins with.
pub type Setup = Arc<dyn Fn(Ground) + Send + Sync>;

/// What a server on a real network begins with.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Its configuration.
    pub text: String,
    /// Which network that is for, and which address on it: one that somebody gives it counts there alone.
    pub place: String,
    /// The interfaces of the machine.
    pub interfaces: Vec<String>,
}

/// What came of a packet.
#[derive(Clone, Debug, Default)]
pub struct Echo {
    pub reply: Option<Vec<u8>>,
    pub way: Option<Way>,
    /// Whose packet it was, if that is known.
    pub component: Option<String>,
    /// What sort of component that is: `Node`, `NodeBMC`.
    pub kind: Option<String>,
    /// Whether it was answered as a known node's.
    pub known: bool,
    /// The last decision, in words.
    pub why: String,
}

/// Where a reply goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The frame goes to this MAC at once; none: where the address leads.
    pub mac: Option<String>,
    /// None: the interface's own.
    pub from: Option<Ipv4Addr>,
    pub to: Ipv4Addr,
    pub port: u16,
}

/// Checks the token of a request. Which routes are open is the service's own knowledge; it asks only for the others.
pub trait Guard: Send + Sync {
    /// The text of the 401, in the words of the real services (`no token found`, `token is expired`, …).
    fn check(&self, headers: &HeaderMap) -> Result<(), String>;
}

/// Lets everybody in: a lab with auth off, and unit tests.
#[derive(Debug)]
pub struct Open;

impl Guard for Open {
    fn check(&self, _: &HeaderMap) -> Result<(), String> {
        Ok(())
    }
}

/// Signs in the name of the cluster's token service. Blocks: the first call makes the key.
pub trait Signer: Send + Sync {
    /// A JWT that says this.
    fn sign(&self, claims: &Map<String, Value>) -> Result<String, Fault>;
    /// The public key, as a JWKS holds it.
    fn public(&self) -> Result<Value, Fault>;
}

/// Signs nothing: unit tests of services that need no token.
#[derive(Debug)]
pub struct NoSigner;

impl Signer for NoSigner {
    fn sign(&self, _: &Map<String, Value>) -> Result<String, Fault> {
        Err(Fault::internal("there is no key here"))
    }

    fn public(&self) -> Result<Value, Fault> {
        Err(Fault::internal("there is no key here"))
    }
}

/// A command of a service that is given on the head node, past its API: the body of a control call, and its answer.
pub type Console = Arc<dyn Fn(&[u8]) -> Result<Value, Fault> + Send + Sync>;

/// What a simulated service gives to the lab.
pub struct Front {
    /// The path prefix the gateway sends here, `/hsm/v2`; the routes are nested under it. Empty: the gateway knows no way.
    pub prefix: &'static str,
    pub routes: Router,
    /// Further prefixes that the gateway sends here, each cut off: `/apis/bss`, below which these routes are whole.
    pub aliases: Vec<(&'static str, Router)>,
    /// What the lab's control API offers in place of the service's own commands, by path.
    pub consoles: Vec<(&'static str, Console)>,
    /// What it is in the lab's control API, where it has no wire of its own that a client could speak.
    pub control: Option<Router>,
    pub store: Arc<dyn Shelved>,
}

/// A refusal as the control API tells it: a problem document, the hint as a member of its own.
pub(crate) fn problem(fault: &Fault) -> Response<Body> {
    let status = match fault.kind {
        Kind::BadArgument => StatusCode::BAD_REQUEST,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        Kind::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Io => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "detail": fault.message,
        "status": status.as_u16(),
    });
    if let Some(hint) = &fault.hint {
        body["hint"] = hint.as_str().into();
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, format!("{body}\n")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;

    #[tokio::test]
    async fn a_service_asks_another_with_a_token_of_its_own() {
        let peers = Peers::default();
        let lost = peers.get("/hsm/v2/groups").await.expect_err("nobody there");
        assert_eq!(lost.kind, Kind::Unreachable);
        let tell = |headers: HeaderMap| async move {
            let token = headers.get(header::AUTHORIZATION);
            token.map(|token| token.to_str().unwrap_or_default().to_owned())
        };
        let tell = move |headers| async move { tell(headers).await.unwrap_or_default() };
        let (sender, began) = std::sync::mpsc::channel();
        peers.when_open(move || sender.send(()).expect("awaited"));
        assert!(began.try_recv().is_err());
        peers.open(Router::new().route("/hsm/v2/groups", get(tell)));
        began.try_recv().expect("told that they are there");
        let (status, body) = peers.get("/hsm/v2/groups?tag=x").await.expect("asked");
        assert_eq!(status, 200);
        assert_eq!(body, format!("Bearer {}", peers.token()));
        assert_eq!(peers.get("/elsewhere").await.expect("asked").0, 404);
        peers.close();
        assert!(peers.get("/hsm/v2/groups").await.is_err());
    }
}
