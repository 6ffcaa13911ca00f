//! Which exercises teach what: the coverage list of a course, `TAG: ID ID …` one a line.
use crate::fault::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// What the course is to cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seeds {
    tags: BTreeMap<String, Vec<String>>,
}

impl Seeds {
    /// Reads a list; `#` begins a comment.
    pub fn read(name: &str, text: &str) -> Result<Self, Fault> {
        let mut tags = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let Some((tag, ids)) = line.split_once(':') else {
                let what = format!("{name}:{number}: want `TAG: ID ID …`; got `{line}`");
                return Err(Fault::bad_argument(what));
            };
            let ids = ids.split_whitespace().map(str::to_owned).collect();
            tags.insert(tag.trim().to_owned(), ids);
        }
        Ok(Self { tags })
    }

    pub fn knows(&self, tag: &str) -> bool {
        self.tags.contains_key(tag)
    }

    /// The tags that an exercise which exists should teach and none does, given the exercises' `(id, tags)`.
    pub fn untaught(&self, exercises: &[(String, Vec<String>)]) -> Vec<String> {
        let taught: BTreeSet<&str> = exercises
            .iter()
            .flat_map(|(_, tags)| tags.iter().map(String::as_str))
            .collect();
        let exists = |id: &&String| exercises.iter().any(|(known, _)| known == *id);
        let mut gaps = Vec::new();
        for (tag, ids) in &self.tags {
            let there: Vec<&str> = ids.iter().filter(exists).map(String::as_str).collect();
            if !there.is_empty() && !taught.contains(tag.as_str()) {
                let ids = there.join(", ");
                gaps.push(format!("seed {tag} is taught by none of {ids}"));
            }
        }
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exercise(id: &str, tags: &[&str]) -> (String, Vec<String>) {
        let tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        (id.to_owned(), tags)
    }

    #[test]
    fn tags_are_known_and_taught_as_far_as_exercises_exist() {
        let seeds =
            Seeds::read("seeds.txt", "# plan\nA: 1 2\nB: 2\nC: 9 # later\n").expect("a list");
        let fine = [exercise("1", &["A"]), exercise("2", &["B"])];
        assert_eq!(seeds.untaught(&fine), Vec::<String>::new());
        assert!(seeds.knows("C") && !seeds.knows("Z"));
        let poor = [exercise("1", &["Z"]), exercise("2", &["B"])];
        assert_eq!(seeds.untaught(&poor), ["seed A is taught by none of 1, 2"]);
    }

    #[test]
    fn a_line_without_colon_is_told_with_its_number() {
        let fault = Seeds::read("seeds.txt", "\nA 1\n").expect_err("no list");
        assert_eq!(fault.message, "seeds.txt:2: want `TAG: ID ID …`; got `A 1`");
    }
}
