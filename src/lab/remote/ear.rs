//! Who listens to what happens in a lab, for one session, and how far they have heard.
use super::{Control, happened::Teller};
use crate::{
    fault::{Fault, Kind},
    http::Events,
    lab::Node,
};
use serde_json::json;
use std::{
    collections::HashSet,
    process,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch::{Receiver, Sender, channel},
    task::AbortHandle,
};

/// What was told before a mark comes well within that time.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes lines; who listens keeps it as long as it listens.
pub type Say = Box<dyn Fn(&str) + Send>;

/// At most one listens at a time; clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Ear(Arc<Mutex<Option<Listening>>>);

struct Listening {
    abort: AbortHandle,
    /// The marks it has come to.
    heard: Receiver<u64>,
}

/// Marks are told apart by whose they are and their number.
static MARKS: AtomicU64 = AtomicU64::new(0);

fn spelled(mark: u64) -> String {
    format!("{}-{mark}", process::id())
}

fn number(mark: &str) -> Option<u64> {
    let number = mark.strip_prefix(&format!("{}-", process::id()))?;
    number.parse().ok()
}

impl Ear {
    fn its(&self) -> MutexGuard<'_, Option<Listening>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens from now on, to what `teller` makes lines of; whoever listened before does no more.
    fn listen(&self, events: Events, teller: Teller, say: Say) {
        let (marks, heard) = channel(0);
        let task = tokio::spawn(follow(events, teller, say, marks));
        let abort = task.abort_handle();
        let before = self.its().replace(Listening { abort, heard });
        if let Some(before) = before {
            before.abort.abort();
        }
    }

    /// Ends it; whether anybody listened.
    pub(crate) fn close(&self) -> bool {
        let Some(Listening { abort, .. }) = self.its().take() else {
            return false;
        };
        let listened = !abort.is_finished();
        abort.abort();
        listened
    }

    pub(crate) fn is_open(&self) -> bool {
        self.heard().is_some()
    }

    fn heard(&self) -> Option<Receiver<u64>> {
        let its = self.its();
        let listening = its.as_ref().filter(|it| !it.abort.is_finished())?;
        Some(listening.heard.clone())
    }
}

impl Control {
    /// Tells what happens to machines from now on, those of these names or all; `say` gets a line each time.
    pub async fn listen(&self, names: Option<&[String]>, say: Say) -> Result<(), Fault> {
        let nodes = self.nodes().await?;
        let only = match names {
            Some(names) => Some(self.meant(&nodes, names).await?),
            None => None,
        };
        let teller = Teller::new(nodes.iter().map(|node| node.name.as_str()), only);
        let events = self.get("events").events().await;
        match events {
            Ok(events) => self.ear.listen(events, teller, say),
            // On a tape nothing happens: what was done after it goes on.
            Err(fault) if fault.kind == Kind::Unsupported => say(&fault.message),
            Err(fault) => return Err(fault.service("lab")),
        }
        Ok(())
    }

    /// The machines that are called so: by name, xname or MAC.
    async fn meant(&self, nodes: &[Node], names: &[String]) -> Result<HashSet<String>, Fault> {
        let mut meant = HashSet::new();
        for asked in names {
            let is = |node: &&Node| {
                let its = [&node.name, &node.xname, &node.mac];
                its.iter().any(|name| name.eq_ignore_ascii_case(asked))
            };
            let name = match nodes.iter().find(is) {
                Some(node) => node.name.clone(),
                // The lab says best that it is not there.
                None => self.node(asked).await?.name,
            };
            meant.insert(name);
        }
        Ok(meant)
    }

    /// Tells no more.
    pub fn hush(&self) -> bool {
        self.ear.close()
    }

    /// Waits until all that has happened so far is told, if anybody listens.
    pub(in crate::lab) async fn catch_up(&self) {
        let Some(mut heard) = self.ear.heard() else {
            return;
        };
        let mark = MARKS.fetch_add(1, Ordering::Relaxed) + 1;
        let body = json!({ "mark": spelled(mark) });
        let set = self.post("events", &body).reads().aside().raw().await;
        if set.is_ok_and(|answer| answer.is_success()) {
            // A listener that ends meanwhile has nothing more to tell, and one that is too slow goes on later.
            let _ = tokio::time::timeout(PATIENCE, heard.wait_for(|it| *it >= mark)).await;
        }
    }
}

async fn follow(mut events: Events, mut teller: Teller, say: Say, marks: Sender<u64>) {
    while let Some(event) = events.next().await {
        if event.name == "mark" {
            let mark = serde_json::from_str::<String>(&event.data).ok();
            if let Some(mark) = mark.as_deref().and_then(number) {
                marks.send_replace(mark);
            }
            continue;
        }
        if let Some(line) = teller.line(&event) {
            say(&line);
        }
    }
    say(
        "the lab is gone, and with it what was watched; lab.watch(true) watches the one that takes its place",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_marks_count() {
        assert_eq!(number(&spelled(7)), Some(7));
        assert_eq!(number("7"), None);
        assert_eq!(number(&format!("1{}", spelled(7))), None);
    }
}
