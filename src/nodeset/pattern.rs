//! One word of a node set: text and bracketed numbers, `x1000c0s0b[0-4]n0`.
use crate::fault::Fault;
use std::fmt::Write;

/// More names than this are a slip of the finger, not a cluster.
const MOST: u64 = 10_000_000;

/// `from-to/step`, written with at least `width` digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: i128,
    pub(super) to: i128,
    pub(super) step: u64,
    pub(super) width: usize,
}

impl Range {
    fn count(&self) -> u64 {
        let steps = self.to.abs_diff(self.from) / u128::from(self.step);
        u64::try_from(steps).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// The number at `index`, counted from 0.
    fn write(&self, index: u64, out: &mut String) {
        let value = self.from + i128::from(index) * i128::from(self.step);
        // Writing to a String cannot fail.
        let _ = write!(out, "{value:0width$}", width = self.width);
    }

    /// Whether it has `value` written without leading zeros.
    fn has_plain(&self, value: i128) -> bool {
        self.width == 0
            && (self.from..=self.to).contains(&value)
            && value
                .abs_diff(self.from)
                .is_multiple_of(u128::from(self.step))
    }
}

/// Where one run of these numbers gets a digit longer: `99` of `[8-120]`.
pub(super) fn grows(ranges: &[Range]) -> Option<i128> {
    let has = |value| ranges.iter().any(|range| range.has_plain(value));
    let last = |digits| 10_i128.pow(digits) - 1;
    (1..38).map(last).find(|&last| has(last) && has(last + 1))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Ranges(Vec<Range>),
}

impl Part {
    fn count(&self) -> u64 {
        match self {
            Self::Text(_) => 1,
            Self::Ranges(ranges) => ranges
                .iter()
                .fold(0, |sum, range| range.count().saturating_add(sum)),
        }
    }

    fn write(&self, mut index: u64, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Ranges(ranges) => {
                for range in ranges {
                    if index < range.count() {
                        return range.write(index, out);
                    }
                    index -= range.count();
                }
            }
        }
    }
}

/// A word that may stand for many names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    pub(super) parts: Vec<Part>,
}

impl Pattern {
    /// How many names it stands for, duplicates counted.
    pub fn count(&self) -> u64 {
        let product = |product: u64, part: &Part| product.saturating_mul(part.count());
        self.parts.iter().fold(1, product)
    }

    /// How many different names; None where only looking tells: brackets that hold a number twice.
    pub(super) fn distinct(&self) -> Option<u64> {
        let apart = |part: &Part| match part {
            Part::Text(_) => true,
            Part::Ranges(ranges) => {
                let mut ends: Vec<_> = ranges.iter().map(|range| (range.from, range.to)).collect();
                ends.sort_unstable();
                ends.is_sorted_by(|a, b| a.1 < b.0)
            }
        };
        let count = self.count();
        (count < u64::MAX && self.parts.iter().all(apart)).then_some(count)
    }

    /// Every name, the last bracket turning fastest.
    pub fn names(&self) -> Result<Vec<String>, Fault> {
        let count = self.count();
        if count > MOST {
            return Err(Fault::bad_argument(format!(
                "a node set of {count} names is larger than chami expands ({MOST})"
            ))
            .hint("look for a digit too many inside the brackets"));
        }
        Ok((0..count).map(|index| self.name(index)).collect())
    }

    /// Whether a letter outside of the brackets is one of these.
    pub(super) fn has(&self, letters: &[char]) -> bool {
        let text = |part: &Part| matches!(part, Part::Text(text) if text.contains(letters));
        self.parts.iter().any(text)
    }

    fn name(&self, mut index: u64) -> String {
        let mut picks = vec![0; self.parts.len()];
        for (pick, part) in picks.iter_mut().zip(&self.parts).rev() {
            *pick = index % part.count();
            index /= part.count();
        }
        let mut name = String::new();
        for (pick, part) in picks.into_iter().zip(&self.parts) {
            part.write(pick, &mut name);
        }
        name
    }
}
