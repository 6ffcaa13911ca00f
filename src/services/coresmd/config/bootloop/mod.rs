//! The plugin bootloop: strangers get an address of a pool, and a script that has them try again.
mod positional;

pub(super) use positional::positional;

use super::{
    go::{self, Span, ip4},
    words::{self, Setting, Word},
};
use crate::services::coresmd::types::Finding;
use ipnet::IpNet;
use std::net::Ipv4Addr;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootloop {
    pub line: usize,
    pub lease_file: String,
    pub script_path: String,
    pub lease_time: Span,
    pub pools: Vec<Pool>,
}

/// Addresses that are lent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub line: usize,
    /// As it is written; none: the one pool of a server that tells no subnets apart.
    pub subnet: Option<(String, IpNet)>,
    pub first: Ipv4Addr,
    pub last: Ipv4Addr,
}

impl Pool {
    pub fn holds(&self, ip: Ipv4Addr) -> bool {
        (self.first..=self.last).contains(&ip)
    }
}

pub(super) const KEYS: [&str; 6] = [
    "lease_file",
    "script_path",
    "lease_time",
    "ipv4_start",
    "ipv4_end",
    "subnet_pool",
];
const NAME: &str = "bootloop";

#[derive(Default)]
struct Given {
    lease_file: String,
    script_path: String,
    lease_time: Option<Span>,
    first: Option<(Ipv4Addr, usize)>,
    last: Option<Ipv4Addr>,
    pools: Vec<Pool>,
}

pub(super) fn keyed(words: &[Word], line: usize, findings: &mut Vec<Finding>) -> Bootloop {
    let mut given = Given::default();
    words::settings(NAME, words, &KEYS, findings, |setting, findings| {
        if let Err(found) = given.take(setting) {
            findings.push(found);
        }
    });
    given.settle(line, findings)
}

fn skip(setting: &Setting, message: String, fix: &str, log: &str) -> Finding {
    let log = format!("non-comment arg {}: {log}", setting.number);
    let name = format!("{NAME}.{}", setting.key);
    Finding::skipped(setting.line, name, message)
        .fix(fix)
        .log(log)
}

fn address(setting: &Setting) -> Result<Ipv4Addr, Finding> {
    let (key, value) = (setting.key, setting.value);
    ip4(value).ok_or_else(|| {
        let log = format!("{key}: invalid ip address '{value}' (skipping)");
        skip(
            setting,
            format!("`{value}` is no IPv4 address"),
            "as 172.16.0.200",
            &log,
        )
    })
}

impl Given {
    fn take(&mut self, setting: &Setting) -> Result<(), Finding> {
        let (key, value) = (setting.key, setting.value);
        let bare = go::unquoted(value);
        match key {
            "lease_file" if bare.is_empty() => {
                let log = "lease_file: empty (skipping)";
                return Err(skip(
                    setting,
                    "lease_file names no file".to_owned(),
                    "lease_file=/tmp/coredhcp.db",
                    log,
                ));
            }
            "lease_file" => bare.clone_into(&mut self.lease_file),
            "script_path" if bare.is_empty() => {
                "default".clone_into(&mut self.script_path);
                let log = "script_path: empty (setting to default script)";
                let message = "script_path names no script: the built-in one is taken".to_owned();
                return Err(skip(setting, message, "script_path=default", log));
            }
            "script_path" => bare.clone_into(&mut self.script_path),
            "lease_time" => {
                self.lease_time = Some(Span::read(value).ok_or_else(|| {
                    let log = format!("lease_time: invalid duration '{value}' (skipping)");
                    let message = format!("`{value}` is no duration, and the default is taken");
                    skip(
                        setting,
                        message,
                        "a number with its unit, as 30s, 5m, 1h30m",
                        &log,
                    )
                })?);
            }
            "ipv4_start" => self.first = Some((address(setting)?, setting.line)),
            "ipv4_end" => self.last = Some(address(setting)?),
            "subnet_pool" => self.pool(setting)?,
            _ => {
                let log = format!("unknown config key '{key}' (skipping)");
                let nearest = KEYS.iter().max_by(|a, b| {
                    let near = |it: &str| strsim::jaro_winkler(it, key);
                    near(a).total_cmp(&near(b))
                });
                let fix = format!("did you mean {}?", nearest.unwrap_or(&KEYS[0]));
                return Err(skip(
                    setting,
                    format!("bootloop knows no {key}"),
                    &fix,
                    &log,
                ));
            }
        }
        Ok(())
    }

    fn pool(&mut self, setting: &Setting) -> Result<(), Finding> {
        let value = setting.value;
        let fix = "subnet_pool=172.16.0.0/24,172.16.0.200,172.16.0.250";
        let wrong = |message: String, log: String| {
            skip(setting, message, fix, &format!("subnet_pool: {log}"))
        };
        let parts: Vec<&str> = value.split(',').map(str::trim).collect();
        let [net, first, last] = parts[..] else {
            let log =
                format!("invalid format '{value}', expected 'cidr,start_ip,end_ip' (skipping)");
            return Err(wrong(format!("`{value}` is not subnet,first,last"), log));
        };
        let subnet = go::cidr(net).ok_or_else(|| {
            let log = format!("invalid CIDR '{net}': invalid CIDR address: {net}");
            wrong(format!("`{net}` is no subnet"), log)
        })?;
        let end = |text: &str, which: &str| {
            let ip = ip4(text).ok_or_else(|| {
                let log = format!("invalid {which} IP '{text}' (skipping)");
                wrong(format!("`{text}` is no IPv4 address"), log)
            })?;
            if subnet.contains(&std::net::IpAddr::V4(ip)) {
                return Ok(ip);
            }
            let log = format!("{which} IP '{text}' not in subnet '{net}' (skipping)");
            Err(wrong(
                format!("{text} is not in {net}: there is no pool"),
                log,
            ))
        };
        let (first, last) = (end(first, "start")?, end(last, "end")?);
        // One subnet has one pool, the last that is named.
        self.pools
            .retain(|pool| pool.subnet.as_ref().is_none_or(|(name, _)| name != net));
        self.pools.push(Pool {
            line: setting.line,
            subnet: Some((net.to_owned(), subnet)),
            first,
            last,
        });
        Ok(())
    }

    fn settle(mut self, line: usize, findings: &mut Vec<Finding>) -> Bootloop {
        let old = self.first.is_some() || self.last.is_some();
        self.unset(line, old, findings);
        self.refused(line, old, findings);
        self.single(findings);
        self.upside_down(findings);
        Bootloop {
            line,
            lease_file: self.lease_file,
            script_path: self.script_path,
            lease_time: self.lease_time.unwrap_or(Span::seconds(300)),
            pools: self.pools,
        }
    }

    /// What bootloop does not start without, or with.
    fn refused(&self, line: usize, old: bool, findings: &mut Vec<Finding>) {
        let mut fatal = |setting: &str, message: &str, fix: &str, log: &str| {
            let found = Finding::fatal(line, format!("{NAME}{setting}"), message);
            findings.push(found.fix(fix).log(log));
        };
        let pool = "subnet_pool=172.16.0.0/24,172.16.0.200,172.16.0.250";
        if self.lease_file.is_empty() {
            let message = "lease_file is missing, without which bootloop does not start";
            fatal(
                ".lease_file",
                message,
                "lease_file=/tmp/coredhcp.db",
                "lease_file is required",
            );
        }
        if old && !self.pools.is_empty() {
            let log = "cannot use both subnet_pool and legacy ipv4_start/ipv4_end configuration";
            let message = "subnet_pool and ipv4_start/ipv4_end exclude each other";
            fatal(".subnet_pool", message, "keep subnet_pool", log);
        } else if !old && self.pools.is_empty() {
            let log = "must configure either subnet_pool or ipv4_start/ipv4_end";
            fatal(
                ".subnet_pool",
                "there is no pool of addresses for strangers",
                pool,
                log,
            );
        } else if old {
            for (key, missing) in [
                ("ipv4_start", self.first.is_none()),
                ("ipv4_end", self.last.is_none()),
            ] {
                if missing {
                    let log = format!("{key} is required when not using subnet_pool");
                    fatal(
                        &format!(".{key}"),
                        &format!("{key} is missing: a pool has two ends"),
                        pool,
                        &log,
                    );
                }
            }
        }
    }

    /// The one pool that is told by its ends.
    fn single(&mut self, findings: &mut Vec<Finding>) {
        if let (Some((first, line)), Some(last), true) =
            (self.first, self.last, self.pools.is_empty())
        {
            if first > last {
                let log = format!(
                    "invalid range: ipv4_end ({last}) must be equal to or higher than ipv4_start ({first})"
                );
                let message = format!("the pool ends before it begins: {first} is behind {last}");
                let found = Finding::fatal(line, "bootloop.ipv4_end", message);
                findings.push(found.fix("the lower address first").log(log));
            }
            self.pools.push(Pool {
                line,
                subnet: None,
                first,
                last,
            });
        }
    }

    /// A subnet's pool that ends before it begins is noticed later, when it is made.
    fn upside_down(&self, findings: &mut Vec<Finding>) {
        for pool in self.pools.iter().filter(|pool| pool.first > pool.last) {
            let Some((net, _)) = &pool.subnet else {
                continue;
            };
            let log = format!(
                "failed to add pool for subnet {net}: failed to create allocator for subnet {net}: no IPs in the \
                 given range to allocate"
            );
            let message = format!(
                "the pool ends before it begins: {} is behind {}",
                pool.first, pool.last
            );
            let found = Finding::fatal(pool.line, "bootloop.subnet_pool", message);
            findings.push(found.fix("the lower address first").log(log));
        }
    }

    fn unset(&mut self, line: usize, old: bool, findings: &mut Vec<Finding>) {
        if old {
            let log = "'ipv4_start' and 'ipv4_end' are deprecated and will be removed in a future release; use \
                       'subnet_pool' instead";
            let message = "ipv4_start and ipv4_end will be removed from coresmd";
            let line = self.first.map_or(line, |(_, line)| line);
            let found = Finding::note(line, "bootloop.ipv4_start", message);
            findings.push(found.fix("subnet_pool=SUBNET,FIRST,LAST").log(log));
        }
        if self.lease_time.is_none() {
            let found = Finding::note(line, "bootloop.lease_time", "is not set: it is 5m");
            let found = found.fix("lease_time=5m says it");
            findings.push(found.log("lease_time unset, defaulting to 5m"));
        }
        if self.script_path.is_empty() {
            "default".clone_into(&mut self.script_path);
            let message = "is not set: it is the built-in script, which reboots";
            let found = Finding::note(line, "bootloop.script_path", message);
            let found = found.fix("script_path=default says it");
            findings.push(found.log("script_path unset, using default"));
        }
    }
}
