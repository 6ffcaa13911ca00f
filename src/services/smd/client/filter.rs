//! Filters as users write them, checked: SMD ignores parameters it does not know and then returns everything.
use crate::fault::Fault;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Query names, in any case, and what they must be; a list means any of these, `!x` anything but.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Filter(BTreeMap<String, Wanted>);

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Wanted {
    One(Word),
    Any(Vec<Word>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Number(i64),
    Flag(bool),
}

impl Word {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The query's pairs, with names as in `known`.
    pub(super) fn pairs(&self, known: &[&str]) -> Result<Vec<(String, String)>, Fault> {
        let mut pairs = Vec::new();
        for (given, wanted) in &self.0 {
            let Some(name) = known.iter().find(|name| name.eq_ignore_ascii_case(given)) else {
                let message = format!("no filter \"{given}\"");
                return Err(Fault::bad_argument(message).did_you_mean(given, known.iter().copied()));
            };
            let words = match wanted {
                Wanted::One(word) => std::slice::from_ref(word),
                Wanted::Any(words) if words.is_empty() => {
                    let message = format!("filter \"{given}\": an empty list matches nothing");
                    return Err(Fault::bad_argument(message).hint("leave it out to match all"));
                }
                Wanted::Any(words) => words,
            };
            for word in words {
                pairs.push(((*name).to_owned(), word.text()));
            }
        }
        Ok(pairs)
    }

    /// Takes one name out: for what SMD itself cannot select by. All it may be, in lower case.
    pub(super) fn take(&mut self, name: &str) -> Option<Vec<String>> {
        let key = self
            .0
            .keys()
            .find(|key| key.eq_ignore_ascii_case(name))?
            .clone();
        let words = match self.0.remove(&key)? {
            Wanted::One(word) => vec![word],
            Wanted::Any(words) => words,
        };
        Some(
            words
                .iter()
                .map(|word| word.text().to_lowercase())
                .collect(),
        )
    }
}
