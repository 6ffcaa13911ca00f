//! The arrows up and down: earlier inputs that begin as the line does.
use rustyline::{
    Cmd, ConditionalEventHandler, Event, EventContext, KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What was typed so far, to tell a line that was called back from one being typed, and what is being looked for.
#[derive(Clone, Default)]
pub(super) struct Known(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    inputs: HashSet<String>,
    /// What the arrows look for, as long as they are pressed one after another.
    wanted: String,
}

impl Known {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, input: &str) {
        self.seen().inputs.insert(input.to_owned());
    }

    /// Whether inputs are looked for that begin as `line` does up to `pos`, rather than gone through.
    fn looks(&self, line: &str, pos: usize) -> bool {
        let mut seen = self.seen();
        let front = &line[..pos];
        let found = seen.inputs.contains(line);
        let looks = !front.is_empty() && (!found || seen.wanted == front);
        seen.wanted = if looks {
            front.to_owned()
        } else {
            String::new()
        };
        looks
    }
}

pub(super) struct Arrow {
    pub(super) up: bool,
    pub(super) known: Known,
}

impl Arrow {
    pub(super) fn event(&self) -> Event {
        let code = if self.up { KeyCode::Up } else { KeyCode::Down };
        Event::from(KeyEvent(code, Modifiers::NONE))
    }
}

impl ConditionalEventHandler for Arrow {
    /// An empty line and one that was called back go through all of history, as ever. Where something was typed, what stands
    /// before the cursor must fit. Within an input of several lines the arrows move.
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let (line, pos) = (context.line(), context.pos());
        let behind = if self.up { &line[..pos] } else { &line[pos..] };
        if behind.contains('\n') || !self.known.looks(line, pos) {
            return None;
        }
        Some(if self.up {
            Cmd::HistorySearchBackward
        } else {
            Cmd::HistorySearchForward
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn what_was_typed_is_looked_for_and_what_was_called_back_is_gone_through() {
        let known = Known::default();
        known.add("smd.group.list()");
        assert!(!known.looks("", 0));
        assert!(known.looks("smd", 3));
        assert!(known.looks("smd.group.list()", 3));
        assert!(!known.looks("smd.group.list()", 16));
        assert!(!known.looks("smd.group.list()", 3));
    }
}
