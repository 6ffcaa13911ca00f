//! Lua's tokens with their places, for those who read a text and do not run it: the prompt's locals, the rules that
//! exercises keep. What is no Lua comes out as signs; nothing here fails.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or one of Lua's own words.
    Word,
    Number,
    /// A string, quotes or brackets included; an open one reaches to the end of the text.
    Text,
    Comment,
    Sign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// A byte offset.
    pub start: usize,
}

impl Token<'_> {
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// All tokens of a chunk, comments included.
pub fn tokens(source: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &source[at..];
            let first = rest.chars().next()?;
            if first.is_whitespace() {
                at += first.len_utf8();
                continue;
            }
            let (kind, length) = token(rest, first);
            let start = at;
            at += length;
            let text = &source[start..at];
            return Some(Token { kind, text, start });
        }
    })
}

/// The line of a byte offset, counted from 1.
pub fn line(source: &str, offset: usize) -> usize {
    source[..offset].matches('\n').count() + 1
}

fn token(rest: &str, first: char) -> (Kind, usize) {
    match first {
        '-' if rest.starts_with("--") => (Kind::Comment, comment(rest)),
        '"' | '\'' => (Kind::Text, quoted(rest)),
        '[' => long_bracket(rest).map_or((Kind::Sign, 1), |length| (Kind::Text, length)),
        '0'..='9' => (Kind::Number, number(rest)),
        _ if first.is_ascii_alphabetic() || first == '_' => (Kind::Word, word(rest)),
        _ => (Kind::Sign, sign(rest, first)),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_has_its_kind_and_place() {
        let source = "local a <const> = [[x]] -- why\nf('it''s', 1e-3) // 2";
        let found: Vec<(Kind, &str)> = tokens(source).map(|t| (t.kind, t.text)).collect();
        let want = [
            (Kind::Word, "local"),
            (Kind::Word, "a"),
            (Kind::Sign, "<"),
            (Kind::Word, "const"),
            (Kind::Sign, ">"),
            (Kind::Sign, "="),
            (Kind::Text, "[[x]]"),
            (Kind::Comment, "-- why"),
            (Kind::Word, "f"),
            (Kind::Sign, "("),
            (Kind::Text, "'it'"),
            (Kind::Text, "'s'"),
            (Kind::Sign, ","),
            (Kind::Number, "1e-3"),
            (Kind::Sign, ")"),
            (Kind::Sign, "//"),
            (Kind::Number, "2"),
        ];
        assert_eq!(found, want);
        let last = tokens(source).last().expect("a token");
        assert_eq!((line(source, last.start), last.end()), (2, source.len()));
    }
}
