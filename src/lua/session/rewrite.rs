//! Turns the locals of an input's top level into assignments, token by token: strings and comments stay untouched.

/// An input whose locals will stay.
pub(crate) struct Rewritten {
    pub(crate) text: String,
    pub(crate) locals: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Word,
    /// A string, a number or a comment: nothing to look into.
    Opaque,
    Sign,
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    start: usize,
}

impl Token<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// Rewrites `source`; what cannot be read as Lua is left to Lua to complain about.
pub(crate) fn rewrite(source: &str) -> Rewritten {
    let tokens: Vec<Token> = tokens(source).collect();
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

/// The words, signs and opaque parts of a chunk, without comments and white space.
fn tokens(source: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &source[at..];
            let first = rest.chars().next()?;
            let (kind, length) = match first {
                _ if first.is_whitespace() => (None, first.len_utf8()),
                '-' if rest.starts_with("--") => (None, comment(rest)),
                '"' | '\'' => (Some(Kind::Opaque), quoted(rest)),
                '[' => match long_bracket(rest) {
                    Some(length) => (Some(Kind::Opaque), length),
                    None => (Some(Kind::Sign), 1),
                },
                '0'..='9' => (Some(Kind::Opaque), number(rest)),
                _ if first.is_ascii_alphabetic() || first == '_' => (Some(Kind::Word), word(rest)),
                _ => (Some(Kind::Sign), sign(rest, first)),
            };
            let start = at;
            at += length;
            if let Some(kind) = kind {
                let text = &source[start..at];
                return Some(Token { kind, text, start });
            }
        }
    })
}

fn word(rest: &str) -> usize {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_';
    rest.find(|c| !inside(c)).unwrap_or(rest.len())
}

/// `==` and its like are one sign, so that `=` is surely an assignment.
fn sign(rest: &str, first: char) -> usize {
    match rest.get(..2) {
        Some("==" | "~=" | "<=" | ">=" | "::" | "//" | "<<" | ">>") => 2,
        _ => first.len_utf8(),
    }
}

fn number(rest: &str) -> usize {
    let mut previous = ' ';
    rest.find(|c: char| {
        let exponent = matches!(previous, 'e' | 'E' | 'p' | 'P') && matches!(c, '+' | '-');
        previous = c;
        !(c.is_ascii_alphanumeric() || c == '.' || exponent)
    })
    .unwrap_or(rest.len())
}

fn comment(rest: &str) -> usize {
    match long_bracket(&rest[2..]) {
        Some(length) => 2 + length,
        None => rest.find('\n').unwrap_or(rest.len()),
    }
}

/// The length of a string in quotes; an open one reaches to the end.
fn quoted(rest: &str) -> usize {
    let quote = rest.as_bytes()[0];
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of `[[…]]` or `[==[…]==]`; none where `rest` begins with an ordinary bracket.
fn long_bracket(rest: &str) -> Option<usize> {
    let level = rest
        .strip_prefix('[')?
        .bytes()
        .take_while(|b| *b == b'=')
        .count();
    rest[1 + level..].strip_prefix('[')?;
    let close = format!("]{}]", "=".repeat(level));
    let begin = level + 2;
    Some(match rest[begin..].find(&close) {
        Some(at) => begin + at + close.len(),
        None => rest.len(),
    })
}
