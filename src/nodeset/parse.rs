//! Reads a node set; an error names the position, what was expected there and what to write instead.
use super::{
    brackets, hint,
    pattern::{Part, Pattern},
};
use crate::fault::Fault;

/// How a word joins the set on its left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Union,
    Minus,
    And,
    Xor,
}

impl Op {
    const fn of(letter: char) -> Option<Self> {
        match letter {
            ',' => Some(Self::Union),
            '!' => Some(Self::Minus),
            '&' => Some(Self::And),
            '^' => Some(Self::Xor),
            _ => None,
        }
    }
}

/// An operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Names(Pattern),
    /// `node*`: of all nodes those that it describes.
    Masks(Pattern),
    /// `@compute`, `@role:Compute`, `@rack[1-3]`: what follows the `@`.
    Groups(Pattern),
    /// `State=Ready`: the attribute's name, and the values.
    Attribute(String, Pattern),
}

/// A word and the operator before it; the first word of a set is united with nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub op: Op,
    pub word: Word,
}

/// A whole set: applied from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expr {
    pub terms: Vec<Term>,
}

/// Reads `text`; the empty text is the empty set.
pub fn parse(text: &str) -> Result<Expr, Fault> {
    let mut reader = Reader {
        text,
        letters: text.chars().collect(),
        at: 0,
    };
    let mut expr = Expr::default();
    reader.space();
    if reader.peek().is_none() {
        return Ok(expr);
    }
    let mut op = Op::Union;
    loop {
        let word = reader.word()?;
        expr.terms.push(Term { op, word });
        reader.space();
        op = match reader.peek() {
            None => return Ok(expr),
            Some(letter) => Op::of(letter).ok_or_else(|| {
                reader
                    .wrong("expected an operator: , ! & or ^")
                    .hint("a comma joins names: node1, node2")
            })?,
        };
        reader.at += 1;
        reader.space();
    }
}

pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) letters: Vec<char>,
    pub(super) at: usize,
}

impl Reader<'_> {
    pub(super) fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    pub(super) fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// A fault at the present position.
    pub(super) fn wrong(&self, expected: &str) -> Fault {
        let found = match self.peek() {
            Some(letter) => format!("found `{letter}`"),
            None => "found the end".to_owned(),
        };
        Fault::bad_argument(format!(
            "node set `{}`, position {}: {expected}, {found}",
            self.text,
            self.at + 1
        ))
        .hint(hint::GENERAL)
    }

    /// A fault at another position.
    pub(super) fn wrong_at(&mut self, at: usize, expected: &str) -> Fault {
        self.at = at;
        self.wrong(expected)
    }

    fn word(&mut self) -> Result<Word, Fault> {
        let start = self.at;
        if self.peek() == Some('@') {
            self.at += 1;
            // `@@` and `@@role` list names of groups.
            let mut names = self.take("@");
            names.push_str(&self.text());
            let pattern = self.pattern(names)?;
            return self.group(start, pattern);
        }
        let text = self.text();
        if let Some((name, value)) = text.split_once('=') {
            let (name, value) = (name.to_owned(), value.to_owned());
            return self.attribute(start, name, value);
        }
        if let Some((at, hint)) = hint::foreign(&text, true) {
            return Err(self
                .wrong_at(start + at, "expected a letter of a name")
                .hint(hint));
        }
        let pattern = self.pattern(text)?;
        if pattern.parts.is_empty() {
            return Err(self.no_name());
        }
        if pattern.has(&['=']) {
            return Err(self
                .wrong_at(start, "expected the name of an attribute before `=`")
                .hint("an attribute is asked for like this: State=Ready, NID=[1-5]"));
        }
        Ok(if pattern.has(&['*', '?']) {
            Word::Masks(pattern)
        } else {
            Word::Names(pattern)
        })
    }

    fn no_name(&self) -> Fault {
        let fault = self.wrong("expected a name or @group");
        match self.peek() {
            Some('^') if self.at == 0 => fault.hint(
                "a node set has no regular expressions, `^` stands between two sets and keeps what is in one only",
            ),
            Some('!') if self.at == 0 => fault.hint("name what is to be reduced: @* ! x1000c0s0b1n0"),
            _ => fault,
        }
    }

    fn group(&mut self, start: usize, pattern: Pattern) -> Result<Word, Fault> {
        if pattern.parts.is_empty() {
            return Err(self.wrong("expected the name of a group after @"));
        }
        let (source, name) = match &pattern.parts[0] {
            Part::Text(text) => text.split_once(':').map_or(("", &**text), |(s, n)| (s, n)),
            Part::Ranges(_) => ("", "0"),
        };
        if name.is_empty() && pattern.parts.len() == 1 && !source.is_empty() {
            return Err(self.wrong(&format!("expected the name of a group after @{source}:")));
        }
        let all = name == "*" && pattern.parts.len() == 1;
        if pattern.has(&['*']) && !all {
            return Err(self
                .wrong_at(start, "expected the name of a group without `*`")
                .hint("@* stands for all nodes, @role:* for all that have a role, @@ for the names of groups"));
        }
        Ok(Word::Groups(pattern))
    }

    fn attribute(&mut self, start: usize, name: String, value: String) -> Result<Word, Fault> {
        if name.is_empty() {
            return Err(self
                .wrong_at(start, "expected the name of an attribute before `=`")
                .hint("what is not so is taken away: @* ! State=Off"));
        }
        let pattern = self.pattern(value)?;
        if pattern.parts.is_empty() {
            return Err(self
                .wrong(&format!("expected a value after {name}="))
                .hint("State=Ready, Role=Compute, NID=[1-5]; @role:* is all that have one"));
        }
        Ok(Word::Attribute(name, pattern))
    }

    /// The letters of `set` that come next.
    fn take(&mut self, set: &str) -> String {
        let start = self.at;
        while self.peek().is_some_and(|letter| set.contains(letter)) {
            self.at += 1;
        }
        self.letters[start..self.at].iter().collect()
    }

    /// Text up to a bracket, an operator or a space.
    fn text(&mut self) -> String {
        let start = self.at;
        let ends = |c: char| c.is_whitespace() || "[]@".contains(c) || Op::of(c).is_some();
        while self.peek().is_some_and(|letter| !ends(letter)) {
            self.at += 1;
        }
        self.letters[start..self.at].iter().collect()
    }

    /// The rest of a word that begins with `text`.
    fn pattern(&mut self, mut text: String) -> Result<Pattern, Fault> {
        let mut parts = Vec::new();
        loop {
            let start = self.at;
            match self.peek() {
                Some('[') => {
                    if matches!(parts.last(), Some(Part::Ranges(_))) && all_digits(&text) {
                        return Err(self
                            .wrong("expected a letter between two brackets")
                            .hint("digits that follow each other are one number: node[00-99]"));
                    }
                    let ranges = brackets::ranges(self)?;
                    let stepped = self.letters[start..self.at].contains(&'/');
                    let before = std::mem::replace(&mut text, self.text());
                    if let Some((expected, hint)) =
                        brackets::beside(&before, &ranges, stepped, &text)
                    {
                        return Err(self.wrong_at(start, expected).hint(hint));
                    }
                    if let Some((at, hint)) = hint::foreign(&text, false) {
                        let at = self.at - text.chars().count() + at;
                        return Err(self.wrong_at(at, "expected a letter of a name").hint(hint));
                    }
                    if !before.is_empty() {
                        parts.push(Part::Text(before));
                    }
                    parts.push(Part::Ranges(ranges));
                }
                Some(']') => {
                    return Err(self.wrong("expected a name, this bracket was never opened"));
                }
                Some('@') => {
                    return Err(self
                        .wrong("expected an operator before this group")
                        .hint("a comma joins, & keeps what is in both: node1, @io"));
                }
                _ => break,
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(Pattern { parts })
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
