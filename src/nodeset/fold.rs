//! From many names to the shortest text: `x1000c0s0b0n0, x1000c0s0b1n0` → `x1000c0s0b[0-1]n0`.
//!
//! Every run of digits in a name is an axis. Names alike but for their numbers are points; points that differ on one
//! axis only become one box, the last axis first, until nothing more can be joined.
use super::{parse::digits, pattern::Range};
use crate::fault::Fault;
use std::collections::{BTreeMap, HashMap};

/// On which axes names may be folded (Slurm, for one, reads brackets on a single axis only).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Axes {
    #[default]
    All,
    /// Counted from 1; negative ones from the end.
    Only(Vec<i64>),
}

impl Axes {
    /// The axes of a name with `count` of them, counted from 0, last first.
    fn of(&self, count: usize) -> Vec<usize> {
        let wanted = |axis: &usize| match self {
            Self::All => true,
            Self::Only(list) => list.iter().any(|&wanted| {
                let end = i64::try_from(count).unwrap_or(i64::MAX);
                let place = if wanted < 0 { end + wanted } else { wanted - 1 };
                usize::try_from(place) == Ok(*axis)
            }),
        };
        (0..count).rev().filter(wanted).collect()
    }
}

/// A number as it stands in a name: its value and, if it has leading zeros, its number of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Number {
    value: u64,
    width: usize,
}

/// The shortest text that `expand` turns into `names` again.
pub fn fold<S: AsRef<str>>(names: &[S], axes: &Axes) -> Result<String, Fault> {
    let mut shapes: BTreeMap<String, Vec<Vec<Number>>> = BTreeMap::new();
    for name in names {
        let (shape, point) = split(name.as_ref())?;
        shapes.entry(shape).or_default().push(point);
    }
    let mut words = Vec::new();
    for (shape, mut points) in shapes {
        points.sort_unstable();
        points.dedup();
        let texts: Vec<&str> = shape.split(AXIS).collect();
        for spans in Boxes::new(points).fold(axes) {
            words.push(write(&texts, &spans));
        }
    }
    Ok(words.join(","))
}

/// Stands for a number in a shape; sorts as ClusterShell's `%s` does and occurs in no name.
const AXIS: &str = "%\0";

/// A name's text with its numbers taken out, and those numbers.
fn split(name: &str) -> Result<(String, Vec<Number>), Fault> {
    let strange = |c: char| c.is_whitespace() || ",!&^[]@%\0".contains(c);
    if name.is_empty() || name.contains(strange) {
        return Err(
            Fault::bad_argument(format!("`{name}` is not one name and cannot be folded"))
                .hint("fold takes a list of single names; nodeset.expand turns a set into one"),
        );
    }
    let (mut shape, mut point, mut rest) = (String::new(), Vec::new(), name);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let length = rest[start..].find(|c: char| !c.is_ascii_digit());
        let end = length.map_or(rest.len(), |length| start + length);
        shape.push_str(&rest[..start]);
        let text = &rest[start..end];
        match text.parse() {
            Ok(value) => {
                let width = if text.len() > digits(value) {
                    text.len()
                } else {
                    0
                };
                point.push(Number { value, width });
                shape.push_str(AXIS);
            }
            // Too long to count with: text like any other.
            Err(_) => shape.push_str(text),
        }
        rest = &rest[end..];
    }
    shape.push_str(rest);
    Ok((shape, point))
}

/// Boxes of points: on each axis a set of numbers, kept once and named by its index.
struct Boxes {
    sides: Vec<Vec<usize>>,
    sets: Vec<Vec<Number>>,
    index: HashMap<Vec<Number>, usize>,
}

impl Boxes {
    /// Each point a box of its own.
    fn new(points: Vec<Vec<Number>>) -> Self {
        let mut this = Self {
            sides: Vec::with_capacity(points.len()),
            sets: Vec::new(),
            index: HashMap::new(),
        };
        for point in points {
            let corner = point.iter().map(|&number| this.intern(vec![number]));
            let corner = corner.collect();
            this.sides.push(corner);
        }
        this
    }

    fn intern(&mut self, set: Vec<Number>) -> usize {
        if let Some(&known) = self.index.get(&set) {
            return known;
        }
        let fresh = self.sets.len();
        self.sets.push(set.clone());
        self.index.insert(set, fresh);
        fresh
    }

    /// Joins on the given axes until nothing changes; the largest box first, as ClusterShell has it.
    fn fold(mut self, axes: &Axes) -> Vec<Vec<Vec<Number>>> {
        let axes = axes.of(self.sides.first().map_or(0, Vec::len));
        loop {
            let before = self.sides.len();
            for &axis in &axes {
                self.join(axis);
            }
            if self.sides.len() == before {
                break;
            }
        }
        let sides = |sides: &Vec<usize>| sides.iter().map(|&set| self.sets[set].clone()).collect();
        let mut folded: Vec<Vec<Vec<Number>>> = self.sides.iter().map(sides).collect();
        folded.sort_unstable_by(|a, b| volume(b).cmp(&volume(a)).then_with(|| a.cmp(b)));
        folded
    }

    /// Joins the boxes that differ on `axis` only.
    fn join(&mut self, axis: usize) {
        let first = self.sides[0][axis];
        if self.sides.iter().all(|sides| sides[axis] == first) {
            return;
        }
        let mut alike: HashMap<Vec<usize>, Vec<usize>> = HashMap::with_capacity(self.sides.len());
        for mut sides in std::mem::take(&mut self.sides) {
            let set = std::mem::take(&mut sides[axis]);
            alike.entry(sides).or_default().push(set);
        }
        for (mut sides, sets) in alike {
            sides[axis] = if let [single] = sets[..] {
                single
            } else {
                let numbers = sets.iter().flat_map(|&set| self.sets[set].iter().copied());
                let mut union: Vec<Number> = numbers.collect();
                union.sort_unstable();
                self.intern(union)
            };
            self.sides.push(sides);
        }
    }
}

fn volume(sides: &[Vec<Number>]) -> usize {
    sides.iter().map(Vec::len).product()
}

/// Puts a box into words.
fn write(texts: &[&str], sides: &[Vec<Number>]) -> String {
    let mut word = String::from(texts[0]);
    for (side, text) in sides.iter().zip(&texts[1..]) {
        let ranges: Vec<String> = ranges(side).iter().map(in_words).collect();
        if side.len() == 1 {
            word.push_str(&ranges[0]);
        } else {
            word.push('[');
            word.push_str(&ranges.join(","));
            word.push(']');
        }
        word.push_str(text);
    }
    word
}

fn in_words(range: &Range) -> String {
    let width = range.width;
    let from = format!("{:0width$}", range.from);
    if range.from == range.to {
        from
    } else {
        format!("{from}-{:0width$}", range.to)
    }
}

/// Runs of consecutive numbers. `08, 09` and `10` are one run, `9` and `10` another: a number without leading zeros goes
/// with padded ones when it follows them.
fn ranges(numbers: &[Number]) -> Vec<Range> {
    let mut widths: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    for number in numbers {
        widths.entry(number.width).or_default().push(number.value);
    }
    let mut plain = widths.remove(&0).map_or_else(Vec::new, |n| runs(&n, 0));
    let mut found = Vec::new();
    for (width, values) in widths {
        let mut padded = runs(&values, width);
        if let Some(last) = padded.last_mut()
            && let Some(next) = plain
                .iter()
                .position(|run| run.from == last.to + 1 && digits(run.from) == width)
        {
            last.to = plain.remove(next).to;
        }
        found.append(&mut padded);
    }
    found.append(&mut plain);
    found.sort_unstable_by_key(|range| (range.from, range.width));
    found
}

fn runs(values: &[u64], width: usize) -> Vec<Range> {
    let mut runs: Vec<Range> = Vec::new();
    for &value in values {
        match runs.last_mut() {
            Some(run) if run.to + 1 == value => run.to = value,
            _ => runs.push(Range {
                from: value,
                to: value,
                step: 1,
                width,
            }),
        }
    }
    runs
}
