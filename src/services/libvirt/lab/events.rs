//! Events: what became of domains between two looks. Whoever switched a machine, the hypervisor saw it.
use super::Lab;
use crate::{
    fault::Fault,
    services::libvirt::types::{Event, Watching},
    world::Power,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

#[derive(Default)]
pub(super) struct Watches(Mutex<Open>);

#[derive(Default)]
struct Open {
    last: u64,
    all: HashMap<u64, Watch>,
}

struct Watch {
    domain: Option<String>,
    seen: Picture,
}

/// More at once nobody listens to: the oldest are forgotten.
const MOST: usize = 1000;

/// Each domain: how often it was switched on, and whether it is.
type Picture = BTreeMap<String, (u64, Power)>;

impl Watches {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn close(&self, events: u64) -> bool {
        self.open().all.remove(&events).is_some()
    }
}

impl Lab {
    fn picture(&self) -> Picture {
        let all = self.all().into_iter();
        all.map(|seen| (seen.machine.name, (seen.boots, seen.machine.power)))
            .collect()
    }

    pub(super) fn events_open(&self, domain: Option<String>) -> Result<Watching, Fault> {
        let domain = match domain {
            Some(asked) => Some(self.machine(&asked)?.1.machine.name),
            None => None,
        };
        let seen = self.picture();
        let mut open = self.watches.open();
        open.last += 1;
        let events = open.last;
        open.all.insert(events, Watch { domain, seen });
        if open.all.len() > MOST {
            let oldest = open.all.keys().min().copied();
            open.all.remove(&oldest.unwrap_or_default());
        }
        Ok(Watching {
            events,
            live: false,
        })
    }

    pub(super) fn events_read(&self, events: u64) -> Result<Vec<Event>, Fault> {
        let now = self.picture();
        let mut open = self.watches.open();
        let watch = open.all.get_mut(&events).ok_or_else(|| {
            Fault::not_found("nobody listens here any more").hint("virsh.events() listens anew")
        })?;
        let mut told = happened(&watch.seen, &now);
        watch.seen = now;
        told.retain(|event| {
            watch
                .domain
                .as_ref()
                .is_none_or(|name| *name == event.domain)
        });
        Ok(told)
    }
}

/// In libvirt's words what lies between two pictures.
fn happened(before: &Picture, now: &Picture) -> Vec<Event> {
    let mut told = Vec::new();
    let mut tell = |domain: &str, event: &str, detail: &str| {
        told.push(Event {
            domain: domain.to_owned(),
            event: event.to_owned(),
            detail: Some(detail.to_owned()),
        });
    };
    for (name, (_, power)) in before {
        if !now.contains_key(name) {
            if *power == Power::On {
                tell(name, "stopped", "destroyed");
            }
            tell(name, "undefined", "removed");
        }
    }
    for (name, (boots, power)) in now {
        match before.get(name) {
            None => {
                tell(name, "defined", "added");
                if *power == Power::On {
                    tell(name, "started", "booted");
                }
            }
            Some((_, Power::Off)) if *power == Power::On => tell(name, "started", "booted"),
            // On and off again, between two looks.
            Some((last, Power::Off)) if last != boots => {
                tell(name, "started", "booted");
                tell(name, "stopped", "destroyed");
            }
            Some((_, Power::On)) if *power == Power::Off => tell(name, "stopped", "destroyed"),
            Some((last, _)) if last != boots => tell(name, "rebooted", "reset"),
            Some(_) => {}
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_has_happened() {
        let before = Picture::from([
            ("a".to_owned(), (1, Power::On)),
            ("b".to_owned(), (0, Power::Off)),
            ("c".to_owned(), (4, Power::On)),
        ]);
        let now = Picture::from([
            ("b".to_owned(), (1, Power::On)),
            ("c".to_owned(), (5, Power::On)),
            ("d".to_owned(), (0, Power::Off)),
        ]);
        let told = happened(&before, &now);
        let told: Vec<_> = told
            .iter()
            .map(|it| format!("{} {}", it.domain, it.event))
            .collect();
        assert_eq!(
            told,
            [
                "a stopped",
                "a undefined",
                "b started",
                "c rebooted",
                "d defined"
            ]
        );
        assert_eq!(happened(&now, &now), []);
    }
}
