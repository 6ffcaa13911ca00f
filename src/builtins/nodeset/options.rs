//! How names are to be folded, as `nodeset --axis` and `nodeset --autostep` have it.
use crate::{
    fault::Fault,
    nodeset::{Autostep, Axes, Folding},
};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FoldOptions {
    axis: Option<Axis>,
    autostep: Option<Step>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected an axis: 1, -1, \"1,3\", \"1-2\" or a list of numbers"
)]
enum Axis {
    One(i64),
    List(Vec<i64>),
    Text(String),
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected how many numbers make a stepped range: 4, \"50%\" or \"auto\""
)]
enum Step {
    Number(i64),
    Text(String),
}

impl FoldOptions {
    pub(super) fn folding(self) -> Result<Folding, Fault> {
        Ok(Folding {
            axes: self.axis.map_or(Ok(Axes::All), axes)?,
            autostep: self.autostep.map_or(Ok(Autostep::Never), autostep)?,
        })
    }
}

/// Numbers from 1, ranges, negative ones from the end.
fn axes(axis: Axis) -> Result<Axes, Fault> {
    let list = match axis {
        Axis::One(axis) => vec![axis],
        Axis::List(list) => list,
        Axis::Text(text) => {
            let mut list = Vec::new();
            for part in text.split(',') {
                list.extend(axes_of(part.trim()).ok_or_else(|| wrong_axis(&text))?);
            }
            list
        }
    };
    if list.contains(&0) {
        return Err(wrong_axis("0"));
    }
    Ok(Axes::Only(list))
}

/// `2`, `-1`, `1-3` or `1-5/2`.
fn axes_of(part: &str) -> Option<Vec<i64>> {
    if let Ok(axis) = part.parse() {
        return Some(vec![axis]);
    }
    let (range, step) = part.split_once('/').unwrap_or((part, "1"));
    let (from, to) = range.split_once('-')?;
    let (from, to): (i64, i64) = (from.parse().ok()?, to.parse().ok()?);
    let step: usize = step.parse().ok().filter(|step| *step > 0)?;
    (from <= to && to < 100).then(|| (from..=to).step_by(step).collect())
}

fn wrong_axis(text: &str) -> Fault {
    Fault::bad_argument(format!("`{text}` names no axis of a name"))
        .hint("axes are counted from 1, or from the end with -1: { axis = \"1-2\" }")
}

/// From how many numbers on: a count, a share of all, or all. Two always stand at one distance, so three are the least.
fn autostep(step: Step) -> Result<Autostep, Fault> {
    let read = match &step {
        Step::Number(number) => usize::try_from(*number)
            .ok()
            .filter(|least| *least >= 3)
            .map(Autostep::From),
        Step::Text(text) if text == "auto" => Some(Autostep::Auto),
        Step::Text(text) => {
            let share = text
                .strip_suffix('%')
                .and_then(|share| share.trim().parse::<f64>().ok());
            share
                .filter(|share| (0.0..=100.0).contains(share))
                .map(|share| Autostep::Share(share / 100.0))
        }
    };
    read.ok_or_else(|| {
        let said = match step {
            Step::Number(number) => number.to_string(),
            Step::Text(text) => text,
        };
        Fault::bad_argument(format!("`{said}` does not say from how many numbers on steps are written"))
            .hint("a number from 3, a share of all names or all of them: { autostep = 4 }, \"50%\", \"auto\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_read_as_clustershell_has_them() {
        let axes = |text: &str| axes(Axis::Text(text.to_owned()));
        assert_eq!(axes("1-2,-1").ok(), Some(Axes::Only(vec![1, 2, -1])));
        assert_eq!(axes("1-5/2").ok(), Some(Axes::Only(vec![1, 3, 5])));
        for wrong in ["", "a", "0", "3-1", "1-", "1-3/0"] {
            assert!(axes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn steps_are_asked_for_by_count_or_share() {
        let text = |text: &str| autostep(Step::Text(text.to_owned()));
        assert_eq!(autostep(Step::Number(3)).ok(), Some(Autostep::From(3)));
        assert_eq!(text("auto").ok(), Some(Autostep::Auto));
        assert_eq!(text("50%").ok(), Some(Autostep::Share(0.5)));
        assert!(autostep(Step::Number(2)).is_err());
        for wrong in ["", "half", "-1%", "101%"] {
            assert!(text(wrong).is_err(), "{wrong}");
        }
    }
}
