//! Carries a plan out: as few requests as SMD allows, in the order that keeps the file's NIDs, and then a look at what
//! SMD really holds.
use super::{
    plan::{Action, Change, Present, Resource, compare, settled},
    wanted::{Interface, Wanted},
};
use crate::{
    call,
    fault::{Fault, Item, Kind},
    services::smd::{
        client::{Address, Client, Filter, GroupFields, InterfaceFields},
        types::{Component, Group, RedfishEndpoint, RedfishEndpointBody},
    },
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// How many records of one sort were created, replaced, or equal already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    pub created: usize,
    pub replaced: usize,
    pub unchanged: usize,
}

/// What a static discovery did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub created: usize,
    pub replaced: usize,
    pub unchanged: usize,
    pub components: Count,
    pub endpoints: Count,
    pub interfaces: Count,
    pub groups: Count,
}

/// What SMD holds now: one list call for each sort of record.
pub async fn present(smd: &Client) -> Result<Present, Fault> {
    let none = Filter::default();
    Ok(Present {
        components: smd.components(None, &none).await?,
        endpoints: smd.endpoints(None, Filter::default()).await?,
        interfaces: smd.interfaces(None, &none).await?,
        groups: smd.groups(&none).await?,
    })
}

/// Compares, refuses or writes, and reads back. Nothing is written when anything stands against it.
pub async fn apply(
    smd: &Client,
    name: &str,
    wanted: &Wanted,
    overwrite: bool,
) -> Result<Report, Fault> {
    let mut now = present(smd).await?;
    let changes = compare(wanted, &now);
    against(name, &changes, overwrite)?;
    let work = Work::new(&changes);
    if work.is_nothing() {
        return Ok(report(&changes));
    }
    call::concerns(wanted.components.len())?;
    // A plan goes through all steps, though none leaves anything behind that could be read back.
    let components = call::whole(work.components(smd, wanted).await)?;
    call::whole(work.changed_interfaces(smd, wanted).await)?;
    let endpoints = call::whole(work.endpoints(smd, wanted).await)?;
    call::whole(work.missing_interfaces(smd, wanted).await)?;
    call::whole(work.groups(smd, wanted, &now.groups).await)?;
    // Components and endpoints were read back by the calls that wrote them.
    renew(&mut now.components, components, |component| &component.id);
    renew(&mut now.endpoints, endpoints, |endpoint| &endpoint.id);
    now.interfaces = smd.interfaces(None, &Filter::default()).await?;
    now.groups = smd.groups(&Filter::default()).await?;
    kept(name, &compare(wanted, &now))?;
    Ok(report(&changes))
}

/// Puts what was read back in the place of what was known before.
fn renew<T>(known: &mut Vec<T>, fresh: Vec<T>, id: impl Fn(&T) -> &str) {
    let ids: HashSet<String> = fresh.iter().map(|record| id(record).to_owned()).collect();
    known.retain(|record| !ids.contains(id(record)));
    known.extend(fresh);
}

fn report(changes: &[Change]) -> Report {
    let mut report = Report::default();
    for change in changes {
        let count = match change.resource {
            Resource::Component => &mut report.components,
            Resource::Endpoint => &mut report.endpoints,
            Resource::Interface => &mut report.interfaces,
            Resource::Group => &mut report.groups,
        };
        let (part, whole) = match change.action {
            Action::Create | Action::Extend => (&mut count.created, &mut report.created),
            Action::Unchanged => (&mut count.unchanged, &mut report.unchanged),
            Action::Replace | Action::Clash => (&mut count.replaced, &mut report.replaced),
        };
        *part += 1;
        *whole += 1;
    }
    report
}

/// One conflict that lists all that differs, before anything is written.
fn against(name: &str, changes: &[Change], overwrite: bool) -> Result<(), Fault> {
    let clash = changes.iter().any(|change| change.action == Action::Clash);
    let stands = |change: &&Change| match change.action {
        Action::Clash => true,
        Action::Replace => !overwrite,
        Action::Create | Action::Extend | Action::Unchanged => false,
    };
    let list: Vec<&Change> = changes.iter().filter(stands).collect();
    if list.is_empty() {
        return Ok(());
    }
    let hint = if clash {
        "the file and SMD contradict each other: correct the file, or delete what is no longer there".to_owned()
    } else {
        "nothing was written; { overwrite = true } replaces these records by the file's".to_owned()
    };
    let fault = listed(Kind::Conflict, &format!("SMD and {name} differ"), &list);
    Err(fault.hint(hint))
}

/// After the work: every record must now be equal.
fn kept(name: &str, changes: &[Change]) -> Result<(), Fault> {
    let wrong = |change: &&Change| change.action != Action::Unchanged;
    let list: Vec<&Change> = changes.iter().filter(wrong).collect();
    if list.is_empty() {
        return Ok(());
    }
    let head = format!("SMD accepted {name} and differs from it still");
    Err(listed(Kind::NoEffect, &head, &list)
        .hint("discover.plan shows what is missing; somebody else may be writing too"))
}

/// A fault with one item per record; the message names the first.
fn listed(kind: Kind, head: &str, list: &[&Change]) -> Fault {
    let detail = |change: &Change| match change.action {
        Action::Create => "missing".to_owned(),
        _ => change.detail.clone(),
    };
    let first = list.first().map_or_else(String::new, |change| {
        let resource = change.resource.name();
        format!("{resource} {}: {}", change.id, detail(change))
    });
    let message = match list.len() {
        1 => format!("{head}: {first}"),
        many => format!("{head} in {many} records, the first: {first}"),
    };
    let item = |change: &&Change| Item {
        node: format!("{} {}", change.resource.name(), change.id),
        fault: Fault::new(kind, detail(change)),
    };
    let items = list.iter().map(item).collect();
    Fault::new(kind, message).service("smd").items(items)
}

/// What is to be done with which record.
struct Work<'a> {
    actions: HashMap<(Resource, &'a str), Action>,
}

impl<'a> Work<'a> {
    fn new(changes: &'a [Change]) -> Self {
        let action = |change: &'a Change| ((change.resource, change.id.as_str()), change.action);
        Self {
            actions: changes.iter().map(action).collect(),
        }
    }

    fn is_nothing(&self) -> bool {
        self.actions
            .values()
            .all(|action| *action == Action::Unchanged)
    }

    fn of(&self, resource: Resource, id: &str) -> Action {
        let action = self.actions.get(&(resource, id)).copied();
        action.unwrap_or(Action::Unchanged)
    }

    /// First, so that the NIDs of the file win over those SMD makes up for the systems of an endpoint.
    async fn components(&self, smd: &Client, wanted: &Wanted) -> Result<Vec<Component>, Fault> {
        let those = |action: Action| {
            let fits = move |c: &&Component| self.of(Resource::Component, &c.id) == action;
            wanted.components.iter().filter(fits)
        };
        let new: Vec<Component> = those(Action::Create).cloned().collect();
        let mut now = Vec::new();
        if !new.is_empty() {
            now = smd.add_components(new).await?;
        }
        let only_nid = |component: &Component| Component {
            id: component.id.clone(),
            nid: component.nid,
            ..Component::default()
        };
        let renumbered: Vec<Component> = those(Action::Replace).map(only_nid).collect();
        if !renumbered.is_empty() {
            now.extend(smd.update_components(renumbered, None).await?);
        }
        Ok(now)
    }

    async fn endpoints(
        &self,
        smd: &Client,
        wanted: &Wanted,
    ) -> Result<Vec<RedfishEndpoint>, Fault> {
        let id = |body: &RedfishEndpointBody| body.id.clone().unwrap_or_default();
        let those = |action: Action| -> Vec<RedfishEndpointBody> {
            let fits =
                |body: &&RedfishEndpointBody| self.of(Resource::Endpoint, &id(body)) == action;
            wanted.endpoints.iter().filter(fits).cloned().collect()
        };
        let new = those(Action::Create);
        let mut now = Vec::new();
        if !new.is_empty() {
            now = smd.add_endpoints(new).await?;
        }
        let changed = those(Action::Replace);
        if !changed.is_empty() {
            now.extend(smd.set_endpoints(changed).await?);
        }
        Ok(now)
    }

    /// Those that differ, and those that are in the way, unless their endpoint is put: then SMD makes them anew. Before
    /// the endpoints, for a post of one leaves the interfaces that it finds as they are.
    async fn changed_interfaces(&self, smd: &Client, wanted: &Wanted) -> Result<(), Fault> {
        let mut named = HashSet::new();
        for interface in &wanted.interfaces {
            named.insert(interface.mac.as_str());
            let put = self.of(Resource::Endpoint, &interface.endpoint) == Action::Replace;
            if self.of(Resource::Interface, &interface.mac) == Action::Replace && !put {
                smd.update_interface(&interface.mac, fields(interface))
                    .await?;
            }
        }
        let stale = |((resource, id), action): (&(Resource, &str), &Action)| {
            let stale = *resource == Resource::Interface && *action == Action::Replace;
            (stale && !named.contains(id)).then(|| (*id).to_owned())
        };
        let stale: Vec<String> = self.actions.iter().filter_map(stale).collect();
        if !stale.is_empty() {
            smd.delete_interfaces(stale).await?;
        }
        Ok(())
    }

    /// Those of endpoints that were there already and were not put.
    async fn missing_interfaces(&self, smd: &Client, wanted: &Wanted) -> Result<(), Fault> {
        for interface in &wanted.interfaces {
            let there = self.of(Resource::Endpoint, &interface.endpoint) == Action::Unchanged;
            if there && self.of(Resource::Interface, &interface.mac) == Action::Create {
                smd.add_interface(&interface.mac, fields(interface)).await?;
            }
        }
        Ok(())
    }

    async fn groups(&self, smd: &Client, wanted: &Wanted, now: &[Group]) -> Result<(), Fault> {
        for group in &wanted.groups {
            match self.of(Resource::Group, &group.label) {
                Action::Create => {
                    smd.add_group(&group.label, group_fields(group)).await?;
                }
                Action::Extend => {
                    let members = group.members.ids.clone();
                    smd.ensure_members(&group.label, members).await?;
                }
                Action::Replace => {
                    let known = now.iter().find(|it| it.label == group.label);
                    let known = known.map_or(&[][..], |it| &it.members.ids);
                    let members = settled(wanted, group, known);
                    smd.set_members(&group.label, members).await?;
                }
                Action::Unchanged | Action::Clash => {}
            }
        }
        Ok(())
    }
}

fn fields(interface: &Interface) -> InterfaceFields {
    InterfaceFields {
        description: Some(interface.description.clone()),
        component_id: Some(interface.component.clone()),
        ip_addresses: Some(vec![Address::Plain(interface.address.clone())]),
    }
}

fn group_fields(group: &Group) -> GroupFields {
    GroupFields {
        description: Some(group.description.clone()),
        members: Some(group.members.ids.clone()),
        ..GroupFields::default()
    }
}
