//! What goes back: SMD's bodies, problem documents and headers.
use crate::services::smd::{
    store::Trouble,
    types::{Notice, Problem, ResourceUri},
};
use axum::{
    body::Body,
    http::{Response, StatusCode, header},
};
use serde::Serialize;

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const TEXT: &str = "text/plain; charset=utf-8";

/// A response before it is one.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    media: Option<&'static str>,
    header: Option<(header::HeaderName, String)>,
    body: Vec<u8>,
}

/// Both ways out of a handler are answers; `Err` is the early one.
pub(super) type Reply = Result<Answer, Answer>;

impl Answer {
    fn new(status: u16, media: &'static str, body: Vec<u8>) -> Self {
        Self {
            status,
            media: Some(media),
            header: None,
            body,
        }
    }

    /// A document, and the line end that Go's encoder puts after it.
    fn document(status: u16, media: &'static str, document: &impl Serialize) -> Self {
        match serde_json::to_vec(document) {
            Ok(mut body) => {
                body.push(b'\n');
                Self::new(status, media, body)
            }
            Err(error) => Self::new(500, TEXT, error.to_string().into_bytes()),
        }
    }

    pub(super) fn json(document: &impl Serialize) -> Self {
        Self::document(200, JSON, document)
    }

    /// A body that is JSON already.
    pub(super) fn raw(mut body: Vec<u8>) -> Self {
        body.push(b'\n');
        Self::new(200, JSON, body)
    }

    /// Done, and nothing to tell.
    pub(super) fn done() -> Self {
        Self::new(204, JSON, Vec::new())
    }

    /// Nothing at all, not even a media type.
    pub(super) fn bare(status: u16) -> Self {
        Self {
            status,
            media: None,
            header: None,
            body: Vec::new(),
        }
    }

    /// Where SMD's handler panics: its server says 500 and no more.
    pub(super) fn panicked() -> Self {
        Self::bare(500)
    }

    pub(super) fn notice(message: impl Into<String>) -> Self {
        Self::json(&Notice {
            code: 0,
            message: message.into(),
        })
    }

    /// `deleted 3 entries`, or that there was nothing to delete.
    pub(super) fn deleted_all(count: usize) -> Self {
        match count {
            0 => Self::problem(404, "no entries to delete"),
            count => Self::notice(format!("deleted {count} entries")),
        }
    }

    pub(super) fn deleted(was_there: bool, otherwise: impl Into<String>) -> Self {
        if was_there {
            Self::notice("deleted 1 entry")
        } else {
            Self::problem(404, otherwise)
        }
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

    pub(super) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::new(status, TEXT, (text.into() + "\n").into_bytes())
    }

    pub(super) fn created(uri: String) -> Self {
        let document = ResourceUri { uri: uri.clone() };
        Self::document(201, JSON, &document).with(header::LOCATION, uri)
    }

    /// Several new resources; their place is the collection's, unless it is just one.
    pub(super) fn created_all(collection: &str, uris: Vec<String>) -> Self {
        let place = match uris.as_slice() {
            [] => return Self::done(),
            [one] => one.clone(),
            _ => collection.to_owned(),
        };
        let documents: Vec<_> = uris.into_iter().map(|uri| ResourceUri { uri }).collect();
        Self::document(201, JSON, &documents).with(header::LOCATION, place)
    }

    pub(super) fn with(mut self, name: header::HeaderName, value: String) -> Self {
        self.header = Some((name, value));
        self
    }

    /// Of several answers to one request the first gives status and headers, and all give their bodies.
    pub(super) fn and(mut self, next: Self) -> Self {
        self.body.extend(next.body);
        self
    }

    /// What SMD says of trouble with its store: its own words with a prefix, or words that hide the database's.
    pub(super) fn trouble(trouble: Trouble, prefix: &str, hidden: &str) -> Self {
        match trouble {
            Trouble::Said(words) => Self::problem(400, format!("{prefix}{words}")),
            Trouble::Database(_) => Self::problem(500, hidden),
            Trouble::Disk(fault) => Self::problem(507, fault.message),
        }
    }

    /// As above, where a filter was asked for.
    pub(super) fn bad_query(trouble: Trouble) -> Self {
        Self::trouble(trouble, "bad query param: ", "failed to query DB.")
    }

    pub(super) fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        let headers = response.headers_mut();
        if let Some(media) = self.media {
            headers.insert(
                header::CONTENT_TYPE,
                header::HeaderValue::from_static(media),
            );
        }
        if let Some((name, value)) = self.header
            && let Ok(value) = value.parse()
        {
            headers.insert(name, value);
        }
        response
    }
}

/// For the shelf, which takes a write back that could not be kept.
impl From<crate::fault::Fault> for Answer {
    fn from(fault: crate::fault::Fault) -> Self {
        Self::trouble(Trouble::Disk(fault), "", "")
    }
}
