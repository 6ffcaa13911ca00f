//! Which texts would be read as something else if they stood without quotes: YAML 1.1 as gopkg.in/yaml.v2 has it.

const WORDS: &[&str] = &[
    "", "~", "null", "Null", "NULL", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on",
    "On", "ON", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", ".nan",
    ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
];

/// Whether the text stands for itself.
pub(super) fn is_text(text: &str) -> bool {
    if WORDS.contains(&text) {
        return false;
    }
    match text.as_bytes().first() {
        Some(b'.') => !is_float(text),
        Some(b'+' | b'-' | b'0'..=b'9') => {
            let bare = text.replace('_', "");
            let number = is_integer(&bare) || is_float(&bare) || is_base_60(text);
            !number && !is_time(text)
        }
        _ => true,
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let signed = digits.len() < text.len();
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    if digits.starts_with(['+', '-']) {
        return false;
    }
    let limit = |value: u64| match text.as_bytes().first() {
        Some(b'-') => value <= i64::MIN.unsigned_abs(),
        _ => !signed || i64::try_from(value).is_ok(),
    };
    u64::from_str_radix(digits, radix).is_ok_and(limit)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, and not beyond what a float can hold.
fn is_float(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    mantissa_fits && exponent_fits && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// `[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?`
fn is_base_60(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = body.split(':');
    let first = parts.next().unwrap_or_default();
    let loose = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let mut rest: Vec<&str> = parts.collect();
    let Some(last) = rest.pop() else {
        return false;
    };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    rest.push(last);
    let sixtieth = |text: &&str| match text.as_bytes() {
        [b] => b.is_ascii_digit(),
        [a, b] => (b'0'..=b'5').contains(a) && b.is_ascii_digit(),
        _ => false,
    };
    first.starts_with(|c: char| c.is_ascii_digit())
        && loose(first)
        && loose(fraction)
        && rest.iter().all(sixtieth)
}

/// `2026-1-2`, `2026-1-2 3:4:5.6` or RFC 3339 with short fields.
fn is_time(text: &str) -> bool {
    let Some(("", rest)) = text.get(..4).map(|year| {
        let wrong = year.trim_start_matches(|c: char| c.is_ascii_digit());
        (wrong, &text[4..])
    }) else {
        return false;
    };
    let year: i16 = text[..4].parse().unwrap_or_default();
    let (date, time) = match rest.find(['T', 't', ' ']) {
        Some(at) => (&rest[..at], Some((&rest[at..=at], &rest[at + 1..]))),
        None => (rest, None),
    };
    let mut fields = date.split('-');
    let month = fields.nth(1).and_then(|f| field(f, 12));
    let day = fields.next().and_then(|f| field(f, 31));
    let (Some(month), Some(day), None, true) = (month, day, fields.next(), date.starts_with('-'))
    else {
        return false;
    };
    // Go has a year zero, as the calendar here.
    jiff::civil::Date::new(year, month, day).is_ok()
        && time.is_none_or(|(mark, time)| match mark {
            " " => is_clock(time),
            _ => zoned(time).is_some_and(is_clock),
        })
}

/// A number of one or two digits.
fn field(text: &str, most: i8) -> Option<i8> {
    let short = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|value| short && *value <= most)
}

/// `15:4:5.678`
fn is_clock(text: &str) -> bool {
    let (clock, fraction) = match text.find(['.', ',']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let fields: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = fields[..] else {
        return false;
    };
    let within = |text: &str, most| field(text, most).is_some();
    let digits = |f: &str| !f.is_empty() && f.bytes().all(|b| b.is_ascii_digit());
    within(hour, 23) && within(minute, 59) && within(second, 59) && fraction.is_none_or(digits)
}

/// What stands before `Z` or `+01:00`.
fn zoned(text: &str) -> Option<&str> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some(clock);
    }
    let at = text.len().checked_sub(6)?;
    let (clock, zone) = (text.get(..at)?, text.get(at..)?);
    let digits = zone.bytes().enumerate().all(|(place, byte)| match place {
        0 => byte == b'+' || byte == b'-',
        3 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let within = zone.get(1..3)? <= "24" && zone.get(4..6)? <= "60";
    (digits && within).then_some(clock)
}
