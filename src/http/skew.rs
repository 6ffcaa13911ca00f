//! This machine's clock against the gateway's: what is out of date by the one may be in time by the other.
use super::{Base, Shared, wire};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::Url;
use std::time::Duration;

/// Clocks that nobody sets differ by seconds; certificates and tokens notice no less than that.
const NOTICED: SignedDuration = SignedDuration::from_mins(1);
/// It is only a hint: nobody waits long for it.
const PATIENCE: Duration = Duration::from_secs(3);

/// How far this machine's clock is from the one that wrote `date`, in words; None where they agree.
pub(super) fn told(date: &str) -> Option<String> {
    let theirs = rfc2822::parse(date).ok()?.timestamp();
    apart(Timestamp::now().duration_since(theirs))
}

fn apart(ahead: SignedDuration) -> Option<String> {
    if ahead.abs() < NOTICED {
        return None;
    }
    let minutes = (ahead.abs().as_secs() + 30) / 60;
    let span = match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    };
    let side = if ahead.is_positive() {
        "ahead of"
    } else {
        "behind"
    };
    Some(format!(
        "this machine's clock is {span} {side} the gateway's: set the wrong one right (timedatectl shows it)"
    ))
}

/// Asks a gateway whose certificate is out of date for its clock: believing nothing, telling nothing, without a token.
pub(super) async fn ask(shared: &Shared, url: &Url, base: &Base) -> Option<String> {
    let mut root = url.clone();
    root.set_path("/");
    root.set_query(None);
    // Whoever stands between would be told a password that the URL holds. Neither fails for a URL with a host.
    let _ = root.set_username("");
    let _ = root.set_password(None);
    let wire = wire::blind(shared, url, base).ok()?;
    let answer = wire.head(root).timeout(PATIENCE).send().await.ok()?;
    told(answer.headers().get("date")?.to_str().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_in_minutes() {
        let said = |seconds| apart(SignedDuration::from_secs(seconds)).unwrap_or_default();
        assert_eq!(said(-59), "");
        assert!(
            said(3601).contains("clock is 1 h ahead of"),
            "{}",
            said(3601)
        );
        assert!(said(-5400).contains("1 h 30 min behind"), "{}", said(-5400));
        assert!(said(125).contains("2 min ahead"), "{}", said(125));
        assert_eq!(told("yesterday"), None);
        assert!(told("Thu, 01 Jan 2015 00:00:00 GMT").is_some());
    }
}
