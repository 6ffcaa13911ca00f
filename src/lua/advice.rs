//! What to type instead, when Lua itself refuses: names that look like the one that is nil, and calls for commands that
//! are typed as in a shell.
use super::{
    complete::lex,
    docs::{Function, Index},
    habits,
};
use crate::fault::nearest;
use std::collections::BTreeSet;

/// A hint for an error message of Lua, `attempt to call a nil value (field 'lst')`; `globals` are the names in scope.
pub(crate) fn advice(message: &str, docs: &Index, globals: &[String]) -> Option<String> {
    let (_, rest) = message.split_once(" a nil value (")?;
    let (what, rest) = rest.split_once(" '")?;
    let name = rest.split('\'').next()?;
    let mut known: BTreeSet<&str> = BTreeSet::new();
    match what {
        "global" if habits::is_command(name) => return Some(habits::command(&format!("{name} …"))),
        "global" if name == "len" => return Some("how many a list has: #LIST".to_owned()),
        "global" => known.extend(globals.iter().map(String::as_str)),
        "field" | "method" => {
            for function in docs.functions() {
                known.extend(function.path.split(['.', ':']).skip(1));
            }
        }
        _ => return None,
    }
    nearest(name, known)
        .filter(|near| *near != name)
        .map(|near| format!("did you mean {near}?"))
}

/// The call that a line like `ochami smd component get` or `smd component list` means.
pub(crate) fn in_lua(line: &str, docs: &Index) -> Option<String> {
    let line = line.trim();
    if line.starts_with("chami ") {
        return Some(format!("this is for the system's shell: !{line}"));
    }
    if line.starts_with(':') {
        return Some("words with a colon are for an exercise: !chami learn lists them".to_owned());
    }
    if line.contains('…') {
        return Some("`…` stands for what only you know: put that in its place".to_owned());
    }
    let plain = |word: &&str| {
        let letter = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        !word.starts_with('-') && word.chars().all(letter)
    };
    let words: Vec<&str> = line.split_whitespace().take_while(plain).collect();
    if words.first() == Some(&"ochami") {
        return twins(&words, docs);
    }
    let paths = (2..=words.len())
        .rev()
        .map(|count| words[..count].join("."));
    let mut paths = paths.map(|path| path.replace('-', "_"));
    match paths.find_map(|path| docs.function(&path)) {
        Some(known) => Some(format!("in Lua this is {}", known.signature())),
        None => unquoted(line).or_else(|| {
            habits::meant(line, |name| {
                name == "print" || docs.function(name).is_some()
            })
        }),
    }
}

/// A word that was meant as text: it is an xname, a path or a group, or the quote behind it is missing.
fn unquoted(line: &str) -> Option<String> {
    let tokens = lex::tokens(line);
    if let Some(lex::Token::Text(inside, false)) = tokens.last() {
        let quote = line[..line.len() - inside.len()].chars().last()?;
        let word = inside.split([',', ')', '}', ' ']).next()?;
        return (!word.is_empty()).then(|| format!("a quote is missing: {quote}{word}{quote}"));
    }
    let line = line.split("--").next()?;
    let text = |word: &&str| {
        let xname = word.starts_with('x') && word.contains('c') && word.ends_with(char::is_numeric);
        let path = word.contains('/') && word.contains('.');
        (xname && word.len() > 5) || path || (word.starts_with('@') && word.len() > 1)
    };
    line.split([' ', '(', ')', ',', '{', '}', '='])
        .filter(|word| !word.contains(['"', '\'']))
        .find(text)
        .map(|word| format!("names and paths go in quotes: \"{word}\""))
}

/// The functions whose command the line begins with, or that have most of its words.
fn twins(words: &[&str], docs: &Index) -> Option<String> {
    let alike = |shell: &String| {
        let shell: Vec<&str> = shell.split_whitespace().collect();
        words.starts_with(&shell).then_some(shell.len())
    };
    let likeness = |f: &&Function| f.shell.iter().filter_map(alike).max();
    let most = docs.functions().filter_map(|f| likeness(&f)).max()?;
    let found = docs.functions().filter(|f| likeness(f) == Some(most));
    let found: Vec<String> = found.map(Function::signature).collect();
    Some(format!("in Lua this is {}", found.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_another_place_is_told() {
        let told = |line: &str| in_lua(line, &Index::EMPTY).expect("advice");
        assert!(told("chami learn 301").ends_with("!chami learn 301"));
        assert!(told(":next").contains("exercise"));
    }

    #[test]
    fn a_quote_that_is_missing_is_told() {
        let told = |line: &str| in_lua(line, &Index::EMPTY);
        let quoted = |word: &str| Some(format!("names and paths go in quotes: \"{word}\""));
        assert_eq!(
            told("smd.component.get \"x1000c0s0b0n0").as_deref(),
            Some("a quote is missing: \"x1000c0s0b0n0\"")
        );
        assert_eq!(
            told("smd.component.get x1000c0s0b0n0"),
            quoted("x1000c0s0b0n0")
        );
        assert_eq!(
            told("discover.static data/nodes.yaml"),
            quoted("data/nodes.yaml")
        );
        assert_eq!(
            told("bss.boot.params.set(@compute, {})"),
            quoted("@compute")
        );
        for plain in ["x = = 1", "x = \"don't\" = 3", "1 + + 2 -- it's x"] {
            assert_eq!(told(plain), None, "{plain}");
        }
    }

    #[test]
    fn near_names_are_proposed() {
        let docs = Index::new([(
            "smd.lua",
            "smd",
            "function smd.component.list() end\nfunction smd.group.get() end\n",
        )]);
        let globals = ["smd".to_owned(), "print".to_owned()];
        let said = |message: &str| advice(message, &docs, &globals);
        let near = |word: &str| Some(format!("did you mean {word}?"));
        assert_eq!(
            said("attempt to call a nil value (field 'lst')"),
            near("list")
        );
        assert_eq!(
            said("attempt to index a nil value (field 'compnent')"),
            near("component")
        );
        assert_eq!(
            said("attempt to index a nil value (global 'sdm')"),
            near("smd")
        );
        assert_eq!(
            said("attempt to call a nil value (global 'pritn')"),
            near("print")
        );
        assert_eq!(said("attempt to call a nil value (global 'xyz')"), None);
        assert_eq!(said("attempt to call a nil value (local 'lst')"), None);
        assert_eq!(said("attempt to call a nil value (field 'list')"), None);
        assert_eq!(said("my own error"), None);
    }

    #[test]
    fn commands_of_a_shell_are_told_in_lua() {
        let docs = Index::new([(
            "smd.lua",
            "smd",
            "---@shell ochami smd component get\nfunction smd.component.list(set) end\n\
             ---@shell ochami smd component get\nfunction smd.component.get(one) end\n\
             function cloud_init.node.meta_data(one) end\n",
        )]);
        let said = |line: &str| in_lua(line, &docs);
        let told = |text: &str| Some(format!("in Lua this is {text}"));
        let both = "smd.component.list(set) or smd.component.get(one)";
        assert_eq!(said("ochami smd component get --nid 1"), told(both));
        assert_eq!(
            said("smd component get x1000"),
            told("smd.component.get(one)")
        );
        assert_eq!(
            said("cloud-init node meta-data x"),
            told("cloud_init.node.meta_data(one)")
        );
        assert_eq!(said("ochami bss"), None);
        assert_eq!(said("x = = 1"), None);
        assert_eq!(said("nodes"), None);
    }
}
