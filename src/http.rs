//! Requests to services: one `send` that turns any failure into a Fault.
//!
//! Knows no service and no lab. Where a service answers (base URL, CA, token) is asked of a `Locate` at each request, so
//! that nothing starts before the first one, and a lab that changed hands is found again.
use crate::{clock::Pending, fault::Fault};
use std::sync::Arc;

/// Where the cluster's gateway is at this moment, and how to be let in.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// The gateway's URL, `https://demo.openchami.cluster:8443`.
    pub url: String,
    /// A bearer token for exactly this gateway.
    pub token: Option<String>,
}

/// Finds the gateway; a lab is started by the first call.
pub trait Locate: Send + Sync {
    fn base(&self) -> Pending<'_, Result<Base, Fault>>;
}

/// The client half of the wire, shared by all services; cheap to clone.
#[derive(Clone)]
pub struct Http {
    pub locate: Arc<dyn Locate>,
}
