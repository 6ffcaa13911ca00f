//! A query as Go reads it: what cannot be decoded is passed over, numbers come in any of Go's spellings.
use crate::services::wire::unescape;

pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn read(query: &str) -> Self {
        let pairs = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.contains(';'));
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((unescape(name, true)?, unescape(value, true)?))
        };
        Self(pairs.filter_map(pair).collect())
    }

    /// All values of a name, with `link` between them.
    pub(super) fn joined(&self, name: &str, link: &str) -> String {
        let values = self.0.iter().filter(|(other, _)| other == name);
        let values: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
        values.join(link)
    }

    /// A list: repeated or with commas. Empty when nothing is said.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let all = self.joined(name, ",");
        if all.is_empty() {
            return Vec::new();
        }
        all.split(',').map(str::to_owned).collect()
    }

    /// A number; `None` when there is none, or what is there is none.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        number(&self.joined(name, ""))
    }
}

/// A number in Go's spellings: `17`, `0x11`, `0o21`, `021`, `0b10001`, `1_000`.
pub(super) fn number(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let prefix = |prefix: &str| {
        let head = digits.get(..2)?;
        head.eq_ignore_ascii_case(prefix).then(|| &digits[2..])
    };
    let (radix, digits) = if let Some(rest) = prefix("0x") {
        (16, rest)
    } else if let Some(rest) = prefix("0b") {
        (2, rest)
    } else if let Some(rest) = prefix("0o") {
        (8, rest)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, &digits[1..])
    } else {
        return between(digits).and_then(|digits| value(sign, &digits, 10));
    };
    // after a base one line may stand at once
    let digits = between(digits.strip_prefix('_').unwrap_or(digits))?;
    value(sign, &digits, radix)
}

/// Digits without the lines between them, where lines stand between digits only.
fn between(digits: &str) -> Option<String> {
    let fine = !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__");
    fine.then(|| digits.replace('_', ""))
}

fn value(sign: i128, digits: &str, radix: u32) -> Option<i64> {
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let number = i128::from_str_radix(digits, radix).ok()?;
    i64::try_from(sign * number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_gos_spellings() {
        for (text, wanted) in [
            ("17", 17),
            ("-1", -1),
            ("+5", 5),
            ("0x1F", 31),
            ("010", 8),
            ("0b11", 3),
            ("0o17", 15),
            ("0", 0),
            ("1_000", 1000),
            ("0x_1", 1),
        ] {
            assert_eq!(number(text), Some(wanted), "{text}");
        }
        for text in [
            "",
            "a",
            "08",
            "1_",
            "_1",
            "1__0",
            "0x",
            "--1",
            "0x-1",
            "99999999999999999999",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_passed_over() {
        let query = Query::read("mac=a&mac=b%2Cc&name=%zz&x=1;y&nid=%31&empty");
        assert_eq!(query.list("mac"), ["a", "b", "c"]);
        assert_eq!(query.joined("mac", ""), "ab,c");
        assert!(query.list("name").is_empty() && query.list("x").is_empty());
        assert_eq!(query.number("nid"), Some(1));
    }
}
