//! What goes back: BSS's bodies, problem documents and headers.
use crate::services::bss::{store::Refusal, types::Problem};
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use serde::Serialize;

const JSON: &str = "application/json; charset=UTF-8";
const PROBLEM: &str = "application/problem+json";
/// As Go guesses it where a handler says nothing.
const GUESSED: &str = "text/plain; charset=utf-8";
const SCRIPT: &str = "text/plain; charset=UTF-8";

/// A response before it is one.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    media: Option<&'static str>,
    headers: Vec<(HeaderName, String)>,
    body: Vec<u8>,
}

/// Both ways out of a handler are answers; `Err` is the early one.
pub(super) type Reply = Result<Answer, Answer>;

impl Answer {
    fn new(status: u16, media: &'static str, body: Vec<u8>) -> Self {
        Self {
            status,
            media: Some(media),
            headers: Vec::new(),
            body,
        }
    }

    /// A document, and the line end that Go's encoder puts after it.
    fn document(status: u16, media: &'static str, document: &impl Serialize) -> Self {
        let mut answer = Self::unended(status, media, document);
        answer.body.push(b'\n');
        answer
    }

    fn unended(status: u16, media: &'static str, document: &impl Serialize) -> Self {
        match serde_json::to_vec(document) {
            Ok(body) => Self::new(status, media, body),
            Err(error) => Self::new(500, GUESSED, error.to_string().into_bytes()),
        }
    }

    pub(super) fn json(document: &impl Serialize) -> Self {
        Self::document(200, JSON, document)
    }

    /// A document without a line end.
    pub(super) fn bare_json(document: &impl Serialize) -> Self {
        Self::unended(200, JSON, document)
    }

    /// BSS's words of itself: JSON by content, text by name.
    pub(super) fn status(status: u16, document: &impl Serialize) -> Self {
        Self::document(status, GUESSED, document)
    }

    /// Done, and nothing to tell but the media type of nothing.
    pub(super) fn done(status: u16) -> Self {
        Self::new(status, JSON, Vec::new())
    }

    /// Nothing at all, not even a media type.
    pub(super) fn bare(status: u16) -> Self {
        Self {
            status,
            media: None,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(super) fn script(mut text: String) -> Self {
        text.push('\n');
        Self::new(200, SCRIPT, text.into_bytes())
    }

    pub(super) fn text(status: u16, text: &str) -> Self {
        Self::new(status, GUESSED, text.as_bytes().to_vec())
    }

    pub(super) fn no_page() -> Self {
        let nosniff = (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned());
        let mut answer = Self::text(404, "404 page not found\n");
        answer.headers.push(nosniff);
        answer
    }

    pub(super) fn problem(status: u16, detail: impl Into<String>) -> Self {
        let code = StatusCode::from_u16(status).ok();
        let document = Problem {
            kind: "about:blank".into(),
            title: code
                .and_then(|code| code.canonical_reason())
                .unwrap_or_default()
                .into(),
            detail: detail.into(),
            status,
        };
        Self::document(status, PROBLEM, &document)
    }

    /// Where the real handler crashes and the client gets no answer.
    pub(super) fn crashed(why: &str) -> Self {
        Self::problem(500, format!("the real BSS crashes here: {why}"))
    }

    pub(super) fn allow(methods: &str) -> Self {
        Self::problem(405, format!("allow {methods}")).with(header::ALLOW, methods.into())
    }

    pub(super) fn with(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What a refusal of the store becomes: `tell` makes the answer of BSS's words.
    pub(super) fn refused(refusal: Refusal, tell: impl Fn(String) -> Self) -> Self {
        match refusal {
            Refusal::Said(words) => tell(words),
            Refusal::Disk(fault) => Self::problem(507, fault.message),
        }
    }

    pub(super) fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        let headers = response.headers_mut();
        if let Some(media) = self.media {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        }
        for (name, value) in self.headers {
            if let Ok(value) = value.parse() {
                headers.insert(name, value);
            }
        }
        response
    }
}
