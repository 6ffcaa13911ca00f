//! What each piece of typed Lua is, for those who colour it.
use super::complete::lex::{Token, spans};
use std::ops::Range;

/// A sort of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    Keyword,
    Text,
    Number,
    Comment,
    /// A bracket under the cursor, or its partner.
    Pair,
}

const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// The pieces that are not plain, in order; `cursor` stands before the byte of that number.
pub fn paint(text: &str, cursor: usize) -> Vec<(Range<usize>, Paint)> {
    let tokens: Vec<_> = spans(text).collect();
    let pair = pair(&tokens, cursor).unwrap_or_default();
    let kind = |token: &Option<Token>, at: &Range<usize>| match token {
        None | Some(Token::Comment) => Some(Paint::Comment),
        Some(Token::Text(..)) => Some(Paint::Text),
        Some(Token::Number(_)) => Some(Paint::Number),
        Some(Token::Name(name)) => KEYWORDS.contains(name).then_some(Paint::Keyword),
        Some(Token::Sign(_)) => pair.contains(&at.start).then_some(Paint::Pair),
    };
    tokens
        .iter()
        .filter_map(|(token, at)| Some((at.clone(), kind(token, at)?)))
        .collect()
}

/// Where the bracket before the cursor, or else under it, and its partner stand.
fn pair(tokens: &[(Option<Token>, Range<usize>)], cursor: usize) -> Option<[usize; 2]> {
    let (mut open, mut pairs) = (Vec::new(), Vec::new());
    for (token, at) in tokens {
        match token {
            Some(Token::Sign(sign @ ('(' | '[' | '{'))) => open.push((*sign, at.start)),
            Some(Token::Sign(sign @ (')' | ']' | '}'))) => {
                let (partner, start) = open.pop()?;
                if !matches!((partner, sign), ('(', ')') | ('[', ']') | ('{', '}')) {
                    return None;
                }
                pairs.push([start, at.start]);
            }
            _ => {}
        }
    }
    let before = cursor.wrapping_sub(1);
    let found = |at: usize| pairs.iter().find(|pair| pair.contains(&at)).copied();
    found(before).or_else(|| found(cursor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_piece_has_its_sort() {
        let text = "local x = f('a', 12) -- so";
        let found: Vec<(&str, Paint)> = paint(text, 0)
            .into_iter()
            .map(|(at, paint)| (&text[at], paint))
            .collect();
        let want = [
            ("local", Paint::Keyword),
            ("'a'", Paint::Text),
            ("12", Paint::Number),
            ("-- so", Paint::Comment),
        ];
        assert_eq!(found, want);
    }

    #[test]
    fn a_bracket_has_its_partner() {
        let pairs = |text: &str, cursor| -> Vec<usize> {
            let all = paint(text, cursor).into_iter();
            let pairs = all.filter(|(_, paint)| *paint == Paint::Pair);
            pairs.map(|(at, _)| at.start).collect()
        };
        assert_eq!(pairs("f({ 1 })", 8), [1, 7]);
        assert_eq!(pairs("f({ 1 })", 2), [1, 7]);
        assert!(pairs("f({ 1 )", 7).is_empty());
        assert_eq!(pairs("f(')')", 6), [1, 5]);
        assert!(pairs("f(')')", 0).is_empty());
    }
}
