//! Turns the locals of an input's top level into assignments, token by token: strings and comments stay untouched.
use crate::lua::token::{self, Kind, Token};

/// An input whose locals will stay.
pub(crate) struct Rewritten {
    pub(crate) text: String,
    pub(crate) locals: Vec<String>,
}

/// Rewrites `source`; what cannot be read as Lua is left to Lua to complain about.
pub(crate) fn rewrite(source: &str) -> Rewritten {
    let tokens: Vec<Token> = token::tokens(source)
        .filter(|token| token.kind != Kind::Comment)
        .collect();
    let mut text = source.to_owned();
    let mut locals = Vec::new();
    // From the last to the first, so that positions stay valid.
    for at in top_level(&tokens).into_iter().rev() {
        if let Some(names) = statement(&tokens[at..], &mut text) {
            locals.extend(names);
        }
    }
    Rewritten { text, locals }
}

/// Whether a `return` of this text ends the whole of it, and not only a function inside.
pub(crate) fn returns(source: &str) -> bool {
    let mut blocks = Vec::new();
    for token in token::tokens(source).filter(|token| token.kind == Kind::Word) {
        match token.text {
            "function" | "do" | "if" | "repeat" => blocks.push(token.text),
            "end" | "until" => drop(blocks.pop()),
            "return" if !blocks.contains(&"function") => return true,
            _ => {}
        }
    }
    false
}

/// Where a `local` stands outside every block.
fn top_level(tokens: &[Token]) -> Vec<usize> {
    let (mut depth, mut found) = (0_usize, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            _ if token.kind != Kind::Word => {}
            "function" | "do" | "if" | "repeat" => depth += 1,
            "end" | "until" => depth = depth.saturating_sub(1),
            "local" if depth == 0 => found.push(at),
            _ => {}
        }
    }
    found
}

/// Rewrites the statement that begins with `local` and gives the names it declares.
fn statement(tokens: &[Token], text: &mut String) -> Option<Vec<String>> {
    let local = tokens.first()?;
    if tokens.get(1)?.text == "function" {
        let name = tokens.get(2).filter(|t| t.kind == Kind::Word)?;
        blank(text, local);
        return Some(vec![name.text.to_owned()]);
    }
    let (mut names, mut attributes, mut at) = (Vec::new(), Vec::<&Token>::new(), 1);
    loop {
        let name = tokens.get(at).filter(|t| t.kind == Kind::Word)?;
        if name.text == "_ENV" {
            return None;
        }
        names.push(name.text.to_owned());
        at += 1;
        if tokens.get(at).is_some_and(|t| t.text == "<") {
            if tokens.get(at + 1)?.text != "const" {
                return None;
            }
            attributes.extend(tokens.get(at..at + 3)?);
            at += 3;
        }
        if tokens.get(at).is_none_or(|t| t.text != ",") {
            break;
        }
        at += 1;
    }
    if tokens.get(at).is_none_or(|t| t.text != "=") {
        text.insert_str(tokens[at - 1].end(), " = nil");
    }
    for token in attributes.iter().rev() {
        text.replace_range(token.start..token.end(), &" ".repeat(token.text.len()));
    }
    blank(text, local);
    Some(names)
}

/// The semicolon keeps what stands before from reading on.
fn blank(text: &mut String, local: &Token) {
    text.replace_range(local.start..local.end(), ";    ");
}
