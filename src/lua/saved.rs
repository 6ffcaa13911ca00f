//! A session as a script: what was typed and did something, in order.
//!
//! What failed is left out, what only looked, and what holds a secret. An expression is no statement: it is left out as
//! well, unless a later input goes on with its value as `_`.
use super::{
    compile,
    complete::lex::{Token, tokens},
    session::{returns, rewrite},
};
use crate::{
    fault::{Fault, Kind},
    secret,
};
use mlua::Lua;
use serde::Serialize;
use std::{collections::BTreeSet, fmt::Write};

/// What was typed, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) text: String,
    pub(crate) done: bool,
    /// It gave a value, which is `_` from then on.
    pub(crate) valued: bool,
}

impl Input {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Script {
    text: String,
    inputs: usize,
    left_out: usize,
}

/// Calls that only look, or are about the session itself.
const LOOKS: [&str; 8] = [
    "help",
    "source",
    "inspect",
    "page",
    "teach",
    "save",
    "watch",
    "bug_report",
];

/// What becomes of an input.
enum Fate {
    Out,
    Secret,
    Statement,
    /// Its value is wanted later.
    Value,
}

impl Fate {
    fn stays(&self) -> bool {
        matches!(self, Self::Statement | Self::Value)
    }
}

pub(crate) fn script(lua: &Lua, inputs: &[Input]) -> Result<Script, Fault> {
    let mut fates: Vec<Fate> = Vec::with_capacity(inputs.len());
    let mut wanted = false;
    for input in inputs.iter().rev() {
        let fate = fate(lua, input, wanted);
        if input.done && input.valued {
            wanted = false;
        }
        wanted |= matches!(fate, Fate::Statement | Fate::Value) && goes_on(&input.text);
        fates.push(fate);
    }
    fates.reverse();
    let kept: Vec<(&Input, &Fate)> = inputs.iter().zip(&fates).collect();
    let compiles = |text: &String| compile::script(lua, text.as_bytes(), "=saved").is_ok();
    let as_typed = (!shadows(&kept)).then(|| text(lua, &kept, Locals::Stay));
    let text = match as_typed.filter(compiles) {
        Some(text) => text,
        None => text(lua, &kept, Locals::Globals),
    };
    if !compiles(&text) {
        let message = "save: these inputs do not make one script; nothing was written";
        return Err(Fault::new(Kind::Unsupported, message)
            .hint("what was typed is in the history, line by line"));
    }
    let inputs = fates.iter().filter(|fate| fate.stays()).count();
    Ok(Script {
        text,
        inputs,
        left_out: fates.len() - inputs,
    })
}

/// Whether a local of one input has the name of an earlier one's: at the prompt they are one and the same variable.
fn shadows(kept: &[(&Input, &Fate)]) -> bool {
    let mut known = BTreeSet::new();
    let statements = kept
        .iter()
        .filter(|(_, fate)| matches!(fate, Fate::Statement));
    let mut locals = statements.flat_map(|(input, _)| rewrite(&input.text).locals);
    locals.any(|name| !known.insert(name))
}

/// What becomes of the locals of an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Locals {
    Stay,
    /// As the prompt keeps them. What is local still ends with its input, labels too.
    Globals,
}

fn text(lua: &Lua, inputs: &[(&Input, &Fate)], locals: Locals) -> String {
    let mut text = String::from(HEAD);
    for (input, fate) in inputs {
        let line = input.text.trim();
        let ends = returns(line);
        let _ = match fate {
            Fate::Out => Ok(()),
            Fate::Secret => writeln!(text, "-- (an input that holds a secret was left out)"),
            Fate::Value if is_value(lua, line) => writeln!(text, "_ = {line}"),
            Fate::Value => writeln!(text, "_ = {}", function(line)),
            Fate::Statement if ends => writeln!(text, ";{}", function(line)),
            Fate::Statement if locals == Locals::Globals => {
                writeln!(text, "do\n{}\nend", rewrite(line).text)
            }
            // A bracket would go on with the line above.
            Fate::Statement if line.starts_with('(') => writeln!(text, ";{line}"),
            Fate::Statement => writeln!(text, "{line}"),
        };
    }
    text
}

fn is_value(lua: &Lua, line: &str) -> bool {
    compile::script(lua, format!("_ = {line}").as_bytes(), compile::PROMPT).is_ok()
}

/// A `return` of its own would end the script; its locals outlive it.
fn function(line: &str) -> String {
    format!("(function(...)\n{}\nend)(...)", rewrite(line).text)
}

const HEAD: &str = "-- Saved from a session of chami; `chami FILE` runs it.\n";

fn fate(lua: &Lua, input: &Input, wanted: bool) -> Fate {
    if !input.done {
        return Fate::Out;
    }
    if secret::may_hold(&input.text) {
        return Fate::Secret;
    }
    let tokens = tokens(&input.text);
    if wanted && input.valued {
        return Fate::Value;
    }
    let looks = match &tokens[..] {
        [Token::Name("return"), ..] => true,
        [
            Token::Name(name),
            Token::Sign('(' | '{') | Token::Text(..),
            ..,
        ] => LOOKS.contains(name),
        _ => false,
    };
    // Only the first line of a file may begin with a `#` that means nothing.
    let line = format!(" {}", input.text);
    let statement = compile::script(lua, line.as_bytes(), compile::PROMPT).is_ok();
    if looks || !statement {
        return Fate::Out;
    }
    Fate::Statement
}

/// Whether a text reads `_` as the value of the input before.
fn goes_on(text: &str) -> bool {
    let tokens = tokens(text);
    let reads = |at: usize| {
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        let declared = matches!(before, Some(Token::Name("local" | "for")));
        let member = matches!(before, Some(Token::Sign('.' | ':')));
        let set = matches!(
            tokens.get(at + 1),
            Some(Token::Sign('=' | ',') | Token::Name("in"))
        );
        !declared && !member && !set
    };
    let last = |token: &Token| *token == Token::Name("_");
    (0..tokens.len()).any(|at| last(&tokens[at]) && reads(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(lines: &[(&str, bool, bool)]) -> Script {
        let inputs: Vec<Input> = lines
            .iter()
            .map(|(text, done, valued)| Input {
                text: (*text).to_owned(),
                done: *done,
                valued: *valued,
            })
            .collect();
        script(&Lua::new(), &inputs).expect("one script")
    }

    fn lines(inputs: &[(&str, bool, bool)]) -> Vec<String> {
        let text = saved(inputs).text;
        text.lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn what_did_something_is_kept() {
        let kept = lines(&[
            ("local a = 1", true, false),
            ("nosuch()", false, false),
            ("a + 1", true, true),
            ("help(a or \"a\")", true, false),
            ("smd.group.add('io', {})", true, true),
            ("return 1", true, true),
            ("#smd.group.list()", true, true),
            ("print(a)", true, false),
        ]);
        assert_eq!(kept, ["local a = 1", "smd.group.add('io', {})", "print(a)"]);
    }

    #[test]
    fn a_value_that_is_gone_on_with_is_kept() {
        let kept = lines(&[
            ("{ 1, 2 }", true, true),
            ("7", true, true),
            ("x = 3", true, false),
            ("for _, one in ipairs(_) do print(one) end", true, false),
            ("for _, one in ipairs({}) do print(one) end", true, false),
        ]);
        assert_eq!(kept[..2], ["_ = 7", "x = 3"]);
        assert_eq!(kept.len(), 4);
    }

    #[test]
    fn no_secret_is_written() {
        let script = saved(&[("token = 'sesame-open-up'", true, false)]);
        assert!(!script.text.contains("sesame"), "{}", script.text);
        assert_eq!((script.inputs, script.left_out), (0, 1));
    }

    #[test]
    fn an_input_that_returns_does_not_end_the_script() {
        let script = saved(&[
            ("local a = 1", true, false),
            ("if a == 1 then local b = a return 'none' end", true, true),
            ("function f() return 7 end", true, false),
            ("if a then return 5 end", true, true),
            ("c = _ + f() + a", true, false),
        ]);
        let lua = Lua::new();
        lua.load(&script.text).exec().expect("it runs");
        assert_eq!(
            lua.globals().get::<i64>("c").ok(),
            Some(13),
            "{}",
            script.text
        );
        assert!(script.text.contains("\nfunction f() return 7 end\n"));
    }

    #[test]
    fn any_number_of_locals_makes_a_script() {
        let mut inputs: Vec<(String, bool, bool)> = (0..230)
            .map(|n| (format!("local v{n} = {n}"), true, false))
            .collect();
        inputs.push(("sum = v0 + v229".to_owned(), true, false));
        inputs.push(("::here:: local x <close> = nil".to_owned(), true, false));
        inputs.push(("::here:: y = x".to_owned(), true, false));
        let inputs: Vec<(&str, bool, bool)> = inputs
            .iter()
            .map(|(text, done, valued)| (text.as_str(), *done, *valued))
            .collect();
        let lua = Lua::new();
        lua.load(&saved(&inputs).text).exec().expect("it runs");
        assert_eq!(lua.globals().get::<i64>("sum").ok(), Some(229));
    }

    #[test]
    fn a_name_declared_twice_is_one_variable() {
        let script = saved(&[
            ("local a = 1", true, false),
            ("function f() return a end", true, false),
            ("local a = 2", true, false),
            ("b = f()", true, false),
        ]);
        let lua = Lua::new();
        lua.load(&script.text).exec().expect("it runs");
        assert_eq!(lua.globals().get::<i64>("b").ok(), Some(2));
    }
}
