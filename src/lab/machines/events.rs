//! What happens in a lab, told to those who listen at the moment it happens.
//!
//! Nothing is kept: who comes later reads the timelines. A listener that is too slow misses some, and is told so.
use super::turn::Turn;
use crate::{
    fault::Fault,
    table::{Change, Journal, Turn as Leave},
    world::{Machine, Power},
};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde::Serialize;
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc};
use tokio::sync::broadcast::{self, error::RecvError};

const ROOM: usize = 4096;

/// A sort of event and what it says.
type Happened = (&'static str, Arc<Value>);

#[derive(Clone)]
pub(crate) struct Events(broadcast::Sender<Happened>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(ROOM))
    }
}

impl Events {
    fn tell(&self, sort: &'static str, what: impl FnOnce() -> Value) {
        if self.0.receiver_count() > 0 {
            // Nobody listens any more: then nobody misses it.
            let _ = self.0.send((sort, Arc::new(what())));
        }
    }

    pub(super) fn power(&self, machine: &Machine, power: Power) {
        self.tell("power", || {
            json!({ "name": machine.name, "xname": machine.xname, "mac": machine.mac, "power": power })
        });
    }

    /// The stages that a step told of, and how far the boot is with them.
    pub(super) fn stages(&self, turn: &Turn) {
        let reached = turn.boot.reached();
        let reached = reached.map(|it| json!({ "stage": it.stage, "ok": it.ok }));
        let failed = turn.boot.failed();
        for stage in &turn.told {
            let Some(evidence) = turn.boot.evidence(*stage) else {
                continue;
            };
            self.tell("stage", || {
                let mut told = json!({
                    "name": turn.machine.name, "xname": turn.machine.xname,
                    "mac": turn.machine.mac, "boot": turn.boot.number, "ip": turn.boot.ip,
                    "reached": reached, "failed": failed,
                });
                if let (Some(told), Ok(Value::Object(fields))) =
                    (told.as_object_mut(), serde_json::to_value(evidence))
                {
                    told.extend(fields);
                }
                told
            });
        }
    }

    /// Everything was put in place of what was there: whoever listens asks anew how it is.
    pub(super) fn reset(&self) {
        self.tell("reset", || json!({}));
    }

    /// What became of an exercise.
    pub(crate) fn course(&self, shown: &impl Serialize) {
        self.tell("course", || json!(shown));
    }

    /// Has everybody told that all before this was told.
    pub(super) fn mark(&self, mark: &str) {
        self.tell("mark", || json!(mark));
    }

    fn written(&self, service: &str, changes: &[Change]) {
        self.tell("write", || {
            let one = |change: &Change| {
                json!({ "table": change.table, "key": change.key, "gone": change.value.is_none() })
            };
            let changes: Vec<Value> = changes.iter().take(100).map(one).collect();
            json!({ "service": service, "changes": changes })
        });
    }

    /// The events from now on.
    pub(super) fn stream(&self) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
        let stream = stream::unfold(self.0.subscribe(), |mut listener| async {
            let event = match listener.recv().await {
                Ok((sort, what)) => Event::default().event(sort).data(what.to_string()),
                Err(RecvError::Lagged(count)) => {
                    Event::default().event("missed").data(count.to_string())
                }
                Err(RecvError::Closed) => return None,
            };
            Some((Ok(event), listener))
        });
        Sse::new(stream).keep_alive(KeepAlive::default())
    }
}

/// The services' journal, whose writes are told.
pub(crate) struct Told {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) events: Events,
}

impl Journal for Told {
    fn turn(&self) -> Leave<'_> {
        self.journal.turn()
    }

    fn append(&self, service: &'static str, changes: &[Change]) -> Result<(), Fault> {
        self.journal.append(service, changes)?;
        self.events.written(service, changes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Boot, Machines, Owner, Stage, World};
    use jiff::Timestamp;

    #[test]
    fn a_stage_says_how_far_the_boot_is_as_well() {
        let world = World::new(&Machines::default(), 0);
        let machine = world.machine("compute1").expect("it is there");
        let now = Timestamp::UNIX_EPOCH;
        let mut turn = Turn::new(machine, &Boot::new(1, now), now);
        let events = Events::default();
        let mut listener = events.0.subscribe();
        for (stage, ok, reached, failed) in [
            (Stage::Config, false, "config", &["config"][..]),
            (Stage::PhoneHome, true, "config", &["config"]),
            (Stage::Ready, true, "ready", &["config"]),
        ] {
            turn.told.clear();
            turn.tell(stage, Owner::Node, ok, "so");
            events.stages(&turn);
            let (sort, told) = listener.try_recv().expect("it is told");
            assert_eq!((sort, &told["ok"]), ("stage", &json!(ok)));
            let wanted = json!({ "stage": reached, "ok": reached == "ready" });
            assert_eq!(told["reached"], wanted);
            assert_eq!(told["failed"], json!(failed));
        }
    }
}
