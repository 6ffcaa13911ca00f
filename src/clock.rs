//! Time as a value: what `wait`, caches, leases and token lifetimes run on.
//!
//! On a real target time passes by itself; on a lab it can be advanced. Request timeouts never use this: they are wall
//! time (tokio's own).
use crate::fault::Fault;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, de};
use std::{fmt, future::Future, pin::Pin, time::Duration};

/// A future that can be stored: the result of a trait method that waits.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub trait Clock: Send + Sync {
    /// The present moment on this clock.
    fn now(&self) -> Timestamp;
    /// Returns once `span` has passed on this clock and all work that fell due meanwhile is finished.
    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>>;
    /// Whether `sleep` makes time pass instead of waiting for it: then several sleepers must take turns.
    fn jumps(&self) -> bool {
        false
    }
}

/// The clock on the wall.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            // tokio's timer counts in whole milliseconds, and nothing is nothing.
            if !span.is_zero() {
                tokio::time::sleep(span).await;
            }
            Ok(())
        })
    }
}

/// A span as users write it: `"90s"`, `"1.5h"`, `"2m 30s"`.
pub fn duration(text: &str) -> Result<Duration, Fault> {
    let span: Option<SignedDuration> = text.trim().parse().ok();
    span.and_then(|span| Duration::try_from(span).ok())
        .ok_or_else(|| {
            Fault::bad_argument(format!("\"{text}\" is no span of time"))
                .hint("a number and its unit, such as \"90s\", \"5m\", \"1h 30m\" or \"500ms\"")
        })
}

/// A span of time as users write it: `"90s"`, `"1m30s"`, `"500ms"`, or a number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl de::Visitor<'_> for Read {
            type Value = Span;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a duration such as \"90s\" or \"1m30s\"")
            }

            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Span, E> {
                Duration::try_from_secs_f64(seconds)
                    .map(Span)
                    .map_err(|_| E::invalid_value(de::Unexpected::Float(seconds), &self))
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Span, E> {
                u64::try_from(seconds)
                    .map(|seconds| Span(Duration::from_secs(seconds)))
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(seconds), &self))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Span, E> {
                Ok(Span(Duration::from_secs(seconds)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
                let span = duration(text).map_err(|fault| E::custom(fault.message))?;
                Ok(Span(span))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_written() {
        let read = |text: &str| serde_json::from_str::<Span>(text).map(|span| span.0).ok();
        assert_eq!(read("\"90s\""), Some(Duration::from_secs(90)));
        assert_eq!(read("\"1m30s\""), Some(Duration::from_secs(90)));
        assert_eq!(read("\"500ms\""), Some(Duration::from_millis(500)));
        assert_eq!(read("0.25"), Some(Duration::from_millis(250)));
        assert_eq!(read("3"), Some(Duration::from_secs(3)));
        for wrong in ["-1", "\"-1s\"", "\"soon\"", "\"5\"", "true", "1e300"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
