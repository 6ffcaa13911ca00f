//! The way back: compares what is there with what the write left, and puts back what stood there before.
//!
//! Of a write whose end nobody saw (its process died, the network broke) all that it touched is compared with what stood
//! there before; what differs is put back. Nobody can tell its doing from what came later then, except where a later
//! entry touched the same records: that one comes first.
use super::{
    Change, Images, Journal, Picture, Records,
    back::{Back, Eyes, fields, touches_of},
    entry::{After, Ended, Entry},
    keep::{Manner, planned},
    pick,
    secrets::{self, is_veiled},
};
use crate::{
    call,
    fault::{Fault, Item, Kind},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

/// How an undo is made.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Records that changed since are put back all the same.
    pub force: bool,
}

/// What an undo did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Undone {
    /// The entry of the undo itself; none when all was as before already and what the write did is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The entry that was taken back, and what it was.
    pub undid: u64,
    pub call: String,
    pub at: String,
    pub user: String,
    /// Made by this session, or by another of this user.
    pub ours: bool,
    pub records: Vec<Change>,
}

const UNNAMED: &str = "its name holds a secret, and the journal keeps none";

/// So many records are named in a sentence.
const NAMED: usize = 3;

impl Journal {
    /// Takes a write back: the newest on this target, or the one of that number.
    pub async fn undo(self: Arc<Self>, id: Option<u64>, options: Options) -> Result<Undone, Fault> {
        let entries = self.shelf.read()?;
        let entry = pick::wanted(&entries, &self.target, id, self.real)?;
        may(entry)?;
        let images = self.images(&entry.begun.house)?;
        let eyes = Eyes {
            images: &*images,
            veil: &self.veil,
        };
        let (changes, present) = self.changes(entry, eyes).await?;
        takes(entry, &*images, &changes)?;
        if !options.force {
            still(entry, eyes, &changes, &present)?;
            if entry.changes().is_none() {
                first(entry, &entries, &changes)?;
            }
        }
        let back = Back::of(&changes, &present, eyes);
        if back.is_nothing() {
            return Ok(told(entry, self.settle(entry), Vec::new()));
        }
        call::concerns(back.count())?;
        if planned() {
            back.plan(&entry.begun.house, &*images).await?;
            return Ok(told(entry, None, Vec::new()));
        }
        let begun = self.begun(&entry.begun.house, back.touches(), None, manner(entry));
        let verdict = |out: &Result<(), Fault>, now: Option<&Picture>| match now {
            Some(now) => {
                let amiss = back.amiss(eyes, now, out.as_ref().err());
                (!amiss.is_empty()).then_some(Kind::Partial)
            }
            None => out.as_ref().err().map(|fault| fault.kind),
        };
        let seen = self.watch(begun, back.work(&*images), verdict).await?;
        let now = seen.now.ok_or_else(|| lost(&seen.out))?;
        let amiss = back.amiss(eyes, &now, seen.out.as_ref().err());
        let records = back.records(&present, &now, &self.veil);
        settled(entry, amiss, records.len())?;
        Ok(told(entry, Some(seen.id), records))
    }

    /// What the write changed, and how these records are now.
    async fn changes(
        &self,
        entry: &Entry,
        eyes: Eyes<'_>,
    ) -> Result<(Vec<Change>, Picture), Fault> {
        let house = &entry.begun.house;
        if let Some(changes) = entry.changes() {
            let present = self.picture(house, &touches_of(&changes)).await?;
            return Ok((changes, present));
        }
        let present = self.picture(house, &entry.begun.touches).await?;
        let none = Records::new();
        let mut changes = Vec::new();
        let resources: BTreeSet<&String> =
            entry.begun.before.keys().chain(present.keys()).collect();
        for resource in resources {
            let old = entry.begun.before.get(resource).unwrap_or(&none);
            let new = present.get(resource).unwrap_or(&none);
            let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for id in ids {
                let after = new.get(id).map(|value| eyes.keeps(value));
                let change = Change {
                    resource: resource.clone(),
                    id: id.clone(),
                    before: old.get(id).cloned(),
                    after,
                };
                if eyes.before(&change) != change.after {
                    changes.push(change);
                }
            }
        }
        Ok((changes, present))
    }

    /// All is as before already. The entry counts as undone from now on, so that the next undo reaches an older one; an
    /// entry that had no effect after all is listed no more. The number of the undo, if it is one.
    fn settle(&self, entry: &Entry) -> Option<u64> {
        if planned() {
            return None;
        }
        let ended = |id, outcome: &str| Ended {
            ended: id,
            outcome: outcome.to_owned(),
            after: Some(After::new()),
        };
        // Where nothing can be kept it stays as it is, and the next undo finds the same.
        if entry.changes().is_none() {
            let _ = self
                .shelf
                .end(ended(entry.id(), pick::outcome(entry)), false);
            return None;
        }
        let mut begun = self.begun(&entry.begun.house, Vec::new(), None, manner(entry));
        self.shelf.begin(&mut begun, false).ok()?;
        let _ = self.shelf.end(ended(begun.begun, "ok"), false);
        Some(begun.begun)
    }
}

/// How the entry of an undo differs from others.
fn manner(entry: &Entry) -> Manner {
    Manner {
        call: Some("undo".to_owned()),
        undoes: Some(entry.id()),
    }
}

/// Refuses what no API takes back, and what is not over.
fn may(entry: &Entry) -> Result<(), Fault> {
    let (id, call) = (entry.id(), &entry.begun.call);
    if pick::is_running(entry) {
        let pid = entry.begun.pid;
        let message = format!("{call} ({id}) is still under way, in process {pid}");
        return Err(Fault::new(Kind::Conflict, message).hint("wait until it is over"));
    }
    let named = entry.begun.touches.iter().flat_map(|touch| &touch.ids);
    let unnamed = named.flatten().any(|id| is_veiled(id));
    let unnamed = unnamed.then_some(UNNAMED);
    match entry.begun.one_way.as_deref().or(unnamed) {
        Some(reason) => {
            let message = format!("{call} ({id}) cannot be taken back: {reason}");
            Err(Fault::new(Kind::Unsupported, message).hint(format!(
                "journal.get({id}) shows it; undo(ID) takes back an older one"
            )))
        }
        None => Ok(()),
    }
}

/// Refuses what cannot be restored in full.
fn takes(entry: &Entry, images: &dyn Images, changes: &[Change]) -> Result<(), Fault> {
    let hidden: HashSet<&String> = entry.begun.hidden.iter().collect();
    let why = |change: &Change| {
        let key = secrets::key(&change.resource, &change.id);
        if is_veiled(&change.id) {
            return Some(UNNAMED.to_owned());
        }
        if hidden.contains(&key) {
            return Some("it held a secret, and the journal keeps none".to_owned());
        }
        images.refuses(&change.resource, change)
    };
    let refused = |change: &Change| Some((record(entry, change), why(change)?));
    let Some((record, reason)) = changes.iter().find_map(refused) else {
        return Ok(());
    };
    let (id, call) = (entry.id(), &entry.begun.call);
    let message = format!("{call} ({id}) cannot be taken back: {record}: {reason}");
    Err(Fault::new(Kind::Unsupported, message).hint(format!(
        "journal.get({id}) shows the rest of it; undo(ID) takes back an older one"
    )))
}

/// Refuses records that are no longer as the write left them, nor as they were before.
fn still(
    entry: &Entry,
    eyes: Eyes<'_>,
    changes: &[Change],
    present: &Picture,
) -> Result<(), Fault> {
    let mut other = Vec::new();
    for change in changes {
        let (now, before) = (eyes.known(present, change), eyes.before(change));
        if now != change.after && now != before {
            let what = fields(change.after.as_ref(), now.as_ref());
            other.push((record(entry, change), what));
        }
    }
    let named = other.iter().take(NAMED);
    let mut words: Vec<String> = named
        .map(|(record, what)| format!("{record}: {what}"))
        .collect();
    if other.len() > NAMED {
        words.push(format!("and {} more", other.len() - NAMED));
    }
    if other.is_empty() {
        return Ok(());
    }
    let (id, call) = (entry.id(), &entry.begun.call);
    let message = format!("changed since {call} ({id}): {}", words.join("; "));
    let item = |(node, what)| Item {
        node,
        fault: Fault::new(Kind::Conflict, what),
    };
    Err(Fault::new(Kind::Conflict, message)
        .hint(format!(
            "undo({id}, {{ force = true }}) puts back what stood there before all the same"
        ))
        .items(other.into_iter().map(item).collect()))
}

/// Of what nobody saw the end of, a later entry may be the reason that it differs.
fn first(entry: &Entry, entries: &[Entry], changes: &[Change]) -> Result<(), Fault> {
    let ours: HashSet<(&str, &str)> = changes
        .iter()
        .map(|change| (change.resource.as_str(), change.id.as_str()))
        .collect();
    let touched = |later: &&Entry| {
        let theirs = later.ended.as_ref().and_then(|ended| ended.after.as_ref());
        later.id() > entry.id()
            && later.begun.target.is(&entry.begun.target)
            && later.begun.house == entry.begun.house
            && theirs.into_iter().flatten().any(|(resource, records)| {
                let mut ids = records.keys();
                ids.any(|id| ours.contains(&(resource.as_str(), id.as_str())))
            })
    };
    let Some(later) = entries.iter().find(touched) else {
        return Ok(());
    };
    let (id, call) = (entry.id(), &entry.begun.call);
    let message = format!(
        "what {call} ({id}) did is not known, and {} ({}) wrote to the same records later",
        later.begun.call,
        later.id()
    );
    Err(Fault::new(Kind::Conflict, message).hint(format!(
        "undo({}) first, or undo({id}, {{ force = true }})",
        later.id()
    )))
}

/// A record in words: `smd.group io`.
fn record(entry: &Entry, change: &Change) -> String {
    match (entry.begun.house.as_str(), change.resource.as_str()) {
        ("fs", _) => change.id.clone(),
        (house, resource) => format!("{house}.{resource} {}", change.id),
    }
}

fn lost(out: &Result<(), Fault>) -> Fault {
    match out {
        Err(fault) => fault.clone(),
        Ok(()) => Fault::new(Kind::Unreachable, "the records cannot be read back")
            .hint("what was put back is not known; undo() compares again"),
    }
}

fn settled(entry: &Entry, mut amiss: Vec<Item>, done: usize) -> Result<(), Fault> {
    let (id, call) = (entry.id(), &entry.begun.call);
    match (amiss.len(), done) {
        (0, _) => Ok(()),
        (1, 0) => {
            let Item { node, fault } = amiss.remove(0);
            let message = format!("{call} ({id}) was not undone: {node}: {}", fault.message);
            Err(Fault { message, ..fault })
        }
        (bad, _) => {
            let (node, why) = (&amiss[0].node, &amiss[0].fault.message);
            let message = format!("{call} ({id}): {bad} not put back, the first: {node}: {why}");
            Err(Fault::new(Kind::Partial, message)
                .hint("_err.items names each with its fault; undo() tries the rest again")
                .items(amiss))
        }
    }
}

fn told(entry: &Entry, id: Option<u64>, records: Vec<Change>) -> Undone {
    Undone {
        id,
        undid: entry.id(),
        call: entry.begun.call.clone(),
        at: entry.begun.at.clone(),
        user: entry.begun.user.clone(),
        ours: pick::is_ours(entry),
        records,
    }
}
