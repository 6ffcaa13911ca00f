//! What tests of whole processes set from outside, by environment, because it cannot be waited for: a journal that has
//! grown long, a machine whose clock was set. No user needs any of it.
use jiff::{SignedDuration, Timestamp};
use std::{env, fs, path::PathBuf, sync::LazyLock};

/// `CHAMI_LAB_JOURNAL`: so many bytes are a long journal.
pub(super) fn journal_limit() -> Option<u64> {
    env::var("CHAMI_LAB_JOURNAL").ok()?.parse().ok()
}

/// The machine's clock; `CHAMI_LAB_WALL` names a file with the seconds it is wrong by.
pub(super) fn wall() -> Timestamp {
    static WRONG: LazyLock<Option<PathBuf>> =
        LazyLock::new(|| env::var_os("CHAMI_LAB_WALL").map(PathBuf::from));
    let now = Timestamp::now();
    let wrong = WRONG
        .as_ref()
        .and_then(|path| fs::read_to_string(path).ok());
    let seconds = wrong.and_then(|text| text.trim().parse().ok());
    let span = SignedDuration::from_secs(seconds.unwrap_or(0));
    now.checked_add(span).unwrap_or(now)
}
