//! The orders names come in.
use std::cmp::Ordering;

/// Natural order, which keeps what is inside a place behind it: `x1000c0s0b2`, `x1000c0s0b2n0`, `x1000c0s0b10`.
/// Compares by letters and by the value of numbers; `1` comes before `01`.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    let mut padding = Ordering::Equal;
    while let (Some(&x), Some(&y)) = (left.first(), right.first()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (p, q) = (number(left), number(right));
            let order = significant(p)
                .len()
                .cmp(&significant(q).len())
                .then_with(|| significant(p).cmp(significant(q)));
            if order.is_ne() {
                return order;
            }
            padding = padding.then(p.len().cmp(&q.len()));
            left = &left[p.len()..];
            right = &right[q.len()..];
        } else if x == y {
            left = &left[1..];
            right = &right[1..];
        } else {
            return x.cmp(&y);
        }
    }
    left.len().cmp(&right.len()).then(padding)
}

/// The order of a set, ClusterShell's: names alike but for their numbers together, and these by their numbers, axis by
/// axis, the shorter number first: `n9`, `n09`, `n10`.
pub(super) fn in_set(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    let mut numbers = Ordering::Equal;
    while let (Some(&x), Some(&y)) = (left.first(), right.first()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (p, q) = (number(left), number(right));
            numbers = numbers.then_with(|| by_length(p, q));
            left = &left[p.len()..];
            right = &right[q.len()..];
        } else if x == y {
            left = &left[1..];
            right = &right[1..];
        } else {
            return rank(x).cmp(&rank(y));
        }
    }
    left.len().min(1).cmp(&right.len().min(1)).then(numbers)
}

/// The order of the numbers on one axis.
pub(super) fn by_length(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Where a letter stands in the order of shapes: ClusterShell writes `%s` for a number and `%%` for a percent sign.
const fn rank(letter: u8) -> (u8, bool) {
    if letter.is_ascii_digit() {
        (b'%', true)
    } else {
        (letter, false)
    }
}

/// The digits at the start of `text`.
pub(super) fn number(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|c| !c.is_ascii_digit());
    &text[..end.unwrap_or(text.len())]
}

/// A number without its leading zeros.
fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|c| **c == b'0').count();
    &digits[zeros..]
}
