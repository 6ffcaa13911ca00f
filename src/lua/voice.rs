//! Lines that nobody typed for: what happens elsewhere, printed between two inputs and while a call waits.
//!
//! They come by the queue on which results come, so that what was said before an answer is printed before it.
use super::sched::Event;
use std::sync::mpsc;

/// The way to where a session prints, for work that goes on beside it.
#[derive(Clone)]
pub struct Voice(mpsc::Sender<Event>);

/// Somebody who may say something at any time; the session listens until it is dropped.
pub struct Speaker(mpsc::Sender<Event>);

impl Voice {
    pub(crate) fn new(tx: mpsc::Sender<Event>) -> Self {
        Self(tx)
    }

    /// Begins to speak.
    pub fn speak(&self) -> Speaker {
        // The other end is gone only when the VM is, here as below.
        let _ = self.0.send(Event::Speaking(1));
        Speaker(self.0.clone())
    }
}

impl Speaker {
    /// Prints a line.
    pub fn say(&self, line: &str) {
        let _ = self.0.send(Event::Said(format!("{line}\n")));
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        let _ = self.0.send(Event::Speaking(-1));
    }
}
