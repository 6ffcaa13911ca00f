//! The simulated SMD asked over its router: what no recording shows, from the neighbourhood of those that exist.
mod component;
mod doors;
mod endpoint;
mod group;
mod hardware;
mod interface;
mod lock;
mod map;
mod partition;
mod reservation;
mod size;
mod subscription;

use crate::{
    clock::Wall,
    services::site::{Guard, NoSigner, NoTimer, Open, Site, Sound},
    table::{Forget, Journal},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

/// SMD alone, behind its prefix.
struct Smd {
    router: Router,
    runtime: tokio::runtime::Runtime,
}

impl Smd {
    fn with(guard: Arc<dyn Guard>, journal: Arc<dyn Journal>) -> Self {
        Self::at(&Site {
            clock: Arc::new(Wall),
            journal,
            timer: Arc::new(NoTimer),
            peers: Arc::default(),
            guard,
            signer: Arc::new(NoSigner),
            ailments: Arc::new(Sound),
            rack: Arc::new(crate::services::rack::NoRack),
            seed: 0,
        })
    }

    fn at(site: &Site) -> Self {
        let front = crate::services::smd::lab::front(site);
        Self {
            router: Router::new().nest(front.prefix, front.routes),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
        }
    }

    fn new() -> Self {
        Self::with(Arc::new(Open), Arc::new(Forget))
    }

    fn raw(&self, method: &str, path: &str, body: String) -> (u16, HeaderMap, String) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/hsm/v2{path}"))
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

    /// Status and body; of a refusal the detail alone.
    fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (status, _, text) = self.raw(method, path, body.to_string());
        let document: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        let detail = document.get("detail").cloned();
        (status, detail.unwrap_or(document))
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let (status, _, text) = self.raw("GET", path, String::new());
        let document: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        let detail = document.get("detail").cloned();
        (status, detail.unwrap_or(document))
    }

    /// The ids a list of components holds, in order of name.
    fn ids(&self, path: &str) -> Vec<String> {
        let (status, list) = self.get(path);
        assert_eq!(status, 200, "{path}: {list}");
        let components = list["Components"].as_array().expect("a list");
        let mut ids: Vec<String> = components
            .iter()
            .map(|c| c["ID"].as_str().expect("an id").to_owned())
            .collect();
        ids.sort();
        ids
    }

    fn components(&self, list: &Value) {
        let (status, detail) =
            self.ask("POST", "/State/Components", &json!({ "Components": list }));
        assert_eq!(status, 204, "{detail}");
    }
}
