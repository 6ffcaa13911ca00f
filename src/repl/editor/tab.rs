//! Tab: what Lua knows may follow, and names of files where one is wanted.
use super::helper::Helper;
use crate::lua::complete::Candidate;
use rustyline::completion::{FilenameCompleter, Pair};

impl Helper<'_> {
    /// The session's own words that begin as this line does, or what may stand behind one.
    pub(super) fn words(&self, line: &str) -> Option<(usize, Vec<Pair>)> {
        let verbs = self.verbs.filter(|_| self.before.is_empty())?;
        let word = line.strip_prefix(':')?;
        if let Some((name, typed)) = word.split_once(' ') {
            let lua = (verbs.like)(name)?;
            let (start, pairs) = self.offered(&format!("{lua}{typed}"));
            let front = line.len() - typed.len() + start.checked_sub(lua.len())?;
            return Some((front, pairs));
        }
        if !word.chars().all(char::is_alphanumeric) {
            return None;
        }
        let fitting = verbs.names.iter().filter(|name| name.starts_with(word));
        let pair = |name: &&str| Pair {
            display: format!(":{name}"),
            replacement: format!(":{name} "),
        };
        Some((0, fitting.map(pair).collect()))
    }

    /// What may stand at the end of `text`, and from where on.
    pub(super) fn offered(&self, text: &str) -> (usize, Vec<Pair>) {
        let found = self.shell.complete(text, text.len());
        let pair = |c: Candidate| Pair {
            display: c.label,
            replacement: c.text,
        };
        let mut pairs: Vec<Pair> = found.candidates.into_iter().map(pair).collect();
        if found.files {
            let typed = &text[found.start..];
            for file in files(typed) {
                if pairs.iter().all(|it| it.replacement != file.replacement) {
                    pairs.push(file);
                }
            }
        }
        (found.start, pairs)
    }
}

/// The files on disk whose path begins so.
fn files(typed: &str) -> Vec<Pair> {
    // A quote before it: blanks belong to the name.
    let quoted = format!("'{typed}");
    let found = FilenameCompleter::new().complete_path(&quoted, quoted.len());
    let (start, mut pairs) = found.unwrap_or_default();
    // What a string cannot hold as it stands is not offered.
    pairs.retain(|pair| !pair.replacement.contains(['"', '\'', '\\']));
    for pair in &mut pairs {
        // What stands before its last part, as typed.
        pair.replacement = format!("{}{}", &quoted[1..start.max(1)], pair.replacement);
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::files;
    use std::fs;

    #[test]
    fn files_are_offered_by_what_is_typed_of_their_path() {
        let dir = tempfile::tempdir().expect("a directory");
        fs::create_dir(dir.path().join("my data")).expect("a folder");
        fs::write(dir.path().join("my data/nodes.yaml"), "").expect("a file");
        let at = |rest: &str| format!("{}/{rest}", dir.path().display());
        let names = |typed: &str| {
            let found = files(&at(typed)).into_iter();
            found.map(|it| it.replacement).collect::<Vec<_>>()
        };
        assert_eq!(names("my"), [at("my data/")]);
        assert_eq!(names("my data/n"), [at("my data/nodes.yaml")]);
        assert!(names("none").is_empty());
    }
}
