//! The five words of v0.4.
use super::{Bootloop, NAME, Pool};
use crate::services::coresmd::{
    config::{
        go::{self, Span, ip4},
        words::Word,
    },
    types::Finding,
};
use std::net::Ipv4Addr;

/// `None`: the server ends.
pub(in crate::services::coresmd::config) fn positional(
    words: &[Word],
    line: usize,
    findings: &mut Vec<Finding>,
) -> Option<Bootloop> {
    read(words, line).map_err(|found| findings.push(found)).ok()
}

fn fatal(line: usize, name: &str, message: String, fix: &str, log: String) -> Finding {
    let setting = if name.is_empty() {
        NAME.to_owned()
    } else {
        format!("{NAME}.{name}")
    };
    Finding::fatal(line, setting, message).fix(fix).log(log)
}

fn read(words: &[Word], line: usize) -> Result<Bootloop, Finding> {
    let [file, script, lease, first_word, last_word] = words else {
        let count = words.len();
        let log = format!(
            "wanted 5 arguments (file name, iPXE script path, lease duration, IPv4 range start, IPv4 range end), got {count}"
        );
        let message =
            format!("bootloop v0.4 takes five words by their position, and here are {count}");
        let fix = "/tmp/coredhcp.db default 5m 172.16.0.200 172.16.0.250";
        return Err(fatal(line, "", message, fix, log));
    };
    let lease_time = Span::read(&lease.text).ok_or_else(|| {
        // The server names the wrong word here, and below.
        let log = format!(
            "failed to parse short lease duration {}: time: invalid duration {}",
            go::quoted(&file.text),
            go::quoted(&lease.text)
        );
        let message = format!("`{}` is no duration", lease.text);
        fatal(
            lease.line,
            "lease_time",
            message,
            "a number with its unit, as 5m",
            log,
        )
    })?;
    let first = end(first_word, ("ipv4_start", "start"), &script.text)?;
    let last = end(last_word, ("ipv4_end", "end"), &lease.text)?;
    if first > last {
        let message = format!("the pool ends before it begins: {first} is behind {last}");
        let log = "start IP must be equal or higher than end IP".to_owned();
        return Err(fatal(
            last_word.line,
            "ipv4_end",
            message,
            "the lower address first",
            log,
        ));
    }
    Ok(Bootloop {
        line,
        lease_file: file.text.clone(),
        script_path: script.text.clone(),
        lease_time,
        pools: vec![Pool {
            line: first_word.line,
            subnet: None,
            first,
            last,
        }],
    })
}

fn end(word: &Word, (name, which): (&str, &str), said: &str) -> Result<Ipv4Addr, Finding> {
    ip4(&word.text).ok_or_else(|| {
        let log = format!("invalid IPv4 address for range {which}: {said}");
        let message = format!("`{}` is no IPv4 address", word.text);
        fatal(word.line, name, message, "as 172.16.0.200", log)
    })
}
