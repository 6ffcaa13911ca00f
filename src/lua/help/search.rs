//! `help "word"`: what mentions it, the closest first.
use crate::lua::docs::{Function, Index};

/// So many answers are given.
const MOST: usize = 20;

pub(super) struct Found<'a> {
    /// What mentions every word asked for: path and summary.
    pub(super) hits: Vec<(&'a str, &'a str)>,
    /// Hits beyond those given.
    pub(super) more: usize,
    /// Paths that look like the word, if nothing mentions it.
    pub(super) near: Vec<&'a str>,
}

pub(super) fn search<'a>(docs: &'a Index, question: &str) -> Found<'a> {
    let question = question.to_lowercase();
    let words: Vec<&str> = question.split_whitespace().collect();
    let modules = docs.modules().map(|m| {
        let start = m.name == super::START;
        let name = if start { "help()" } else { &m.name };
        (rank(&words, name, m.summary(), &m.text), name, m.summary())
    });
    let functions = docs.functions().map(|f| {
        let rank = rank(&words, &f.path, f.summary(), &rest(f));
        (rank, &*f.path, f.summary())
    });
    let mut hits: Vec<_> = modules.chain(functions).collect();
    hits.retain(|(rank, ..)| rank.is_some());
    hits.sort_by_key(|(rank, ..)| *rank);
    let more = hits.len().saturating_sub(MOST);
    let near = if hits.is_empty() {
        nearest(docs, &question)
    } else {
        Vec::new()
    };
    let hits = hits.into_iter().take(MOST);
    Found {
        hits: hits.map(|(_, path, summary)| (path, summary)).collect(),
        more,
        near,
    }
}

fn rest(function: &Function) -> String {
    let params = function
        .params
        .iter()
        .map(|p| format!("{} {}", p.name, p.text));
    let mut all = vec![function.text.clone()];
    all.extend(params);
    all.extend(function.shell.iter().cloned());
    all.join("\n")
}

/// How close the entry is; none, if a word occurs nowhere in it.
fn rank(words: &[&str], path: &str, summary: &str, text: &str) -> Option<usize> {
    let path = path.to_lowercase();
    let (summary, text) = (summary.to_lowercase(), text.to_lowercase());
    let one = |word: &&str| {
        let part = |p: &str| p == *word;
        if path.split(['.', ':', '_']).any(part) {
            Some(0)
        } else if path.contains(*word) {
            Some(1)
        } else if summary.contains(*word) {
            Some(2)
        } else {
            text.contains(*word).then_some(3)
        }
    };
    let ranks: Option<Vec<usize>> = words.iter().map(one).collect();
    ranks.filter(|r| !r.is_empty()).map(|r| r.into_iter().sum())
}

fn nearest<'a>(docs: &'a Index, word: &str) -> Vec<&'a str> {
    let last = |path: &str| {
        path.rsplit(['.', ':'])
            .next()
            .unwrap_or(path)
            .to_lowercase()
    };
    let alike = |path: &str| {
        let whole = strsim::jaro_winkler(word, &path.to_lowercase());
        whole.max(strsim::jaro_winkler(word, &last(path)))
    };
    let mut paths: Vec<(f64, &str)> = docs
        .functions()
        .map(|f| (alike(&f.path), &*f.path))
        .filter(|(score, _)| *score > 0.8)
        .collect();
    paths.sort_by(|a, b| b.0.total_cmp(&a.0));
    paths.into_iter().take(3).map(|(_, path)| path).collect()
}
