//! Names with their passwords: what `chpasswd` is given, and `curl -u`.
use super::{
    HIDDEN, Piece,
    find::{is_token_letter, run},
};

/// The pairs `name:password` in a line with `chpasswd`, and those that are lines below it: cloud-config's list, and what
/// stands between `<<EOF` and `EOF`.
pub(super) fn lists(text: &str, pieces: &mut Vec<Piece>) {
    let (mut inside, mut here, mut at) = (false, false, 0);
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        if content.contains("chpasswd") {
            (inside, here) = (true, content.contains("<<"));
            pairs(content, at, pieces);
        } else if inside {
            let inner = content.trim_start_matches([' ', '\t', '-', '"', '\'']);
            let flush = inner.len() == content.len() && !content.is_empty();
            match inner.split_once(':') {
                Some((name, word)) if here || !flush => {
                    let account = !name.is_empty() && name.chars().all(is_token_letter);
                    if account && !word.is_empty() && !word.contains(char::is_whitespace) {
                        let end = at + content.len();
                        pieces.push((end - word.len()..end, HIDDEN));
                    }
                }
                _ => {
                    inside = !flush;
                    here &= inside;
                }
            }
        }
        at += line.len();
    }
}

/// The pairs in a line that stands at `at`: `echo 'root:pw' | chpasswd`, `chpasswd: {list: "root:pw\nme:pw"}`.
fn pairs(line: &str, at: usize, pieces: &mut Vec<Piece>) {
    let mut done = 0;
    for (colon, _) in line.match_indices(':') {
        if colon < done {
            continue;
        }
        let name = &line[done..colon];
        let name = name.len() - name.trim_end_matches(is_token_letter).len();
        let length = word(line, colon - name, colon + 1);
        done = colon + 1;
        let rest = &line[done..done + length];
        if name > 0 && length > 0 && !rest.starts_with("//") {
            pieces.push((at + done..at + done + length, HIDDEN));
            done += length;
        }
    }
}

/// The length of the password at `from`, whose name begins at `start`. In quotes it may have blanks inside.
fn word(text: &str, start: usize, from: usize) -> usize {
    let rest = &text[from..];
    let open = text[..start].chars().next_back();
    if rest.starts_with(char::is_whitespace) {
        return 0;
    }
    match open.filter(|c| "\"'".contains(*c)) {
        Some(quote) => run(rest, |c| c != quote && c != '\\' && c != '\n'),
        None => run(rest, |c| !c.is_whitespace() && !"\"'\\,}]".contains(c)),
    }
}

/// `curl -u name:password`, as a line of a shell or as a list of words.
pub(super) fn options(text: &str, pieces: &mut Vec<Piece>) {
    let Some(begin) = text.find("curl") else {
        return;
    };
    for option in ["-u", "-U", "-user"] {
        for (at, _) in text[begin..].match_indices(option) {
            // An option begins a word: inside of one it is a part of a name.
            let before = &text[..begin + at];
            let before = before.strip_suffix('-').unwrap_or(before);
            if before.ends_with(is_token_letter) {
                continue;
            }
            let after = begin + at + option.len();
            let rest = &text[after..];
            let skip = run(rest, |c| " \t,=\"'\\".contains(c));
            let start = after + skip;
            let name = run(&text[start..], |c| is_token_letter(c) || "@$+".contains(c));
            let length = match text[start + name..].strip_prefix(':') {
                Some(_) if name > 0 => word(text, start, start + name + 1),
                _ => 0,
            };
            let from = start + name + 1;
            if length > 0 && !text[from..].starts_with("//") {
                pieces.push((from..from + length, HIDDEN));
            }
        }
    }
}
