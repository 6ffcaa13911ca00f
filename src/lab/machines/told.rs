//! Answers in the words a person reads on the timeline.
use super::network::{Got, Lost};

/// What came back, for somebody who wanted a 200.
pub(super) fn answer(got: &Result<Got, Lost>) -> String {
    match got {
        Ok(got) if got.status == 200 => format!("{} bytes", got.bytes),
        Ok(got) => status(got.status),
        Err(lost) => lost.to_string(),
    }
}

pub(super) fn status(status: u16) -> String {
    let reason = axum::http::StatusCode::from_u16(status);
    let reason = reason.ok().and_then(|it| it.canonical_reason());
    match reason {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}

/// The words behind `key=` on a kernel's command line; the last one counts.
pub(super) fn argument<'a>(cmdline: &'a str, key: &str) -> Option<&'a str> {
    let words = cmdline.split_whitespace();
    let value = |word: &'a str| word.strip_prefix(key)?.strip_prefix('=');
    words.filter_map(value).next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_whole_words() {
        let line = "initrd=initrd root=live:http://h/r  ds=nocloud-net;s=http://h/c xname=x1 nid=1";
        assert_eq!(argument(line, "root"), Some("live:http://h/r"));
        assert_eq!(argument(line, "ds"), Some("nocloud-net;s=http://h/c"));
        assert_eq!(argument(line, "name"), None);
        assert_eq!(argument("a=1 a=2", "a"), Some("2"));
    }
}
