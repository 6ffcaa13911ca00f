//! Which request goes where, as BSS's router does it: one slash at the end is cut off, unknown paths are 404, and a token
//! is asked for only where parameters are read and written.
use super::{
    Lab,
    answer::{Answer, Reply},
    hosts, params, script, service,
};
use axum::{
    body::Body,
    extract::Request,
    http::{Method, Response, request::Parts},
};
use std::sync::Arc;

/// Methods that BSS's router has heard of.
const METHODS: &[Method] = &[
    Method::CONNECT,
    Method::DELETE,
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::PATCH,
    Method::POST,
    Method::PUT,
    Method::TRACE,
];

pub(super) async fn answer(lab: Arc<Lab>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    if !METHODS.contains(&head.method) {
        return Answer::bare(405).response();
    }
    let answer = follow(&lab, &head, body).await;
    answer.unwrap_or_else(|early| early).response()
}

async fn follow(lab: &Lab, head: &Parts, body: Body) -> Reply {
    let path = head.uri.path();
    let path = path.strip_suffix('/').unwrap_or(path);
    let query = head.uri.query().unwrap_or_default();
    let get = |methods: &str| match head.method {
        Method::GET => Ok(()),
        _ => Err(Answer::allow(methods)),
    };
    match path {
        "/bootparameters" => {
            let checked = lab.guard.check(&head.headers);
            checked.map_err(|words| Answer::text(401, &(words + "\n")))?;
            params::answer(lab, &head.method, query, &read(body).await?)
        }
        "/bootscript" => {
            get("GET")?;
            script::get(lab, query).await
        }
        "/hosts" if head.method == Method::POST => hosts::post(lab).await,
        "/hosts" => {
            get("GET,POST")?;
            hosts::get(lab, query).await
        }
        "/dumpstate" => {
            get("GET")?;
            hosts::dump(lab).await
        }
        "/endpoint-history" => {
            get("GET")?;
            service::history(lab, query)
        }
        "/service/status" => Ok(service::status()),
        "/service/status/all" => {
            get("GET")?;
            Ok(service::all(lab).await)
        }
        "/service/version" => Ok(service::version()),
        "/service/hsm" => Ok(service::hsm(lab).await),
        "/service/storage/status" => Ok(service::storage()),
        "/scn" if head.method == Method::POST => service::notified(&read(body).await?),
        "/scn" => Err(Answer::allow("POST")),
        _ => Err(Answer::no_page()),
    }
}

async fn read(body: Body) -> Result<Vec<u8>, Answer> {
    let body = axum::body::to_bytes(body, usize::MAX).await;
    body.map(Vec::from)
        .map_err(|_| Answer::problem(400, "the body broke off"))
}

/// Beside its API BSS has a cloud-init of its own, which is reached under the alias only and no longer used.
pub(super) async fn elsewhere(request: Request) -> Response<Body> {
    let path = request.uri().path();
    let path = path.strip_suffix('/').unwrap_or(path);
    let allowed = match path {
        "/meta-data" | "/user-data" => Method::GET,
        "/phone-home" => Method::POST,
        _ => return Answer::no_page().response(),
    };
    if *request.method() != allowed {
        return Answer::allow(allowed.as_str()).response();
    }
    let words =
        format!("the lab does not simulate BSS's own {path}: cloud-init has taken its place");
    Answer::problem(501, words).response()
}
