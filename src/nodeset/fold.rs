//! From many names to the shortest text: `x1000c0s0b0n0, x1000c0s0b1n0` → `x1000c0s0b[0-1]n0`.
//!
//! Every run of digits in a name is an axis. Names alike but for their numbers are points, which `boxes` joins.
use super::{
    boxes::Boxes,
    hint,
    order::{by_length, number},
    run,
};
use crate::fault::Fault;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

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
    fn has(&self, axis: usize, count: usize) -> bool {
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

/// Names alike but for their numbers: the text around these, and for each name its numbers, one after the other.
#[derive(Default)]
struct Alike<'a> {
    texts: Vec<&'a str>,
    numbers: Vec<&'a str>,
}

/// The shortest text that `expand` turns into `names` again; ClusterShell's to the letter.
pub fn fold<S: AsRef<str>>(names: &[S], how: &Folding) -> Result<String, Fault> {
    let mut shapes: BTreeMap<Cow<str>, Alike> = BTreeMap::new();
    for name in names {
        let name = name.as_ref();
        let (shape, texts, numbers) = split(name)?;
        let alike = shapes.entry(shape).or_default();
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

/// A name's shape (its text, `%s` for each number, `%%` for a percent sign: in this order ClusterShell lists them), the
/// texts around its numbers, and these.
fn split(name: &str) -> Result<(Cow<'_, str>, Vec<&str>, Vec<&str>), Fault> {
    let strange = |c: char| c.is_whitespace() || ",!&^[]@*?=\0".contains(c);
    if name.is_empty() || name.contains(strange) || hint::foreign(name, true).is_some() {
        return Err(
            Fault::bad_argument(format!("`{name}` is not one name and cannot be folded"))
                .hint("fold takes a set as text, or a list of single names"),
        );
    }
    let (mut texts, mut numbers, mut start, mut at) = (Vec::new(), Vec::new(), 0, 0);
    while let Some(found) = name[at..].find(|c: char| c.is_ascii_digit()) {
        let from = at + found;
        at = from + number(&name.as_bytes()[from..]).len();
        // One that is too long to count with is text like any other.
        if at - from <= 38 {
            texts.push(&name[start..from]);
            numbers.push(&name[from..at]);
            start = at;
        }
    }
    texts.push(&name[start..]);
    if numbers.is_empty() && !name.contains('%') {
        return Ok((Cow::Borrowed(name), texts, numbers));
    }
    let escaped: Vec<_> = texts.iter().map(|text| text.replace('%', "%%")).collect();
    Ok((Cow::Owned(escaped.join("%s")), texts, numbers))
}

/// Names alike but for their numbers, each once, on the axes on which they differ.
struct Points<'a> {
    texts: Vec<&'a str>,
    /// All numbers that occur, shorter ones first; in what follows a number is its place here.
    numbers: Vec<&'a str>,
    /// For each axis the number that all names have there, or nothing.
    fixed: Vec<Option<u32>>,
    points: Vec<u32>,
    axes: usize,
}

impl<'a> Points<'a> {
    fn of(alike: Alike<'a>) -> Self {
        let count = alike.texts.len() - 1;
        let mut numbers: Vec<&str> = alike.numbers.clone();
        numbers.sort_unstable_by(|a, b| by_length(a.as_bytes(), b.as_bytes()));
        numbers.dedup();
        let place: HashMap<&str, u32> = numbers.iter().copied().zip(0..).collect();
        let all: Vec<u32> = alike.numbers.iter().map(|number| place[number]).collect();
        let same = |axis: &usize| {
            all.iter()
                .skip(*axis)
                .step_by(count)
                .all(|number| *number == all[*axis])
        };
        let fixed: Vec<_> = (0..count)
            .map(|axis| same(&axis).then(|| all[axis]))
            .collect();
        let axes = fixed.iter().filter(|fixed| fixed.is_none()).count();
        let varying = |point: &[u32]| -> Vec<u32> {
            let sides = point.iter().zip(&fixed);
            sides
                .filter(|(_, fixed)| fixed.is_none())
                .map(|(number, _)| *number)
                .collect()
        };
        let mut points: Vec<Vec<u32>> = all.chunks(count.max(1)).map(varying).collect();
        points.sort_unstable();
        points.dedup();
        Self {
            texts: alike.texts,
            numbers,
            fixed,
            points: points.concat(),
            axes,
        }
    }

    fn count(&self) -> usize {
        self.points.len().checked_div(self.axes).unwrap_or(1)
    }

    /// The words of the folded set.
    fn words(self, axes: &Axes, least: Option<usize>) -> Vec<String> {
        let count = self.fixed.len();
        let boxes = if self.axes == 0 {
            vec![Vec::new()]
        } else {
            let mut order: Vec<usize> = (0..self.numbers.len()).collect();
            order.sort_unstable_by_key(|&at| self.numbers[at]);
            let mut lexical = vec![0; order.len()];
            for (rank, at) in (0..).zip(order) {
                lexical[at] = rank;
            }
            Boxes::new(self.axes, self.points, lexical).fold()
        };
        let mut words = Vec::new();
        for sides in boxes {
            let mut sides = sides.into_iter();
            let mut heads = vec![self.texts[0].to_owned()];
            for (axis, fixed) in self.fixed.iter().enumerate() {
                let side =
                    fixed.map_or_else(|| sides.next().unwrap_or_default(), |number| vec![number]);
                let side: Vec<&str> = side.iter().map(|&at| self.numbers[at as usize]).collect();
                let ways = if side.len() == 1 {
                    vec![side[0].to_owned()]
                } else if axes.has(axis, count) {
                    vec![format!("[{}]", run::in_words(&side, least))]
                } else {
                    side.iter().map(ToString::to_string).collect()
                };
                let text = self.texts[axis + 1];
                let longer = |way: &String| {
                    heads
                        .iter()
                        .map(|head| format!("{head}{way}{text}"))
                        .collect::<Vec<_>>()
                };
                heads = ways.iter().flat_map(longer).collect();
            }
            words.append(&mut heads);
        }
        words
    }
}
