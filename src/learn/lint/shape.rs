//! Rules that a file's text alone is held to: its size, its Lua, the order of its parts, nothing left open.
use super::Page;
use crate::{
    learn::draft::OPEN,
    shell::token::{Kind, Token},
};

/// A file that a reader can take in.
const LINES: usize = 120;
const COLUMNS: usize = 96;

pub(super) fn rules(page: &mut Page) {
    size(page);
    open_places(page);
    subset(page);
    order(page);
}

fn size(page: &mut Page) {
    let count = page.lines.len();
    if count > LINES {
        page.tell(
            LINES + 1,
            format!("{count} lines; an exercise has {LINES} at most"),
        );
    }
    for at in 0..count {
        let columns = page.lines[at].chars().count();
        if columns > COLUMNS {
            page.tell(
                at + 1,
                format!("{columns} columns; a line has {COLUMNS} at most"),
            );
        }
    }
}

fn open_places(page: &mut Page) {
    for at in 0..page.lines.len() {
        if let Some((_, after)) = page.lines[at].split_once(OPEN) {
            let asked: String = after
                .trim()
                .trim_end_matches(['"', ',', '}', '{', ' '])
                .to_owned();
            let what = if asked.is_empty() {
                "an open place".to_owned()
            } else {
                format!("an open place: {asked}")
            };
            page.tell(at + 1, what);
        }
    }
}

/// The Lua that 5.4, LuaJIT and Luau have in common.
fn subset(page: &mut Page) {
    let tokens = page.tokens.clone();
    for (at, it) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or("", |next| next.text);
        let what = match (it.kind, it.text) {
            (Kind::Word, "goto") => "goto",
            (Kind::Sign, "//") => "integer division",
            (Kind::Sign, "&" | "|" | "~" | "<<" | ">>") => "an operator on bits",
            (Kind::Sign, "<") if ["const", "close"].contains(&next) && closes(&tokens, at + 2) => {
                "an attribute of a local"
            }
            _ => continue,
        };
        page.tell(
            page.line(it.start),
            format!("{what} (`{}`): exercises use what all Luas share", it.text),
        );
    }
}

fn closes(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|it| it.text == ">")
}

/// Checks stand before the first mark, and a mark begins its line.
fn order(page: &mut Page) {
    let tokens = page.tokens.clone();
    let first = page.first_mark();
    for (at, it) in tokens.iter().enumerate() {
        let called = tokens.get(at + 1).is_some_and(|next| {
            let inside = tokens.get(at + 2).is_some_and(|it| it.kind == Kind::Text);
            next.kind == Kind::Text || (next.text == "(" && inside)
        });
        let field = at > 0 && [".", ":"].contains(&tokens[at - 1].text);
        if it.kind != Kind::Word || !called || field {
            continue;
        }
        let line = page.line(it.start);
        match it.text {
            "check" if line > first => {
                page.tell(line, "a check stands before the first step, so that it can be asked without running one");
            }
            "step" | "look" if !page.marks.iter().any(|mark| mark.line == line) => {
                page.tell(
                    line,
                    format!("{} begins its line, outside every block", it.text),
                );
            }
            _ => {}
        }
    }
}
