//! The Lua VM; knows no service.
pub mod complete;
pub mod docs;
pub mod help;
pub mod inspect;
pub mod shape;

use crate::fault::Fault;
use serde::Serialize;
use std::{future::Future, marker::PhantomData};

/// The natives of one module, as its facade receives them.
pub struct Natives<'lua> {
    marker: PhantomData<&'lua ()>,
}

/// Arguments of a native: a tuple of deserialisable values.
pub trait Args: Sized + 'static {}

impl Natives<'_> {
    /// Declares a native that only reads.
    pub fn read<A, R, F>(&mut self, _name: &'static str, _call: impl Fn(A) -> F + 'static)
    where
        A: Args,
        R: Serialize + Send + 'static,
        F: Future<Output = Result<R, Fault>> + Send + 'static,
    {
    }

    /// Declares a native that changes something outside chami.
    pub fn write<A, R, F>(&mut self, _name: &'static str, _call: impl Fn(A) -> F + 'static)
    where
        A: Args,
        R: Serialize + Send + 'static,
        F: Future<Output = Result<R, Fault>> + Send + 'static,
    {
    }

    /// Declares a native that does no I/O and answers at once, on Lua's own thread.
    pub fn sync<A, R>(
        &mut self,
        _name: &'static str,
        _call: impl Fn(A) -> Result<R, Fault> + 'static,
    ) where
        A: Args,
        R: Serialize,
    {
    }
}
