//! Writes that are journaled: each says what it touches, or why nobody can take it back.
use super::native::{Args, Natives};
use crate::{fault::Fault, journal::Scope};
use serde::Serialize;
use std::{future::Future, sync::Arc};

impl Natives<'_> {
    /// Whose records the writes that follow touch: a name the journal knows a house by.
    pub fn house(&mut self, name: &'static str) {
        self.house = name;
    }

    /// Declares a native that changes records: `scope` says which, from the arguments.
    pub fn change<A, R, F, S>(
        &mut self,
        name: &'static str,
        scope: impl Fn(&A) -> S + 'static,
        call: impl Fn(A) -> F + 'static,
    ) where
        A: Args,
        R: Serialize + Send + 'static,
        F: Future<Output = Result<R, Fault>> + Send + 'static,
        S: Into<Scope>,
    {
        let (journal, house) = (Arc::clone(self.journal()), self.house);
        self.write(name, move |args: A| {
            let scope = scope(&args).into();
            Arc::clone(&journal).around(house, scope, call(args))
        });
        self.mark_journaled();
    }

    /// Declares a native whose changes no API takes back, for this reason; they are journaled all the same.
    pub fn one_way<A, R, F>(
        &mut self,
        name: &'static str,
        reason: &'static str,
        call: impl Fn(A) -> F + 'static,
    ) where
        A: Args,
        R: Serialize + Send + 'static,
        F: Future<Output = Result<R, Fault>> + Send + 'static,
    {
        self.change(name, move |_: &A| Scope::OneWay(reason), call);
    }
}
