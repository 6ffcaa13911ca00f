//! Lines as one is used to write them elsewhere: in a shell, or in another language. What they are in Lua.

/// Commands of the system that people type at any prompt; `head` is a module here.
const COMMANDS: [&str; 23] = [
    "cat", "cd", "chmod", "chown", "cp", "curl", "df", "grep", "ip", "jq", "less", "ls", "mkdir",
    "mv", "nano", "ping", "ps", "pwd", "rm", "ssh", "sudo", "touch", "vim",
];

pub(super) fn is_command(word: &str) -> bool {
    COMMANDS.contains(&word)
}

pub(super) fn command(line: &str) -> String {
    format!("a command of your own machine: !{line}")
}

/// What a line that Lua cannot read means; `known` knows the functions.
pub(super) fn meant(line: &str, known: impl Fn(&str) -> bool) -> Option<String> {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    if is_command(first) && !rest.starts_with('=') {
        return Some(command(line));
    }
    if known(first) && !rest.is_empty() && !rest.starts_with(['(', '=', '.', ':', ',']) {
        return Some(format!(
            "a call has its arguments in brackets: {first}({rest})"
        ));
    }
    if line.contains("!=") {
        return Some("unequal is ~= in Lua".to_owned());
    }
    if let Some((before, after)) = line.split_once(" in ")
        && let Some((from, to)) = after.split_once("..")
        && let Some(name) = before.strip_prefix("for ")
        && !to.starts_with('.')
    {
        let word = |text: &str| {
            text.split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        return Some(format!(
            "in Lua: for {name} = {}, {} do … end",
            word(from),
            word(to)
        ));
    }
    options(line)
}

/// `f(SET, owner = "rocky")`: options are a table.
fn options(line: &str) -> Option<String> {
    let open = line.find('(')?;
    let inside = line[open + 1..].trim_end().strip_suffix(')')?;
    let given = inside.rsplit(',').next()?.trim();
    let (name, value) = given.split_once('=')?;
    let name = name.trim();
    let plain = !name.is_empty()
        && name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_');
    (plain && !value.starts_with('=') && !inside.contains('{'))
        .then(|| format!("options go in braces: {{ {name} = {} }}", value.trim()))
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn habits_are_told_in_lua() {
        let known = |name: &str| ["node.boot", "print"].contains(&name);
        let told = |line: &str| meant(line, known).unwrap_or_default();
        assert_eq!(
            told("curl http://x/y"),
            "a command of your own machine: !curl http://x/y"
        );
        assert_eq!(
            told("node.boot 1"),
            "a call has its arguments in brackets: node.boot(1)"
        );
        assert_eq!(
            told("print smd.component.list()"),
            "a call has its arguments in brackets: print(smd.component.list())"
        );
        assert_eq!(told("if a != b then x() end"), "unequal is ~= in Lua");
        assert_eq!(
            told("for i in 1..5 do print(i) end"),
            "in Lua: for i = 1, 5 do … end"
        );
        assert_eq!(
            told("head.dir(PLACES, owner=\"rocky\")"),
            "options go in braces: { owner = \"rocky\" }"
        );
        for other in ["x = = 1", "f(a == b", "head /etc", "a .. b ..", "print("] {
            assert_eq!(told(other), "", "{other}");
        }
    }
}
