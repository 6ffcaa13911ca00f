//! What goes back: documents, OAuth's refusals, and the plain texts of Go's `http.Error`.
use crate::services::tokensmith::types::Refused;
use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use serde::Serialize;

/// Both ways out of a handler are answers; `Err` is the early one.
pub(super) type Reply = Result<Response<Body>, Response<Body>>;

fn answer(status: u16, media: &'static str, body: String) -> Response<Body> {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    answer
}

/// A document, and the line end that Go's encoder puts after it.
pub(super) fn json(status: u16, document: &impl Serialize) -> Response<Body> {
    match serde_json::to_string(document) {
        Ok(body) => answer(status, "application/json", body + "\n"),
        Err(error) => text(500, &error.to_string()),
    }
}

/// The same from the token endpoint, which nobody may keep.
pub(super) fn unkept(status: u16, document: &impl Serialize) -> Response<Body> {
    let mut answer = json(status, document);
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}

/// OAuth's no.
pub(super) fn refused(status: u16, error: &str, description: &str) -> Response<Body> {
    let document = Refused {
        error: error.into(),
        error_description: description.into(),
    };
    unkept(status, &document)
}

/// Our own fault, in words that tell nothing.
pub(super) fn broken() -> Response<Body> {
    refused(500, "server_error", "An internal server error occurred")
}

/// A line of text.
pub(super) fn text(status: u16, words: &str) -> Response<Body> {
    let mut answer = answer(status, "text/plain; charset=utf-8", format!("{words}\n"));
    let nosniff = HeaderValue::from_static("nosniff");
    let headers = answer.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    answer
}

/// The path has other methods: nothing but their names.
pub(super) fn allow(methods: &[&'static str]) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    for method in methods {
        let headers = answer.headers_mut();
        headers.append(header::ALLOW, HeaderValue::from_static(method));
    }
    answer
}
