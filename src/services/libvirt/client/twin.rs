//! The lab's twin: the same question as a POST to its control API, which is nothing to be told: the question is.
use crate::{
    fault::Fault,
    http::Http,
    services::{
        libvirt::types::{Call, Surveyed},
        twin,
    },
};
use serde_json::Value;

pub(super) async fn survey(http: &Http) -> Result<Vec<Surveyed>, Fault> {
    let request = http.url("GET", "/lab/v1/libvirt/survey").control();
    request.raw().await?.success()?.json()
}

/// The MACs of each of the lab's machines, in one question.
pub(super) async fn macs(http: &Http) -> Result<Vec<(String, Vec<String>)>, Fault> {
    let request = http.url("GET", "/lab/v1/libvirt/macs").control().untold();
    request.raw().await?.success()?.json()
}

pub(super) async fn ask(http: &Http, call: &Call) -> Result<Value, Fault> {
    let request = http
        .url("POST", "/lab/v1/libvirt")
        .control()
        .untold()
        .json(call);
    twin::ask(request, call.reads()).await
}
