//! What the lab itself answers when it refuses: problem documents, and the pages of the release's gateway.
use crate::fault::{Fault, Kind};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A Fault as RFC 7807 wants it told, the hint as a member of its own.
pub(crate) struct Problem(pub(crate) Fault);

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl Problem {
    fn status(&self) -> StatusCode {
        let fallback = match self.0.kind {
            Kind::BadArgument => 400,
            Kind::Unauthorized => 401,
            Kind::Forbidden => 403,
            Kind::NotFound => 404,
            Kind::Conflict | Kind::Partial => 409,
            Kind::Unsupported => 501,
            Kind::Unreachable => 503,
            Kind::Io => 507,
            _ => 500,
        };
        StatusCode::from_u16(self.0.status.unwrap_or(fallback))
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut body = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("Error"),
            "detail": self.0.message,
            "status": status.as_u16(),
        });
        if let Some(hint) = self.0.hint {
            body["hint"] = hint.into();
        }
        if !self.0.items.is_empty() {
            body["items"] = json!(self.0.items);
        }
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, kind, format!("{body}\n")).into_response()
    }
}

/// A piece of the release that the lab does not have.
pub(crate) fn absent(service: &str, what: &str) -> Problem {
    let message = format!("{what}: the lab has no {service} yet");
    Problem(
        Fault::new(Kind::Unsupported, message)
            .service(service)
            .hint("lab.status() lists the services this lab has"),
    )
}

/// haproxy's page where no backend takes the path.
pub(crate) fn no_backend() -> Response {
    page(
        StatusCode::SERVICE_UNAVAILABLE,
        "503 Service Unavailable",
        "No server is available to handle this request.",
    )
}

/// haproxy's page where a backend's handler crashed.
pub(crate) fn crashed() -> Response {
    page(
        StatusCode::BAD_GATEWAY,
        "502 Bad Gateway",
        "The server returned an invalid or incomplete response.",
    )
}

fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let body = format!("<html><body><h1>{title}</h1>\n{text}\n</body></html>\n");
    (status, headers, body).into_response()
}

/// What Go's services say to a path they do not know.
pub(crate) fn no_page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (StatusCode::NOT_FOUND, headers, "404 page not found\n").into_response()
}
