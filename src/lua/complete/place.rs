//! Where the cursor is: after a dot, at a key of a table, in a string, at the beginning of a name.
use super::lex::Token;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a comment or behind a number: nothing to offer.
    Nowhere,
    /// Behind `.` or `:`; the chain before it ends at token `end`.
    Member {
        end: usize,
        method: bool,
    },
    /// Where a key may stand, in the table opened by token `brace`.
    Key {
        brace: usize,
    },
    /// In a string that is the token `end`.
    Text {
        end: usize,
    },
    Name,
}

/// The offset of the word at the end of `text`, the word, and its place.
pub(super) fn place<'a>(text: &'a str, tokens: &[Token<'a>]) -> (usize, &'a str, Place) {
    let last = tokens.len().wrapping_sub(1);
    match tokens.last() {
        Some(Token::Comment) => return (text.len(), "", Place::Nowhere),
        Some(Token::Text(inside, false)) => {
            let place = Place::Text { end: last };
            return (text.len() - inside.len(), inside, place);
        }
        Some(Token::Number(_)) if !text.ends_with(char::is_whitespace) => {
            return (text.len(), "", Place::Nowhere);
        }
        _ => {}
    }
    let (word, before) = match tokens.last() {
        Some(Token::Name(name)) if text.ends_with(name) => (*name, &tokens[..last]),
        _ => ("", tokens),
    };
    let place = match before.last() {
        Some(Token::Sign(sign @ ('.' | ':'))) => Place::Member {
            end: before.len() - 1,
            method: *sign == ':',
        },
        Some(Token::Sign('{' | ',' | ';')) => match open(before) {
            Some(brace) if before[brace] == Token::Sign('{') => Place::Key { brace },
            _ => Place::Name,
        },
        _ => Place::Name,
    };
    (text.len() - word.len(), word, place)
}

/// The innermost bracket that is still open.
pub(super) fn open(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().rev() {
        match token {
            Token::Sign(')' | '}' | ']') => depth += 1,
            Token::Sign('(' | '{' | '[') if depth == 0 => return Some(at),
            Token::Sign('(' | '{' | '[') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The bracket that the last token closes.
pub(super) fn opening(tokens: &[Token<'_>]) -> Option<usize> {
    open(&tokens[..tokens.len().checked_sub(1)?])
}
