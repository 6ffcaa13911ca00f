//! Snapshots of domains.
use crate::{
    ask::told,
    blame::{self, plain},
    domain::{find, info},
};
use chami::{
    fault::{Fault, Kind},
    services::libvirt::{
        types::{
            Call, Snapshot,
            unknown::{Sort, unknown},
        },
        xml,
    },
};
use serde_json::Value;
use virt::{connect::Connect, domain::Domain, domain_snapshot::DomainSnapshot};

/// Does what a call about snapshots asks; none: it is about something else.
pub(crate) fn answer(connect: &Connect, call: Call) -> Option<Result<Value, Fault>> {
    let at = |name: &str| find(connect, name);
    Some(match call {
        Call::SnapshotList { domain } => at(&domain).and_then(|it| told(snapshots(&it)?)),
        Call::SnapshotCreate { domain, xml } => at(&domain).and_then(|it| {
            let made = it.create_snapshot_xml(&xml, 0).map_err(plain)?;
            told(snapshot(&made)?)
        }),
        Call::SnapshotRevert { domain, snapshot } => at(&domain).and_then(|it| {
            let found = find_snapshot(connect, &it, &snapshot)?;
            found.revert(0).map_err(plain)?;
            told(info(&it)?)
        }),
        Call::SnapshotDelete {
            domain,
            snapshot: name,
        } => at(&domain).and_then(|it| {
            let found = find_snapshot(connect, &it, &name)?;
            let gone = snapshot(&found)?;
            found.delete(0).map_err(plain)?;
            told(gone)
        }),
        _ => return None,
    })
}

fn snapshots(domain: &Domain) -> Result<Vec<Snapshot>, Fault> {
    let found = domain.list_all_snapshots(0).map_err(plain)?;
    let mut all: Vec<Snapshot> = found.iter().map(snapshot).collect::<Result<_, _>>()?;
    all.sort_by(|a, b| (&a.creation_time, &a.name).cmp(&(&b.creation_time, &b.name)));
    Ok(all)
}

fn snapshot(snapshot: &DomainSnapshot) -> Result<Snapshot, Fault> {
    let root = xml::domain::document(&snapshot.xml_desc(0).map_err(plain)?, "domainsnapshot")?;
    let seconds = root.text_at("creationTime").and_then(|it| it.parse().ok());
    let moment = seconds.and_then(|it| jiff::Timestamp::from_second(it).ok());
    Ok(Snapshot {
        name: snapshot.name().map_err(plain)?,
        creation_time: moment.map(|it| it.to_string()),
        state: root.text_at("state"),
        parent: root.text_at("parent/name"),
        current: snapshot.is_current(0).unwrap_or(false),
    })
}

fn find_snapshot(connect: &Connect, domain: &Domain, asked: &str) -> Result<DomainSnapshot, Fault> {
    Domain::lookup_snapshot_by_name(domain, asked, 0).map_err(|error| {
        let known = || {
            let all = snapshots(domain).unwrap_or_default();
            all.into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        let fault = blame::lookup(connect, Sort::Snapshot, asked, error, known);
        if fault.kind == Kind::NotFound {
            return unknown(
                Sort::Snapshot,
                asked,
                &known(),
                &domain.name().unwrap_or_default(),
            );
        }
        fault
    })
}
