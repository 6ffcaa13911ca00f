//! A journal that has grown long makes way for a new one, while the lab goes on.
use super::house::House;
use crate::fault::Fault;
use std::sync::{Arc, atomic::Ordering};

impl House {
    /// Rewrites a journal that has grown long, while whoever came goes on: firmware waits a few seconds for an address, and
    /// of ten thousand nodes this takes longer. A disk that refuses is told to the next writer.
    pub(crate) fn tidy(self: &Arc<Self>) {
        // Whoever is at it holds what tells how long it is.
        if self.tidying.load(Ordering::Acquire) || !self.keeper.is_long() {
            return;
        }
        if !self.tidying.swap(true, Ordering::AcqRel) {
            let house = Arc::clone(self);
            tokio::task::spawn_blocking(move || {
                let _ = house.shorten();
                house.tidying.store(false, Ordering::Release);
            });
        }
    }

    /// Rewrites it; writers go on while the disk is waited for.
    fn shorten(&self) -> Result<(), Fault> {
        let quiet = self.keeper.quiet();
        // The lab may have ended meanwhile, and then nothing is long.
        if !self.keeper.is_long() {
            return Ok(());
        }
        let begun = self.keeper.turn_over(&self.config, &self.live(), &quiet)?;
        let alone = quiet.over();
        self.keeper.finish(begun, &alone)
    }
}
