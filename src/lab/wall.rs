//! The machine's clock as a lab takes it: somebody may set it back, and time does not run backwards in a lab.
use super::{clock::plus, seams};
use jiff::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub(super) struct Wall(Mutex<Seen>);

struct Seen {
    last: Timestamp,
    /// All that it was set back by, in nanoseconds.
    slip: u64,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            last: Timestamp::UNIX_EPOCH,
            slip: 0,
        }
    }
}

impl Wall {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it would show had nobody set it back.
    pub(super) fn now(&self) -> Timestamp {
        let mut seen = self.seen();
        seen.look(seams::wall())
    }

    pub(super) fn slip(&self) -> u64 {
        self.seen().slip
    }

    /// It showed `moment` once, to an owner before this one.
    pub(super) fn not_before(&self, moment: Timestamp) {
        let mut seen = self.seen();
        seen.last = seen.last.max(moment);
        seen.look(seams::wall());
    }
}

impl Seen {
    fn look(&mut self, now: Timestamp) -> Timestamp {
        let back = self.last.duration_since(now).as_nanos();
        self.slip = self.slip.saturating_add(u64::try_from(back).unwrap_or(0));
        self.last = now;
        plus(now, self.slip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_is_set_back_by_is_made_up_for_and_what_it_is_set_forward_by_is_taken() {
        let at = |second: i64| Timestamp::from_second(second).expect("within the calendar");
        let mut seen = Seen::default();
        let shown: Vec<i64> = [100, 160, 40, 50, 500, 490]
            .map(|second| seen.look(at(second)).as_second())
            .into();
        assert_eq!(shown, [100, 160, 160, 170, 620, 620]);
        assert_eq!(seen.slip, 130_000_000_000);
    }
}
