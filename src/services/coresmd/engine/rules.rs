//! Rules, one after another, until one matches and says no more; and the fallback.
use super::{Event, Outcome, facts::Component};
use crate::services::coresmd::config::{Coresmd, Rule, Talk};
use std::net::{IpAddr, Ipv4Addr};

/// An interface that was found, with its component.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) mac: String,
    pub(super) id: String,
    pub(super) component: Component,
    /// Where an address could not be read there is none.
    pub(super) ips: Vec<Option<IpAddr>>,
}

impl Known {
    /// The NID, which only nodes have.
    pub(super) fn nid(&self) -> i64 {
        if self.component.kind == "Node" {
            self.component.nid
        } else {
            0
        }
    }

    /// The addresses as Go prints a list of them.
    pub(super) fn list(&self) -> String {
        let each: Vec<String> = self.ips.iter().map(|ip| shown(*ip)).collect();
        format!("[{}]", each.join(" "))
    }
}

pub(super) fn shown(ip: Option<IpAddr>) -> String {
    ip.map_or_else(|| "<nil>".to_owned(), |ip| ip.to_string())
}

/// What the rules make of a component.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// No answer goes out.
    pub(super) ignored: bool,
    pub(super) hostname: String,
    pub(super) routers: Vec<Ipv4Addr>,
    pub(super) netmask: Option<Ipv4Addr>,
}

const PREFIX: &str = "plugins/coresmd";

/// `what` is how the server names the request it drops.
pub(super) fn evaluate<P>(
    coresmd: &Coresmd,
    known: &Known,
    what: &str,
    out: &mut Outcome<P>,
) -> Verdict {
    let mut verdict = Verdict::default();
    for (at, rule) in coresmd.rules.iter().enumerate() {
        let matches = rule.matches(
            &known.id,
            &known.component.kind,
            known.ips.first().copied().flatten(),
        );
        if !matches {
            if coresmd.rule_log == Talk::Debug || rule.log == Some(Talk::Debug) {
                let msg = format!("rule[{at}] ({}) did not match", rule.name);
                out.log.push(told(known, msg));
            }
            continue;
        }
        if coresmd.rule_log != Talk::None || rule.log == Some(Talk::Debug) {
            out.log
                .push(told(known, format!("rule[{at}] ({}) matched", rule.name)));
        }
        if rule.ignore {
            ignored(coresmd, (at, rule), known, what, out);
            verdict.ignored = true;
            return verdict;
        }
        apply(coresmd, (at, rule), known, &mut verdict, out);
        if !rule.go_on {
            break;
        }
    }
    if verdict.hostname.trim().is_empty() {
        let fallback = Rule::nameless();
        verdict.hostname = fallback.host("unknown-{04d}", &coresmd.domain, known.nid(), &known.id);
        let what = format!(
            "no rule gives a host name: the fallback makes it {}",
            verdict.hostname
        );
        out.step("coresmd", coresmd.line, what);
    }
    verdict
}

fn told(known: &Known, msg: String) -> Event {
    Event::info(PREFIX, msg)
        .text("comp_id", &known.id)
        .bare("comp_nid", known.nid())
        .text("comp_type", &known.component.kind)
        .bare("ips", known.list())
        .text("mac", &known.mac)
}

fn ignored<P>(
    coresmd: &Coresmd,
    (at, rule): (usize, &Rule),
    known: &Known,
    what: &str,
    out: &mut Outcome<P>,
) {
    let inherited = rule.log.unwrap_or(coresmd.rule_log);
    if inherited != Talk::None || coresmd.rule_log != Talk::None {
        let msg = format!(
            "rule[{at}] ({}) matched with ignore=true, dropping {what} request",
            rule.name
        );
        let event = Event::info(PREFIX, msg)
            .text("comp_id", &known.id)
            .text("comp_type", &known.component.kind)
            .text("mac", &known.mac);
        out.log.push(event);
    }
    out.rule = Some(rule.name.clone());
    let what = format!(
        "{} says ignore for {}: no answer goes out",
        called(at, rule),
        known.id
    );
    out.step("coresmd", rule.line, what);
}

fn apply<P>(
    coresmd: &Coresmd,
    (at, rule): (usize, &Rule),
    known: &Known,
    verdict: &mut Verdict,
    out: &mut Outcome<P>,
) {
    let mut gives = Vec::new();
    if let Some(pattern) = rule
        .hostname
        .as_deref()
        .map(str::trim)
        .filter(|it| !it.is_empty())
    {
        verdict.hostname = rule.host(pattern, &coresmd.domain, known.nid(), &known.id);
        gives.push(format!("host name {}", verdict.hostname));
        out.rule = Some(rule.name.clone());
    }
    if !rule.routers.is_empty() {
        verdict.routers.clone_from(&rule.routers);
        let routers: Vec<String> = rule.routers.iter().map(ToString::to_string).collect();
        gives.push(format!("router {}", routers.join(", ")));
    }
    if let Some(mask) = rule.netmask {
        verdict.netmask = Some(mask);
        gives.push(format!("netmask {mask}"));
    }
    if out.rule.is_none() {
        out.rule = Some(rule.name.clone());
    }
    let gives = if gives.is_empty() {
        "nothing".to_owned()
    } else {
        gives.join(", ")
    };
    let and = if rule.go_on {
        ", and the next rule is asked as well"
    } else {
        ""
    };
    let what = format!(
        "{} matches {}: it gives {gives}{and}",
        called(at, rule),
        known.id
    );
    out.step("coresmd", rule.line, what);
}

/// A rule as one speaks of it; a name that the server made up says nothing.
fn called(at: usize, rule: &Rule) -> String {
    match rule.name.strip_prefix("rule-") {
        Some(made) if made.len() == 8 => format!("rule {at}"),
        _ => format!("rule {at} ({})", rule.name),
    }
}
