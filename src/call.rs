//! What one call of a native carries along to the requests it makes: who asks, and whether it may change anything.
//!
//! Lua's side (`lua/sched.rs`) sets it around the native's future; the wire (`http`) and whatever else acts on the outside
//! world reads it. Work that a native spawns is a task of its own, and takes it along only with `carried`.
use std::{future::Future, sync::Arc};

/// One call of a native.
#[derive(Debug)]
pub struct Call {
    /// As the user calls it: `smd.group.add`.
    pub native: String,
    /// Declared to change something outside chami.
    pub writes: bool,
    /// The `trace` it was made within; 0: none.
    pub scope: u64,
}

tokio::task_local! {
    static CURRENT: Arc<Call>;
}

/// The call whose work this is; none in tests and in the lab's own tasks.
pub fn current() -> Option<Arc<Call>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// Does work on behalf of a call.
pub async fn within<F: Future>(call: Arc<Call>, work: F) -> F::Output {
    CURRENT.scope(call, work).await
}

/// The same work on behalf of the call that is at work now: for what is spawned.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let call = current();
    async move {
        match call {
            Some(call) => within(call, work).await,
            None => work.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn spawned_work_knows_its_call_only_when_it_is_carried() {
        let call = Arc::new(Call {
            native: "smd.group.add".into(),
            writes: true,
            scope: 0,
        });
        let name = || async { current().map(|call| call.native.clone()) };
        assert_eq!(name().await, None);
        let (bare, carried) = within(call, async {
            let bare = tokio::spawn(name()).await.expect("no panic");
            (bare, tokio::spawn(carried(name())).await.expect("no panic"))
        })
        .await;
        assert_eq!(bare, None);
        assert_eq!(carried.as_deref(), Some("smd.group.add"));
    }
}
