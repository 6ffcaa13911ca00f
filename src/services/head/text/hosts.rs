//! Names of hosts.
use serde::Serialize;
use std::{fmt::Write as _, net::IpAddr};

/// An address and the names it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub ip: String,
    pub names: Vec<String>,
}

/// A line that has an address: what stands before the comment, and the comment.
fn parts(line: &str) -> Option<(Line, &str)> {
    let (said, comment) = line.split_at(line.find('#').unwrap_or(line.len()));
    let mut words = said.split_whitespace().map(str::to_owned);
    let ip = words.next()?;
    Some((
        Line {
            ip,
            names: words.collect(),
        },
        comment,
    ))
}

/// Whether a host can be called so.
pub fn is_name(name: &str) -> bool {
    let fits = |label: &str| {
        let letters = label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        !label.is_empty()
            && label.len() < 64
            && letters
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() < 254 && name.split('.').all(fits)
}

pub struct Hosts<'a>(pub &'a str);

impl Hosts<'_> {
    pub fn lines(&self) -> Vec<Line> {
        self.0
            .lines()
            .filter_map(|line| Some(parts(line)?.0))
            .collect()
    }

    /// The address of each line that has the name, once for each time it stands there.
    pub fn of(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        for line in self.lines() {
            let times = line
                .names
                .iter()
                .filter(|it| it.eq_ignore_ascii_case(name))
                .count();
            found.extend(std::iter::repeat_n(line.ip, times));
        }
        found
    }

    /// Whether this machine is still itself to its programs.
    pub fn have_localhost(&self) -> bool {
        let ips = self.of("localhost");
        let mut ips = ips.iter().filter_map(|ip| ip.parse::<IpAddr>().ok());
        ips.any(|ip| ip.is_loopback())
    }

    /// The text in which a name has this address and no other of its family, in one line; or none at all.
    pub fn with(&self, name: &str, ip: Option<IpAddr>) -> String {
        let mut kept = false;
        let mut out = String::with_capacity(self.0.len() + 64);
        for line in self.0.lines() {
            match keep(line, name, ip, &mut kept) {
                Some(line) => out.push_str(&line),
                None => continue,
            }
            out.push('\n');
        }
        if let Some(ip) = ip.filter(|_| !kept) {
            let _ = writeln!(out, "{ip} {name}");
        }
        out
    }
}

/// One line as it is to be; none: nothing is left of it.
fn keep(line: &str, name: &str, ip: Option<IpAddr>, kept: &mut bool) -> Option<String> {
    let Some((said, comment)) = parts(line) else {
        return Some(line.to_owned());
    };
    let is_it = |it: &String| it.eq_ignore_ascii_case(name);
    if !said.names.iter().any(is_it) {
        return Some(line.to_owned());
    }
    let its = said.ip.parse::<IpAddr>().ok();
    let other_family = its.zip(ip).is_some_and(|(a, b)| a.is_ipv4() != b.is_ipv4());
    if other_family {
        return Some(line.to_owned());
    }
    let mut stays = its.is_some() && its == ip && !*kept;
    if stays && said.names.iter().filter(|it| is_it(it)).count() == 1 {
        *kept = true;
        return Some(line.to_owned());
    }
    *kept |= stays;
    let mut names = said.names.clone();
    // Once is enough, and elsewhere not at all.
    names.retain(|it| !is_it(it) || std::mem::take(&mut stays));
    if names.is_empty() {
        return (!comment.is_empty()).then(|| comment.to_owned());
    }
    let line = format!("{} {}", said.ip, names.join(" "));
    Some(if comment.is_empty() {
        line
    } else {
        format!("{line} {comment}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# names\n127.0.0.1 localhost\n::1 localhost\n172.16.0.1 demo.openchami.cluster one # old\n";
    const NAME: &str = "demo.openchami.cluster";

    fn set(text: &str, ip: &str) -> String {
        Hosts(text).with(NAME, Some(ip.parse().expect("an address")))
    }

    #[test]
    fn a_name_moves_to_its_address_and_the_rest_stays() {
        let text = set(TEXT, "172.16.0.254");
        assert_eq!(
            text,
            "# names\n127.0.0.1 localhost\n::1 localhost\n172.16.0.1 one # old\n172.16.0.254 demo.openchami.cluster\n"
        );
        assert_eq!(
            set(&text, "172.16.0.254"),
            text,
            "a second time nothing changes"
        );
        assert_eq!(Hosts(&text).of(NAME), ["172.16.0.254"]);
    }

    #[test]
    fn what_was_appended_twice_stands_once() {
        let twice = "172.16.0.254 demo.openchami.cluster\n172.16.0.254 Demo.OpenCHAMI.cluster\n";
        assert_eq!(Hosts(twice).of(NAME).len(), 2);
        assert_eq!(
            set(twice, "172.16.0.254"),
            "172.16.0.254 demo.openchami.cluster\n"
        );
        let line = "172.16.0.254 a demo.openchami.cluster demo.openchami.cluster\n";
        assert_eq!(
            set(line, "172.16.0.254"),
            "172.16.0.254 a demo.openchami.cluster\n"
        );
    }

    #[test]
    fn the_other_family_is_another_matter() {
        let both = set("::1 demo.openchami.cluster\n", "172.16.0.254");
        assert_eq!(
            both,
            "::1 demo.openchami.cluster\n172.16.0.254 demo.openchami.cluster\n"
        );
        assert_eq!(Hosts(&both).with(NAME, None), "");
    }

    #[test]
    fn a_text_without_an_end_of_line_and_odd_lines_are_no_trouble() {
        assert_eq!(
            set("junk", "10.0.0.1"),
            "junk\n10.0.0.1 demo.openchami.cluster\n"
        );
        assert_eq!(
            Hosts("300.1.1.1 demo.openchami.cluster # x").with(NAME, None),
            "# x\n"
        );
        assert!(
            is_name(NAME) && !is_name("a b") && !is_name("a..b") && !is_name("-a") && !is_name("")
        );
    }
}
