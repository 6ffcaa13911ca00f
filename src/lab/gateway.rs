//! The release's haproxy: which path goes to which service, and what is answered where there is none.
//!
//! Prefixes are compared without case, the first match wins, and the path is handed on as it came; so `/HSM/v2` reaches
//! SMD, which does not know it.
use super::{
    house::House,
    keys::Keys,
    machines, page,
    problem::{Problem, absent, crashed, no_backend, no_page},
    wire::Asked,
};
use crate::{clock::Clock as _, fault::Fault, services::site::Front};
use axum::{
    Json, Router,
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    http::{HeaderValue, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::json;
use std::{net::SocketAddr, sync::Arc};

/// The services of the release by prefix, in haproxy's order.
const ROUTES: &[(&str, &str)] = &[
    ("/token", "tokensmith"),
    ("/login", "token service (opaal)"),
    ("/oidc/callback", "token service (opaal)"),
    ("/.well-known/openid-configuration", "identity provider"),
    ("/browser/login", "identity provider"),
    ("/api/login", "identity provider"),
    ("/oauth2/authorize", "identity provider"),
    ("/oauth2/token", "identity provider"),
    ("/hsm/v2", "smd"),
    ("/boot/v1", "bss"),
    ("/apis/bss/", "bss"),
    ("/cloud-init", "cloud-init"),
    ("/generate", "configurator"),
    ("/configurator", "configurator"),
    ("/power-control/v1", "pcs"),
    ("/oauth/token", "tokensmith"),
    ("/tokensmith/", "tokensmith"),
];

/// All routes of a lab: its services, the JWKS, and what stands for the rest.
pub(crate) fn routes(house: &Arc<House>, fronts: Vec<Front>, control: Router) -> Router {
    let artifacts = machines::artifact_routes(&house.machines);
    let mut services = Router::new()
        .merge(page::routes())
        .nest("/lab/v1", control)
        .nest(machines::S3, artifacts);
    let mut mounted = Vec::new();
    for front in fronts.into_iter().filter(|it| !it.prefix.is_empty()) {
        mounted.push(front.prefix);
        services = services.nest(front.prefix, front.routes);
        for (alias, routes) in front.aliases {
            mounted.push(alias);
            services = services.nest(alias, routes);
        }
    }
    let mounted: Arc<[&str]> = mounted.into();
    let keys = house.keys.clone();
    let services = services
        .route("/.well-known/jwks.json", get(move || jwks(keys)))
        .fallback(move |uri: Uri| async move { elsewhere(&mounted, uri.path()) });
    // The services ask each other past haproxy: no address is added, and nothing waits for another task.
    house.peers.open(services.clone());
    services
        .layer(from_fn_with_state(house.clone(), pass))
        // haproxy sets no limit, and a whole cluster in one request is usual.
        .layer(DefaultBodyLimit::disable())
}

fn elsewhere(mounted: &[&str], path: &str) -> Response {
    let begins = |prefix: &str| {
        path.get(..prefix.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    match ROUTES.iter().find(|(prefix, _)| begins(prefix)) {
        Some((prefix, _)) if mounted.contains(&prefix.trim_end_matches('/')) => no_page(),
        Some((_, service)) => absent(service, path).into_response(),
        None => no_backend(),
    }
}

/// What haproxy does to each request, and what the lab does after one.
async fn pass(State(house): State<Arc<House>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| *peer);
    let asked = Asked::of(&house.machines, peer.map(|it| it.ip()), &request);
    if let Some(peer) = peer
        && let Ok(value) = HeaderValue::from_str(&peer.ip().to_string())
    {
        request.headers_mut().append("x-forwarded-for", value);
    }
    // A task of its own: a handler that panics is a crashed backend, and one whose client left still ends in order.
    let answer = tokio::spawn(next.run(request)).await;
    // Reading leaves records as well: who asked for a boot script when.
    house.tidy();
    house.steady();
    let mut answer = answer.unwrap_or_else(|_| crashed());
    if let Some(asked) = asked {
        answer = asked.answered(answer).await;
    }
    // A gateway's clock is its cluster's: the lab's, not the wall's.
    let now = DateTimePrinter::new().timestamp_to_rfc9110_string(&house.clock.now());
    if let Some(now) = now.ok().and_then(|now| HeaderValue::from_str(&now).ok()) {
        answer.headers_mut().insert(header::DATE, now);
    }
    answer
}

/// The public keys of the lab's issuers.
async fn jwks(keys: Arc<Keys>) -> Result<Response, Problem> {
    let published = tokio::task::spawn_blocking(move || keys.published()).await;
    let keys = published.map_err(|_| Fault::internal("the keys' maker failed"))??;
    Ok(Json(json!({ "keys": keys })).into_response())
}
