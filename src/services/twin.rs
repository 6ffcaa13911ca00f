//! What a lab has in place of a program and not of a service, asked by a POST to its control API.
use crate::{
    fault::{Fault, Kind},
    http::Request,
};
use serde_json::Value;

/// Asks; `reads` may be asked again where nothing came back.
pub(crate) async fn ask(request: Request, reads: bool) -> Result<Value, Fault> {
    let request = if reads {
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
    // The twin knows better than HTTP what to do next, and its hints are for whoever typed.
    if let Ok(problem) = answer.json::<Value>() {
        let hint = problem.get("hint").and_then(Value::as_str);
        fault.hint = hint.map(str::to_owned).or(fault.hint);
    }
    Err(fault)
}
