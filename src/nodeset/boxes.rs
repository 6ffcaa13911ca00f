//! Points to boxes: which names become one word of a folded set.
//!
//! Two boxes that differ on one axis only become one. Which two, decides the result; ClusterShell compares each with each
//! in the order of a sorted list, over and over, and its choice is what users know. Here the same choices are made with
//! look-ups: for each axis a map from a box's other sides to the places in the list where they occur.
use std::{cmp::Reverse, collections::HashMap};

/// A set of numbers, by its place in `Sets`.
type Side = u32;

/// One set of numbers on one axis. What it holds is written down only at the end: as two halves.
#[derive(Clone, Copy)]
struct Set {
    /// Of its numbers, in any order. With 128 bits two different sets do not meet in this.
    sum: u128,
    length: u32,
    /// Its first and last number by place in `Sets::lexical`.
    first: u32,
    last: u32,
    halves: Option<(Side, Side)>,
}

/// All sets so far, each once; the first are the single numbers.
struct Sets {
    all: Vec<Set>,
    known: HashMap<u128, Side>,
    /// Where each number stands when they are compared as text, as ClusterShell compares the ends of ranges.
    lexical: Vec<u32>,
}

impl Sets {
    fn new(lexical: Vec<u32>) -> Self {
        let single = |number: u32| Set {
            sum: u128::from(mix(2 * u64::from(number) + 1)) << 64
                | u128::from(mix(2 * u64::from(number) + 2)),
            length: 1,
            first: number,
            last: number,
            halves: None,
        };
        let count = u32::try_from(lexical.len()).unwrap_or(u32::MAX);
        let all: Vec<Set> = (0..count).map(single).collect();
        let known = all.iter().zip(0..).map(|(set, side)| (set.sum, side));
        Self {
            known: known.collect(),
            all,
            lexical,
        }
    }

    fn get(&self, side: Side) -> &Set {
        &self.all[side as usize]
    }

    /// The union of two sets that have no number in common.
    fn union(&mut self, a: Side, b: Side) -> Side {
        let (left, right) = (*self.get(a), *self.get(b));
        let sum = left.sum.wrapping_add(right.sum);
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let side = *self.known.entry(sum).or_insert(next);
        if side == next {
            self.all.push(Set {
                sum,
                length: left.length + right.length,
                first: left.first.min(right.first),
                last: left.last.max(right.last),
                halves: Some((a, b)),
            });
        }
        side
    }

    /// Larger sets first, then those that begin and end earlier as text.
    fn key(&self, side: Side) -> (Reverse<u32>, u32, u32) {
        let set = self.get(side);
        let lexical = |number: u32| self.lexical[number as usize];
        (Reverse(set.length), lexical(set.first), lexical(set.last))
    }

    fn numbers(&self, side: Side) -> Vec<u32> {
        let (mut open, mut found) = (vec![side], Vec::new());
        while let Some(side) = open.pop() {
            match self.get(side).halves {
                Some((a, b)) => open.extend([a, b]),
                None => found.push(side),
            }
        }
        found.sort_unstable();
        found
    }
}

/// Spreads a number over 64 bits (splitmix64).
const fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Boxes in the order of a list; a box has one side on each of `axes` axes.
pub(super) struct Boxes {
    axes: usize,
    sides: Vec<Side>,
    sets: Sets,
    list: Vec<usize>,
}

impl Boxes {
    /// Each point a box of its own; no two may be the same. Points name their numbers by place in `lexical`.
    pub(super) fn new(axes: usize, points: Vec<u32>, lexical: Vec<u32>) -> Self {
        let list = (0..points.len() / axes).collect();
        Self {
            axes,
            sides: points,
            sets: Sets::new(lexical),
            list,
        }
    }

    /// The boxes in ClusterShell's order, each as the numbers of its sides.
    pub(super) fn fold(mut self) -> Vec<Vec<Vec<u32>>> {
        let mut thorough = false;
        loop {
            self.sort();
            let before = self.list.len();
            if thorough {
                self.join_all();
            } else {
                self.join_neighbours();
            }
            if self.list.len() == before {
                if thorough {
                    break;
                }
                thorough = true;
            }
        }
        let numbers = |side: &Side| self.sets.numbers(*side);
        let sides = |&at: &usize| self.of(at).iter().map(numbers).collect();
        self.list.iter().map(sides).collect()
    }

    fn of(&self, at: usize) -> &[Side] {
        &self.sides[at * self.axes..(at + 1) * self.axes]
    }

    /// Large boxes first.
    fn sort(&mut self) {
        let (sets, sides, axes) = (&self.sets, &self.sides, self.axes);
        let of = |at: usize| &sides[at * axes..(at + 1) * axes];
        let volume = |at: usize| -> u64 {
            let lengths = of(at).iter().map(|side| u64::from(sets.get(*side).length));
            lengths.product()
        };
        let mut keyed: Vec<(Reverse<u64>, usize)> = self
            .list
            .iter()
            .map(|&at| (Reverse(volume(at)), at))
            .collect();
        keyed.sort_by(|(a, left), (b, right)| {
            let keys = |at: usize| of(at).iter().map(|side| sets.key(*side));
            a.cmp(b).then_with(|| keys(*left).cmp(keys(*right)))
        });
        self.list = keyed.into_iter().map(|(_, at)| at).collect();
    }

    /// The one axis two boxes differ on.
    fn differ(&self, a: usize, b: usize) -> Option<usize> {
        let mut pairs = self.of(a).iter().zip(self.of(b));
        let axis = pairs.position(|(left, right)| left != right)?;
        pairs.all(|(left, right)| left == right).then_some(axis)
    }

    /// `a` takes up `b`.
    fn join(&mut self, a: usize, b: usize, axis: usize) {
        let (left, right) = (self.of(a)[axis], self.of(b)[axis]);
        self.sides[a * self.axes + axis] = self.sets.union(left, right);
    }

    /// Each box takes up those right behind it in the list, as long as they fit.
    fn join_neighbours(&mut self) {
        let list = std::mem::take(&mut self.list);
        for next in list {
            let front = self.list.last().copied();
            match front.and_then(|front| Some((front, self.differ(front, next)?))) {
                Some((front, axis)) => self.join(front, next, axis),
                None => self.list.push(next),
            }
        }
    }

    /// Each box takes up whatever fits anywhere behind it in the list, from front to back.
    fn join_all(&mut self) {
        let list = std::mem::take(&mut self.list);
        let places = self.places(&list);
        let mut gone = vec![false; list.len()];
        for (start, &this) in list.iter().enumerate() {
            if gone[start] {
                continue;
            }
            let mut place = start;
            while let Some((next, axis)) = self.next(this, place, &list, &places, &gone) {
                self.join(this, list[next], axis);
                gone[next] = true;
                place = next;
            }
            self.list.push(this);
        }
    }

    /// For each axis, by all sides but that one: the places in the list, front to back.
    fn places(&self, list: &[usize]) -> Vec<HashMap<u64, Vec<usize>>> {
        let on = |axis| {
            let mut places: HashMap<u64, Vec<usize>> = HashMap::with_capacity(list.len());
            for (place, &this) in list.iter().enumerate() {
                places
                    .entry(self.others(this, axis))
                    .or_default()
                    .push(place);
            }
            places
        };
        (0..self.axes).map(on).collect()
    }

    /// The first place behind `place` whose box `this` can take up, and the axis on which they differ.
    fn next(
        &self,
        this: usize,
        place: usize,
        list: &[usize],
        places: &[HashMap<u64, Vec<usize>>],
        gone: &[bool],
    ) -> Option<(usize, usize)> {
        let on = |axis: usize| {
            let places = places[axis].get(&self.others(this, axis))?;
            let behind = &places[places.partition_point(|&other| other <= place)..];
            let fits =
                |&&other: &&usize| !gone[other] && self.differ(this, list[other]) == Some(axis);
            Some((*behind.iter().find(fits)?, axis))
        };
        (0..self.axes).filter_map(on).min()
    }

    fn others(&self, this: usize, axis: usize) -> u64 {
        let sides = self.of(this).iter().enumerate();
        let others = sides.filter(|(at, _)| *at != axis);
        others.fold(0, |sum, (_, side)| {
            mix(sum ^ u64::from(*side)).wrapping_add(sum)
        })
    }
}
