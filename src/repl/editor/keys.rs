//! The arrows up and down: earlier inputs that begin as the line does.
use rustyline::{
    Cmd, ConditionalEventHandler, Event, EventContext, KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

/// What was typed so far, to tell a line that was called back from one being typed.
#[derive(Clone, Default)]
pub(super) struct Known(Arc<Mutex<HashSet<String>>>);

impl Known {
    pub(super) fn add(&self, input: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(input.to_owned());
    }

    fn has(&self, input: &str) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.contains(input)
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
    /// An empty line and one that was called back go through all of history, as ever. Otherwise what stands before the
    /// cursor must fit. Within an input of several lines the arrows move.
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let (line, pos) = (context.line(), context.pos());
        let behind = if self.up { &line[..pos] } else { &line[pos..] };
        if pos == 0 || behind.contains('\n') || (pos == line.len() && self.known.has(line)) {
            return None;
        }
        Some(if self.up {
            Cmd::HistorySearchBackward
        } else {
            Cmd::HistorySearchForward
        })
    }
}
