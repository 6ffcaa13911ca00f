//! Numbers of one axis as ranges: `0-2,7`, with steps where they are asked for: `0-8/2`.
//!
//! The rules are ClusterShell's, from left to right and never back; where they are odd (a number that follows a stepped
//! range at distance 1 stands alone), so is this, for sets that are compared as text must look alike.
use std::fmt::Write;

/// Where a run ends.
enum End {
    /// No number is left.
    Last,
    /// The next number is padded otherwise.
    Padding,
    /// The next number is this far away.
    Step(u128),
}

/// Which numbers a range can hold together: those of the padded number's length, or those without leading zeros.
#[derive(Clone, Copy)]
struct Class(Option<usize>);

impl Class {
    fn of(text: &str) -> Self {
        Self(padded(text).then_some(text.len()))
    }

    fn takes(self, text: &str) -> bool {
        self.0.map_or(!padded(text), |length| text.len() == length)
    }
}

fn padded(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0')
}

/// Writes numbers, shorter ones first, as ranges. From `autostep` numbers on, a regular row is one stepped range.
pub(super) fn in_words(texts: &[&str], autostep: Option<usize>) -> String {
    let value = |text: &&str| text.parse::<u128>().unwrap_or_default();
    let values: Vec<u128> = texts.iter().map(value).collect();
    let mut out = String::new();
    let (mut at, mut step, mut class) = (0, None, texts.first().map(|text| Class::of(text)));
    while let Some(kind) = class {
        let mut last = at;
        let end = loop {
            let Some(next) = texts.get(last + 1) else {
                break End::Last;
            };
            if !kind.takes(next) {
                break End::Padding;
            }
            let gap = values[last + 1].abs_diff(values[last]);
            if step.is_some_and(|step| step != gap) {
                break End::Step(gap);
            }
            step = Some(gap);
            last += 1;
        };
        let whole = step
            .is_none_or(|step| step == 1 || autostep.is_some_and(|least| last - at + 1 >= least));
        let broken = matches!(end, End::Step(_)) && !whole;
        if whole {
            range(&mut out, texts[at], texts[last], step.unwrap_or(1));
        } else {
            // The last number may begin the next row, unless that cannot go on from here.
            let alone = if broken { at..last } else { at..last + 1 };
            for text in &texts[alone] {
                range(&mut out, text, text, 1);
            }
        }
        step = match end {
            End::Step(gap) => Some(gap),
            End::Last | End::Padding => None,
        };
        if broken {
            at = last;
        } else {
            at = last + 1;
            class = texts.get(at).map(|text| Class::of(text));
        }
    }
    out
}

fn range(out: &mut String, from: &str, to: &str, step: u128) {
    if !out.is_empty() {
        out.push(',');
    }
    out.push_str(from);
    if from != to {
        // Writing to a String cannot fail.
        let _ = write!(out, "-{to}");
        if step > 1 {
            let _ = write!(out, "/{step}");
        }
    }
}
