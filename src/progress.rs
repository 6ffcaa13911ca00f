//! How far long work has come, or what is waited for: a line on standard error, on a terminal only, and only when it takes a
//! while.
//!
//! One bar at a time: work within work is part of it. Whoever prints hides it first, and the next step shows it again.
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    future::Future,
    pin::pin,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Shorter work needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// An answer comes sooner; what takes longer may never come.
const LONG: Duration = Duration::from_secs(2);
/// Fewer things are done before one has read it.
const FEW: usize = 5;

static ENABLED: AtomicBool = AtomicBool::new(false);
/// Something is on the screen that must go before other text comes.
static SHOWN: AtomicBool = AtomicBool::new(false);
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Somebody looks at a terminal, where standard error goes.
pub fn enable() {
    ENABLED.store(true, Ordering::Relaxed);
}

fn bar() -> MutexGuard<'static, Option<ProgressBar>> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the bar off the screen, for what is printed next.
pub fn hide() {
    if SHOWN.swap(false, Ordering::Relaxed)
        && let Some(bar) = &*bar()
    {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        clear();
    }
}

/// The line where the bar stood.
fn clear() {
    use std::io::Write;
    let _ = write!(std::io::stderr(), "\r\x1b[2K");
}

/// Work under way; the bar goes with it.
#[derive(Debug)]
pub struct Work {
    begun: Instant,
}

/// Work on so many things begins; none: nobody looks, it is soon done, or it is part of other work.
pub fn begin(what: &str, count: usize) -> Option<Work> {
    if !ENABLED.load(Ordering::Relaxed) || count < FEW {
        return None;
    }
    let length = u64::try_from(count).unwrap_or(u64::MAX);
    let form = "{msg} {bar:30} {pos}/{len} {elapsed} (about {eta} left)";
    made(what, Some(length), form)
}

/// The one bar, not yet on the screen; none where there is one.
fn made(what: &str, length: Option<u64>, form: &str) -> Option<Work> {
    let mut bar = bar();
    if bar.is_some() {
        return None;
    }
    let new = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template(form) {
        new.set_style(style.progress_chars("━╸─"));
    }
    new.set_message(what.to_owned());
    *bar = Some(new);
    Some(Work {
        begun: Instant::now(),
    })
}

/// Does work that should not take long. If it does, a line tells what is waited for, and how long already.
pub async fn awaited<F: Future>(what: String, work: F) -> F::Output {
    if !ENABLED.load(Ordering::Relaxed) {
        return work.await;
    }
    let mut work = pin!(work);
    if let Ok(out) = tokio::time::timeout(LONG, &mut work).await {
        return out;
    }
    let shown = made(&what, None, "{elapsed} {wide_msg}");
    if shown.is_some() {
        tick();
    }
    let out = work.await;
    drop(shown);
    out
}

/// Shows a line that tells the time by itself.
fn tick() {
    let bar = bar();
    let Some(bar) = &*bar else { return };
    SHOWN.store(true, Ordering::Relaxed);
    bar.set_elapsed(LONG);
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(Duration::from_secs(1));
}

impl Work {
    /// One more is done.
    pub fn step(&self) {
        let bar = bar();
        let Some(bar) = &*bar else { return };
        if self.begun.elapsed() > PATIENCE && !SHOWN.swap(true, Ordering::Relaxed) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.inc(1);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let ended = bar().take();
        if SHOWN.swap(false, Ordering::Relaxed)
            && let Some(bar) = ended
        {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::begin;

    #[test]
    fn where_nobody_looks_there_is_none() {
        assert!(begin("smd.group.add", 1000).is_none());
    }
}
