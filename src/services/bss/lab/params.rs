//! /bootparameters: which identity boots what.
use super::{
    Lab,
    answer::{Answer, Reply},
    body, query,
    query::Query,
};
use crate::services::{
    bss::{
        store::{Refusal, Store},
        types::BootParams,
    },
    xname,
};
use axum::http::{HeaderName, Method};
use std::sync::atomic::Ordering;
use uuid::Uuid;

const REFERRAL: HeaderName = HeaderName::from_static("bss-referral-token");

pub(super) fn answer(lab: &Lab, method: &Method, query: &str, body: &[u8]) -> Reply {
    match *method {
        Method::GET => get(lab, &Query::read(query), body),
        Method::POST => post(lab, &read(body)?),
        Method::PUT => put(lab, &read(body)?),
        Method::PATCH => patch(lab, &read(body)?),
        Method::DELETE => delete(lab, &read(body)?),
        _ => Err(Answer::allow("GET,PUT,POST,PATCH,DELETE")),
    }
}

fn read(body: &[u8]) -> Result<BootParams, Answer> {
    body::first(body).map_err(|words| Answer::problem(400, format!("Bad Request: {words}")))
}

/// All parameters, as Go writes a list that was never begun.
pub(super) fn all(store: &Store) -> Option<Vec<BootParams>> {
    Some(store.all()).filter(|all| !all.is_empty())
}

fn get(lab: &Lab, query: &Query, body: &[u8]) -> Reply {
    let (macs, hosts, nids) = (query.list("mac"), query.list("name"), query.list("nid"));
    let asked_by_query = !(macs.is_empty() && hosts.is_empty() && nids.is_empty());
    if body.is_empty() && !asked_by_query {
        return Ok(lab.shelf.read(|store| Answer::json(&all(store))));
    }
    let mut asked = match body::whole(body) {
        Ok(asked) => asked,
        Err(_) if asked_by_query => BootParams::default(),
        Err(words) => {
            let body = String::from_utf8_lossy(body);
            let words = format!("Failed to interpret request body '{body}': {words}");
            return Err(Answer::problem(400, words));
        }
    };
    asked.macs.extend(macs);
    asked.hosts.extend(hosts);
    for nid in nids {
        let bad = || Answer::problem(400, format!("Bad Request - Invalid nid '{nid}'"));
        let number = query::number(&nid).ok_or_else(bad)?;
        asked.nids.push(narrow(number));
    }
    let found = lab
        .shelf
        .read(|store| store.some(&asked.macs, &asked.hosts, &asked.nids));
    if found.is_empty() {
        return Err(nothing(&asked));
    }
    Ok(Answer::json(&found))
}

/// BSS keeps NIDs in 32 bits and cuts off the rest.
#[allow(clippy::cast_possible_truncation)] // that is what it does
pub(super) fn narrow(nid: i64) -> i32 {
    nid as i32
}

/// What was asked for and not found.
fn nothing(asked: &BootParams) -> Answer {
    let sorts = [
        (!asked.hosts.is_empty(), "Hosts"),
        (!asked.macs.is_empty(), "MACs"),
        (!asked.nids.is_empty(), "NIDs"),
        (!asked.kernel.is_empty(), "kernel"),
        (!asked.initrd.is_empty(), "initrd"),
    ];
    let asked: Vec<&str> = sorts.iter().filter(|s| s.0).map(|s| s.1).collect();
    let words = match asked.as_slice() {
        [] => return Answer::problem(400, "No specified data requested"),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    };
    Answer::problem(
        404,
        format!("Cannot find boot parameters for requested {words}"),
    )
}

/// POST alone looks whether hosts are xnames of nodes, to the letter.
fn check_xnames(asked: &BootParams) -> Result<(), Answer> {
    for host in &asked.hosts {
        let words = match xname::kind(host) {
            Some("Node") => continue,
            Some(kind) => format!("invalid xname type: {kind}"),
            None => format!("invalid xname: {host}"),
        };
        return Err(Answer::problem(400, format!("Bad Request: {words}")));
    }
    Ok(())
}

fn post(lab: &Lab, asked: &BootParams) -> Reply {
    body::check_macs(asked)?;
    check_xnames(asked)?;
    let tell = |words| Answer::problem(400, format!("Bad Request: {words}"));
    write(lab, tell, |store| store.add(asked))?;
    Ok(referred(lab, 201))
}

fn put(lab: &Lab, asked: &BootParams) -> Reply {
    body::check_macs(asked)?;
    write(
        lab,
        |_| Answer::problem(400, "No data"),
        |store| store.set(asked),
    )?;
    Ok(referred(lab, 200))
}

fn patch(lab: &Lab, asked: &BootParams) -> Reply {
    body::check_macs(asked)?;
    let tell = |words| Answer::problem(404, format!("Not Found: {words}"));
    write(lab, tell, |store| store.update(asked))?;
    Ok(Answer::done(200))
}

fn delete(lab: &Lab, asked: &BootParams) -> Reply {
    let tell = |words| Answer::problem(400, words);
    write(lab, tell, |store| store.delete(asked))?;
    Ok(Answer::done(200))
}

fn write(
    lab: &Lab,
    tell: impl Fn(String) -> Answer,
    change: impl FnOnce(&mut Store) -> Result<(), Refusal>,
) -> Result<(), Answer> {
    let written = lab.shelf.write(change);
    written.map_err(|refusal| Answer::refused(refusal, tell))
}

/// A token that BSS gives with each write and never asks for again.
fn referred(lab: &Lab, status: u16) -> Answer {
    let number = lab.referrals.fetch_add(1, Ordering::Relaxed);
    let name = format!("bss referral {} {number} {}", lab.seed, lab.now());
    let token = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
    Answer::done(status).with(REFERRAL, token.to_string())
}
