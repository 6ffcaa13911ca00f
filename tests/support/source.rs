//! Reads the project's own sources for tests that hold them to a rule.
use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(dir: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

/// Every source file below `dir`, as its path from the project's root and its text.
pub(crate) fn sources(dir: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&root().join(dir), extension, &mut found);
    found.sort();
    let read = |path: PathBuf| {
        let name = path
            .strip_prefix(root())
            .expect("below the root")
            .to_string_lossy()
            .into_owned();
        (name, fs::read_to_string(&path).expect("source is UTF-8"))
    };
    found.into_iter().map(read).collect()
}

/// The code of a file without its comments, so that prose may name anything.
pub(crate) fn code(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    lines.join("\n")
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

pub(crate) fn word(text: &str) -> String {
    text.chars().take_while(|c| is_part(*c)).collect()
}

/// Whether a line, stripped of its indentation, begins a function.
fn begins_function(line: &str) -> bool {
    let Some((head, _)) = line.split_once("fn ") else {
        return false;
    };
    let qualifier = |w: &str| {
        w.starts_with("pub") || ["async", "const", "unsafe", "extern", "\"C-unwind\""].contains(&w)
    };
    head.split_whitespace().all(qualifier)
}

/// Name and length of every function, as rustfmt lays them out: the closing brace stands under the `fn`.
pub(crate) fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        if !begins_function(trimmed) {
            continue;
        }
        let close = format!("{}}}", " ".repeat(line.len() - trimmed.len()));
        if let Some(length) = lines[start..].iter().position(|l| *l == close) {
            found.push((
                word(trimmed.split("fn ").nth(1).unwrap_or_default()),
                length + 1,
            ));
        }
    }
    found
}

/// Whether `code` names the crate `library`, as `library::…`.
pub(crate) fn names(code: &str, library: &str) -> bool {
    code.match_indices(&format!("{library}::"))
        .any(|(at, _)| !code[..at].chars().next_back().is_some_and(is_part))
}
