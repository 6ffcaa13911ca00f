//! `-v` and `-vv`: each exchange is told when it ends.
use super::{desk::Ear, entry::LONGEST, line};
use crate::http::{Exchange, Watcher};
use std::sync::Arc;

pub(super) struct Verbose {
    pub(super) ear: Arc<Ear>,
    /// With headers and bodies.
    pub(super) whole: bool,
}

impl Watcher for Verbose {
    fn bodies(&self) -> usize {
        if self.whole { LONGEST } else { 0 }
    }

    fn saw(&self, exchange: &Exchange) {
        let text = if self.whole {
            line::block(exchange)
        } else {
            line::line(exchange)
        };
        self.ear.say(&text);
    }
}
