//! Requests to any URL, for what has no binding. The session's token goes to the target's gateway only.
use super::{Builtin, Context};
use crate::{
    clock::Pending,
    fault::Fault,
    http::{Answer, Http},
    lua::{Bytes, Natives},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "http",
    natives,
};

/// What may be said about a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    query: BTreeMap<String, Word>,
    headers: BTreeMap<String, String>,
    json: Option<Value>,
    body: Option<Bytes>,
    content_type: Option<String>,
    any_status: bool,
}

/// A query's value: `1`, `true` and `"x"` are all written as text.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "text, a number or a boolean")]
enum Word {
    Text(String),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

impl Word {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

/// An answer as Lua sees it.
#[derive(Serialize)]
struct Response {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Bytes,
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<Value>,
}

const UNKNOWN: &str = "chami does not know what this request changed";

fn natives(n: &mut Natives, context: &Context) {
    n.keep_nulls();
    n.house("http");
    for method in ["get", "head"] {
        n.read(method, call(context, method));
    }
    for method in ["post", "put", "patch", "delete"] {
        n.one_way(method, UNKNOWN, call(context, method));
    }
}

type Args = (String, Option<Options>);

/// What a native of that name does.
fn call(
    context: &Context,
    method: &'static str,
) -> impl Fn(Args) -> Pending<'static, Result<Response, Fault>> + 'static {
    let http = context.http.clone();
    move |(url, options)| Box::pin(send(http.clone(), method, url, options.unwrap_or_default()))
}

async fn send(
    http: Http,
    method: &'static str,
    url: String,
    options: Options,
) -> Result<Response, Fault> {
    let any_status = options.any_status;
    let mut request = http.url(method, &url);
    let query: Vec<_> = options
        .query
        .iter()
        .map(|(name, value)| (name, value.text()))
        .collect();
    request = request.query(&query);
    for (name, value) in &options.headers {
        request = request.header(name, value);
    }
    match (&options.json, options.body) {
        (Some(_), Some(_)) => {
            return Err(Fault::bad_argument(
                "a request has one body: json or body, not both",
            ));
        }
        (Some(json), None) => request = request.json(json),
        (None, Some(body)) => {
            let media_type = options
                .content_type
                .as_deref()
                .unwrap_or("application/octet-stream");
            request = request.body(body.0, media_type);
        }
        (None, None) => {}
    }
    let answer = request.raw().await?;
    Ok(Response::of(if any_status {
        answer
    } else {
        answer.success()?
    }))
}

impl Response {
    fn of(answer: Answer) -> Self {
        let is_json = answer
            .header("content-type")
            .is_some_and(|kind| kind.contains("json"));
        let json = if is_json { answer.json().ok() } else { None };
        let headers = answer
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value));
        Self {
            status: answer.status,
            headers: headers.collect(),
            body: Bytes(answer.body),
            json,
        }
    }
}
