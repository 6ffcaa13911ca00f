//! The journal of writes, and the way back, for `journal` and `undo`.
use super::{Builtin, Context};
use crate::{
    fault::Fault,
    journal::{Filter, Journal, Options},
    lua::Natives,
};
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "journal",
    natives,
};

fn natives(n: &mut Natives, context: &Context) {
    let journal = Arc::clone(&context.journal);
    n.read("list", move |(filter,): (Option<Filter>,)| {
        let journal = Arc::clone(&journal);
        read(journal, move |journal| {
            journal.list(&filter.unwrap_or_default())
        })
    });
    let journal = Arc::clone(&context.journal);
    n.read("get", move |(id,): (u64,)| {
        read(Arc::clone(&journal), move |journal| journal.get(id))
    });
    let journal = Arc::clone(&context.journal);
    // It keeps its own entry.
    n.write(
        "undo",
        move |(id, options): (Option<u64>, Option<Options>)| {
            Arc::clone(&journal).undo(id, options.unwrap_or_default())
        },
    );
}

async fn read<T: Send + 'static>(
    journal: Arc<Journal>,
    work: impl FnOnce(&Journal) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    super::fs::off(move || work(&journal)).await
}
