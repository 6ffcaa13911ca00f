//! Rules of hints: stages, of which only the last may hold the whole answer.
use super::Page;
use crate::{
    learn::{script::spoken, session::Opened, text::Kind as Part},
    shell::token::{self, Kind, Token},
};

/// A nudge, then more.
const STAGES: usize = 2;

pub(super) fn rules(page: &mut Page, opened: &Opened, lines: &[usize]) {
    let steps = page
        .script
        .parts
        .iter()
        .filter(|part| part.kind == Part::Step);
    let answers: Vec<Vec<String>> = steps.flat_map(|part| calls(&part.code)).collect();
    for (check, line) in opened.checks.iter().zip(lines) {
        let count = check.hint.len();
        if count < STAGES {
            let hints = if count == 1 { "hint" } else { "hints" };
            let what = format!(
                "check \"{}\" has {count} {hints}; {STAGES} stages are wanted",
                check.title
            );
            page.tell(*line, what);
        }
        for (at, hint) in check.hint.iter().enumerate() {
            let place = page.line_of(hint).unwrap_or(*line);
            if hint.trim().is_empty() {
                page.tell(
                    place,
                    format!("hint {} of \"{}\" says nothing", at + 1, check.title),
                );
            }
            if check.hint[..at].contains(hint) {
                page.tell(
                    place,
                    format!("hint {} of \"{}\" was given before", at + 1, check.title),
                );
            }
            let whole = calls(hint).into_iter().any(|call| answers.contains(&call));
            if whole && at + 1 < count {
                page.tell(
                    place,
                    format!(
                        "hint {} of \"{}\" holds a whole answer; only the last one may",
                        at + 1,
                        check.title
                    ),
                );
            }
        }
    }
}

/// The calls of functions in modules, as `smd.group.ensure("io", { … })`: each as its tokens, quotes and parentheses that
/// may be left out aside.
fn calls(code: &str) -> Vec<Vec<String>> {
    let tokens: Vec<Token> = token::tokens(code)
        .filter(|it| it.kind != Kind::Comment)
        .collect();
    (0..tokens.len())
        .filter_map(|at| call(&tokens, at))
        .collect()
}

fn call(tokens: &[Token], from: usize) -> Option<Vec<String>> {
    let before = from.checked_sub(1).map_or("", |at| tokens[at].text);
    if tokens[from].kind != Kind::Word || [".", ":"].contains(&before) {
        return None;
    }
    let mut at = from + 1;
    while tokens.get(at)?.text == "." && tokens.get(at + 1)?.kind == Kind::Word {
        at += 2;
    }
    if at == from + 1 {
        return None;
    }
    let name: String = tokens[from..at].iter().map(|it| it.text).collect();
    let first = tokens.get(at)?;
    let last = match first.text {
        _ if first.kind == Kind::Text => at,
        "(" | "{" => closing(tokens, at)?,
        _ => return None,
    };
    let bare = first.text == "(";
    let inner = if bare {
        &tokens[at + 1..last]
    } else {
        &tokens[at..=last]
    };
    if inner.is_empty() {
        return None;
    }
    let said = inner.iter().map(|it| match it.kind {
        Kind::Text => format!("\"{}", spoken(it.text)),
        _ => it.text.to_owned(),
    });
    Some(std::iter::once(name).chain(said).collect())
}

/// Where the bracket at `open` is closed.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, it) in tokens.iter().enumerate().skip(open) {
        match it.text {
            "(" | "{" | "[" => depth += 1,
            ")" | "}" | "]" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_the_same_however_it_is_spelled() {
        let one = calls("print(discover.static \"data/nodes.yaml\")");
        assert_eq!(one, calls("discover.static('data/nodes.yaml')"));
        assert_eq!(one.len(), 1);
        assert_ne!(one, calls("discover.plan 'data/nodes.yaml'"));
    }

    #[test]
    fn a_call_that_leaves_something_out_is_another() {
        let whole = calls("smd.group.ensure(\"io\", { members = X })");
        assert_ne!(whole, calls("smd.group.ensure('io', { members = … })"));
        assert!(calls("help(smd.group) and smd.group.list()").is_empty());
        assert!(calls("an open smd.group.add('a").len() < 2);
    }
}
