//! Compares what a file wants with what SMD holds: nothing is written before this is known.
//!
//! Compared is what the file states and SMD shows: NIDs, addresses, names, members. What lives on in SMD by itself
//! (state, enabled, role, group descriptions, the identifiers SMD or another tool invented) is left alone.
use super::wanted::{Interface, Wanted};
use crate::services::smd::types::{
    Component, EthernetInterface, Group, RedfishEndpoint, RedfishEndpointBody,
};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// What SMD holds now.
#[derive(Clone, Debug, Default)]
pub struct Present {
    pub components: Vec<Component>,
    pub endpoints: Vec<RedfishEndpoint>,
    pub interfaces: Vec<EthernetInterface>,
    pub groups: Vec<Group>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Create,
    /// A group that stands gets members it lacks, and keeps those it has.
    Extend,
    Unchanged,
    /// Differs: written only with `overwrite`.
    Replace,
    /// Contradicts a record the file does not speak of: nobody but the user can tell which one is right.
    Clash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    Component,
    Endpoint,
    Interface,
    Group,
}

impl Resource {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Endpoint => "endpoint",
            Self::Interface => "interface",
            Self::Group => "group",
        }
    }
}

/// One record and what is to become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    pub action: Action,
    pub resource: Resource,
    pub id: String,
    pub detail: String,
}

/// One line per wanted record, and one per record that stands in the way.
pub fn compare(wanted: &Wanted, present: &Present) -> Vec<Change> {
    let mut changes = Vec::new();
    components(wanted, present, &mut changes);
    endpoints(wanted, present, &mut changes);
    interfaces(wanted, present, &mut changes);
    groups(wanted, present, &mut changes);
    changes
}

/// Decides one record: `None` for what SMD does not have, else what differs.
fn decide(
    resource: Resource,
    id: &str,
    differs: Option<Vec<String>>,
    create: impl FnOnce() -> String,
) -> Change {
    let (action, detail) = match differs {
        None => (Action::Create, create()),
        Some(list) if list.is_empty() => (Action::Unchanged, String::new()),
        Some(list) => (Action::Replace, list.join("; ")),
    };
    Change {
        action,
        resource,
        id: id.to_owned(),
        detail,
    }
}

/// `NID is 7, the file says 1`, when it does.
fn unlike(what: &str, have: &str, want: &str) -> Option<String> {
    let said = |text: &str| if text.is_empty() { "empty" } else { text }.to_owned();
    (have != want).then(|| format!("{what} is {}, the file says {}", said(have), said(want)))
}

fn components(wanted: &Wanted, present: &Present, changes: &mut Vec<Change>) {
    let known: HashMap<&str, &Component> = present
        .components
        .iter()
        .map(|component| (component.id.as_str(), component))
        .collect();
    let named: BTreeSet<&str> = wanted.components.iter().map(|c| c.id.as_str()).collect();
    let nids: HashMap<i64, &str> = present
        .components
        .iter()
        .filter(|c| !named.contains(c.id.as_str()))
        .filter_map(|c| Some((c.nid?, c.id.as_str())))
        .collect();
    let text = |nid: Option<i64>| nid.map(|nid| nid.to_string()).unwrap_or_default();
    for component in &wanted.components {
        let differs = known.get(component.id.as_str()).map(|have| {
            let nid = component
                .nid
                .and_then(|nid| unlike("NID", &text(have.nid), &nid.to_string()));
            nid.into_iter().collect()
        });
        changes.push(decide(Resource::Component, &component.id, differs, || {
            format!("NID {}", text(component.nid))
        }));
        if let Some(other) = component.nid.and_then(|nid| nids.get(&nid)) {
            changes.push(Change {
                action: Action::Clash,
                resource: Resource::Component,
                id: component.id.clone(),
                detail: format!("NID {} already belongs to {other}", text(component.nid)),
            });
        }
    }
}

fn endpoints(wanted: &Wanted, present: &Present, changes: &mut Vec<Change>) {
    let known: HashMap<&str, &RedfishEndpoint> = present
        .endpoints
        .iter()
        .map(|endpoint| (endpoint.id.as_str(), endpoint))
        .collect();
    for endpoint in &wanted.endpoints {
        let id = endpoint.id.as_deref().unwrap_or_default();
        let differs = known.get(id).map(|have| endpoint_differs(endpoint, have));
        let address = endpoint.ip_address.as_deref().unwrap_or_default();
        changes.push(decide(Resource::Endpoint, id, differs, || {
            address.to_owned()
        }));
    }
}

fn endpoint_differs(want: &RedfishEndpointBody, have: &RedfishEndpoint) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mac = |value: &Option<String>| text(value).to_lowercase();
    let stated = |what, have: &str, want: &Option<String>| {
        want.as_ref().and_then(|want| unlike(what, have, want))
    };
    [
        stated("Name", &text(&have.name), &want.name),
        stated("FQDN", &have.fqdn, &want.fqdn),
        unlike("MACAddr", &mac(&have.mac_addr), &mac(&want.mac_addr)),
        stated("IPAddress", &text(&have.ip_address), &want.ip_address),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn interfaces(wanted: &Wanted, present: &Present, changes: &mut Vec<Change>) {
    let known: HashMap<String, &EthernetInterface> = present
        .interfaces
        .iter()
        .map(|interface| (interface.mac_address.to_lowercase(), interface))
        .collect();
    let mut owners: HashMap<&str, &Interface> = HashMap::new();
    for interface in &wanted.interfaces {
        owners.insert(&interface.address, interface);
        let differs = known
            .get(&interface.mac)
            .map(|have| interface_differs(interface, have));
        changes.push(decide(Resource::Interface, &interface.mac, differs, || {
            format!("{} of {}", interface.address, interface.component)
        }));
    }
    let macs: BTreeSet<&str> = wanted.interfaces.iter().map(|i| i.mac.as_str()).collect();
    for have in &present.interfaces {
        if macs.contains(have.mac_address.to_lowercase().as_str()) {
            continue;
        }
        for ip in &have.ip_addresses {
            if let Some(owner) = owners.get(ip.ip_address.as_str()) {
                changes.push(in_the_way(have, &ip.ip_address, owner));
            }
        }
    }
}

/// An interface the file does not name that holds an address the file gives to another: the old card of the same
/// component goes when overwriting, a stranger's does not.
fn in_the_way(have: &EthernetInterface, address: &str, owner: &Interface) -> Change {
    let same = have.component_id == owner.component;
    Change {
        action: if same { Action::Replace } else { Action::Clash },
        resource: Resource::Interface,
        id: have.mac_address.to_lowercase(),
        detail: format!(
            "holds {address} for {}, which the file gives to {} of {}",
            have.component_id, owner.mac, owner.component
        ),
    }
}

fn interface_differs(want: &Interface, have: &EthernetInterface) -> Vec<String> {
    let addresses: Vec<&str> = have
        .ip_addresses
        .iter()
        .map(|ip| ip.ip_address.as_str())
        .collect();
    [
        unlike("ComponentID", &have.component_id, &want.component),
        unlike("IPAddress", &addresses.join(", "), &want.address),
        unlike("Description", &have.description, &want.description),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn groups(wanted: &Wanted, present: &Present, changes: &mut Vec<Change>) {
    let named = named(wanted);
    for group in &wanted.groups {
        let have = present.groups.iter().find(|have| have.label == group.label);
        changes.push(match have {
            None => decide(Resource::Group, &group.label, None, || {
                format!("{} members", group.members.ids.len())
            }),
            Some(have) => members(group, have, &named),
        });
    }
}

/// The components that the file speaks of: of any other it does not say where it belongs.
fn named(wanted: &Wanted) -> BTreeSet<&str> {
    wanted.components.iter().map(|c| c.id.as_str()).collect()
}

/// The members of a group as the file wants them: those it has already and the file does not speak of stay.
pub(super) fn settled(wanted: &Wanted, want: &Group, have: &[String]) -> Vec<String> {
    let named = named(wanted);
    let others = have.iter().filter(|id| !named.contains(id.as_str()));
    others.chain(&want.members.ids).cloned().collect()
}

fn members(want: &Group, have: &Group, named: &BTreeSet<&str>) -> Change {
    let wanted: BTreeSet<&String> = want.members.ids.iter().collect();
    let present: BTreeSet<&String> = have.members.ids.iter().collect();
    let lacks: Vec<&String> = wanted.difference(&present).copied().collect();
    let also = present.difference(&wanted).copied();
    let also: Vec<&String> = also.filter(|id| named.contains(id.as_str())).collect();
    let fold = |what: &str, names: &[&String]| {
        let folded = crate::nodeset::fold(names, &crate::nodeset::Folding::default());
        (!names.is_empty()).then(|| format!("{what} {}", folded.unwrap_or_default()))
    };
    let told = [fold("lacks", &lacks), fold("also has", &also)];
    let action = match (lacks.is_empty(), also.is_empty()) {
        (true, true) => Action::Unchanged,
        (false, true) => Action::Extend,
        (_, false) => Action::Replace,
    };
    Change {
        action,
        resource: Resource::Group,
        id: want.label.clone(),
        detail: told.into_iter().flatten().collect::<Vec<_>>().join("; "),
    }
}
