//! Natural order: `x1000c0s0b2n0` comes before `x1000c0s0b10n0`.
use std::cmp::Ordering;

/// Compares two names by their letters and by the value of their numbers; `1` comes before `01`.
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

/// The digits at the start of `text`.
fn number(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|c| !c.is_ascii_digit());
    &text[..end.unwrap_or(text.len())]
}

/// A number without its leading zeros.
fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|c| **c == b'0').count();
    &digits[zeros..]
}
