//! The arrows up and down: earlier inputs that begin as the line does.
use super::failed::Failed;
use crate::repl::session::Turn;
use rustyline::{
    Cmd, ConditionalEventHandler, Event, EventContext, KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use std::{
    collections::HashSet,
    io::{self, Write as _},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What was typed so far, to tell a line that was called back from one being typed, and what is being looked for.
#[derive(Clone, Default)]
pub(in crate::repl) struct Known(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    inputs: HashSet<String>,
    failed: HashSet<String>,
    /// Where that is kept.
    kept: Failed,
    /// What ran last.
    last: String,
    /// Whether that had failed before.
    again: bool,
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

    /// An input runs now, and may do what it did not do before.
    pub(super) fn run(&self, input: &str) {
        let mut seen = self.seen();
        seen.again = seen.failed.remove(input);
        input.clone_into(&mut seen.last);
    }

    /// What came of what ran last: when that failed it will not be proposed.
    pub(in crate::repl) fn came(&self, turn: &Turn) {
        if matches!(turn, Turn::Failed(_)) {
            return self.fail();
        }
        let mut seen = self.seen();
        if std::mem::take(&mut seen.again) {
            seen.kept.note(&seen.last, false);
        }
    }

    /// From now on it is kept here what failed; what did so in earlier sessions is known.
    pub(super) fn keep(&self, path: PathBuf) {
        let mut seen = self.seen();
        (seen.kept, seen.failed) = Failed::open(path);
    }

    pub(super) fn fail(&self) {
        let mut seen = self.seen();
        if !std::mem::take(&mut seen.again) {
            seen.kept.note(&seen.last, true);
        }
        let last = seen.last.clone();
        seen.failed.insert(last);
    }

    pub(super) fn failed(&self, input: &str) -> bool {
        self.seen().failed.contains(input)
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

/// Ctrl-C: the grey text that was proposed goes with the line that is given up.
pub(super) struct Hush;

impl ConditionalEventHandler for Hush {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        if context.has_hint() {
            // It stands behind the cursor, and no command of the editor removes it alone.
            let mut out = io::stdout();
            let _ = out.write_all(b"\x1b[J").and_then(|()| out.flush());
        }
        None
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
