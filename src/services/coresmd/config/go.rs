//! Values as Go reads them, in whose words the server speaks: durations, addresses, truth.
use ipnet::IpNet;
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
};

/// A time span of Go: `1h30m`, whole nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(i64);

const UNITS: [(&str, i64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

impl Span {
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1_000_000_000)
    }

    /// Whole seconds, the rest cut off.
    pub const fn as_seconds(self) -> i64 {
        self.0 / 1_000_000_000
    }

    /// As an option of 32 bits holds them.
    pub fn as_option(self) -> u32 {
        // Go cuts the upper bits off as well.
        u32::try_from(self.as_seconds() & 0xffff_ffff).unwrap_or_default()
    }

    /// Rounded to whole seconds, halves away from zero.
    pub fn rounded(self) -> Self {
        let half = if self.0 < 0 {
            -500_000_000
        } else {
            500_000_000
        };
        Self::seconds(self.0.saturating_add(half) / 1_000_000_000)
    }

    /// As `time.ParseDuration` takes it: a number and a unit, again and again.
    pub fn read(text: &str) -> Option<Self> {
        let (minus, mut rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        if rest == "0" {
            return Some(Self(0));
        }
        if rest.is_empty() {
            return None;
        }
        let mut sum: i64 = 0;
        while !rest.is_empty() {
            let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let (digits, after) = rest.split_at(number);
            let end = after.find(|c: char| c.is_ascii_digit() || c == '.');
            let (unit, next) = after.split_at(end.unwrap_or(after.len()));
            let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit)?;
            sum = sum.checked_add(part(digits, *nanos)?)?;
            rest = next;
        }
        Some(Self(if minus { -sum } else { sum }))
    }
}

/// So many of a unit, with a fraction.
fn part(digits: &str, nanos: i64) -> Option<i64> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let mut sum = if whole.is_empty() {
        0
    } else {
        whole.parse::<i64>().ok()?
    }
    .checked_mul(nanos)?;
    let mut scale = nanos;
    for digit in fraction.bytes().take(18) {
        scale /= 10;
        sum = sum.checked_add(i64::from(digit - b'0') * scale)?;
    }
    Some(sum)
}

/// As Go prints it: `1h0m0s`, `1.5s`, `100ms`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let nanos = self.0.unsigned_abs();
        let small = [("ns", 1_u64), ("µs", 1_000), ("ms", 1_000_000)];
        if nanos < 1_000_000_000 {
            let fits = |(_, size): &&(&str, u64)| nanos >= *size;
            return match small.iter().rev().find(fits) {
                Some((unit, size)) => write!(f, "{}{unit}", decimal(nanos, *size)),
                None => f.write_str("0s"),
            };
        }
        let minutes = nanos / 60_000_000_000;
        if minutes >= 60 {
            write!(f, "{}h", minutes / 60)?;
        }
        if minutes > 0 {
            write!(f, "{}m", minutes % 60)?;
        }
        write!(f, "{}s", decimal(nanos % 60_000_000_000, 1_000_000_000))
    }
}

fn decimal(nanos: u64, size: u64) -> String {
    let digits = size.ilog10() as usize;
    let text = format!("{}.{:0digits$}", nanos / size, nanos % size);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `net.ParseIP(…).To4()`.
pub(super) fn ip4(text: &str) -> Option<Ipv4Addr> {
    to4(text.parse().ok()?)
}

pub fn to4(ip: IpAddr) -> Option<Ipv4Addr> {
    match ip {
        IpAddr::V4(ip) => Some(ip),
        IpAddr::V6(ip) => ip.to_ipv4_mapped(),
    }
}

/// `net.ParseCIDR`: the network an address with a length lies in.
pub(super) fn cidr(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().map(|net| net.trunc())
}

/// Whether the ones of a mask stand together, in front.
pub(super) fn is_netmask(mask: Ipv4Addr) -> bool {
    let holes = !mask.to_bits();
    holes & holes.wrapping_add(1) == 0
}

/// `strconv.ParseBool`.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Text as `%q` prints it.
pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// Cuts quotes of both sorts off both ends, however many.
pub(super) fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

/// Why `url.Parse` refuses an address; none: it takes it.
pub(super) fn no_uri(text: &str) -> Option<String> {
    if text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return Some("invalid control character in URL".to_owned());
    }
    let text = text.split_once('#').map_or(text, |(before, _)| before);
    let (scheme, rest) = match scheme(text) {
        Ok(split) => split,
        Err(why) => return Some(why.to_owned()),
    };
    let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
    if !rest.starts_with('/') {
        let first = rest.split('/').next().unwrap_or_default();
        let colon = scheme.is_empty() && first.contains(':');
        return colon.then(|| "first path segment in URL cannot contain colon".to_owned());
    }
    let authority = rest
        .strip_prefix("//")
        .filter(|_| !rest.starts_with("///"))?;
    let host = authority.split('/').next().unwrap_or_default();
    no_host(host.rsplit('@').next().unwrap_or_default())
}

fn scheme(text: &str) -> Result<(&str, &str), &'static str> {
    for (at, letter) in text.char_indices() {
        match letter {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err("missing protocol scheme"),
            ':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

fn no_host(host: &str) -> Option<String> {
    let port = match host.strip_prefix('[') {
        Some(inside) => match inside.rsplit_once(']') {
            Some((_, port)) => port,
            None => return Some("missing ']' in host".to_owned()),
        },
        None => host.rfind(':').map_or("", |at| &host[at..]),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    let is_port =
        (port.is_empty() || port.starts_with(':')) && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_port {
        return Some(format!("invalid port {} after host", quoted(port)));
    }
    let odd = host.chars().find(|c| " \\^`{|}%".contains(*c));
    odd.map(|c| format!("invalid character {} in host name", quoted(&c.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_printed_as_go_does() {
        for (text, printed) in [
            ("30s", "30s"),
            ("1h", "1h0m0s"),
            ("5m", "5m0s"),
            ("1.5s", "1.5s"),
            ("90m", "1h30m0s"),
            ("100ms", "100ms"),
            ("0", "0s"),
            ("-2m", "-2m0s"),
            ("1h2m3.5s", "1h2m3.5s"),
            ("1500us", "1.5ms"),
        ] {
            let span = Span::read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(span.to_string(), printed, "{text}");
        }
        for text in ["", "1d", "30", "s", "1", "h", "1.2.3s", "5 m", "-", "."] {
            assert_eq!(Span::read(text), None, "{text}");
        }
        assert_eq!(
            Span::read("1499ms").map(Span::rounded),
            Some(Span::seconds(1))
        );
    }

    #[test]
    fn addresses_are_refused_as_go_refuses_them() {
        for text in [
            "http://172.16.0.254:27779",
            "https://h:8443/x",
            "",
            "h",
            "http://[fd00::1]:80",
            "a b",
        ] {
            assert_eq!(no_uri(text), None, "{text}");
        }
        for text in [
            "\"http://h:1\"",
            "http://h:port",
            "http://[fd00::1",
            ":x",
            "172.16.0.1:80",
            "http://a|b",
        ] {
            assert!(no_uri(text).is_some(), "{text}");
        }
    }

    #[test]
    fn masks_have_no_holes() {
        assert!(is_netmask(Ipv4Addr::new(255, 255, 255, 192)));
        assert!(!is_netmask(Ipv4Addr::new(255, 0, 255, 0)));
    }
}
