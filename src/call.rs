//! What one call of a native carries along to the requests it makes: who asks, whether it may change anything, how long
//! it waits.
//!
//! Lua's side (`lua/native.rs`) sets it around the native's future; the wire (`http`) and whatever else acts on the
//! outside world reads it. Work that a native spawns is a task of its own, and takes it along only with `carried`.
use crate::{
    fault::{Fault, Kind},
    gate::{self, Touched},
    secret,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// One call of a native.
#[derive(Debug, Default)]
pub struct Call {
    /// As the user calls it: `smd.group.add`.
    pub native: String,
    /// Declared to change something outside chami.
    pub writes: bool,
    /// The `trace` it was made within; 0: none.
    pub scope: u64,
    pub patience: Patience,
    /// A background job's: nobody watches how far it has come.
    pub behind: bool,
    /// More nodes than this it must not concern.
    pub max_nodes: Option<usize>,
    /// In plan mode, what would have been sent.
    pub plan: Option<Plan>,
}

/// How long a request is waited for, how often it is repeated, how many are under way at once; none: as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Patience {
    #[serde(deserialize_with = "span")]
    pub timeout: Option<Duration>,
    pub retries: Option<u32>,
    pub limit: Option<usize>,
}

fn span<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Duration>, D::Error> {
    Option::<crate::clock::Span>::deserialize(value).map(|span| span.map(|span| span.0))
}

impl Patience {
    /// These, and where nothing is said those.
    pub fn or(self, other: Self) -> Self {
        Self {
            timeout: self.timeout.or(other.timeout),
            retries: self.retries.or(other.retries),
            limit: self.limit.or(other.limit),
        }
    }
}

/// A request that was not sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Planned {
    pub method: String,
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        match &self.payload {
            Some(payload) => write!(f, " {payload}"),
            None => Ok(()),
        }
    }
}

/// The requests that were not sent, in order.
#[derive(Debug, Default)]
pub struct Plan {
    list: Mutex<Vec<Planned>>,
    /// Told each as it comes.
    tell: Option<fn(&str)>,
}

impl Plan {
    pub fn new(tell: Option<fn(&str)>) -> Self {
        Self {
            list: Mutex::default(),
            tell,
        }
    }

    pub fn add(&self, request: Planned) {
        if let Some(tell) = self.tell {
            tell(&format!("plan: {}", secret::hide(&request.to_string())));
        }
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(request);
    }

    /// What was planned; a second time nothing.
    pub fn take(&self) -> Vec<Planned> {
        std::mem::take(&mut *self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }
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

/// Refuses the call at work if it concerns more nodes than allowed: for what only shows when a file has been read.
pub fn concerns(nodes: usize) -> Result<(), Fault> {
    match current() {
        Some(call) if call.writes => match call.max_nodes {
            Some(most) => gate::within(&call.native, Touched::Some(nodes), most),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A step of several: in a plan its failure is no failure, since it may only miss what was not sent, and the next ones
/// are to be seen as well.
pub fn whole<T: Default>(step: Result<T, Fault>) -> Result<T, Fault> {
    let planned = current().is_some_and(|call| call.plan.is_some());
    if planned && !refused(&step) {
        return Ok(step.unwrap_or_default());
    }
    step
}

/// Whether something was refused before anything was sent.
pub fn refused<T>(step: &Result<T, Fault>) -> bool {
    let kind = step.as_ref().err().map(|fault| fault.kind);
    matches!(kind, Some(Kind::BadArgument | Kind::Refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writing() -> Call {
        Call {
            native: "smd.group.add".into(),
            writes: true,
            ..Call::default()
        }
    }

    #[tokio::test]
    async fn spawned_work_knows_its_call_only_when_it_is_carried() {
        let name = || async { current().map(|call| call.native.clone()) };
        assert_eq!(name().await, None);
        let (bare, carried) = within(Arc::new(writing()), async {
            let bare = tokio::spawn(name()).await.expect("no panic");
            (bare, tokio::spawn(carried(name())).await.expect("no panic"))
        })
        .await;
        assert_eq!(bare, None);
        assert_eq!(carried.as_deref(), Some("smd.group.add"));
    }

    #[tokio::test]
    async fn a_call_may_learn_late_that_it_concerns_too_many() {
        let call = Call {
            max_nodes: Some(3),
            ..writing()
        };
        assert!(concerns(4).is_ok());
        within(Arc::new(call), async {
            assert!(concerns(3).is_ok());
            assert!(concerns(4).is_err());
        })
        .await;
    }

    #[test]
    fn what_is_said_nearer_to_the_call_counts() {
        let near: Patience = serde_json::from_str(r#"{"timeout":"5s"}"#).expect("read");
        let far = Patience {
            timeout: Some(Duration::from_secs(60)),
            retries: Some(4),
            limit: None,
        };
        let both = near.or(far);
        assert_eq!(both.timeout, Some(Duration::from_secs(5)));
        assert_eq!(both.retries, Some(4));
    }
}
