//! What a lab has in place of a program and not of a service: asked by a POST to its control API, and how that is answered.
use crate::{
    fault::{Fault, Kind},
    http::Request,
};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

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

/// A refusal as the control API tells it: a problem document, the hint as a member of its own.
pub(crate) fn problem(fault: &Fault) -> Response {
    let status = match fault.kind {
        Kind::BadArgument => StatusCode::BAD_REQUEST,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        Kind::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Io => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "detail": fault.message,
        "status": status.as_u16(),
    });
    if let Some(hint) = &fault.hint {
        body["hint"] = hint.as_str().into();
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, format!("{body}\n")).into_response()
}
