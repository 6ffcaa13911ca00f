//! Names that mean nothing, where a value is given: `smd.component.list{ type = Node }`. Lua takes them for nil, and the
//! call does something else than was meant. Found in the text of an input, before it runs.
use super::{
    complete::lex::{Token, tokens},
    habits,
};
use std::collections::BTreeSet;

const WORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Calls that are made to see whether something is there.
const ASKS: [&str; 5] = ["inspect", "print", "rawequal", "tostring", "type"];

/// The names that stand alone as an argument, or as the value of a field, and that the input itself does not bind.
pub(super) fn suspects(source: &str) -> Vec<String> {
    let tokens = tokens(source);
    if let [Token::Name(name)] = &tokens[..]
        && habits::is_command(name)
    {
        return vec![(*name).to_owned()];
    }
    let bound = bound(&tokens);
    let (mut open, mut found): (Vec<bool>, Vec<String>) = (Vec::new(), Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|it| &tokens[it]);
        match token {
            Token::Sign('(' | '{' | '[') => {
                let asks = matches!(before, Some(Token::Name(name)) if ASKS.contains(name));
                open.push(asks);
            }
            Token::Sign(')' | '}' | ']') => {
                open.pop();
            }
            Token::Name(name) => {
                let after = tokens.get(at + 1);
                let alone = matches!(before, Some(Token::Sign('(' | '{' | ',' | '=')))
                    && matches!(after, Some(Token::Sign(')' | '}' | ',' | ';')));
                let given = open.last() == Some(&false);
                let known = WORDS.contains(name) || bound.contains(name);
                if alone && given && !known && !found.iter().any(|it| it == name) {
                    found.push((*name).to_owned());
                }
            }
            _ => {}
        }
    }
    found
}

/// What `local`, `for` and the parameters of functions name, and what is assigned.
fn bound<'a>(tokens: &[Token<'a>]) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    let (mut binds, mut depth) = (false, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('{') => depth += 1,
            Token::Sign('}') => depth = depth.saturating_sub(1),
            Token::Name("local" | "for" | "function") => binds = true,
            Token::Name("in" | "do") | Token::Sign('=' | ')') => binds = false,
            Token::Name(name) if binds => {
                names.insert(*name);
            }
            // `a, b = 1, 2`: back over the names before it; in a table these are items.
            Token::Name(_) if tokens.get(at + 1) == Some(&Token::Sign('=')) => {
                let mut last = at;
                while let Some(Token::Name(name)) = tokens.get(last) {
                    names.insert(*name);
                    let before = last.checked_sub(1).map(|it| &tokens[it]);
                    match (before, last.checked_sub(2)) {
                        (Some(Token::Sign(',')), Some(next)) if depth == 0 => last = next,
                        _ => break,
                    }
                }
            }
            _ => {}
        }
    }
    names
}

/// What is said of one.
pub(super) fn note(name: &str) -> String {
    if habits::is_command(name) {
        return format!("note: {name} is nil here; !{name} runs your own machine's");
    }
    format!("note: {name} is nil, for nothing has that name; text goes in quotes, as in \"{name}\"")
}

#[cfg(test)]
mod tests {
    use super::suspects;

    #[test]
    fn a_bare_word_that_is_given_is_looked_at() {
        assert_eq!(suspects("smd.component.list { type = Node }"), ["Node"]);
        assert_eq!(suspects("f(a, { b, c = D }, g(E))"), ["a", "b", "D", "E"]);
        assert_eq!(
            suspects("smd.iface.update('m', { IPAddresses = { ADDRESS } })"),
            ["ADDRESS"]
        );
    }

    #[test]
    fn what_the_input_binds_or_asks_about_is_not() {
        for fine in [
            "x",
            "local a, b = 1, 2; f(a, b)",
            "for i, one in ipairs({}) do f(i, one) end",
            "f(function(x, y) return g(x, y) end)",
            "type(x), print(x)",
            "f(x or 1, x.y, x(1), nil, true)",
            "a = 1 f(a)",
            "y, w = 1, 2; math.max(w, y)",
            "-- f(x)",
            "f 'x'",
        ] {
            assert_eq!(suspects(fine), Vec::<String>::new(), "{fine}");
        }
    }
}
