//! One record in a file: a line of JSON that carries the checksum of its own body.
//!
//! A record torn by a crash or changed on disk is seen as such; nothing else in the lab needs to know how.
use aws_lc_rs::digest::{SHA256, digest};
use std::fmt::Write as _;

const HEAD: &str = "{\"sum\":\"";
const MIDDLE: &str = "\",\"body\":";
const SUM: usize = 16;

fn sum(body: &str) -> String {
    let mut text = String::with_capacity(SUM);
    for byte in digest(&SHA256, body.as_bytes())
        .as_ref()
        .iter()
        .take(SUM / 2)
    {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The line for a body of JSON, newline included.
pub(crate) fn seal(body: &str) -> String {
    format!("{HEAD}{}{MIDDLE}{body}}}\n", sum(body))
}

/// The body of a whole line; `None` if it is not the line that was written.
pub(crate) fn unseal(line: &str) -> Option<&str> {
    let rest = line.strip_suffix('\n')?.strip_prefix(HEAD)?;
    let (found, rest) = rest.split_at_checked(SUM)?;
    let body = rest.strip_prefix(MIDDLE)?.strip_suffix('}')?;
    (sum(body) == found).then_some(body)
}
