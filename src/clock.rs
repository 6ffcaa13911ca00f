//! Time as a value: what `wait`, caches, leases and token lifetimes run on.
//!
//! On a real target time passes by itself; on a lab it can be advanced. Request timeouts never use this: they are wall
//! time (tokio's own).
use crate::fault::Fault;
use jiff::Timestamp;
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
