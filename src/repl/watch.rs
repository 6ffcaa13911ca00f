//! Ctrl-C while code runs: the first press stops it; when that has not helped within a second, or at the second press,
//! the next one leaves, whatever hangs.
use super::screen;
use crate::{
    lua::{Press, Presses},
    shell::Shell,
    terminal,
};
use std::{thread, time::Duration};

/// After so long a press has visibly not helped.
const PATIENCE: Duration = Duration::from_secs(1);
/// The press that leaves.
const LAST: u32 = 3;
/// The status of a process that was interrupted.
const INTERRUPTED: i32 = 130;

/// Runs `run`, which runs code in the shell, so that Ctrl-C stops it. What the lab has to say of itself comes after it.
pub fn interruptible<T>(shell: &Shell, run: impl FnOnce() -> T) -> T {
    let Ok(presses) = Presses::begin() else {
        return run();
    };
    let out = thread::scope(|scope| {
        scope.spawn(|| attend(&presses, shell));
        let out = run();
        presses.end();
        out
    });
    // What was interrupted may not have let go of it yet.
    terminal::restore();
    if let Some(notice) = shell.notice() {
        screen::say(&format!("the lab: {notice}"));
    }
    if let Some(notice) = shell.unkept() {
        screen::say(&notice);
    }
    out
}

/// Counts presses until the run is over.
fn attend(presses: &Presses, shell: &Shell) {
    let mut count = 0;
    loop {
        let patience = (count == 1).then_some(PATIENCE);
        match presses.wait(patience) {
            Press::Ended => return,
            Press::Pressed if count + 1 == LAST => terminal::leave(INTERRUPTED),
            Press::Pressed => {
                count += 1;
                shell.interrupt();
            }
            Press::Nothing => count += 1,
        }
        if count == LAST - 1 {
            screen::say("still busy inside a C function; Ctrl-C once more leaves");
        }
    }
}
