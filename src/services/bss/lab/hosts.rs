//! /hosts and /dumpstate: what BSS heard of SMD.
use super::{
    Lab,
    answer::{Answer, Reply},
    params, query,
    query::Query,
};
use crate::services::bss::types::{DumpState, Host};
use axum::http::header;

/// Without ever having heard of SMD every handler that needs it crashes.
pub(super) fn no_smd() -> Answer {
    Answer::crashed("SMD did not answer, and nothing is known of it from before")
}

pub(super) async fn get(lab: &Lab, query: &str) -> Reply {
    let known = lab.cache.known().await.ok_or_else(no_smd)?;
    let query = Query::read(query);
    let (names, macs, nids) = (query.list("name"), query.list("mac"), query.list("nid"));
    if names.is_empty() && macs.is_empty() && nids.is_empty() {
        return Ok(Answer::json(&known.hosts));
    }
    let missing = |sort: &str, word: &str| {
        Answer::problem(404, format!("Not Found - Unknown {sort} '{word}'"))
    };
    let mut found: Vec<&Host> = Vec::new();
    for name in &names {
        let host = known.by_name(name);
        found.push(host.ok_or_else(|| missing("host name", name))?);
    }
    for mac in &macs {
        let host = known.by_mac(mac);
        found.push(host.ok_or_else(|| missing("MAC address", mac))?);
    }
    for nid in &nids {
        let bad = || Answer::problem(400, format!("Bad Request - Invalid nid '{nid}'"));
        let host = known.by_nid(query::number(nid).ok_or_else(bad)?);
        found.push(host.ok_or_else(|| missing("NID", nid))?);
    }
    Ok(Answer::json(&found))
}

/// Has BSS read SMD anew.
pub(super) async fn post(lab: &Lab) -> Reply {
    lab.cache.refresh().await;
    Ok(Answer::done(204).with(header::CACHE_CONTROL, "no-cache".into()))
}

pub(super) async fn dump(lab: &Lab) -> Reply {
    let known = lab.cache.known().await.ok_or_else(no_smd)?;
    let params = lab.shelf.read(params::all);
    Ok(Answer::json(&DumpState {
        components: Some(known.hosts.clone()),
        params,
    }))
}
