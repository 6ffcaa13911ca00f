//! Which request goes where, as tokensmith's router does it, and who it takes the client for.
use super::{
    Lab, admin,
    answer::{self, Reply},
    form, token,
};
use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, Response},
};
use std::{net::IpAddr, sync::Arc};

/// Its paths, with the methods each has.
const PATHS: &[(&str, &[&str])] = &[
    ("/health", &["GET"]),
    ("/.well-known/jwks.json", &["GET"]),
    ("/oauth/exchange", &["POST"]),
    ("/oauth/token", &["POST"]),
    ("/token", &["POST"]),
    ("/admin/oidc/config", &["GET", "POST"]),
    ("/service-identity/session", &["POST"]),
];

pub(super) async fn answer(lab: Arc<Lab>, base: &str, request: Request) -> Response<Body> {
    follow(&lab, base, request)
        .await
        .unwrap_or_else(|early| early)
}

async fn follow(lab: &Arc<Lab>, base: &str, request: Request) -> Reply {
    let (head, body) = request.into_parts();
    // Behind a cut prefix nothing is left as `/`; one slash at the end does not count.
    let path = format!("{base}{}", head.uri.path());
    let path = path.strip_suffix('/').unwrap_or(&path);
    let (_, methods) = PATHS
        .iter()
        .find(|(known, _)| *known == path)
        .ok_or_else(|| answer::text(404, "404 page not found"))?;
    if !methods.contains(&head.method.as_str()) {
        return Err(answer::allow(methods));
    }
    let headers = &head.headers;
    match (path, head.method.as_str()) {
        ("/health", _) => Ok(admin::health()),
        ("/.well-known/jwks.json", _) => admin::keys(lab).await,
        ("/oauth/exchange", _) => Err(admin::exchange(headers)),
        ("/admin/oidc/config", "GET") => admin::provider(headers),
        ("/admin/oidc/config", _) => admin::set_provider(headers, &read(body).await?),
        ("/service-identity/session", _) => Err(admin::no_certificates()),
        _ => {
            let form = form::read(&head.uri, headers, body).await?;
            token::answer(lab, &form, &client(headers)).await
        }
    }
}

async fn read(body: Body) -> Result<Bytes, Response<Body>> {
    let body = axum::body::to_bytes(body, usize::MAX).await;
    body.map_err(|_| answer::text(400, "invalid request body"))
}

/// Who is counted for wrong tokens: whoever the first `X-Forwarded-For` names, unasked.
fn client(headers: &HeaderMap) -> String {
    let named = headers.get("x-forwarded-for");
    let named = named.and_then(|value| value.to_str().ok());
    named
        .filter(|text| !text.is_empty())
        .unwrap_or("127.0.0.1")
        .to_owned()
}

/// Whether the request comes from this host, as far as the headers tell: a gateway on the same host is one.
pub(super) fn is_local(headers: &HeaderMap) -> bool {
    let named = ["true-client-ip", "x-real-ip", "x-forwarded-for"]
        .into_iter()
        .filter_map(|name| headers.get(name)?.to_str().ok())
        .find(|text| !text.is_empty());
    let first = named.and_then(|text| text.split(',').next());
    let address = first.and_then(|text| text.parse::<IpAddr>().ok());
    address.is_none_or(|address| address.is_loopback())
}
