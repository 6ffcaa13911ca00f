//! What the writes of `lua/` touch, as far as it takes more than a word to say.
use super::{
    super::{
        client::id_of,
        discover::{self, Source},
        types::RedfishEndpointBody,
        xname::normalize,
    },
    COMPEP, COMPONENT, GROUP, IFACE, MEMBERSHIP, RFE, SERVEP,
};
use crate::journal::Touch;

/// Names, or all when that was said; else the write refuses itself.
pub(in crate::services::smd) fn whom(
    resource: &str,
    names: Option<&Vec<String>>,
    all: Option<bool>,
) -> Touch {
    match (names, all) {
        (None, Some(true)) => Touch::all(resource),
        (names, _) => Touch::of(resource, names.into_iter().flatten()),
    }
}

/// A component that goes leaves its groups and its partition.
pub(in crate::services::smd) fn gone(names: Option<&Vec<String>>, all: Option<bool>) -> Vec<Touch> {
    let lower = names.map(|names| names.iter().map(|id| normalize(id)).collect::<Vec<_>>());
    [COMPONENT, MEMBERSHIP]
        .map(|resource| whom(resource, lower.as_ref(), all))
        .into()
}

/// Endpoints that go take along what is behind them, and empty its components.
pub(in crate::services::smd) fn unplugged(
    names: Option<&Vec<String>>,
    all: Option<bool>,
) -> Vec<Touch> {
    let lower = names.map(|names| names.iter().map(|id| normalize(id)).collect::<Vec<_>>());
    let touch = |resource| whom(resource, lower.as_ref(), all);
    vec![
        touch(RFE),
        touch(COMPEP).and_below(),
        touch(COMPONENT).and_below(),
        touch(SERVEP),
    ]
}

/// Component endpoints that go empty their components.
pub(in crate::services::smd) fn unreached(
    names: Option<&Vec<String>>,
    all: Option<bool>,
) -> Vec<Touch> {
    let lower = names.map(|names| names.iter().map(|id| normalize(id)).collect::<Vec<_>>());
    [COMPEP, COMPONENT]
        .map(|resource| whom(resource, lower.as_ref(), all))
        .into()
}

/// Endpoints that are written: a discovery makes components, component endpoints and interfaces as well, and one that is
/// disabled empties its components.
pub(in crate::services::smd) fn plugged<'a>(
    records: impl Iterator<Item = &'a RedfishEndpointBody>,
) -> Vec<Touch> {
    let (mut ids, mut wide, mut macs) = (Vec::new(), Vec::new(), Vec::new());
    for record in records {
        let id = normalize(record.id.as_deref().unwrap_or_default());
        let systems = record.systems.iter().flatten();
        let managers = record.managers.iter().flatten();
        let nics = systems
            .flat_map(|system| &system.ethernet_interfaces)
            .chain(managers.flat_map(|manager| &manager.ethernet_interfaces));
        macs.extend(nics.filter_map(|nic| id_of(&nic.mac).ok()));
        let discovered = record.systems.is_some() || record.managers.is_some();
        if discovered || record.enabled == Some(false) {
            wide.push(id.clone());
        }
        ids.push(id);
    }
    macs.sort_unstable();
    macs.dedup();
    vec![
        Touch::of(RFE, ids),
        Touch::of(COMPEP, wide.clone()).and_below(),
        Touch::of(COMPONENT, wide).and_below(),
        Touch::of(IFACE, macs),
    ]
}

/// The interface of a MAC, however that is spelled.
pub(in crate::services::smd) fn nic(mac: &str) -> Touch {
    Touch::of(IFACE, id_of(mac).ok())
}

pub(in crate::services::smd) fn nics(macs: Option<&Vec<String>>, all: Option<bool>) -> Touch {
    let ids = macs.map(|macs| macs.iter().filter_map(|mac| id_of(mac).ok()).collect());
    whom(IFACE, ids.as_ref(), all)
}

/// All that a nodes file names. A file that cannot be read touches nothing; the write says what is wrong with it.
pub(in crate::services::smd) fn file(source: &Source) -> Vec<Touch> {
    let Ok(wanted) = discover::wanted(source.clone(), None) else {
        return Vec::new();
    };
    let bmcs = wanted.endpoints.iter().filter_map(|e| e.id.clone());
    let bmcs: Vec<String> = bmcs.map(|id| normalize(&id)).collect();
    let nodes = wanted.components.iter().map(|c| normalize(&c.id));
    let macs = wanted.interfaces.iter();
    let mut macs: Vec<String> = macs.filter_map(|nic| id_of(&nic.mac).ok()).collect();
    macs.sort_unstable();
    macs.dedup();
    vec![
        Touch::of(RFE, &bmcs),
        Touch::of(COMPEP, &bmcs).and_below(),
        Touch::of(COMPONENT, nodes.chain(bmcs.iter().cloned())),
        Touch::of(IFACE, macs),
        Touch::of(GROUP, wanted.groups.iter().map(|group| &group.label)),
    ]
}
