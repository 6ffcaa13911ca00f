//! `/lab/`: a page that shows machines while they boot, a node's timeline and console, and an exercise's progress.
//!
//! One file, embedded; what it shows it asks of the control API, which wants the lab's secret where others could ask as
//! well. The page gets a key instead, made from the secret, that opens only what it reads. Whoever has the page's whole
//! address can look, and do nothing.
use super::{machines::Events, problem::Problem};
use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    hmac::{HMAC_SHA256, Key, sign},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{Method, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

const PAGE: &str = include_str!("page.html");

/// Where it stands on the http port.
pub(crate) const PATH: &str = "/lab/";

/// What the key opens, below `/lab/v1`.
const READS: &[&str] = &["/status", "/nodes", "/events", "/course"];

/// An exercise somebody works on here, as the page shows it. Forgotten when the lab ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shown {
    pub id: String,
    pub title: String,
    pub goal: String,
    pub checks: Vec<Tick>,
}

/// A check, and whether it held when it was asked last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tick {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass: Option<bool>,
}

/// Stands with a request that the page's key has opened, and nothing more than that.
#[derive(Clone, Copy)]
pub(crate) struct OnlyLooks;

/// The page itself, for everybody: without the key it shows nothing.
pub(crate) fn routes() -> Router {
    Router::new()
        .route(PATH, get(page))
        .route("/lab", get(|| async { Redirect::permanent(PATH) }))
}

async fn page() -> Response {
    let strict = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";
    ([(header::CONTENT_SECURITY_POLICY, strict)], Html(PAGE)).into_response()
}

#[derive(Clone)]
struct Board {
    shown: Arc<Mutex<Shown>>,
    events: Events,
}

/// `/course` of the control API.
pub(crate) fn board(events: Events) -> Router {
    let shown = Arc::default();
    Router::new()
        .route("/course", get(course).post(show))
        .with_state(Board { shown, events })
}

async fn course(State(board): State<Board>) -> Json<Shown> {
    let shown = board.shown.lock();
    Json(shown.unwrap_or_else(PoisonError::into_inner).clone())
}

async fn show(State(board): State<Board>, bytes: Bytes) -> Result<Json<Shown>, Problem> {
    let shown: Shown = super::control::body(&bytes)?;
    board.events.course(&shown);
    let mut place = board.shown.lock().unwrap_or_else(PoisonError::into_inner);
    place.clone_from(&shown);
    Ok(Json(shown))
}

/// The page's key for a lab with this secret.
pub(crate) fn key(secret: &str) -> String {
    let key = Key::new(HMAC_SHA256, secret.as_bytes());
    let sum = sign(&key, PATH.as_bytes());
    sum.as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether the key, given in a request for `path` below `/lab/v1`, opens it.
pub(crate) fn opens(method: &Method, path: &str, given: &[u8], secret: &str) -> bool {
    let below = |read: &&str| {
        let rest = path.strip_prefix(*read);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    method == Method::GET
        && READS.iter().any(below)
        && verify_slices_are_equal(given, key(secret).as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_only_reads() {
        let key = key("secret");
        let may = |method: Method, path: &str| opens(&method, path, key.as_bytes(), "secret");
        assert!(may(Method::GET, "/nodes/compute1/console"));
        assert!(may(Method::GET, "/events"));
        assert!(!may(Method::POST, "/nodes/compute1/run"));
        assert!(!may(Method::GET, "/diff") && !may(Method::GET, "/nodesy"));
        assert!(!opens(&Method::GET, "/nodes", b"secret", "secret"));
        assert!(!opens(&Method::GET, "/nodes", key.as_bytes(), "another"));
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        for word in ["src=", "@import", "url(", "http://", "https://"] {
            assert!(!PAGE.contains(word), "{word}");
        }
    }
}
