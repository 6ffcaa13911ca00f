//! The seam between a simulated service and the lab that houses it: what the lab lends, what the service gives.
use crate::{
    clock::Clock,
    table::{Journal, Shelved},
};
use axum::http::HeaderMap;
use std::sync::Arc;

/// What the lab lends to a simulated service.
#[derive(Clone)]
pub struct Site {
    pub clock: Arc<dyn Clock>,
    pub journal: Arc<dyn Journal>,
    pub guard: Arc<dyn Guard>,
    /// For identifiers that must be the same in each run of a seeded lab.
    pub seed: u64,
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

/// What a simulated service gives to the lab.
pub struct Front {
    /// The path prefix the gateway sends here, `/hsm/v2`; the routes are nested under it.
    pub prefix: &'static str,
    pub routes: axum::Router,
    pub store: Arc<dyn Shelved>,
}
