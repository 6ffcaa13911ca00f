//! One mapping of a nodes file: takes the keys its reader knows, and reports the others.
use super::{
    finding::{Findings, Place},
    tree::{Spot, Tree},
};

pub(super) struct Record<'a> {
    pub(super) place: Place,
    entries: &'a [(String, Spot)],
    known: Vec<&'static str>,
}

impl<'a> Record<'a> {
    /// `None`, with a finding, when this is no mapping.
    pub(super) fn of(spot: &'a Spot, record: String, findings: &mut Findings) -> Option<Self> {
        let place = Place {
            record,
            line: spot.line,
        };
        let Tree::Map(entries) = &spot.tree else {
            findings.error(
                "wrong-type",
                &place,
                format!("a mapping is expected here, not {}", spot.tree.sort()),
                "write its fields as `key: value`, one a line",
            );
            return None;
        };
        Some(Self {
            place,
            entries,
            known: Vec::new(),
        })
    }

    fn take(&mut self, key: &'static str) -> Option<&'a Spot> {
        self.known.push(key);
        let (_, spot) = self.entries.iter().find(|(name, _)| name == key)?;
        (spot.tree != Tree::Null).then_some(spot)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name == key)
    }

    /// A scalar; the empty text counts as absent.
    pub(super) fn text(&mut self, key: &'static str, findings: &mut Findings) -> Option<String> {
        let spot = self.take(key)?;
        if let Tree::Text(text) = &spot.tree {
            let text = text.trim();
            return (!text.is_empty()).then(|| text.to_owned());
        }
        findings.error(
            "wrong-type",
            &self.at(spot),
            format!(
                "`{key}` is {}, a single value is expected",
                spot.tree.sort()
            ),
            format!("write `{key}: VALUE`"),
        );
        None
    }

    /// A list; absent is empty.
    pub(super) fn list(&mut self, key: &'static str, findings: &mut Findings) -> &'a [Spot] {
        match self.take(key) {
            None => &[],
            Some(spot) => match &spot.tree {
                Tree::List(list) => list,
                // Lua cannot tell an empty list from an empty mapping.
                Tree::Map(map) if map.is_empty() => &[],
                other => {
                    findings.error(
                        "wrong-type",
                        &self.at(spot),
                        format!("`{key}` is {}, a list is expected", other.sort()),
                        format!("begin each entry under `{key}:` with `- `"),
                    );
                    &[]
                }
            },
        }
    }

    /// A list of scalars; one scalar is taken as a list of one.
    pub(super) fn words(&mut self, key: &'static str, findings: &mut Findings) -> Vec<String> {
        if let Some(Spot {
            tree: Tree::Text(_),
            ..
        }) = self.entries.iter().find(|e| e.0 == key).map(|e| &e.1)
        {
            return self.text(key, findings).into_iter().collect();
        }
        let list = self.list(key, findings);
        let mut words = Vec::new();
        for spot in list {
            match &spot.tree {
                Tree::Text(text) => words.push(text.trim().to_owned()),
                other => findings.error(
                    "wrong-type",
                    &self.at(spot),
                    format!("`{key}` holds {}, names are expected", other.sort()),
                    format!("write `{key}: [compute, io]`"),
                ),
            }
        }
        words
    }

    fn at(&self, spot: &Spot) -> Place {
        Place {
            record: self.place.record.clone(),
            line: spot.line.or(self.place.line),
        }
    }

    /// Reports the keys nobody asked for: ochami ignores them without a word.
    pub(super) fn finish(self, findings: &mut Findings) {
        for (key, spot) in self.entries {
            if self.known.contains(&key.as_str()) {
                continue;
            }
            let near = self
                .known
                .iter()
                .map(|known| (strsim::jaro_winkler(known, key), known))
                .filter(|(likeness, _)| *likeness > 0.7)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let fix = match near {
                Some((_, known)) => format!("did you mean `{known}`?"),
                None => format!("the keys known here are {}", self.known.join(", ")),
            };
            findings.warning(
                "unknown-key",
                &self.at(spot),
                format!("`{key}` is not a key of this record and is ignored"),
                fix,
            );
        }
    }
}
