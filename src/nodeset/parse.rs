//! Reads a node set; an error names the position and what was expected there.
use super::pattern::{Part, Pattern, Range};
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
    /// `@compute`, `@rack[1-3]`: what follows the `@`.
    Group(Pattern),
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
            Some(letter) => match Op::of(letter) {
                Some(op) => op,
                None => return Err(reader.wrong("expected an operator: , ! & or ^")),
            },
        };
        reader.at += 1;
        reader.space();
    }
}

struct Reader<'a> {
    text: &'a str,
    letters: Vec<char>,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// A fault at the present position.
    fn wrong(&self, expected: &str) -> Fault {
        let found = match self.peek() {
            Some(letter) => format!("found `{letter}`"),
            None => "found the end".to_owned(),
        };
        Fault::bad_argument(format!(
            "node set `{}`, position {}: {expected}, {found}",
            self.text,
            self.at + 1
        ))
        .hint("a node set reads like x1000c0s0b[0-4]n0, nid[001-640]!nid007 or @compute & @io")
    }

    fn word(&mut self) -> Result<Word, Fault> {
        let group = self.peek() == Some('@');
        if group {
            self.at += 1;
        }
        let mut parts = Vec::new();
        let mut name = String::new();
        while let Some(letter) = self.peek() {
            match letter {
                '[' => {
                    if !name.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut name)));
                    }
                    parts.push(Part::Ranges(self.brackets()?));
                }
                ']' => return Err(self.wrong("expected a name, this bracket was never opened")),
                '@' => return Err(self.wrong("expected an operator before this group")),
                c if c.is_whitespace() || Op::of(c).is_some() => break,
                c => {
                    name.push(c);
                    self.at += 1;
                }
            }
        }
        if !name.is_empty() {
            parts.push(Part::Text(name));
        }
        if parts.is_empty() {
            return Err(self.wrong(if group {
                "expected the name of a group after @"
            } else {
                "expected a name or @group"
            }));
        }
        let pattern = Pattern { parts };
        Ok(if group {
            Word::Group(pattern)
        } else {
            Word::Names(pattern)
        })
    }

    fn brackets(&mut self) -> Result<Vec<Range>, Fault> {
        self.at += 1;
        let mut ranges = Vec::new();
        loop {
            self.space();
            ranges.push(self.range()?);
            self.space();
            match self.peek() {
                Some(',') => self.at += 1,
                Some(']') => {
                    self.at += 1;
                    return Ok(ranges);
                }
                _ => return Err(self.wrong("expected `,` or `]` inside the brackets")),
            }
        }
    }

    fn range(&mut self) -> Result<Range, Fault> {
        let start = self.at;
        let (from, width) = self.number()?;
        let mut range = Range {
            from,
            to: from,
            step: 1,
            width: if width > digits(from) { width } else { 0 },
        };
        self.space();
        if self.peek() == Some('-') {
            self.at += 1;
            self.space();
            let before = self.at;
            let (to, to_width) = self.number()?;
            // `01-10` is padded to two digits, `8-12` not at all; `1-010` says both.
            let padded = range.width > 0 || to_width > digits(to);
            if padded && width != to_width {
                self.at = before;
                return Err(self.wrong(&format!(
                    "expected both ends of the range with the same number of digits ({width})"
                )));
            }
            if to < from {
                self.at = start;
                return Err(self.wrong("expected a range that counts upwards"));
            }
            range.to = to;
            self.space();
            if self.peek() == Some('/') {
                self.at += 1;
                self.space();
                let before = self.at;
                range.step = self.number()?.0;
                if range.step == 0 {
                    self.at = before;
                    return Err(self.wrong("expected a step of 1 or more"));
                }
            }
        }
        Ok(range)
    }

    /// A number and how many digits it was written with.
    fn number(&mut self) -> Result<(u64, usize), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let text: String = self.letters[start..self.at].iter().collect();
        if text.is_empty() {
            return Err(self.wrong("expected a number"));
        }
        if let Ok(value) = text.parse() {
            return Ok((value, text.len()));
        }
        self.at = start;
        Err(self.wrong("expected a number below 18446744073709551616"))
    }
}

/// How many digits `value` has when written without padding.
pub(super) fn digits(value: u64) -> usize {
    value.checked_ilog10().map_or(1, |log| log as usize + 1)
}
