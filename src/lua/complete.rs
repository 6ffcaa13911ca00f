//! Tab: what may stand where the cursor is.
//!
//! Looks and never runs: names come from live tables, from the documentation of modules that are not loaded yet, and from
//! the declared types of parameters and results, so that a half-typed line costs no request and changes nothing.
mod chain;
pub(super) mod lex;
mod live;
mod names;
mod place;
mod types;

pub use live::Live;

use super::docs::{Function, Index};
use mlua::Table;
use place::Place;

/// What may be inserted, and from where on it replaces the line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// A byte offset.
    pub start: usize,
    pub candidates: Vec<Candidate>,
    /// A file's name may stand there: whoever reads the line may look on the disk, which is not done here.
    pub files: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is inserted.
    pub text: String,
    /// What is listed: a function with its parameters, a key with its type.
    pub label: String,
}

impl Candidate {
    fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            label: text.clone(),
            text,
        }
    }

    /// The text without the quote it may begin with, which need not have been typed.
    fn bare(&self) -> &str {
        self.text.strip_prefix('"').unwrap_or(&self.text)
    }

    fn begins(&self, word: &str) -> bool {
        self.bare().starts_with(word)
    }
}

/// What completion may look at.
pub struct Scene<'a> {
    /// The names in scope, and through its metatable those behind them.
    pub root: Table,
    pub docs: &'a Index,
    /// Globals that are loaded at their first touch.
    pub lazy: &'a [(String, String)],
    /// What only the cluster knows.
    pub live: &'a Live,
}

/// What may stand at byte `pos` of `text`, which may have several lines.
pub fn complete(scene: &Scene, text: &str, pos: usize) -> Completion {
    let Some(before) = text.get(..pos) else {
        return Completion::default();
    };
    let tokens = lex::tokens(before);
    let (mut start, mut word, place) = place::place(before, &tokens);
    let mut files = false;
    let mut candidates = match place {
        Place::Nowhere => Vec::new(),
        Place::Member { end, method } => names::members(scene, &tokens[..end], method),
        Place::Key { brace } => names::keys(scene, &tokens, brace),
        Place::Text { end } => {
            let text = names::words(scene, &tokens[..end], word);
            (start, word) = (start + text.from, &word[text.from..]);
            files = text.files;
            text.candidates
        }
        Place::Name => names::values(scene, &tokens, word),
    };
    retain(&mut candidates, word);
    if candidates.is_empty() && matches!(place, Place::Key { .. }) {
        candidates = names::values(scene, &tokens, word);
        retain(&mut candidates, word);
    }
    Completion {
        start,
        candidates,
        files,
    }
}

/// The parameters that follow in the call whose argument would stand at the end of `text`.
pub fn hint(scene: &Scene, text: &str) -> Option<String> {
    let tokens = lex::tokens(text);
    if !matches!(tokens.last(), Some(lex::Token::Sign('(' | ','))) {
        return None;
    }
    let (called, at): (&Function, usize) = names::called(scene, &tokens)?;
    let signature = called.signature();
    let params = signature[signature.find('(')? + 1..].trim_end_matches(')');
    let rest: Vec<&str> = params.split(", ").skip(at).collect();
    (!rest.concat().is_empty()).then(|| format!("{})", rest.join(", ")))
}

/// Keeps what begins with `word`, by letters of any case if none does exactly; `_private` names only when asked for.
fn retain(candidates: &mut Vec<Candidate>, word: &str) {
    let lower = word.to_lowercase();
    let exact = candidates.iter().any(|c| c.begins(word));
    candidates.retain(|c| {
        let fits = if exact {
            c.begins(word)
        } else {
            c.bare().to_lowercase().starts_with(&lower)
        };
        fits && (word.starts_with('_') || !c.text.starts_with('_'))
    });
}

#[cfg(test)]
mod tests;
