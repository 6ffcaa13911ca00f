//! Rewriting: the whole state in one file, and a new journal after it.
//!
//! Writers are kept out while the state is written and the journal is turned over, and go on while the disk is waited for:
//! what they write then is in the new journal. Until the state has its name, the one before and both journals are the same
//! as it, and each step leaves files that `load` understands.
use super::{
    JOURNAL, Keeper, Pages, STATE, Still, append_to, keep_old,
    load::old,
    long, put,
    record::{Config, Line, Written},
    seal::seal,
    tape::Tape,
    unwritable,
};
use crate::fault::Fault;
use serde::Serialize;
use std::{
    fs::File,
    sync::{MutexGuard, PoisonError},
};
use tempfile::NamedTempFile;

/// While it lives nobody writes, and nobody else rewrites.
pub(crate) struct Quiet<'a> {
    still: Still<'a>,
    alone: Alone<'a>,
}

/// While it lives nobody else rewrites.
pub(crate) type Alone<'a> = MutexGuard<'a, ()>;

impl<'a> Quiet<'a> {
    /// Writers may go on.
    pub(crate) fn over(self) -> Alone<'a> {
        drop(self.still);
        self.alone
    }
}

/// A state that is written, and has to be brought to the disk and to its name.
#[must_use]
pub(crate) struct Begun(Option<NamedTempFile>);

impl Keeper {
    /// Waits for whoever rewrites and for the writers at work, and keeps others out.
    pub(crate) fn quiet(&self) -> Quiet<'_> {
        let alone = self.alone.lock().unwrap_or_else(PoisonError::into_inner);
        let still = self.still();
        Quiet { still, alone }
    }

    /// Writes the whole state and begins a new journal.
    pub(crate) fn rewrite(
        &self,
        config: &Config,
        whole: &impl Serialize,
        quiet: &Quiet,
    ) -> Result<(), Fault> {
        let begun = self.turn_over(config, whole, quiet)?;
        self.finish(begun, &quiet.alone)
    }

    /// Writes the whole state to a file and begins a new journal; `finish` does the rest, which takes its time.
    pub(crate) fn turn_over(
        &self,
        config: &Config,
        whole: &impl Serialize,
        _quiet: &Quiet,
    ) -> Result<Begun, Fault> {
        let mut pages = self.pages();
        if pages.behind {
            // Else the old journal, which makes way, would be missed.
            self.catch_up(&mut pages, config, whole)?;
        }
        let generation = pages.generation + 1;
        let journal = self.dir.join(JOURNAL);
        let line =
            serde_json::to_string(&Line::Begin { generation }).map_err(|e| unwritable(&e))?;
        let line = seal(&line);
        // Before the large one, which a disk may bring along.
        let begun = self.prepare(&journal, line.as_bytes())?;
        let (state, size) = self.prepare_state(generation, config, whole)?;
        let mut state = Some(state);
        // Should one step fail, nothing more is written: the chain must hold.
        if pages.tape.take().is_some() {
            keep_old(&journal, &old(&self.dir, JOURNAL))?;
        } else if let Some(state) = state.take() {
            // There is no journal to be kept, and what was saved of one is nowhere but in the new state.
            self.put_state(state)?;
        }
        put(begun, &journal)?;
        let file = append_to(&journal).map_err(|e| Fault::io(&journal, &e))?;
        pages.tape = Some(Tape::new(journal, Box::new(file), line.len() as u64));
        pages.generation = generation;
        pages.begin = line.len() as u64;
        pages.limit = long(size);
        Ok(Begun(state))
    }

    /// Waits for the disk, and gives the state its name.
    pub(crate) fn finish(&self, begun: Begun, _alone: &Alone) -> Result<(), Fault> {
        if let Some(state) = begun.0
            && let Err(fault) = self.put_state(state)
        {
            self.pages().behind = true;
            return Err(fault);
        }
        if self.durable {
            let dir = File::open(&self.dir).and_then(|dir| dir.sync_all());
            dir.map_err(|e| Fault::io(&self.dir, &e))?;
        }
        Ok(())
    }

    /// Writes the state that the journal's generation lacks: ends what somebody who was killed had begun. The journal
    /// may have lines by then; doing them once more changes nothing.
    pub(crate) fn settle(
        &self,
        config: &Config,
        whole: &impl Serialize,
        _quiet: &Quiet,
    ) -> Result<(), Fault> {
        self.catch_up(&mut self.pages(), config, whole)
    }

    fn catch_up(
        &self,
        pages: &mut Pages,
        config: &Config,
        whole: &impl Serialize,
    ) -> Result<(), Fault> {
        let (state, size) = self.prepare_state(pages.generation, config, whole)?;
        self.put_state(state)?;
        (pages.limit, pages.behind) = (long(size), false);
        Ok(())
    }

    fn prepare_state(
        &self,
        generation: u64,
        config: &Config,
        whole: &impl Serialize,
    ) -> Result<(NamedTempFile, u64), Fault> {
        let state = Written {
            generation,
            config,
            whole,
        };
        self.prepare_record(&self.dir.join(STATE), &state)
    }

    fn put_state(&self, state: NamedTempFile) -> Result<(), Fault> {
        let path = self.dir.join(STATE);
        let state = self.synced(state, &path)?;
        keep_old(&path, &old(&self.dir, STATE))?;
        put(state, &path)
    }
}
