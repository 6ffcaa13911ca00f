//! Refusals as the control API tells them: problem documents, the hint as a member of its own.
use crate::fault::{Fault, Kind};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::json;

pub(super) fn problem(fault: &Fault) -> Response {
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
