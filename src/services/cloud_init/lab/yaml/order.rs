//! The order of keys: numbers in names by their value, letters after all else.
use std::cmp::Ordering;

pub(in super::super) fn before(one: &str, other: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(x, y)| x != y) else {
        return a.len().cmp(&b.len());
    };
    let (x, y) = (a[at], b[at]);
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(&y),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // zeros that differ within a number are digits of it, not leading ones
    let mut begun = a[..at].iter().rev().take_while(|c| c.is_numeric());
    let start = i64::from((x == '0' || y == '0') && begun.any(|c| *c != '0'));
    let (of_a, of_b) = (number(&a[at..], start), number(&b[at..], start));
    of_a.cmp(&of_b).then(x.cmp(&y))
}

/// The number at the front, and how many digits it has.
fn number(text: &[char], start: i64) -> (i64, usize) {
    let digits = text.iter().take_while(|c| c.is_numeric());
    let add = |(sum, count): (i64, usize), digit: &char| {
        let value = i64::from(u32::from(*digit)) - i64::from(u32::from('0'));
        (sum.wrapping_mul(10).wrapping_add(value), count + 1)
    };
    digits.fold((start, 0), add)
}
