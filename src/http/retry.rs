//! Repeating a request, and only where that cannot do anything twice.
//!
//! By itself a read is repeated twice when the other side came to harm: 502, 503, 504, or a connection that broke. Who asks
//! for more also has those repeated that found nobody, and reads that were not answered in time; a write is repeated only
//! when not one byte of it was sent.
use super::{Answer, blame::Lost};
use crate::fault::{Fault, Kind};
use std::{future::Future, time::Duration};

/// How often a read is repeated when nothing is said.
const USUAL: u32 = 2;
/// The pause before the first repetition; each further one is four times as long, up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Attempts until one is good, or enough were made; without pauses where all time has passed already, on a tape.
pub(super) async fn patiently<F>(
    said: Option<u32>,
    reads: bool,
    pauses: bool,
    attempt: impl Fn() -> F,
) -> Result<Answer, Fault>
where
    F: Future<Output = Result<Answer, Lost>>,
{
    let most = said.unwrap_or(USUAL);
    let mut made = 0;
    loop {
        let out = attempt().await;
        if made == most || !passing(&out, said.is_some(), reads) {
            return out.map_err(|lost| told(lost.fault, made));
        }
        if pauses {
            tokio::time::sleep(pause(made)).await;
        }
        made += 1;
    }
}

/// Whether this may be better next time, and can be tried again.
fn passing(out: &Result<Answer, Lost>, asked: bool, reads: bool) -> bool {
    match out {
        Ok(answer) => reads && matches!(answer.status, 502..=504),
        Err(lost) if lost.never_sent => asked && lost.fault.kind == Kind::Unreachable,
        Err(lost) => reads && (lost.broken || (asked && lost.fault.kind == Kind::Timeout)),
    }
}

fn pause(made: u32) -> Duration {
    PAUSE
        .saturating_mul(4_u32.saturating_pow(made))
        .min(LONGEST)
}

fn told(mut fault: Fault, repeated: u32) -> Fault {
    if repeated > 0 {
        let times = repeated + 1;
        fault.message = format!("{} ({times} attempts)", fault.message);
    }
    fault
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<u128> = (0..5).map(|made| pause(made).as_millis()).collect();
        assert_eq!(pauses, [100, 400, 1600, 5000, 5000]);
    }
}
