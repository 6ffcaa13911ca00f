//! The lab's twin: the same question as a POST to its control API, which is nothing to be told: the question is.
use crate::{
    fault::{Fault, Kind},
    http::Http,
    services::libvirt::types::{Call, Surveyed},
};
use serde_json::Value;

pub(super) async fn survey(http: &Http) -> Result<Vec<Surveyed>, Fault> {
    let request = http.url("GET", "/lab/v1/libvirt/survey").control();
    request.raw().await?.success()?.json()
}

pub(super) async fn ask(http: &Http, call: &Call) -> Result<Value, Fault> {
    let mut request = http
        .url("POST", "/lab/v1/libvirt")
        .control()
        .untold()
        .json(call);
    if call.reads() {
        request = request.reads();
    } else {
        request = request.single();
    }
    let answer = request.raw().await?;
    if answer.is_success() {
        return answer.json();
    }
    let mut fault = answer.fault();
    if answer.status == 400 {
        fault.kind = Kind::BadArgument;
    }
    // The twin knows better than HTTP what to do next, and its hints are for whoever typed.
    if let Ok(problem) = answer.json::<Value>() {
        let hint = problem.get("hint").and_then(Value::as_str);
        fault.hint = hint.map(str::to_owned).or(fault.hint);
    }
    Err(fault)
}
