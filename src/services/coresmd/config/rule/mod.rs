//! A rule: which components it is for, and what they get. `name:x,type:Node,hostname:nid{04d}`.
mod read;

use ipnet::IpNet;
use std::{
    fmt::{self, Write as _},
    net::{IpAddr, Ipv4Addr},
};

/// What is logged of a rule, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Talk {
    #[default]
    Info,
    Debug,
    None,
}

impl Talk {
    pub(super) fn read(text: &str) -> Option<Self> {
        match text {
            "info" => Some(Self::Info),
            "debug" => Some(Self::Debug),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Debug => "debug",
            Self::None => "none",
        }
    }
}

/// Which domains go behind a host name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Append {
    /// The rule's own, else the server's.
    Usual,
    Nothing,
    /// These, in this order; true is the server's.
    These(Vec<bool>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub line: usize,
    pub name: String,
    /// None: as all rules.
    pub log: Option<Talk>,
    /// Any of these; empty: all.
    pub types: Vec<String>,
    /// Any of these holds the first address; empty: all.
    pub subnets: Vec<IpNet>,
    pub id: Option<String>,
    pub hostname: Option<String>,
    pub domain: Option<String>,
    pub append: Append,
    pub netmask: Option<Ipv4Addr>,
    pub routers: Vec<Ipv4Addr>,
    pub go_on: bool,
    pub ignore: bool,
}

impl Rule {
    /// From what stands behind `rule=`; `Err` is what the server says is wrong.
    pub fn read(text: &str, line: usize) -> Result<Self, String> {
        read::rule(text, line)
    }

    pub fn matches(&self, id: &str, kind: &str, first: Option<IpAddr>) -> bool {
        let kind_fits = self.types.is_empty() || self.types.iter().any(|it| it == kind);
        let holds = |ip: IpAddr| self.subnets.iter().any(|net| net.contains(&ip));
        let subnet_fits = self.subnets.is_empty() || first.is_some_and(holds);
        let id_fits = self.id.as_ref().is_none_or(|it| it == id);
        kind_fits && subnet_fits && id_fits
    }

    /// Whether it is for every component, so that none gets past it.
    pub fn takes_all(&self) -> bool {
        self.types.is_empty() && self.subnets.is_empty() && self.id.is_none() && !self.go_on
    }

    /// The host name of a component, whole.
    pub fn host(&self, pattern: &str, server_domain: &str, nid: i64, id: &str) -> String {
        let mut name = expand(pattern, nid, id);
        let server = server_domain.trim().trim_start_matches('.');
        let own = self.domain.as_deref().unwrap_or_default().trim();
        let own = own.trim_start_matches('.');
        let domains: Vec<&str> = match &self.append {
            Append::Nothing => Vec::new(),
            Append::Usual if own.is_empty() => vec![server],
            Append::Usual => vec![own],
            Append::These(order) => order
                .iter()
                .map(|it| if *it { server } else { own })
                .collect(),
        };
        for domain in domains.into_iter().filter(|it| !it.is_empty()) {
            let _ = write!(name, ".{domain}");
        }
        name
    }

    /// One that gives a host name by the usual way with domains.
    pub fn nameless() -> Self {
        Self {
            line: 0,
            name: String::new(),
            log: None,
            types: Vec::new(),
            subnets: Vec::new(),
            id: None,
            hostname: None,
            domain: None,
            append: Append::Usual,
            netmask: None,
            routers: Vec::new(),
            go_on: false,
            ignore: false,
        }
    }
}

/// As the server writes a rule, of which it makes the name of one that has none.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut matches = Vec::new();
        let mut types = self.types.clone();
        types.sort();
        if !types.is_empty() {
            matches.push(format!("types:{}", types.join("|")));
        }
        let bars = |items: Vec<String>| items.join("|");
        if !self.subnets.is_empty() {
            let nets = self.subnets.iter().map(ToString::to_string).collect();
            matches.push(format!("subnets:{}", bars(nets)));
        }
        if let Some(id) = &self.id {
            matches.push(format!("id:{}", id.trim()));
        }
        let mut actions = Vec::new();
        let named = [("hostname", &self.hostname), ("domain", &self.domain)];
        for (key, value) in named {
            if let Some(value) = value {
                actions.push(format!("{key}:{}", value.trim()));
            }
        }
        match &self.append {
            Append::Usual => {}
            Append::Nothing => actions.push("domain_append:none".to_owned()),
            Append::These(order) => {
                let words = order.iter().map(|it| if *it { "global" } else { "rule" });
                let words = words.map(ToOwned::to_owned).collect();
                actions.push(format!("domain_append:{}", bars(words)));
            }
        }
        actions.push(format!("continue:{},ignore:{}", self.go_on, self.ignore));
        if let Some(mask) = self.netmask.filter(|it| !it.is_unspecified()) {
            actions.push(format!("netmask:/{}", mask.to_bits().leading_ones()));
        }
        if !self.routers.is_empty() {
            let routers = self.routers.iter().map(ToString::to_string).collect();
            actions.push(format!("routers:{}", bars(routers)));
        }
        let log = self.log.map_or("", Talk::name);
        let (matches, actions) = (matches.join(","), actions.join(","));
        write!(f, "name:{},log:{log},{matches},{actions}", self.name)
    }
}

/// `{id}` is the xname, `{04d}` the NID in four digits at least.
fn expand(pattern: &str, nid: i64, id: &str) -> String {
    let pattern = pattern.replace("{id}", id);
    let mut out = String::new();
    let mut rest = pattern.as_str();
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        if let Some((width, length)) = placeholder(rest) {
            let _ = write!(out, "{nid:0width$}");
            rest = &rest[length..];
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out + rest
}

/// Width and length of a `{04d}` that the text begins with.
fn placeholder(text: &str) -> Option<(usize, usize)> {
    let inside = &text[1..text.find('}')?];
    let digits = inside.strip_suffix('d')?;
    let fits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // The width is bounded here, for a host name has no room for more.
    let width = digits.parse::<usize>().ok().filter(|_| fits)?.min(255);
    Some((width, inside.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_hold_the_nid_and_the_id() {
        for (pattern, expected) in [
            ("nid{04d}", "nid0007"),
            ("n{2d}", "n07"),
            ("{id}", "x1c0"),
            ("s-{02d}-{id}", "s-07-x1c0"),
            ("{x}{04d", "{x}{04d"),
            ("a{d}b{0d}", "a{d}b7"),
        ] {
            assert_eq!(expand(pattern, 7, "x1c0"), expected, "{pattern}");
        }
    }

    #[test]
    fn domains_go_behind_as_the_rule_says() {
        for (rule, expected) in [
            ("hostname:n", "n.glob.al"),
            ("hostname:n,domain:ru.le", "n.ru.le"),
            (
                "hostname:n,domain:.ru.le,domain_append:global|rule",
                "n.glob.al.ru.le",
            ),
            ("hostname:n,domain_append:none", "n"),
            ("hostname:n,domain_append:rule", "n"),
        ] {
            let rule = Rule::read(rule, 1).expect(rule);
            assert_eq!(rule.host("n", ".glob.al", 1, "x"), expected, "{rule}");
        }
    }

    #[test]
    fn a_rule_without_a_name_is_named_by_what_it_says() {
        let rule = Rule::read("type:Node|HSN,hostname:a,cidr:16", 1).expect("a rule");
        assert_eq!(
            rule.to_string().split_once(',').map(|(_, rest)| rest),
            Some("log:,types:HSN|Node,hostname:a,continue:false,ignore:false,netmask:/16")
        );
        assert!(
            rule.name.starts_with("rule-") && rule.name.len() == 13,
            "{}",
            rule.name
        );
    }
}
