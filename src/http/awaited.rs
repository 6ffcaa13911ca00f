//! An answer that lets one wait: who sits before it is told what for.
use crate::{call, progress};
use std::future::Future;

/// Sends on behalf of a call. A background job's says nothing, and neither does what the editor asks while one types.
pub(super) async fn awaited<F: Future>(line: &str, sending: F) -> F::Output {
    if call::current().is_some_and(|call| !call.behind) {
        let what = format!("waiting for {line} (Ctrl-C gives up)");
        progress::awaited(what, sending).await
    } else {
        sending.await
    }
}
