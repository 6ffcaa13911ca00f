//! The token that a session was given while it lasts, and how the next one is got when it has ended.
use super::{Answer, Http, denied};
use crate::{call, clock::Pending, fault::Fault, jwt::Jwt};
use jiff::Timestamp;
use std::{
    fmt,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::OwnedMutexGuard;

/// Gets the token that follows.
pub type Renew = Arc<dyn Fn() -> Pending<'static, Result<Pass, Fault>> + Send + Sync>;

/// A token of the session's own in place of the target's.
#[derive(Clone)]
pub struct Pass {
    pub token: String,
    /// None: with its token it ends.
    pub renew: Option<Renew>,
}

/// A token is never shown, not even to a developer.
impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").finish_non_exhaustive()
    }
}

#[derive(Default)]
pub(super) struct Purse {
    pass: Mutex<Option<Pass>>,
    /// One login or renewal at a time: a refresh token is good once, and what was asked for last counts.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Whether the user was told that the token ends.
    warned: AtomicBool,
}

impl Purse {
    pub(super) fn pass(&self) -> Option<Pass> {
        let pass = self.pass.lock();
        pass.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, pass: Pass) {
        let kept = self.pass.lock();
        *kept.unwrap_or_else(PoisonError::into_inner) = Some(pass);
    }
}

impl Http {
    /// Gets a token by which the session goes from now on; the target's own counts no more.
    pub async fn login(
        &self,
        get: impl Future<Output = Result<Pass, Fault>> + Send + 'static,
    ) -> Result<(), Fault> {
        let turn = self.shared.purse.turn.clone().lock_owned().await;
        self.fill(turn, get).await
    }

    /// Gets a pass and keeps it, to the end, though the caller stop waiting meanwhile: what it is got with is used up.
    async fn fill(
        &self,
        turn: OwnedMutexGuard<()>,
        get: impl Future<Output = Result<Pass, Fault>> + Send + 'static,
    ) -> Result<(), Fault> {
        let shared = self.shared.clone();
        let work = tokio::spawn(call::carried(async move {
            let _turn = turn;
            shared.purse.keep(get.await?);
            Ok(())
        }));
        let ended = |error| Err(Fault::internal(format!("getting a token ended: {error}")));
        work.await.unwrap_or_else(ended)
    }

    /// Gets the next token now, whether or not this one has ended. False: the session has none that can be renewed.
    pub async fn renew(&self) -> Result<bool, Fault> {
        let turn = self.shared.purse.turn.clone().lock_owned().await;
        let Some(renew) = self.shared.purse.pass().and_then(|pass| pass.renew) else {
            return Ok(false);
        };
        self.fill(turn, renew()).await?;
        Ok(true)
    }

    /// After a refusal of `used`: whether there is another token now to try with.
    pub(super) async fn renewed(&self, answer: &Answer, used: Option<&str>) -> Result<bool, Fault> {
        let (Some(used), Some(_)) = (used, self.shared.purse.pass()) else {
            return Ok(false);
        };
        let turn = self.shared.purse.turn.clone().lock_owned().await;
        let Some(pass) = self.shared.purse.pass().filter(|pass| pass.token == used) else {
            return Ok(true);
        };
        let now = denied::date(answer).unwrap_or_else(Timestamp::now);
        let end = Jwt::read(used).and_then(|jwt| jwt.time("exp"));
        // On a tape no token tells its end: what was done then stands there.
        let plays = self.shared.options.play.is_some();
        let Some(renew) = pass.renew else {
            return Ok(false);
        };
        if !plays && end.is_none_or(|end| now < end) {
            return Ok(false);
        }
        match self.fill(turn, renew()).await {
            Ok(()) => Ok(true),
            Err(fault) if plays && fault.service.as_deref() == Some("tape") => Ok(false),
            Err(mut fault) => {
                let why = &fault.message;
                fault.message = format!("the token has ended, and no other came: {why}");
                Err(fault)
            }
        }
    }

    /// Whether the session goes by a token of its own in place of the target's.
    pub(super) fn logged_in(&self) -> bool {
        self.shared.purse.pass().is_some()
    }

    /// The session's token, wherever it comes from; starts a lab that is not yet running.
    pub async fn token(&self) -> Result<Option<String>, Fault> {
        match self.shared.purse.pass() {
            Some(pass) => Ok(Some(pass.token)),
            None => Ok(self.shared.locate.base().await?.token),
        }
    }

    /// When the session's token ends, if it cannot renew itself and says so. Starts nothing.
    pub fn ends(&self) -> Option<Timestamp> {
        if let Some(pass) = self.shared.purse.pass() {
            let ends = pass.renew.is_none().then(|| Jwt::read(&pass.token));
            return ends??.time("exp");
        }
        let base = self.shared.locate.at_hand().filter(|base| !base.is_lab())?;
        Jwt::read(base.token.as_deref()?)?.time("exp")
    }

    /// Whether nobody was told yet that the token ends; from now on somebody was.
    pub fn warn_once(&self) -> bool {
        !self.shared.purse.warned.swap(true, Ordering::Relaxed)
    }
}
