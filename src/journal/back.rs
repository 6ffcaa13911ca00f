//! Putting records back: what differs, in which order, and what did not come out as it was.
use super::{
    Change, Images, Picture, Records, Touch,
    secrets::{MARK, Veil},
};
use crate::{
    call::{self, Planned},
    fault::{Fault, Item, Kind},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How the journal sees a service's records.
#[derive(Clone, Copy)]
pub(super) struct Eyes<'a> {
    pub(super) images: &'a dyn Images,
    pub(super) veil: &'a Veil,
}

impl Eyes<'_> {
    /// As much of a record as the journal keeps.
    pub(super) fn keeps(self, value: &Value) -> Value {
        self.images.lean(self.veil.record(value).0)
    }

    /// The same of a record in a picture.
    pub(super) fn known(self, present: &Picture, change: &Change) -> Option<Value> {
        let value = present.get(&change.resource)?.get(&change.id)?;
        Some(self.keeps(value))
    }

    /// How the record was before, to be compared with that.
    pub(super) fn before(self, change: &Change) -> Option<Value> {
        change.before.clone().map(|value| self.images.lean(value))
    }
}

/// In what two states of a record differ.
pub(super) fn fields(left: Option<&Value>, now: Option<&Value>) -> String {
    let (left, now) = match (left, now) {
        (Some(Value::Object(left)), Some(Value::Object(now))) => (left, now),
        (None, Some(_)) => return "it is there again".to_owned(),
        (Some(_), None) => return "it is gone".to_owned(),
        _ => return "it is another".to_owned(),
    };
    let differs = |name: &&String| left.get(*name) != now.get(*name);
    let mut names: Vec<&str> = left
        .keys()
        .chain(now.keys().filter(|name| !left.contains_key(*name)))
        .filter(differs)
        .map(|name| match name.as_str() {
            MARK => "a secret in it",
            name => name,
        })
        .collect();
    names.sort_unstable();
    names.join(", ")
}

/// Exactly the records that changed.
pub(super) fn touches_of<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Vec<Touch> {
    let mut ids: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for change in changes {
        ids.entry(&change.resource).or_default().push(&change.id);
    }
    ids.into_iter()
        .map(|(resource, ids)| Touch::of(resource, ids))
        .collect()
}

/// What is to be done, by resource in the order of doing.
pub(super) struct Back {
    changes: Vec<Change>,
    put: Vec<(String, Records)>,
    take: Vec<(String, Vec<String>)>,
}

impl Back {
    pub(super) fn of(changes: &[Change], present: &Picture, eyes: Eyes<'_>) -> Self {
        let images = eyes.images;
        let differs = |change: &&Change| eyes.known(present, change) != eyes.before(change);
        let changes: Vec<Change> = changes.iter().filter(differs).cloned().collect();
        let mut order: Vec<&str> = images.order().to_vec();
        let all: BTreeSet<&str> = changes.iter().map(|c| c.resource.as_str()).collect();
        order.extend(all.into_iter().filter(|it| !images.order().contains(it)));
        let (mut put, mut take) = (Vec::new(), Vec::new());
        for resource in order {
            let of = || changes.iter().filter(|change| change.resource == resource);
            let records: Records = of()
                .filter_map(|change| Some((change.id.clone(), change.before.clone()?)))
                .collect();
            let gone: Vec<String> = of()
                .filter(|change| change.before.is_none())
                .map(|change| change.id.clone())
                .collect();
            if !records.is_empty() {
                put.push((resource.to_owned(), records));
            }
            if !gone.is_empty() {
                take.push((resource.to_owned(), gone));
            }
        }
        take.reverse();
        Self { changes, put, take }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.changes.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.changes.len()
    }

    /// What would be done, into the plan of the call at work: requests go there by themselves, files do not.
    pub(super) async fn plan(&self, house: &str, images: &dyn Images) -> Result<(), Fault> {
        if house != "fs" {
            return self.work(images).await;
        }
        let call = call::current();
        if let Some(plan) = call.as_ref().and_then(|call| call.plan.as_ref()) {
            for change in &self.changes {
                let method = if change.before.is_some() {
                    "RESTORE"
                } else {
                    "REMOVE"
                };
                plan.add(Planned {
                    method: method.to_owned(),
                    path: change.id.clone(),
                    payload: None,
                });
            }
        }
        Ok(())
    }

    pub(super) fn touches(&self) -> Vec<Touch> {
        touches_of(&self.changes)
    }

    /// Takes away first, for a name may be needed; what something still holds goes after that was put back. One trouble
    /// does not keep the rest from being done.
    pub(super) async fn work(&self, images: &dyn Images) -> Result<(), Fault> {
        let mut trouble = None;
        let mut held = Vec::new();
        for (resource, ids) in &self.take {
            if images.take_away(resource, ids).await.is_err() {
                held.push((resource, ids));
            }
        }
        for (resource, records) in &self.put {
            keep(&mut trouble, images.put_back(resource, records).await);
        }
        for (resource, ids) in held {
            keep(&mut trouble, images.take_away(resource, ids).await);
        }
        trouble.map_or(Ok(()), Err)
    }

    /// The records that are not as they were, with the reason as far as it is known.
    pub(super) fn amiss(
        &self,
        eyes: Eyes<'_>,
        now: &Picture,
        trouble: Option<&Fault>,
    ) -> Vec<Item> {
        let mut own = HashMap::new();
        for item in trouble.into_iter().flat_map(|fault| &fault.items) {
            own.entry(item.node.to_ascii_lowercase()).or_insert(item);
        }
        let mut items = Vec::new();
        for change in &self.changes {
            let (now, before) = (eyes.known(now, change), eyes.before(change));
            if now == before {
                continue;
            }
            let node = format!("{} {}", change.resource, change.id);
            let fault = own.get(&change.id.to_ascii_lowercase());
            let fault = fault.map(|item| item.fault.clone());
            let fault = fault.or_else(|| trouble.cloned()).unwrap_or_else(|| {
                let what = fields(before.as_ref(), now.as_ref());
                Fault::new(Kind::NoEffect, format!("it was not put back: {what}"))
            });
            items.push(Item { node, fault });
        }
        items
    }

    /// What this undo changed: before and after it.
    pub(super) fn records(&self, present: &Picture, now: &Picture, veil: &Veil) -> Vec<Change> {
        let pick = |picture: &Picture, change: &Change| {
            let value = picture.get(&change.resource)?.get(&change.id)?;
            Some(veil.record(value).0)
        };
        let turned = self.changes.iter().map(|change| Change {
            resource: change.resource.clone(),
            id: change.id.clone(),
            before: pick(present, change),
            after: pick(now, change),
        });
        turned
            .filter(|change| change.before != change.after)
            .collect()
    }
}

/// Keeps the first trouble, and the items of all.
fn keep(trouble: &mut Option<Fault>, outcome: Result<(), Fault>) {
    match (trouble, outcome) {
        (_, Ok(())) => {}
        (Some(first), Err(more)) => first.items.extend(more.items),
        (none, Err(fault)) => *none = Some(fault),
    }
}
