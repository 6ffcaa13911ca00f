//! A session as a script: what was typed and did something, in order.
//!
//! What failed is left out, what only looked, and what holds a secret. An expression is no statement: it is left out as
//! well, unless a later input goes on with its value as `_`.
use super::{
    compile,
    complete::lex::{Token, tokens},
};
use crate::secret;
use mlua::Lua;
use serde::Serialize;
use std::fmt::Write;

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

pub(crate) fn script(lua: &Lua, inputs: &[Input]) -> Script {
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
    let (mut text, mut kept) = (String::from(HEAD), 0);
    for (input, fate) in inputs.iter().zip(fates.iter().rev()) {
        let line = input.text.trim();
        let _ = match fate {
            Fate::Out => continue,
            Fate::Secret => {
                let _ = writeln!(text, "-- (an input that holds a secret was left out)");
                continue;
            }
            // A bracket would go on with the line above.
            Fate::Statement if line.starts_with('(') => writeln!(text, ";{line}"),
            Fate::Statement => writeln!(text, "{line}"),
            Fate::Value => writeln!(text, "_ = {line}"),
        };
        kept += 1;
    }
    Script {
        text,
        inputs: kept,
        left_out: inputs.len() - kept,
    }
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
        script(&Lua::new(), &inputs)
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
}
