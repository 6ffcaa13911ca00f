//! From many names to the shortest text: `x1000c0s0b0n0, x1000c0s0b1n0` → `x1000c0s0b[0-1]n0`.
//!
//! Every run of digits in a name is an axis. Names alike but for their numbers are points, which `boxes` joins;
//! `points` brings them there and back.
use super::{hint, order::number, points::Points};
use crate::fault::Fault;
use std::{borrow::Cow, collections::BTreeMap};

/// How names are folded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folding {
    pub axes: Axes,
    pub autostep: Autostep,
}

/// On which axes names may be folded (Slurm, for one, reads brackets on a single axis only).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Axes {
    #[default]
    All,
    /// Counted from 1; negative ones from the end.
    Only(Vec<i64>),
}

impl Axes {
    /// Whether a name with `count` axes may be folded on this one, counted from 0.
    pub(super) fn has(&self, axis: usize, count: usize) -> bool {
        let Self::Only(list) = self else { return true };
        list.iter().any(|&wanted| {
            let end = i64::try_from(count).unwrap_or(i64::MAX);
            let place = if wanted < 0 { end + wanted } else { wanted - 1 };
            usize::try_from(place) == Ok(axis)
        })
    }
}

/// From how many numbers on a regular row is written with a step: `n[0-8/2]`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Autostep {
    #[default]
    Never,
    From(usize),
    /// This share of all names.
    Share(f64),
    /// All of them.
    Auto,
}

impl Autostep {
    fn least(self, names: usize) -> Option<usize> {
        match self {
            Self::Never => None,
            Self::From(least) => Some(least),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss
            )]
            Self::Share(share) => Some((names as f64 * share).ceil() as usize),
            Self::Auto => Some(names.max(3)),
        }
    }
}

/// Names alike but for their numbers: the texts around these, and of each name its numbers, one after the other.
#[derive(Default)]
pub(super) struct Alike<'a> {
    pub(super) texts: Vec<&'a str>,
    pub(super) numbers: Vec<&'a str>,
}

/// The shortest text that `expand` turns into `names` again; ClusterShell's to the letter.
pub fn fold<S: AsRef<str>>(names: &[S], how: &Folding) -> Result<String, Fault> {
    let mut shapes: BTreeMap<Cow<str>, Alike> = BTreeMap::new();
    for name in names {
        let name = checked(name.as_ref())?;
        let Alike { texts, numbers } = split(name);
        let alike = shapes.entry(shape(name, &texts)).or_default();
        alike.texts = texts;
        alike.numbers.extend(numbers);
    }
    let shapes: Vec<Points> = shapes.into_values().map(Points::of).collect();
    let least = how.autostep.least(shapes.iter().map(Points::count).sum());
    let words = shapes
        .into_iter()
        .flat_map(|points| points.words(&how.axes, least));
    Ok(words.collect::<Vec<_>>().join(","))
}

/// Refuses what would not be the same name when it is read again.
fn checked(name: &str) -> Result<&str, Fault> {
    let strange = |c: char| c.is_whitespace() || ",!&^[]@*?=".contains(c);
    if name.is_empty() || name.contains(strange) || hint::foreign(name, true).is_some() {
        return Err(
            Fault::bad_argument(format!("`{name}` is not one name and cannot be folded"))
                .hint("fold takes a set as text, or a list of single names"),
        );
    }
    Ok(name)
}

/// A name's numbers and the texts around them.
fn split(name: &str) -> Alike<'_> {
    let (mut alike, mut start, mut at) = (Alike::default(), 0, 0);
    while let Some(found) = name[at..].find(|c: char| c.is_ascii_digit()) {
        let from = at + found;
        at = from + number(&name.as_bytes()[from..]).len();
        // One that is too long to count with is text like any other.
        if at - from <= 38 {
            alike.texts.push(&name[start..from]);
            alike.numbers.push(&name[from..at]);
            start = at;
        }
    }
    alike.texts.push(&name[start..]);
    alike
}

/// A name with `%s` for each number and `%%` for a percent sign: ClusterShell lists them in the order of this.
fn shape<'a>(name: &'a str, texts: &[&str]) -> Cow<'a, str> {
    if texts.len() == 1 && !name.contains('%') {
        return Cow::Borrowed(name);
    }
    let escaped: Vec<_> = texts.iter().map(|text| text.replace('%', "%%")).collect();
    Cow::Owned(escaped.join("%s"))
}
