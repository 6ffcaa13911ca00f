//! A site for one service: a clock that is moved by hand, and an SMD that says what it is told to say.
use crate::{
    clock::Wall,
    services::{
        cloud_init::lab,
        site::{Front, Job, NoSigner, Open, Peers, Site, Sound, Timer},
    },
    table::Forget,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Path,
    http::{HeaderMap, Request, StatusCode},
    routing::get,
};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tower::ServiceExt as _;

/// Does what is due when it is told to.
#[derive(Default)]
struct Later(Mutex<Vec<Job>>);

impl Timer for Later {
    fn after(&self, span: Duration, job: Job) {
        assert_eq!(
            span,
            Duration::from_secs(60),
            "the server reads once a minute"
        );
        self.0.lock().expect("unpoisoned").push(job);
    }
}

/// What SMD holds: components, interfaces (owner, MAC, address), memberships.
#[derive(Default)]
pub(super) struct World {
    pub(super) nids: Vec<(&'static str, i64)>,
    pub(super) nics: Vec<(&'static str, &'static str, &'static str)>,
    pub(super) groups: Vec<(&'static str, Vec<&'static str>)>,
}

pub(super) struct Stand {
    pub(super) world: Arc<Mutex<World>>,
    pub(super) routes: Router,
    front: Front,
    later: Arc<Later>,
}

/// Two nodes with an interface each; both in `compute`, the first in `io` as well.
pub(super) fn two_nodes() -> World {
    World {
        nids: vec![("x0n0", 1), ("x0n1", 2)],
        nics: vec![("x0n0", "aa:00", "10.0.0.1"), ("x0n1", "aa:01", "10.0.0.2")],
        groups: vec![("x0n0", vec!["compute", "io"]), ("x0n1", vec!["compute"])],
    }
}

fn smd(world: &Arc<Mutex<World>>) -> Router {
    let (of_one, of_nics, of_groups) = (world.clone(), world.clone(), world.clone());
    let component = move |Path(id): Path<String>| async move {
        let world = of_one.lock().expect("unpoisoned");
        let mut found = world
            .nids
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(&id));
        match found.next() {
            Some((id, nid)) => (StatusCode::OK, json!({ "ID": id, "NID": nid }).to_string()),
            None if id.starts_with('x') => (StatusCode::NOT_FOUND, String::new()),
            None => (StatusCode::BAD_REQUEST, String::new()),
        }
    };
    let nics = move || async move {
        let world = of_nics.lock().expect("unpoisoned");
        let nic = |(owner, mac, ip): &(&str, &str, &str)| {
            let addresses: Vec<Value> = Some(*ip)
                .filter(|ip| !ip.is_empty())
                .map(|ip| json!({ "IPAddress": ip }))
                .into_iter()
                .collect();
            json!({ "ComponentID": owner, "MACAddress": mac, "IPAddresses": addresses })
        };
        Value::Array(world.nics.iter().map(nic).collect()).to_string()
    };
    let memberships = move || async move {
        let world = of_groups.lock().expect("unpoisoned");
        let one = |(id, groups): &(&str, Vec<&str>)| json!({ "id": id, "groupLabels": groups });
        Value::Array(world.groups.iter().map(one).collect()).to_string()
    };
    Router::new()
        .route("/hsm/v2/State/Components/{id}", get(component))
        .route("/hsm/v2/Inventory/EthernetInterfaces", get(nics))
        .route("/hsm/v2/memberships", get(memberships))
}

impl Stand {
    pub(super) fn new(world: World) -> Self {
        let later = Arc::new(Later::default());
        let peers = Arc::new(Peers::default());
        let front = lab::front(&Site {
            clock: Arc::new(Wall),
            journal: Arc::new(Forget),
            timer: later.clone(),
            peers: peers.clone(),
            guard: Arc::new(Open),
            signer: Arc::new(NoSigner),
            ailments: Arc::new(Sound),
            rack: Arc::new(crate::services::rack::NoRack),
            seed: 7,
        });
        let world = Arc::new(Mutex::new(world));
        let routes = Router::new().nest(front.prefix, front.routes.clone());
        peers.open(smd(&world));
        Self {
            world,
            routes,
            front,
            later,
        }
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.world.lock().expect("unpoisoned"));
    }

    /// Lets a minute pass.
    pub(super) async fn minute(&self) {
        let due = std::mem::take(&mut *self.later.0.lock().expect("unpoisoned"));
        for job in due {
            job().await;
        }
    }

    /// Starts the server anew, as reset and restore do.
    pub(super) fn restart(&self) {
        self.front.store.loaded();
    }

    pub(super) async fn send(&self, request: Request<Body>) -> (u16, HeaderMap, String) {
        let Ok(answer) = self.routes.clone().oneshot(request).await;
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        let text = String::from_utf8_lossy(&body).into_owned();
        (head.status.as_u16(), head.headers, text)
    }

    pub(super) async fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/cloud-init{path}"));
        let request = request
            .body(Body::from(body.to_owned()))
            .expect("a request");
        let (status, _, text) = self.send(request).await;
        (status, text)
    }

    pub(super) async fn get(&self, path: &str) -> (u16, String) {
        self.ask("GET", path, "").await
    }
}
