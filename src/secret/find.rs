//! Secrets that are known by their form, wherever they stand.
use super::{HIDDEN, PRIVATE_KEY, Piece, TOKEN, account};
use std::collections::HashMap;

/// So long is at least what follows `eyJ` in a token: half a header tells nothing.
const TOKEN_LENGTH: usize = 16;

/// How what gzip wrote begins in base64.
const GZIP: &str = "H4sI";

pub(super) fn by_form(text: &str, pieces: &mut Vec<Piece>) {
    tokens(text, pieces);
    private_keys(text, pieces);
    schemes(text, pieces);
    users(text, pieces);
    reservations(text, pieces);
    zipped(text, pieces);
    account::lists(text, pieces);
    account::options(text, pieces);
}

pub(super) fn is_token_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.".contains(c)
}

/// How much of the text's beginning is made of such letters.
pub(super) fn run(text: &str, letter: impl Fn(char) -> bool) -> usize {
    text.find(|c| !letter(c)).unwrap_or(text.len())
}

/// JWTs: `{"` in base64 is how each begins.
fn tokens(text: &str, pieces: &mut Vec<Piece>) {
    let mut done = 0;
    for (at, _) in text.match_indices("eyJ") {
        if at < done {
            continue;
        }
        let length = run(&text[at..], is_token_letter);
        if length > TOKEN_LENGTH {
            done = at + length;
            pieces.push((at..done, TOKEN));
        }
    }
}

/// From the BEGIN line to the END line; one that was cut off goes to the end.
fn private_keys(text: &str, pieces: &mut Vec<Piece>) {
    let mut ends: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, label) in labels(text, "-----END ") {
        ends.entry(label).or_default().push(at);
    }
    for (at, label) in labels(text, "-----BEGIN ") {
        if !label.ends_with("PRIVATE KEY") {
            continue;
        }
        let ends = ends.get(label).map_or(&[][..], Vec::as_slice);
        let Some(end) = ends.get(ends.partition_point(|end| *end < at)) else {
            pieces.push((at..text.len(), PRIVATE_KEY));
            return;
        };
        let length = "-----END ".len() + label.len() + "-----".len();
        pieces.push((at..end + length, PRIVATE_KEY));
    }
}

/// Where such a line stands, and what it names.
fn labels<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    text.match_indices(mark).filter_map(move |(at, _)| {
        let rest = &text[at + mark.len()..];
        Some((at, &rest[..rest.find("-----")?]))
    })
}

/// What follows `Bearer` and `Basic`, when it looks like more than the next word of a sentence.
fn schemes(text: &str, pieces: &mut Vec<Piece>) {
    let lower = text.to_ascii_lowercase();
    for scheme in ["bearer ", "basic "] {
        for (at, _) in lower.match_indices(scheme) {
            let start = at + scheme.len();
            let length = run(&text[start..], |c| is_token_letter(c) || "~+/=".contains(c));
            let word = &text[start..start + length];
            let prose = word.trim_end_matches('.');
            let prose = prose.chars().skip(1).all(|c| c.is_ascii_lowercase());
            if !prose || length > 24 {
                pieces.push((start..start + length, HIDDEN));
            }
        }
    }
}

/// `user:password@` between `://` and the host.
fn users(text: &str, pieces: &mut Vec<Piece>) {
    for (at, sign) in text.match_indices("://") {
        let start = at + sign.len();
        let host = |c: char| !c.is_whitespace() && !"/?#\"'<>\\`".contains(c);
        let authority = &text[start..start + run(&text[start..], host)];
        if let Some(end) = authority.rfind('@') {
            pieces.push((start..start + end, HIDDEN));
        }
    }
}

/// What SMD's keys are known by: `x1000c0s0b0n0:rk:…`. Who has one can end what another holds.
fn reservations(text: &str, pieces: &mut Vec<Piece>) {
    let letter = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    for mark in [":rk:", ":dk:"] {
        let mut done = 0;
        for (at, _) in text.match_indices(mark) {
            // Of one word, however often it has the mark, one piece.
            if at < done {
                continue;
            }
            let before = &text[..at];
            let start = before.rfind(|c| !letter(c)).map_or(0, |end| {
                end + before[end..].chars().next().map_or(1, char::len_utf8)
            });
            done = at + run(&text[at..], letter);
            pieces.push((start..done, HIDDEN));
        }
    }
}

/// What was compressed and put into base64, as cloud-init's `gz+b64` is: nobody can look into it, so it goes as it is.
fn zipped(text: &str, pieces: &mut Vec<Piece>) {
    let letter = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let mut done = 0;
    for (at, _) in text.match_indices(GZIP) {
        if at < done || text[..at].ends_with(letter) {
            continue;
        }
        done = at + run(&text[at..], letter);
        if done - at <= TOKEN_LENGTH {
            continue;
        }
        // Long ones go on in the next lines.
        while let Some(rest) = text[done..].strip_prefix('\n') {
            let word = rest.trim_start_matches([' ', '\t']);
            let length = run(word, letter);
            let whole = word[length..].is_empty() || word[length..].starts_with('\n');
            if length == 0 || !whole {
                break;
            }
            done = text.len() - word.len() + length;
        }
        pieces.push((at..done, HIDDEN));
    }
}
