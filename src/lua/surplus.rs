//! A table too many is refused: of `update(SET, FIELDS, { dry_run = true })` Lua would drop the last, and the write be done.
//!
//! Each documented function of the library is loaded with one more parameter, `...`, and looks at it first. That stands on
//! the function's own line, so that lines stay what they are; the text that people, help and editors read has none of it.
//! What is no table is dropped as ever: `task.map` gives each function the place of its item as well.

use std::fmt::Write as _;

/// What looks at the surplus, in every module (`lib-lua/fault/surplus.lua`).
const LOOK: &str = "local __surplus = require \"fault.surplus\" ";

/// A module's text as it is loaded.
pub(super) fn guarded(module: &str, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut documented = false;
    let mut any = false;
    for line in text.split_inclusive('\n') {
        match documented.then(|| head(line)).flatten() {
            Some(head) => {
                any = true;
                let Head {
                    start,
                    name,
                    parameters,
                    rest,
                } = head;
                let name = public(module, name);
                let (comma, told) = match parameters {
                    "" => ("", "nothing"),
                    some => (", ", some),
                };
                let _ = write!(
                    out,
                    "{start}{parameters}{comma}...) if select('#', ...) > 0 then __surplus(\"{name}\", \"{told}\", ...) end {rest}"
                );
            }
            None => out += line,
        }
        documented = line.starts_with("---");
    }
    if any { LOOK.to_owned() + &out } else { out }
}

/// `function group.add(name, fields)` and what follows.
struct Head<'a> {
    /// To the bracket, which it has.
    start: &'a str,
    name: &'a str,
    parameters: &'a str,
    /// Behind the bracket.
    rest: &'a str,
}

/// None: no such line, or a function that takes any number of arguments.
fn head(line: &str) -> Option<Head<'_>> {
    let after = line.strip_prefix("function ")?;
    let open = after.find('(')?;
    let close = open + after[open..].find(')')?;
    let (name, parameters) = (&after[..open], &after[open + 1..close]);
    (!parameters.contains("...")).then(|| Head {
        start: &line[..=line.len() - after.len() + open],
        name,
        parameters,
        rest: &after[close + 1..],
    })
}

/// As users call it: `group.add` in `smd.group` is `smd.group.add`.
fn public(module: &str, name: &str) -> String {
    let (first, rest) = name.split_once(['.', ':']).unwrap_or((name, ""));
    let last = module.rsplit('.').next().unwrap_or(module);
    if first == last && !rest.is_empty() {
        format!("{module}.{rest}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_functions_look_at_what_is_too_much() {
        let text = "local group = {}\n\n--- Adds.\nfunction group.add(name, fields)\n  return 1\nend\n\
            function group.own(a) end\n--- Any.\nfunction group.all(...) end\n--- Lists.\nfunction group.list() return 2 end\n";
        let got = guarded("smd.group", text);
        let lines: Vec<&str> = got.lines().collect();
        assert_eq!(lines.len(), text.lines().count());
        assert!(lines[0].starts_with(LOOK), "{}", lines[0]);
        assert_eq!(
            lines[3],
            "function group.add(name, fields, ...) if select('#', ...) > 0 then __surplus(\"smd.group.add\", \"name, fields\", ...) end "
        );
        assert_eq!(lines[6], "function group.own(a) end");
        assert_eq!(lines[8], "function group.all(...) end");
        assert!(lines[10].starts_with("function group.list(...) if select('#', ...) > 0 then __surplus(\"smd.group.list\", \"nothing\", ...) end"));
        assert_eq!(guarded("m", "return {}\n"), "return {}\n");
    }
}
