//! The artifact server, as a head node's S3 answers anybody who may read: GET and HEAD of objects, parts of them too.
//!
//! The bytes of an object follow from its path, and are made while they are sent; the first few are what such a file
//! begins with. Real files (`files`) go before.
use super::{Machines, files};
use crate::world::{Sort, sort};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::stream;
use http_range_header::parse_range_header;
use std::{convert::Infallible, fs::File, ops::RangeInclusive, sync::Arc};

const CHUNK: u64 = 64 << 10;

/// The routes below `/lab/s3`.
pub(crate) fn routes(machines: &Arc<Machines>) -> Router {
    Router::new()
        .route("/{bucket}", get(bucket))
        .route("/{bucket}/", get(bucket))
        .route("/{bucket}/{*key}", get(object))
        .fallback(|| async { refused(403, "AccessDenied", "Access Denied.", "/") })
        .with_state(machines.clone())
}

/// Only the owner may list.
async fn bucket(State(machines): State<Arc<Machines>>, Path(bucket): Path<String>) -> Response {
    let there = machines.world.read(|world| has_bucket(world, &bucket));
    let there = there || machines.has_folder(&bucket).await;
    let resource = format!("/{bucket}");
    if there {
        refused(403, "AccessDenied", "Access Denied.", &resource)
    } else {
        no_bucket(&resource)
    }
}

fn has_bucket(world: &crate::world::World, bucket: &str) -> bool {
    let of = |path: &str| path.split('/').next() == Some(bucket);
    bucket == "boot-images" || world.artifacts().any(|(path, _)| of(path))
}

async fn object(
    State(machines): State<Arc<Machines>>,
    Path((bucket, key)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let path = format!("{bucket}/{key}");
    let resource = format!("/{path}");
    match machines.file(&path).await {
        Ok(None) => {}
        Ok(Some((file, size))) => return serve(&path, size, Some(file), (&method, &headers)),
        Err(_) => return refused(403, "AccessDenied", "Access Denied.", &resource),
    }
    let (found, there) = machines.world.read(|world| {
        let found = world.artifact(&path).cloned();
        let there = found.is_some() || has_bucket(world, &bucket);
        (found, there)
    });
    let there = there || machines.has_folder(&bucket).await;
    match found {
        None if !there => no_bucket(&resource),
        None => {
            let words = "The specified key does not exist.";
            refused(404, "NoSuchKey", words, &resource)
        }
        Some(artifact) if artifact.private => {
            refused(403, "AccessDenied", "Access Denied.", &resource)
        }
        Some(artifact) => serve(&path, artifact.bytes, None, (&method, &headers)),
    }
}

fn no_bucket(resource: &str) -> Response {
    let words = "The specified bucket does not exist";
    refused(404, "NoSuchBucket", words, resource)
}

fn refused(status: u16, code: &str, words: &str, resource: &str) -> Response {
    let escaped = resource
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{words}</Message>\
         <Resource>{escaped}</Resource></Error>"
    );
    let status = StatusCode::from_u16(status).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}

/// An object's bytes: a file's, or made up.
fn serve(
    path: &str,
    size: u64,
    file: Option<File>,
    (method, headers): (&Method, &HeaderMap),
) -> Response {
    let range = headers.get(header::RANGE).and_then(|it| it.to_str().ok());
    // One range is answered; several would be a body in parts, which S3 does not give either.
    let ranges = range.and_then(|text| parse_range_header(text).ok());
    let wanted = match ranges.map(|ranges| ranges.validate(size)) {
        Some(Ok(ranges)) if ranges.len() == 1 => ranges.into_iter().next(),
        Some(Err(_)) => {
            let words = "The requested range is not satisfiable";
            let mut answer = refused(416, "InvalidRange", words, &format!("/{path}"));
            set(
                &mut answer,
                header::CONTENT_RANGE,
                &format!("bytes */{size}"),
            );
            return answer;
        }
        _ => None,
    };
    let seed = mixed(path.as_bytes());
    let (status, span) = match &wanted {
        Some(span) => (StatusCode::PARTIAL_CONTENT, span.clone()),
        None => (StatusCode::OK, 0..=size.saturating_sub(1)),
    };
    let length = if size == 0 {
        0
    } else {
        span.end() - span.start() + 1
    };
    let body = match file {
        _ if *method == Method::HEAD || size == 0 => Body::empty(),
        Some(file) => files::bytes(file, span.clone()),
        None => bytes(seed, sort(path), span.clone()),
    };
    let mut answer = (status, body).into_response();
    set(&mut answer, header::CONTENT_LENGTH, &length.to_string());
    set(
        &mut answer,
        header::CONTENT_TYPE,
        "application/octet-stream",
    );
    set(&mut answer, header::ACCEPT_RANGES, "bytes");
    set(
        &mut answer,
        header::ETAG,
        &format!("\"{seed:016x}{size:016x}\""),
    );
    if wanted.is_some() {
        let value = format!("bytes {}-{}/{size}", span.start(), span.end());
        set(&mut answer, header::CONTENT_RANGE, &value);
    }
    answer
}

fn set(answer: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

fn bytes(seed: u64, sort: Sort, span: RangeInclusive<u64>) -> Body {
    let (start, end) = span.into_inner();
    let first = start / CHUNK;
    let chunks = (first..=end / CHUNK).map(move |number| {
        let begin = number * CHUNK;
        let mut whole = chunk(seed, number);
        if number == 0 {
            let magic = magic(sort);
            whole[..magic.len()].copy_from_slice(magic);
        }
        let from = usize::try_from(start.saturating_sub(begin)).unwrap_or(0);
        let to = usize::try_from((end + 1 - begin).min(CHUNK)).unwrap_or(0);
        Ok::<_, Infallible>(Bytes::from(whole).slice(from..to))
    });
    Body::from_stream(stream::iter(chunks))
}

/// How a file of its sort begins.
fn magic(sort: Sort) -> &'static [u8] {
    match sort {
        Sort::Kernel => b"MZ",
        Sort::Initrd => b"\x28\xb5\x2f\xfd",
        Sort::Other => b"hsqs",
    }
}

/// SplitMix64: no two chunks are alike, and each is the same whenever it is asked for.
fn chunk(seed: u64, number: u64) -> Vec<u8> {
    let mut state = seed ^ number.wrapping_mul(0xd134_2543_de82_ef95);
    let mut out = Vec::with_capacity(usize::try_from(CHUNK).unwrap_or(0));
    for _ in 0..CHUNK / 8 {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        out.extend_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    out
}

fn mixed(bytes: &[u8]) -> u64 {
    let mix = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix)
}
