//! What an exercise defines above its first step for its steps to use: constants, helpers. Reads text and runs nothing.
// Writing to a String cannot fail.
use super::script::{Block, Part, Script};
use crate::shell::token::{self, Kind, Token};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A statement of the head with the comments above it, and the names it declares.
struct Statement<'a> {
    text: String,
    names: BTreeSet<&'a str>,
}

/// The locals of the head that parts use, as blocks of prose and code; and their names.
pub(super) fn scene(script: &Script) -> (Vec<Block>, Vec<String>) {
    let mut open: Vec<Statement> = statements(&script.head);
    let code: Vec<&str> = script
        .parts
        .iter()
        .map(|part: &Part| part.code.as_str())
        .collect();
    let mut wanted: BTreeSet<String> = words(&code.join("\n"));
    let mut kept: BTreeSet<usize> = BTreeSet::new();
    // A helper that is used may use another one.
    loop {
        let found = (0..open.len()).find(|at| {
            !kept.contains(at) && open[*at].names.iter().any(|name| wanted.contains(*name))
        });
        let Some(at) = found else { break };
        wanted.extend(words(&open[at].text));
        kept.insert(at);
    }
    let names = kept.iter().flat_map(|at| open[*at].names.iter());
    let names: Vec<String> = names.map(|&name| name.to_owned()).collect();
    let texts = kept.iter().map(|at| std::mem::take(&mut open[*at].text));
    let lines: Vec<String> = texts.collect();
    let joined = lines.join("\n");
    let lines: Vec<&str> = joined.lines().collect();
    (super::script::blocks(&lines), names)
}

fn words(code: &str) -> BTreeSet<String> {
    let words = token::tokens(code).filter(|it| it.kind == Kind::Word);
    words.map(|it| it.text.to_owned()).collect()
}

/// The `local` statements that begin a line, each to the next line that begins a statement.
fn statements(head: &str) -> Vec<Statement<'_>> {
    let begins = |line: &str| {
        line.starts_with(|c: char| c.is_ascii_alphabetic()) && !line.starts_with("end")
    };
    let mut out: Vec<Statement> = Vec::new();
    let (mut comments, mut inside) = (String::new(), false);
    for line in head.lines() {
        if line.starts_with("--") {
            let _ = writeln!(comments, "{line}");
            inside = false;
        } else if begins(line) {
            let names = declared(line);
            inside = !names.is_empty();
            let text = format!("{comments}{line}");
            comments.clear();
            if inside {
                out.push(Statement { text, names });
            }
        } else if line.is_empty() {
            comments.clear();
        } else if let Some(last) = out.last_mut().filter(|_| inside) {
            let _ = write!(last.text, "\n{line}");
        }
    }
    out
}

/// The names that code declares outside every block.
pub(super) fn declared(code: &str) -> BTreeSet<&str> {
    let tokens: Vec<Token> = token::tokens(code)
        .filter(|it| it.kind != Kind::Comment)
        .collect();
    let (mut depth, mut names) = (0_usize, BTreeSet::new());
    for (at, it) in tokens.iter().enumerate() {
        match it.text {
            "function" | "do" | "if" | "repeat" => depth += 1,
            "end" | "until" => depth = depth.saturating_sub(1),
            "local" if depth == 0 => {
                let mut rest = tokens[at + 1..]
                    .iter()
                    .skip_while(|it| it.text == "function");
                while let Some(name) = rest.next().filter(|it| it.kind == Kind::Word) {
                    names.insert(name.text);
                    if rest.next().is_none_or(|it| it.text != ",") {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helpers_that_parts_use_are_shown_with_those_they_use() {
        let file = "exercise { id = \"1\" }\n\nlocal HEAD = \"x\"   -- here\nlocal UNUSED = 1\n\n-- Makes one.\nlocal function image(a)\n  return HEAD .. a\nend\n\ncheck \"c\" {\n  got = f,\n}\n\nstep \"s\"\nprint(image \"b\")\n";
        let (blocks, names) = scene(&Script::read(file));
        assert_eq!(names, ["HEAD", "image"]);
        let want = [
            Block::Code("local HEAD = \"x\"   -- here".into()),
            Block::Prose("Makes one.".into()),
            Block::Code("local function image(a)\n  return HEAD .. a\nend".into()),
        ];
        assert_eq!(blocks, want);
    }

    #[test]
    fn names_inside_blocks_are_nobodys() {
        let code = "local a, b = 1\nlocal function f() local c end\nfor i = 1, 2 do local d end\ng(function() local e end)";
        let names: Vec<&str> = declared(code).into_iter().collect();
        assert_eq!(names, ["a", "b", "f"]);
    }
}
