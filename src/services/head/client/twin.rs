//! The lab's twin: the same question as a POST to its control API.
use crate::{
    fault::Fault,
    http::Http,
    services::{head::types::Call, twin},
};
use serde_json::Value;

pub(super) async fn ask(http: &Http, call: &Call) -> Result<Value, Fault> {
    let request = http.url("POST", "/lab/v1/head").control().json(call);
    twin::ask(request, call.reads()).await
}
