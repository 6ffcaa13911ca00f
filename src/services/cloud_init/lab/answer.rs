//! What goes back: bodies and headers as Go's HTTP library makes them.
use super::sniff;
use crate::fault::Fault;
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Response, StatusCode, header},
};

pub(super) const TEXT: &str = "text/plain; charset=utf-8";

/// A response before it is one.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

/// Both ways out of a handler are answers; `Err` is the early one.
pub(super) type Reply = Result<Answer, Answer>;

impl Answer {
    /// Nothing but a status.
    pub(super) fn bare(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(super) fn of(media: &'static str, body: Vec<u8>) -> Self {
        Self {
            body,
            ..Self::bare(200).with(header::CONTENT_TYPE, media)
        }
    }

    /// A body whose media type the library guesses; an empty one has none.
    pub(super) fn guessed(body: Vec<u8>) -> Self {
        match body.as_slice() {
            [] => Self::bare(200),
            bytes => Self::of(sniff::media(bytes), body),
        }
    }

    pub(super) fn text(status: u16, text: impl Into<String>) -> Self {
        Self {
            status,
            ..Self::of(TEXT, text.into().into_bytes())
        }
    }

    /// A refusal in words.
    pub(super) fn error(status: u16, words: impl Into<String>) -> Self {
        Self::text(status, words.into() + "\n").with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
    }

    pub(super) fn not_found() -> Self {
        Self::error(404, "404 page not found")
    }

    /// The right methods come in a line each.
    pub(super) fn not_allowed(methods: &[Method]) -> Self {
        let line = |answer: Self, method: &Method| answer.with(header::ALLOW, method.as_str());
        methods.iter().fold(Self::bare(405), line)
    }

    /// Where the handler panics: its router says 500 and no more.
    pub(super) fn panicked() -> Self {
        Self::bare(500)
    }

    /// A value that no header can hold is left out.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        // Go puts a space where a line would end.
        let value = value.replace(['\r', '\n'], " ");
        if let Ok(value) = HeaderValue::from_bytes(value.trim().as_bytes()) {
            self.headers.push((name, value));
        }
        self
    }

    pub(super) fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// For the shelf, which takes a write back that could not be kept.
impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        Self::error(507, fault.message)
    }
}
