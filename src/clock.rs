//! Time as a value: what `wait`, caches, leases and token lifetimes run on.
//!
//! On a real target time passes by itself; on a lab it can be advanced. Request timeouts never use this: they are wall
//! time (tokio's own).
use crate::fault::Fault;
use jiff::{SignedDuration, Timestamp};
use std::{future::Future, pin::Pin, time::Duration};

/// A future that can be stored: the result of a trait method that waits.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub trait Clock: Send + Sync {
    /// The present moment on this clock.
    fn now(&self) -> Timestamp;
    /// Returns once `span` has passed on this clock and all work that fell due meanwhile is finished.
    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>>;
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
            tokio::time::sleep(span).await;
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
