//! Reads a rule, and says what is wrong with it in the server's words.
use super::{
    super::go::{self, cidr, ip4, quoted},
    Append, Rule, Talk,
};
use std::{collections::HashMap, net::Ipv4Addr};

const KEYS: [&str; 14] = [
    "cidr",
    "continue",
    "domain",
    "domain_append",
    "hostname",
    "id",
    "id_set",
    "ignore",
    "log",
    "name",
    "netmask",
    "routers",
    "subnet",
    "type",
];

fn invalid(key: &str, value: &str, expected: &str) -> String {
    format!(
        "invalid value for key {} (expected {expected} but got {})",
        quoted(key),
        quoted(value)
    )
}

/// A rule's words by their keys.
struct Words(HashMap<String, String>);

impl Words {
    /// A value that says something.
    fn get(&self, key: &str) -> Option<&str> {
        self.given(key).filter(|value| !value.is_empty())
    }

    /// A value that was given, empty or not.
    fn given(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

pub(super) fn rule(text: &str, line: usize) -> Result<Rule, String> {
    let words = words(text)?;
    let mut rule = Rule {
        line,
        ..Rule::nameless()
    };
    if let Some(log) = words.get("log") {
        let talk =
            Talk::read(log).ok_or_else(|| invalid("log", log, "'info', 'debug', or 'none'"))?;
        rule.log = Some(talk);
    }
    words
        .get("name")
        .unwrap_or_default()
        .clone_into(&mut rule.name);
    rule.hostname = words.get("hostname").map(ToOwned::to_owned);
    rule.routers = routers(&words)?;
    rule.netmask = netmask(&words)?;
    if let Some(domain) = words.get("domain") {
        if domain.trim().eq_ignore_ascii_case("none") {
            let expected = "a domain name (or use domain_append:none)";
            return Err(invalid("domain", domain, expected));
        }
        rule.domain = Some(domain.to_owned());
    }
    rule.go_on = flag(&words, "continue")?;
    rule.ignore = flag(&words, "ignore")?;
    if let Some(raw) = words.get("domain_append") {
        let expected = "'global', 'rule', 'global|rule', 'rule|global', or 'none'";
        rule.append = append(raw).ok_or_else(|| invalid("domain_append", raw, expected))?;
    }
    matches(&words, &mut rule)?;
    if rule.name.trim().is_empty() {
        let sum =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, rule.to_string().as_bytes());
        let [a, b, c, d, ..] = *sum.as_ref() else {
            return Ok(rule);
        };
        rule.name = format!("rule-{:08x}", u32::from_be_bytes([a, b, c, d]));
    }
    Ok(rule)
}

fn matches(words: &Words, rule: &mut Rule) -> Result<(), String> {
    if let Some(types) = words.given("type") {
        let each = types.split('|').map(str::trim).filter(|it| !it.is_empty());
        rule.types = each.map(ToOwned::to_owned).collect();
        if rule.types.is_empty() {
            return Err(invalid("type", types, "at least one type"));
        }
    }
    for subnet in words.get("subnet").into_iter().flat_map(|it| it.split('|')) {
        let expected = "network subnet (e.g. 172.16.0.0/21)";
        let net = cidr(subnet.trim()).ok_or_else(|| invalid("subnet", subnet, expected))?;
        rule.subnets.push(net);
    }
    if let (None, Some(ipnet::IpNet::V4(net))) = (rule.netmask, rule.subnets.first()) {
        rule.netmask = Some(net.netmask()).filter(|mask| !mask.is_unspecified());
    }
    let named = rule
        .hostname
        .as_ref()
        .is_some_and(|it| !it.trim().is_empty());
    // A subnet of IPv6 is a mask as well, though none that is sent.
    let masked =
        rule.netmask.is_some() || rule.subnets.first().is_some_and(|it| it.prefix_len() > 0);
    if !named && rule.routers.is_empty() && !rule.ignore && !masked {
        return Err(
            "required key missing, at least one of [hostname routers netmask ignore]".to_owned(),
        );
    }
    rule.id = words.get("id").map(|id| id.trim().to_owned());
    match words.get("id_set") {
        Some(set) => Err(invalid(
            "id_set",
            set,
            "valid ID set (e.g. x1000s0c0b[0-3]n0)",
        )),
        None => Ok(()),
    }
}

fn routers(words: &Words) -> Result<Vec<Ipv4Addr>, String> {
    let each = words
        .get("routers")
        .into_iter()
        .flat_map(|it| it.split('|'));
    each.map(|text| ip4(text.trim()).ok_or_else(|| invalid("routers", text, "valid IPv4 address")))
        .collect()
}

fn netmask(words: &Words) -> Result<Option<Ipv4Addr>, String> {
    match (words.given("netmask"), words.given("cidr")) {
        (Some(_), Some(_)) => Err("keys are mutually exclusive: [netmask cidr]".to_owned()),
        (Some(text), None) => {
            let wrong = |expected| invalid("netmask", text, expected);
            let ip: std::net::IpAddr = text.parse().map_err(|_| wrong("valid IPv4 address"))?;
            if ip.is_unspecified() {
                return Err(wrong("specific, usable IPv4 address"));
            }
            let mask = go::to4(ip).ok_or_else(|| wrong("valid IPv4 address"))?;
            if go::is_netmask(mask) {
                Ok(Some(mask))
            } else {
                Err(wrong("valid IPv4 netmask"))
            }
        }
        (None, Some(text)) => {
            let length: i64 = text.parse().map_err(|_| invalid("cidr", text, "integer"))?;
            let range = "valid IPv4 bit width between 1 and 32, inclusive";
            let length = u8::try_from(length).ok().filter(|it| (1..=32).contains(it));
            let length = length.ok_or_else(|| invalid("cidr", text, range))?;
            Ok(Some(Ipv4Addr::from_bits(u32::MAX << (32 - length))))
        }
        (None, None) => Ok(None),
    }
}

/// Truth in more words than Go has for it.
fn flag(words: &Words, key: &str) -> Result<bool, String> {
    let Some(text) = words.get(key) else {
        return Ok(false);
    };
    match text.trim().to_lowercase().as_str() {
        "y" | "yes" | "on" => Ok(true),
        "n" | "no" | "off" => Ok(false),
        other => go::truth(other).ok_or_else(|| invalid(key, text, "boolean")),
    }
}

fn append(raw: &str) -> Option<Append> {
    let raw = raw.trim().to_lowercase();
    let words: Vec<&str> = raw
        .split('|')
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect();
    match words[..] {
        ["none"] => Some(Append::Nothing),
        ["global"] => Some(Append::These(vec![true])),
        ["rule"] => Some(Append::These(vec![false])),
        ["global", "rule"] => Some(Append::These(vec![true, false])),
        ["rule", "global"] => Some(Append::These(vec![false, true])),
        _ => None,
    }
}

fn words(text: &str) -> Result<Words, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("empty hostname rule".to_owned());
    }
    let mut words = HashMap::new();
    for (at, part) in elements(text)?.iter().enumerate() {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        let split = part.split_once(':');
        let (key, value) =
            split.ok_or_else(|| format!("element {at}: expected key:val, got {}", quoted(part)))?;
        let key = key.trim();
        if key.is_empty() {
            return Err(format!("element {at}: empty key (got {})", quoted(part)));
        }
        if !KEYS.contains(&key) {
            return Err(format!("element {at}: unknown key {}", quoted(key)));
        }
        let value = without_quotes(value.trim())
            .map_err(|why| format!("element {at}: bad quoting: {why}: got {}", quoted(part)))?;
        if words.insert(key.to_owned(), value).is_some() {
            return Err(format!(
                "element {at}: duplicate key {}: got {}",
                quoted(key),
                quoted(part)
            ));
        }
    }
    Ok(Words(words))
}

/// What stands between commas; within quotes a comma is none.
fn elements(text: &str) -> Result<Vec<String>, String> {
    let (mut parts, mut current) = (Vec::new(), String::new());
    let (mut quote, mut escaped) = (None, false);
    for letter in text.chars() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), letter) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, ',') => {
                parts.push(std::mem::take(&mut current));
                continue;
            }
            _ => {}
        }
        current.push(letter);
    }
    if quote.is_some() {
        return Err("unterminated quote".to_owned());
    }
    if !current.is_empty() {
        parts.push(current);
    }
    Ok(parts)
}

/// A value without the quotes around it, if it has some.
fn without_quotes(value: &str) -> Result<String, &'static str> {
    let quotes = ['"', '\''];
    let inside = quotes.iter().find_map(|quote| {
        let inside = value.strip_prefix(*quote)?;
        inside.strip_suffix(*quote)
    });
    let Some(inside) = inside else {
        return Ok(value.to_owned());
    };
    let (mut out, mut escaped) = (String::new(), false);
    for letter in inside.chars() {
        match letter {
            _ if escaped => {
                escaped = false;
                out.push(match letter {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
            }
            '\\' => escaped = true,
            other => out.push(other),
        }
    }
    if escaped {
        Err("unterminated escape in quoted string")
    } else {
        Ok(out)
    }
}
