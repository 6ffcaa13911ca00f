//! One line of Lua source, as far as documentation needs to understand it.

/// What a line is to the reader.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// `--- text`, without the dashes and one space.
    Doc(&'a str),
    /// The head of a function: is it local, its dotted name, its parameters.
    Function {
        local: bool,
        path: &'a str,
        params: &'a str,
    },
    /// `local name = …`
    Local(&'a str),
    /// `local a, b`: names that get their values later.
    Names(&'a str),
    /// `a.b = …`
    Assign(&'a str),
    /// `return {`: a module without a local name of its own.
    Return,
    Other,
}

pub(super) fn classify(line: &str) -> Line<'_> {
    let line = line.trim();
    if let Some(doc) = line.strip_prefix("---").filter(|d| !d.starts_with('-')) {
        return Line::Doc(doc.strip_prefix(' ').unwrap_or(doc).trim_end());
    }
    if line.starts_with("return {") {
        return Line::Return;
    }
    let (local, rest) = match line.strip_prefix("local ") {
        Some(rest) => (true, rest.trim_start()),
        None => (false, line),
    };
    if let Some(head) = rest.strip_prefix("function ") {
        return function(local, head).unwrap_or(Line::Other);
    }
    let Some((name, value)) = rest.split_once('=') else {
        return if local {
            Line::Names(rest)
        } else {
            Line::Other
        };
    };
    let name = name.trim();
    let named = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "_.".contains(c));
    if !named || value.starts_with('=') {
        return Line::Other;
    }
    match value.trim_start().strip_prefix("function") {
        Some(head) if head.trim_start().starts_with('(') => {
            let params = parameters(head.trim_start());
            Line::Function {
                local,
                path: name,
                params,
            }
        }
        _ if local => Line::Local(name),
        _ => Line::Assign(name),
    }
}

fn function(local: bool, head: &str) -> Option<Line<'_>> {
    let open = head.find('(')?;
    Some(Line::Function {
        local,
        path: head[..open].trim(),
        params: parameters(&head[open..]),
    })
}

/// What stands between the parentheses that `head` begins with.
fn parameters(head: &str) -> &str {
    let inside = &head[1..];
    &inside[..inside.find(')').unwrap_or(inside.len())]
}
