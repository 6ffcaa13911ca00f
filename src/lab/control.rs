//! The lab's control API, `/lab/v1`: what `lab.*`, `chami lab …` and other tools drive the lab with.
//!
//! It stands outside the simulated cluster: no token of the cluster opens it, and nothing in it looks like a service.
use super::{
    diff::Difference,
    house::House,
    labs::Listed,
    machines, page,
    problem::{Problem, absent},
    status::{Snapshot, Status, Time},
    token::{self, Order},
};
use crate::{
    fault::{Fault, Kind},
    services::site::Console,
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::header,
    middleware::{Next, from_fn},
    response::IntoResponse,
    routing::{delete, get, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// The header that carries the secret of `lab.json`; a bearer token may as well.
const SECRET: &str = "x-lab-secret";

type Shared = State<Arc<House>>;
type Answer<T> = Result<Json<T>, Problem>;

/// The routes; with a secret they are closed to all who do not know it.
pub(crate) fn routes(
    house: &Arc<House>,
    consoles: Vec<(&'static str, Console)>,
    doors: Vec<Router>,
    secret: Option<String>,
) -> Router {
    let mut routes = Router::new()
        .route("/status", get(status))
        .route("/reset", post(reset))
        .route("/snapshot", post(snapshot))
        .route("/snapshots", get(snapshots))
        .route("/snapshots/{name}", delete(discard))
        .route("/restore", post(restore))
        .route("/fork", post(fork))
        .route("/diff", get(diff_all).post(diff))
        .route("/clock", get(now).post(advance))
        .route("/token", post(mint))
        .fallback(|| async { Problem(Fault::not_found("the lab's control API has no such path")) })
        .method_not_allowed_fallback(|| async {
            let fault =
                Fault::bad_argument("this path of the lab's control API has another method");
            Problem(fault.status(405))
        })
        .with_state(house.clone());
    let answer = || async { absent("fault injection", "/lab/v1/faults") };
    routes = routes.route("/faults", axum::routing::any(answer));
    routes = routes.merge(machines::routes(&house.machines, &consoles));
    routes = routes.merge(page::board(house.machines.events.clone()));
    for door in doors {
        routes = routes.merge(door);
    }
    for (path, command) in consoles {
        let answer = move |bytes: Bytes| async move {
            let told = command(&bytes).map_err(Problem)?;
            Ok::<_, Problem>(Json(told))
        };
        routes = routes.route(path, post(answer));
    }
    let Some(secret) = secret else {
        return routes;
    };
    let secret: Arc<str> = secret.into();
    routes.layer(from_fn(move |mut request: Request, next: Next| {
        let known = knows(&request, &secret);
        if known == Some(Who::Page) {
            request.extensions_mut().insert(page::OnlyLooks);
        }
        async move {
            if known.is_some() {
                next.run(request).await
            } else {
                refused().into_response()
            }
        }
    }))
}

/// Who may ask.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Owner,
    Page,
}

/// The secret opens everything, the page's key what the page reads.
fn knows(request: &Request, secret: &str) -> Option<Who> {
    let headers = request.headers();
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let given = headers.get(SECRET).map(header::HeaderValue::as_bytes);
    let given = given.or(bearer)?;
    if verify_slices_are_equal(given, secret.as_bytes()).is_ok() {
        return Some(Who::Owner);
    }
    page::opens(request.method(), request.uri().path(), given, secret).then_some(Who::Page)
}

fn refused() -> Problem {
    let message = "the lab's control API wants the lab's secret";
    Problem(Fault::new(Kind::Forbidden, message).hint(
        "send it as X-Lab-Secret; it stands in the lab's json file (chami lab status names it), for its user alone",
    ))
}

/// A body of JSON, whatever its media type; none is an empty object.
pub(super) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    let text: &[u8] = if bytes.trim_ascii().is_empty() {
        b"{}"
    } else {
        bytes
    };
    serde_json::from_slice(text).map_err(|error| {
        Problem(Fault::bad_argument(format!(
            "this body cannot be used: {error}"
        )))
    })
}

async fn status(State(house): Shared) -> Json<Status> {
    Json(house.status())
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    state: Option<String>,
}

async fn reset(State(house): Shared, bytes: Bytes) -> Answer<Status> {
    let asked: Reset = body(&bytes)?;
    match asked.state.as_deref().unwrap_or("empty") {
        "empty" => house.reset()?,
        "tutorial" => house.reset_to_tutorial()?,
        other => {
            let fault = Fault::bad_argument(format!("the lab knows no state \"{other}\""));
            return Err(Problem(fault.hint("it is \"empty\" or \"tutorial\"")));
        }
    }
    Ok(Json(house.status()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

async fn snapshot(State(house): Shared, bytes: Bytes) -> Answer<Snapshot> {
    let Named { name } = body(&bytes)?;
    Ok(Json(house.snapshot(&name)?))
}

async fn snapshots(State(house): Shared) -> Json<Vec<Snapshot>> {
    Json(house.snapshots())
}

async fn discard(State(house): Shared, Path(name): Path<String>) -> Answer<Snapshot> {
    Ok(Json(house.discard(&name)?))
}

async fn fork(State(house): Shared, bytes: Bytes) -> Answer<Listed> {
    let Named { name } = body(&bytes)?;
    Ok(Json(house.fork(&name)?))
}

async fn restore(State(house): Shared, bytes: Bytes) -> Answer<Status> {
    let Named { name } = body(&bytes)?;
    house.restore(&name)?;
    Ok(Json(house.status()))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    name: Option<String>,
}

async fn diff_all(State(house): Shared) -> Answer<Vec<Difference>> {
    Ok(Json(house.diff(None)?))
}

async fn diff(State(house): Shared, bytes: Bytes) -> Answer<Vec<Difference>> {
    let Since { name } = body(&bytes)?;
    Ok(Json(house.diff(name.as_deref())?))
}

async fn now(State(house): Shared) -> Json<Time> {
    Json(house.time())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// Seconds; fractions count.
    advance: f64,
}

async fn advance(State(house): Shared, bytes: Bytes) -> Answer<Time> {
    let Advance { advance } = body(&bytes)?;
    let span = Duration::try_from_secs_f64(advance).map_err(|_| {
        let message = format!("the clock cannot be advanced by {advance} seconds");
        Fault::bad_argument(message).hint("seconds, 0 or more: time does not run backwards")
    })?;
    house.advance(span).await?;
    Ok(Json(house.time()))
}

async fn mint(State(house): Shared, bytes: Bytes) -> Answer<Value> {
    let order: Order = body(&bytes)?;
    // Making an RSA key takes a moment, and the first token makes one.
    let token = tokio::task::spawn_blocking(move || token::mint(&house.keys, &house.clock, &order));
    let token = token
        .await
        .map_err(|_| Fault::internal("the token's maker failed"))??;
    Ok(Json(json!({ "token": token })))
}
