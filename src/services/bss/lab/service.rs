//! BSS of itself, who fetched what, and the notifications it can no longer take.
use super::{
    Lab,
    answer::{Answer, Reply},
    query::Query,
};
use crate::services::bss::{
    store::{Fetch, broken_search, go_quoted},
    types::{EndpointAccess, ServiceStatus, StorageBackend},
};

fn running() -> ServiceStatus {
    ServiceStatus {
        bss_status: "running".into(),
        ..ServiceStatus::default()
    }
}

pub(super) fn status() -> Answer {
    Answer::status(200, &running())
}

/// Outside its image BSS does not find the file that holds its version.
pub(super) fn version() -> Answer {
    let status = ServiceStatus {
        bss_version: "error".into(),
        ..ServiceStatus::default()
    };
    Answer::status(500, &status)
}

/// Whether SMD answers, whatever it says.
async fn smd(lab: &Lab) -> (u16, String) {
    if lab.cache.reaches_smd().await {
        (200, "connected".into())
    } else {
        (500, "error".into())
    }
}

fn postgres() -> StorageBackend {
    StorageBackend {
        name: "postgres".into(),
        status: "connected".into(),
    }
}

pub(super) async fn all(lab: &Lab) -> Answer {
    let (code, bss_status_hsm) = smd(lab).await;
    let status = ServiceStatus {
        bss_status_hsm,
        bss_storage_backend: Some(postgres()),
        ..running()
    };
    Answer::status(code, &status)
}

pub(super) async fn hsm(lab: &Lab) -> Answer {
    let (code, bss_status_hsm) = smd(lab).await;
    let status = ServiceStatus {
        bss_status_hsm,
        ..ServiceStatus::default()
    };
    Answer::status(code, &status)
}

pub(super) fn storage() -> Answer {
    let status = ServiceStatus {
        bss_storage_backend: Some(postgres()),
        ..ServiceStatus::default()
    };
    Answer::status(200, &status)
}

/// One row for each fetch.
pub(super) fn history(lab: &Lab, query: &str) -> Reply {
    let query = Query::read(query);
    let (name, endpoint) = (query.joined("name", ""), query.joined("endpoint", ""));
    if let Some(words) = broken_search(&name, &endpoint) {
        let (name, endpoint) = (go_quoted(&name), go_quoted(&endpoint));
        let search = "postgres.SearchEndpointAccesses: \
                      Could not query endpoint access table in boot database";
        return Err(Answer::problem(
            500,
            format!("Failed to search for name={name}, endpoint={endpoint}: {search}: {words}"),
        ));
    }
    let take = |fetch: &Fetch| {
        (name.is_empty() || name == fetch.name)
            && (endpoint.is_empty() || endpoint == fetch.endpoint)
    };
    let mut rows = Vec::new();
    for (fetch, count) in lab.shelf.read(|store| store.fetches(take)) {
        let row = EndpointAccess {
            name: fetch.name,
            endpoint: fetch.endpoint,
            last_epoch: fetch.epoch,
        };
        rows.extend((0..count).map(|_| row.clone()));
    }
    Ok(Answer::json(&rows))
}

/// State changes are kept in a store that BSS on PostgreSQL does not have.
pub(super) fn notified(body: &[u8]) -> Reply {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(_) => Err(Answer::crashed(
            "on PostgreSQL it has nowhere to keep a state change",
        )),
        Err(_) => Err(Answer::bare(400)),
    }
}
