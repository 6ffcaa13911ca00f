//! Single values: quoting, numbers, what may stand bare, how wide it is.
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Moves the cursor, hides or reorders text, or shows nothing at all.
fn tricky(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether a text of several lines can be shown as it is.
pub(super) fn printable(text: &str) -> bool {
    !text.chars().any(|c| tricky(c) && !"\n\t".contains(c))
}

/// A string as Lua reads it back.
pub fn quote(text: &str) -> String {
    let mark = if text.contains('"') && !text.contains('\'') {
        '\''
    } else {
        '"'
    };
    let mut out = String::from(mark);
    for letter in text.chars() {
        if letter == mark {
            out.push('\\');
            out.push(letter);
        } else {
            escape(letter, &mut out);
        }
    }
    out.push(mark);
    out
}

fn escape(letter: char, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = match letter {
        '\\' => out.write_str("\\\\"),
        '\n' => out.write_str("\\n"),
        '\t' => out.write_str("\\t"),
        '\r' => out.write_str("\\r"),
        c if c.is_ascii() && tricky(c) => write!(out, "\\x{:02X}", u32::from(c)),
        c if tricky(c) => write!(out, "\\u{{{:X}}}", u32::from(c)),
        c => out.write_char(c),
    };
}

/// A string that is not UTF-8: its valid parts, and `\x` for the rest.
pub(super) fn quote_bytes(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' => out.push_str("\\\""),
                letter => escape(letter, &mut out),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
    out.push('"');
    out
}

/// Text from outside in the middle of a sentence: nothing but its control characters changes.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            letter if tricky(letter) => escape(letter, &mut out),
            letter => out.push(letter),
        }
    }
    out
}

/// A string without quotes where it cannot be taken for another value.
pub(super) fn bare(text: &str) -> String {
    let word = matches!(text, "" | "true" | "false" | "nil" | "null");
    let number = text.parse::<f64>().is_ok() || text.starts_with("0x");
    let open = text.starts_with(['{', '"', '\'', ' ']) || text.ends_with(' ');
    if word || number || open || text.chars().any(tricky) {
        quote(text)
    } else {
        text.to_owned()
    }
}

/// As Lua prints it: `%.14g`, and `.0` where it would look like an integer.
pub fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{number:.13e}");
    let (digits, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or_default();
    if (-4..14).contains(&power) {
        let places = usize::try_from(13 - power).unwrap_or_default();
        let fixed = format!("{number:.places$}");
        let short = trim(&fixed);
        if short.contains('.') {
            short.to_owned()
        } else {
            format!("{short}.0")
        }
    } else {
        let sign = if power < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", trim(digits), power.abs())
    }
}

fn trim(digits: &str) -> &str {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}

/// `99980` as `99,980`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
