//! /bootscript: what a node's firmware is told to do.
//!
//! A node that SMD knows with an enabled endpoint, and whose identity has parameters, gets a script that boots. Everybody
//! else is told to come again with its architecture, at which the real service crashes on PostgreSQL, and has SMD read
//! anew meanwhile.
use super::{
    Lab,
    answer::{Answer, Reply},
    hosts::no_smd,
    params::narrow,
    query::Query,
};
use crate::services::bss::{
    store::{Config, Store},
    types::{Host, Image, ScriptParts},
};
use std::fmt::Write as _;

/// As firmware reaches BSS: by the gateway's name, on its standard port.
const CHAIN: &str = "chain https://demo.openchami.cluster/apis/bss/boot/v1/bootscript";
/// Where BSS says that cloud-init is, unless `ds=` says otherwise.
const CLOUD_INIT: &str = "nocloud-net;s=localhost/";
const SPIRE: &str = "${SPIRE_JOIN_TOKEN}";
/// The release has no service that hands out join tokens.
const NO_SPIRE: &str = "Post \"http://127.0.0.1:9/api/token\": \
                        dial tcp 127.0.0.1:9: connect: connection refused";
const NO_S3: &str = "EmptyStaticCreds: static credentials are empty";

/// Who asks, and how often it did.
struct Asked {
    mac: String,
    name: String,
    nid: i64,
    arch: String,
    retry: i64,
    ts: i64,
    json: bool,
}

impl Asked {
    fn read(query: &str, now: i64) -> Self {
        let query = Query::read(query);
        Self {
            mac: query.joined("mac", ""),
            name: query.joined("name", ""),
            nid: query.number("nid").unwrap_or(-1),
            arch: query.joined("arch", ""),
            retry: query.number("retry").unwrap_or(0),
            ts: query.number("ts").unwrap_or(now),
            json: query.number("json").unwrap_or(0) != 0,
        }
    }

    fn boots<'a>(&self, store: &'a Store) -> Option<&'a Config> {
        if !self.mac.is_empty() {
            return store.boots_mac(&self.mac);
        }
        if !self.name.is_empty() {
            return store.boots_xname(&self.name);
        }
        store.boots_nid(narrow(self.nid))
    }
}

/// What is to be done besides answering.
enum After {
    Nothing,
    Reread,
}

pub(super) async fn get(lab: &Lab, query: &str) -> Reply {
    let asked = Asked::read(query, lab.now());
    if asked.mac.is_empty() && asked.name.is_empty() && asked.nid < 0 {
        let words = "Need a mac=, name=, or nid= parameter";
        return Err(Answer::problem(400, words));
    }
    let known = lab.cache.known().await.ok_or_else(no_smd)?;
    let host = if !asked.mac.is_empty() {
        known.by_mac(&asked.mac)
    } else if !asked.name.is_empty() {
        known.by_name(&asked.name)
    } else {
        known.by_nid(asked.nid)
    };
    let (reply, after) = lab.shelf.read(|store| tell(lab, store, &asked, host));
    if matches!(after, After::Reread) {
        lab.cache.reread().await;
    }
    reply
}

fn tell(lab: &Lab, store: &Store, asked: &Asked, host: Option<&Host>) -> (Reply, After) {
    let config = asked.boots(store);
    if asked.json {
        return (parts(asked, host, config), After::Nothing);
    }
    let ready = host.filter(|host| host.endpoint_enabled);
    let bootable = config.filter(|config| !config.kernel.is_empty());
    match (ready, bootable) {
        (Some(host), Some(config)) => {
            let reply = script(asked, host, config).map(Answer::script);
            if reply.is_ok() {
                lab.fetched(store, &host.id);
            }
            (reply, After::Nothing)
        }
        _ if asked.arch.is_empty() => (Ok(Answer::script(again(asked, host))), After::Reread),
        _ => {
            let why = "on PostgreSQL it has no scripts for unknown nodes of an architecture";
            (Err(Answer::crashed(why)), After::Nothing)
        }
    }
}

fn script(asked: &Asked, host: &Host, config: &Config) -> Result<String, Answer> {
    let not_found = |words: String| Answer::problem(404, words);
    let params = params(asked, Some(host), config).map_err(|trouble| trouble.answer(not_found))?;
    if is_s3(&config.kernel) || is_s3(&config.initrd) {
        return Err(Answer::problem(404, NO_S3));
    }
    let mut out = String::with_capacity(params.len() + config.kernel.len() + 512);
    let retry = "|| goto boot_retry\n";
    let params = params.trim_matches(' ');
    let mut write = |line: std::fmt::Arguments| out.write_fmt(line).unwrap_or_default();
    write(format_args!(
        "#!ipxe\nkernel --name kernel {} {params} {retry}",
        config.kernel
    ));
    if !config.initrd.is_empty() {
        write(format_args!(
            "initrd --name initrd {} {retry}",
            config.initrd
        ));
    }
    write(format_args!("boot {retry}:boot_retry\nsleep 30\n{CHAIN}"));
    let first = host.mac.as_ref().and_then(|macs| macs.first());
    let mac = Some(&asked.mac).filter(|mac| !mac.is_empty()).or(first);
    match mac.filter(|mac| !mac.is_empty()) {
        Some(mac) => write(format_args!("?mac={mac}")),
        None => write(format_args!("?name={}", host.id)),
    }
    write(format_args!("&retry={}\n", asked.retry.wrapping_add(1)));
    Ok(out)
}

/// Come again and say what you are.
fn again(asked: &Asked, host: Option<&Host>) -> String {
    let macs = host.and_then(|host| host.mac.as_ref());
    let of_host = macs.and_then(|macs| macs.iter().find(|mac| !mac.is_empty()));
    let mac = Some(&asked.mac).filter(|mac| !mac.is_empty()).or(of_host);
    let id = host.map_or("", |host| host.id.as_str());
    let name = Some(asked.name.as_str()).filter(|name| !name.is_empty());
    let name = name.unwrap_or(id);
    let whose = match mac {
        Some(mac) => format!("mac={mac}"),
        None if !name.is_empty() => format!("name={name}"),
        None => format!("nid={}", asked.nid),
    };
    let ts = asked.ts;
    format!("#!ipxe\nsleep 10\n{CHAIN}?{whose}&arch=${{buildarch}}&ts={ts}\n")
}

/// The parts of a script, of whoever asks: nobody needs to be known.
fn parts(asked: &Asked, host: Option<&Host>, config: Option<&Config>) -> Reply {
    let nothing = Config::default();
    let config = config.unwrap_or(&nothing);
    let failed = |words| Answer::problem(500, format!("Failed to build params: {words}"));
    let params = params(asked, host, config).map_err(|trouble| trouble.answer(failed))?;
    Ok(Answer::bare_json(&ScriptParts {
        params: format!("kernel {params}"),
        kernel: Image {
            path: config.kernel.clone(),
        },
        initrd: Image {
            path: config.initrd.clone(),
        },
    }))
}

/// Why there are no kernel arguments.
enum Trouble {
    Said(&'static str),
    Crash,
}

impl Trouble {
    fn answer(self, tell: impl Fn(String) -> Answer) -> Answer {
        match self {
            Self::Said(words) => tell(words.to_owned()),
            Self::Crash => Answer::crashed(
                "a word that begins with initrd is the last of the arguments, and it looks for the blank behind it",
            ),
        }
    }
}

/// The kernel's arguments: those stored, and those that every node gets unless they are there already.
fn params(asked: &Asked, host: Option<&Host>, config: &Config) -> Result<String, Trouble> {
    let mut params = config.params.clone();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() && !params.split(' ').any(|word| word.starts_with(name)) {
            params.push(' ');
            params.push_str(name);
            params.push_str(value);
        }
    };
    add("xname=", host.map_or("", |host| host.id.as_str()));
    let nid = host.and_then(|host| host.nid);
    add("nid=", &nid.map_or_else(String::new, |nid| nid.to_string()));
    if !asked.mac.is_empty() {
        add("BOOTIF=", &format!("01-{}", asked.mac.replace(':', "-")));
    }
    add("ds=", CLOUD_INIT);
    if params.contains(SPIRE) {
        return Err(Trouble::Said(NO_SPIRE));
    }
    if config.initrd.is_empty() {
        return Ok(params);
    }
    if let Some(start) = params.find("initrd") {
        let length = params[start..].find(' ').ok_or(Trouble::Crash)?;
        params.replace_range(start..start + length, "");
    }
    Ok(format!("initrd=initrd {params}"))
}

/// BSS signs such addresses itself, for which the release gives it no key.
fn is_s3(path: &str) -> bool {
    path.get(..3)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("s3:"))
}
