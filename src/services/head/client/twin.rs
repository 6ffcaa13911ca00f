//! The lab's twin: the same question as a POST to its control API.
use crate::{
    fault::{Fault, Kind},
    http::Http,
    services::head::types::Call,
};
use serde_json::Value;

pub(super) async fn ask(http: &Http, call: &Call) -> Result<Value, Fault> {
    let request = http.url("POST", "/lab/v1/head").control().json(call);
    let request = if call.reads() {
        request.reads()
    } else {
        request.single()
    };
    let answer = request.raw().await?;
    if answer.is_success() {
        return answer.json();
    }
    let mut fault = answer.fault();
    if answer.status == 400 {
        fault.kind = Kind::BadArgument;
    }
    // The twin knows better than HTTP what to do next.
    if let Ok(problem) = answer.json::<Value>() {
        let hint = problem.get("hint").and_then(Value::as_str);
        fault.hint = hint.map(str::to_owned).or(fault.hint);
    }
    Err(fault)
}
