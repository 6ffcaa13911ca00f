//! Ctrl-C while code runs: the first press stops it, the third leaves, whatever hangs.
use super::screen;
use crate::{
    lua::{Press, Presses},
    shell::Shell,
};
use std::{process, thread, time::Duration};

/// After so long a press has visibly not helped.
const PATIENCE: Duration = Duration::from_secs(1);
/// The press that leaves.
const LAST: u32 = 3;
/// The status of a process that was interrupted.
const INTERRUPTED: i32 = 130;

/// Runs `run`, which runs code in the shell, so that Ctrl-C stops it.
pub fn interruptible<T>(shell: &Shell, run: impl FnOnce() -> T) -> T {
    let Ok(presses) = Presses::begin() else {
        return run();
    };
    thread::scope(|scope| {
        scope.spawn(|| attend(&presses, shell));
        let out = run();
        presses.end();
        out
    })
}

/// Counts presses until the run is over.
fn attend(presses: &Presses, shell: &Shell) {
    let (mut count, mut told) = (0, false);
    loop {
        let patience = (count > 0 && !told).then_some(PATIENCE);
        match presses.wait(patience) {
            Press::Ended => return,
            Press::Pressed => {
                count += 1;
                shell.interrupt();
            }
            Press::Nothing => {
                told = true;
                let left = LAST - count;
                screen::say(&format!(
                    "still busy inside a C function; Ctrl-C {left} more times leaves"
                ));
            }
        }
        if count >= LAST {
            leave();
        }
    }
}

/// What hangs cannot be waited for. What was typed is saved before it runs, and what the lab acknowledged is on disk.
#[allow(clippy::disallowed_methods)]
fn leave() {
    process::exit(INTERRUPTED);
}
