//! Documents as they come from tired hands and broken disks: lines lost, doubled, moved, values of another sort, bytes
//! that are no text.
use super::dice::Dice;

const LETTERS: &[&str] = &[
    "0", "9", "x", "n", ":", "-", " ", "\n", "#", "'", "\"", "[", "}", "&", "*", "!", "|", "\t",
    "ü", "\u{0}", ",", "~",
];

const VALUES: &[&str] = &[
    "",
    "~",
    "null",
    "yes",
    "true",
    "0",
    "007",
    "0x1F",
    "1e3",
    "1_000",
    "-1",
    ".5",
    "12:30:45",
    "2026-01-01",
    "'it''s'",
    "\"a\\tb\"",
    "[]",
    "[a, b]",
    "{}",
    "{a: b}",
    "&a x",
    "*a",
    "!!str 1",
    "|",
    ">",
    "a: b",
    "- a",
    "# none",
    "@io",
    "%x",
    "99999999999999999999999",
    "x1000c0s0b0n1",
    "52:54:00:BE:EF:02",
    "fe80::1",
    "172.16.0.256",
    "a b",
    "ß",
];

/// One letter more, less or other.
pub(crate) fn letters(dice: &mut Dice, text: &str) -> String {
    let mut all: Vec<char> = text.chars().collect();
    let at = dice.below(all.len() + 1);
    let letter = dice.pick(LETTERS).chars().next().unwrap_or('x');
    match dice.below(3) {
        0 => all.insert(at, letter),
        1 if at < all.len() => all[at] = letter,
        _ if at < all.len() => {
            all.remove(at);
        }
        _ => {}
    }
    all.into_iter().collect()
}

/// Another value behind the colon of some line.
fn value(dice: &mut Dice, text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return text.to_owned();
    }
    let at = dice.below(lines.len());
    if let Some((key, _)) = lines[at].split_once(": ") {
        lines[at] = format!("{key}: {}", dice.pick(VALUES));
    }
    lines.join("\n") + "\n"
}

/// A line lost, doubled, moved or indented otherwise.
fn line(dice: &mut Dice, text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return text.to_owned();
    }
    let at = dice.below(lines.len());
    match dice.below(5) {
        0 => {
            lines.remove(at);
        }
        1 => lines.insert(at, lines[at].clone()),
        2 => {
            let to = dice.below(lines.len());
            lines.swap(at, to);
        }
        3 => lines[at].insert(0, ' '),
        _ => lines.truncate(at),
    }
    lines.join("\n") + "\n"
}

/// `text` with some damage done to it, or mere noise.
pub(crate) fn document(dice: &mut Dice, text: &str) -> Vec<u8> {
    if dice.once_in(20) {
        let byte = |dice: &mut Dice| dice.below(256).to_le_bytes()[0];
        return (0..dice.below(60)).map(|_| byte(dice)).collect();
    }
    let mut text = text.to_owned();
    for _ in 0..=dice.below(3) {
        text = match dice.below(3) {
            0 => letters(dice, &text),
            1 => value(dice, &text),
            _ => line(dice, &text),
        };
    }
    let mut bytes = text.into_bytes();
    if dice.once_in(50) && !bytes.is_empty() {
        let at = dice.below(bytes.len());
        bytes[at] = 0xff;
    }
    bytes
}
