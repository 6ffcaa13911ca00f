//! What a plain word means in YAML 1.1, as Python's library reads it.
use super::Tree;
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::civil;

const CORE: &str = "tag:yaml.org,2002:";

/// The value of a scalar: by its tag, else by its looks when it stands without quotes.
pub(super) fn value(text: &str, plain: bool, tag: Option<&str>) -> Result<Tree, String> {
    let Some(tag) = tag else {
        return if plain {
            implied(text)
        } else {
            Ok(Tree::Text(text.to_owned()))
        };
    };
    let unknown = || format!("cloud-init does not know the tag {tag}");
    let not = |what: &str| format!("`{text}` is no {what}");
    match tag.strip_prefix(CORE) {
        Some("str" | "python/unicode") => Ok(Tree::Text(text.to_owned())),
        Some("int") => int(text).ok_or_else(|| not("integer")),
        Some("float") => float(text).ok_or_else(|| not("number")),
        Some("bool") => bool(text).ok_or_else(|| not("boolean")),
        Some("null") => Ok(Tree::Null),
        Some("timestamp") => time(text).unwrap_or_else(|| Err(not("date"))),
        Some("binary") => {
            let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            STANDARD
                .decode(packed)
                .map(Tree::Bytes)
                .map_err(|_| "this is not base64".to_owned())
        }
        None if tag == "!" => Ok(Tree::Text(text.to_owned())),
        _ => Err(unknown()),
    }
}

fn implied(text: &str) -> Result<Tree, String> {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Ok(Tree::Null);
    }
    if let Some(found) = bool(text).filter(|_| cased(text)) {
        return Ok(found);
    }
    if looks_float(text) {
        return float(text).ok_or_else(|| format!("`{text}` is no number"));
    }
    if looks_int(text) {
        return int(text).ok_or_else(|| format!("`{text}` is no integer"));
    }
    if text == "=" {
        return Err("a lone = wants quotes".to_owned());
    }
    time(text).unwrap_or_else(|| Ok(Tree::Text(text.to_owned())))
}

fn bool(text: &str) -> Option<Tree> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "on" => Some(Tree::Bool(true)),
        "no" | "false" | "off" => Some(Tree::Bool(false)),
        _ => None,
    }
}

/// All small, all capital, or the first letter capital.
fn cased(text: &str) -> bool {
    let rest = text.get(1..).unwrap_or_default();
    let small = |part: &str| part.chars().all(|c| c.is_ascii_lowercase());
    small(rest) || text.chars().all(|c| c.is_ascii_uppercase())
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn all(text: &str, fits: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(fits)
}

fn digits(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && all(text, |c| c.is_ascii_digit() || c == '_')
}

/// `:59` and the like behind a number to the base of 60.
fn sixties(parts: &str) -> bool {
    parts.split(':').all(|part| match part.as_bytes() {
        [one] => one.is_ascii_digit(),
        [ten, one] => (b'0'..=b'5').contains(ten) && one.is_ascii_digit(),
        _ => false,
    })
}

fn looks_int(text: &str) -> bool {
    let word = unsigned(text);
    if let Some(rest) = word.strip_prefix("0b") {
        return all(rest, |c| matches!(c, '0' | '1' | '_'));
    }
    if let Some(rest) = word.strip_prefix("0x") {
        return all(rest, |c| c.is_ascii_hexdigit() || c == '_');
    }
    if let Some((first, rest)) = word.split_once(':') {
        return digits(first) && !first.starts_with('0') && sixties(rest);
    }
    match word.strip_prefix('0') {
        Some("") => true,
        Some(rest) => all(rest, |c| ('0'..='7').contains(&c) || c == '_'),
        None => digits(word),
    }
}

fn int(text: &str) -> Option<Tree> {
    let bare = text.replace('_', "");
    let word = unsigned(&bare);
    let number = if word == "0" {
        0
    } else if let Some(rest) = word.strip_prefix("0b") {
        i128::from_str_radix(rest, 2).ok()?
    } else if let Some(rest) = word.strip_prefix("0x") {
        i128::from_str_radix(rest, 16).ok()?
    } else if word.starts_with('0') {
        i128::from_str_radix(word, 8).ok()?
    } else {
        word.split(':').try_fold(0i128, |sum, part| {
            sum.checked_mul(60)?.checked_add(part.parse().ok()?)
        })?
    };
    Some(Tree::Int(if bare.starts_with('-') {
        -number
    } else {
        number
    }))
}

fn looks_float(text: &str) -> bool {
    let word = unsigned(text);
    if matches!(word, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let Some((whole, rest)) = word.split_once('.') else {
        return false;
    };
    if let Some((first, sixty)) = whole.split_once(':') {
        return digits(first)
            && sixties(sixty)
            && rest.chars().all(|c| c.is_ascii_digit() || c == '_');
    }
    let (fraction, exponent) = match rest.split_once(['e', 'E']) {
        Some((fraction, exponent)) => (fraction, Some(exponent)),
        None => (rest, None),
    };
    // The sign of an exponent is not optional: `1.0e3` is text.
    let signed = exponent
        .is_none_or(|it| it.starts_with(['-', '+']) && all(&it[1..], |c| c.is_ascii_digit()));
    let loose = fraction.chars().all(|c| c.is_ascii_digit() || c == '_');
    signed
        && if whole.is_empty() {
            text.starts_with('.') && digits(fraction)
        } else {
            digits(whole) && loose
        }
}

fn float(text: &str) -> Option<Tree> {
    let bare = text.replace('_', "").to_lowercase();
    let word = unsigned(&bare);
    let number = match word {
        ".inf" => f64::INFINITY,
        ".nan" => f64::NAN,
        _ => word.split(':').try_fold(0.0, |sum, part| {
            part.parse::<f64>().ok().map(|part| sum * 60.0 + part)
        })?,
    };
    Some(Tree::Float(if bare.starts_with('-') {
        -number
    } else {
        number
    }))
}

/// A date or a time; None when it does not look like one, an error when it does and there is no such day.
fn time(text: &str) -> Option<Result<Tree, String>> {
    let (year, rest) = text.split_once('-').filter(|(year, _)| year.len() == 4)?;
    let (month, rest) = rest.split_once('-')?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (day, rest) = rest.split_at(end);
    let number = |text: &str, longest: usize| {
        let fits = all(text, |c| c.is_ascii_digit()) && text.len() <= longest;
        fits.then(|| text.parse::<i16>().ok()).flatten()
    };
    let (year, m, d) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let clock = if rest.is_empty() {
        if month.len() != 2 || day.len() != 2 {
            return None;
        }
        String::new()
    } else {
        clock(rest)?
    };
    let none = || format!("`{text}` looks like a date, and there is no such day");
    let small = |number: i16| i8::try_from(number).map_err(|_| none());
    let date = || civil::Date::new(year, small(m)?, small(d)?).map_err(|_| none());
    Some(date().map(|_| Tree::Time(format!("{year:04}-{m:02}-{d:02}{clock}"))))
}

/// ` 21:59:43.100000-05:00`, from any of the spellings.
fn clock(text: &str) -> Option<String> {
    let rest = text
        .strip_prefix(['T', 't'])
        .unwrap_or_else(|| text.trim_start_matches([' ', '\t']));
    if rest.len() == text.len() {
        return None;
    }
    let zone_at = rest.find(['Z', '+', '-', ' ', '\t']);
    let (time, zone) = rest.split_at(zone_at.unwrap_or(rest.len()));
    let mut parts = time.splitn(3, ':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    let fits = |text: &str, least: usize| {
        all(text, |c| c.is_ascii_digit()) && (least..=2).contains(&text.len())
    };
    let whole = fits(hour, 1) && fits(minute, 2) && fits(second, 2);
    if !whole || fraction.contains(|c: char| !c.is_ascii_digit()) {
        return None;
    }
    let micro: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let micro = if micro == "000000" {
        String::new()
    } else {
        format!(".{micro}")
    };
    let zone = match zone.trim_start() {
        "" => String::new(),
        "Z" => "+00:00".to_owned(),
        other => {
            let (sign, rest) = other.split_at(1);
            let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "00"));
            if !fits(hours, 1) || !fits(minutes, 2) || !matches!(sign, "+" | "-") {
                return None;
            }
            format!("{sign}{hours:0>2}:{minutes}")
        }
    };
    Some(format!(" {hour:0>2}:{minute}:{second}{micro}{zone}"))
}
