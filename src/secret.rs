//! What nobody but its owner may read: recognised, and taken out of whatever is shown or kept. The one home of that.
//!
//! Known by their form are tokens (JWTs), private keys, SMD's reservation keys and what follows `Bearer` or `Basic`; known
//! by their place are values of fields, headers and parameters with telling names, and the user's part of a URL; known by
//! heart are values that were `register`ed, as the session's own token. A text is looked over once for anything
//! suspicious first, so that what holds no secret costs one pass and no copy.
mod account;
mod ahead;
mod block;
mod field;
mod find;
mod json;
mod mark;
#[cfg(test)]
mod tests;
mod typed;

pub use field::is_field;
pub use json::hide_json;
pub use typed::{hide_value, may_hold};

use std::{
    borrow::Cow,
    sync::{PoisonError, RwLock},
};

/// Stands in place of a secret.
pub const HIDDEN: &str = "(hidden)";
/// Stands in place of a token.
pub const TOKEN: &str = "(token)";
const PRIVATE_KEY: &str = "(private key)";

/// A shorter value would be found in half of all texts; no token or key is that short.
const SHORTEST: usize = 8;

static KNOWN: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// From now on this very value is hidden wherever it stands, whatever its form.
pub fn register(value: &str) {
    let value = value.trim();
    if value.len() < SHORTEST || known(|all| all.iter().any(|one| one == value)) {
        return;
    }
    let mut all = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    all.push(value.to_owned());
}

fn known<T>(look: impl FnOnce(&[String]) -> T) -> T {
    look(&KNOWN.read().unwrap_or_else(PoisonError::into_inner))
}

/// The text without its secrets. A JSON document stays one.
pub fn hide(text: &str) -> Cow<'_, str> {
    if !mark::suspicious(text) && !known(|all| all.iter().any(|one| text.contains(one))) {
        return Cow::Borrowed(text);
    }
    if let Some(hidden) = json::document(text) {
        return hidden;
    }
    plain(text)
}

/// A header's value without its secrets.
pub fn hide_header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if is_field(name) {
        return Cow::Borrowed(HIDDEN);
    }
    hide(value)
}

/// A piece of a text, and what is to stand there.
type Piece = (std::ops::Range<usize>, &'static str);

/// The same for a text that is no JSON document. What stands in place of a secret may make another one visible.
fn plain(text: &str) -> Cow<'_, str> {
    let mut hidden = once(text);
    for _ in 0..3 {
        match once(&hidden) {
            Cow::Owned(more) => hidden = Cow::Owned(more),
            Cow::Borrowed(_) => break,
        }
    }
    hidden
}

fn once(text: &str) -> Cow<'_, str> {
    let mut pieces: Vec<Piece> = Vec::new();
    known(|all| {
        for one in all {
            let found = text.match_indices(one.as_str());
            pieces.extend(found.map(|(at, it)| (at..at + it.len(), HIDDEN)));
        }
    });
    find::by_form(text, &mut pieces);
    field::by_name(text, &mut pieces);
    // Of two that overlap the one that begins first, and of these the longer.
    pieces.sort_by(|(a, _), (b, _)| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    let (mut out, mut done) = (String::new(), 0);
    for (at, instead) in pieces {
        if at.end <= done {
            continue;
        }
        if at.start >= done {
            out.push_str(&text[done..at.start]);
            out.push_str(instead);
        }
        done = at.end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    if out == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(out)
    }
}
