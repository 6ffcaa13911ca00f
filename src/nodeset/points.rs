//! Names as points: their numbers counted through for `boxes`, and boxes put into words again.
use super::{
    boxes::Boxes,
    fold::{Alike, Axes},
    order::by_length,
    run,
};
use std::collections::HashMap;

/// Names alike but for their numbers, each once.
pub(super) struct Points<'a> {
    /// The texts around the numbers.
    texts: Vec<&'a str>,
    /// All numbers that occur, shorter ones first. From here on a number is its place in this list.
    numbers: Vec<&'a str>,
    /// For each axis the number that all names have there, or nothing where they differ.
    fixed: Vec<Option<u32>>,
    /// On how many axes they differ.
    axes: usize,
    /// The numbers on those axes, name after name.
    places: Vec<u32>,
}

impl<'a> Points<'a> {
    pub(super) fn of(alike: Alike<'a>) -> Self {
        let count = alike.texts.len() - 1;
        let mut numbers = alike.numbers.clone();
        numbers.sort_unstable_by(|a, b| by_length(a.as_bytes(), b.as_bytes()));
        numbers.dedup();
        let place: HashMap<&str, u32> = numbers.iter().copied().zip(0..).collect();
        let all: Vec<u32> = alike.numbers.iter().map(|number| place[number]).collect();
        let fixed = |axis: usize| {
            let mut here = all.iter().skip(axis).step_by(count);
            here.all(|number| *number == all[axis]).then(|| all[axis])
        };
        let fixed: Vec<Option<u32>> = (0..count).map(fixed).collect();
        let varying = |point: &[u32]| -> Vec<u32> {
            let sides = point.iter().zip(&fixed);
            let differ = sides.filter(|(_, fixed)| fixed.is_none());
            differ.map(|(number, _)| *number).collect()
        };
        let mut points: Vec<Vec<u32>> = all.chunks(count.max(1)).map(varying).collect();
        points.sort_unstable();
        points.dedup();
        Self {
            texts: alike.texts,
            numbers,
            axes: fixed.iter().filter(|fixed| fixed.is_none()).count(),
            fixed,
            places: points.concat(),
        }
    }

    /// How many names there are.
    pub(super) fn count(&self) -> usize {
        self.places.len().checked_div(self.axes).unwrap_or(1)
    }

    /// The words of the folded set; rows of `least` numbers are written with a step.
    pub(super) fn words(mut self, axes: &Axes, least: Option<usize>) -> Vec<String> {
        let places = std::mem::take(&mut self.places);
        let boxes = if self.axes == 0 {
            vec![Vec::new()]
        } else {
            Boxes::new(self.axes, places, self.lexical()).fold()
        };
        let words = boxes.into_iter().flat_map(|sides| {
            let mut sides = sides.into_iter();
            let mut heads = vec![self.texts[0].to_owned()];
            for (axis, fixed) in self.fixed.iter().enumerate() {
                let here = || sides.next().unwrap_or_default();
                let side = fixed.map_or_else(here, |number| vec![number]);
                let ways = self.spelled(&side, axes.has(axis, self.fixed.len()), least);
                heads = longer(&heads, &ways, self.texts[axis + 1]);
            }
            heads
        });
        words.collect()
    }

    /// Where each number stands among all of them as text.
    fn lexical(&self) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.numbers.len()).collect();
        order.sort_unstable_by_key(|&at| self.numbers[at]);
        let mut lexical = vec![0; order.len()];
        for (rank, at) in (0..).zip(order) {
            lexical[at] = rank;
        }
        lexical
    }

    /// A side in one bracket, or number by number where it may not be folded.
    fn spelled(&self, side: &[u32], folds: bool, least: Option<usize>) -> Vec<String> {
        let numbers: Vec<&str> = side.iter().map(|&at| self.numbers[at as usize]).collect();
        if numbers.len() > 1 && folds {
            vec![format!("[{}]", run::in_words(&numbers, least))]
        } else {
            numbers.into_iter().map(str::to_owned).collect()
        }
    }
}

/// Every head in every way, the heads turning faster, as ClusterShell lists them.
fn longer(heads: &[String], ways: &[String], text: &str) -> Vec<String> {
    let each = |way| heads.iter().map(move |head| format!("{head}{way}{text}"));
    ways.iter().flat_map(each).collect()
}
