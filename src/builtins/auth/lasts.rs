//! Whether the session's token outlasts a piece of work, and the word of warning when it does not.
use crate::{http::Http, jwt::span};
use jiff::{SignedDuration, Timestamp};
use std::{
    io::{self, Write},
    time::Duration,
};

/// Work of unknown length is begun without a word when the token is good for so long.
const REST: SignedDuration = SignedDuration::from_mins(5);

/// What to say once, before work that takes `work`, or nobody knows how long, if the token ends before.
pub fn token_warning(http: &Http, now: Timestamp, work: Option<Duration>) -> Option<String> {
    let rest = http.ends()?.duration_since(now);
    let work = work.and_then(|work| SignedDuration::try_from(work).ok());
    if rest > work.unwrap_or(REST) || !http.warn_once() {
        return None;
    }
    let state = if rest.is_negative() || rest.is_zero() {
        format!("ended {} ago", span(rest))
    } else {
        format!("ends in {}", span(rest))
    };
    let work = work.map_or_else(String::new, |work| {
        format!(", and this may take {}", span(work))
    });
    let next = "get a new one before, or auth.login(BOOTSTRAP): a session renews what it got so";
    Some(format!(
        "warning: the session's token {state}{work}\n  hint: {next}"
    ))
}

/// Whether the token is good for that long; says so on standard error, once, when it is not.
pub(super) fn lasts(http: &Http, now: Timestamp, work: Duration) -> bool {
    if let Some(text) = token_warning(http, now, Some(work)) {
        let _ = writeln!(io::stderr(), "{text}");
    }
    let rest = http.ends().map(|end| end.duration_since(now));
    let work = SignedDuration::try_from(work).unwrap_or(SignedDuration::MAX);
    rest.is_none_or(|rest| rest > work)
}
