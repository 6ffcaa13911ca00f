//! Passwords do not belong on a screen: SMD gives those of BMCs in the clear, and lists of endpoints are shown to others.
//! Nor do the keys of reservations: who reads one can end what another holds.
//!
//! Only what people read is veiled. The value itself is whole: `_[1].Password` is the password, and so is it in `-F json`,
//! where somebody may need it to put things back.
use crate::{
    lua::shape::{Key, Shape},
    secret::{self, HIDDEN},
};
use std::borrow::Cow;

/// In what SMD's keys are known by, under whatever name: `x1000c0s0b0n0:rk:…`.
const KEY_MARKS: &[&str] = &[":rk:", ":dk:"];

/// The same value with its passwords out of sight.
pub(super) fn veil(shape: &Shape) -> Cow<'_, Shape> {
    if holds_secret(shape) {
        Cow::Owned(veiled(shape))
    } else {
        Cow::Borrowed(shape)
    }
}

fn is_secret(key: &Key, value: &Shape) -> bool {
    let Shape::Text(text) = value else {
        return false;
    };
    let named = secret::is_field(key.text());
    let marked = || {
        let key = key.text().eq_ignore_ascii_case("key");
        key && KEY_MARKS.iter().any(|mark| text.contains(mark))
    };
    !text.is_empty() && text != HIDDEN && (named || marked())
}

fn holds_secret(shape: &Shape) -> bool {
    match shape {
        Shape::List(items, _) => items.iter().any(holds_secret),
        Shape::Record(fields) => fields
            .iter()
            .any(|(key, value)| is_secret(key, value) || holds_secret(value)),
        _ => false,
    }
}

fn veiled(shape: &Shape) -> Shape {
    match shape {
        Shape::List(items, total) => Shape::List(items.iter().map(veiled).collect(), *total),
        Shape::Record(fields) => Shape::Record(
            fields
                .iter()
                .map(|(key, value)| {
                    let shown = if is_secret(key, value) {
                        Shape::Text(HIDDEN.to_owned())
                    } else {
                        veiled(value)
                    };
                    (key.clone(), shown)
                })
                .collect(),
        ),
        other => other.clone(),
    }
}
