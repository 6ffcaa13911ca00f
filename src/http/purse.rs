//! The token that a session was given while it lasts, and how the next one is got when it has ended.
use super::{Answer, Http, denied};
use crate::{clock::Pending, fault::Fault, jwt::Jwt};
use jiff::Timestamp;
use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Gets the token that follows.
pub type Renew = Arc<dyn Fn() -> Pending<'static, Result<Pass, Fault>> + Send + Sync>;

/// A token of the session's own in place of the target's.
#[derive(Clone)]
pub struct Pass {
    pub token: String,
    pub renew: Renew,
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
    /// One renewal at a time: a refresh token is good once.
    turn: tokio::sync::Mutex<()>,
    /// Whether the user was told that the token ends.
    warned: AtomicBool,
}

impl Purse {
    pub(super) fn pass(&self) -> Option<Pass> {
        let pass = self.pass.lock();
        pass.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Http {
    /// From now on the session goes by this token; the target's own counts no more.
    pub fn keep(&self, pass: Pass) {
        let kept = self.shared.purse.pass.lock();
        *kept.unwrap_or_else(PoisonError::into_inner) = Some(pass);
    }

    /// Gets the next token now, whether or not this one has ended. False: the session has none that can be renewed.
    pub async fn renew(&self) -> Result<bool, Fault> {
        let _turn = self.shared.purse.turn.lock().await;
        let Some(pass) = self.shared.purse.pass() else {
            return Ok(false);
        };
        self.keep((pass.renew)().await?);
        Ok(true)
    }

    /// After a refusal of `used`: whether there is another token now to try with.
    pub(super) async fn renewed(&self, answer: &Answer, used: Option<&str>) -> Result<bool, Fault> {
        let (Some(used), Some(_)) = (used, self.shared.purse.pass()) else {
            return Ok(false);
        };
        let _turn = self.shared.purse.turn.lock().await;
        let Some(pass) = self.shared.purse.pass().filter(|pass| pass.token == used) else {
            return Ok(true);
        };
        let now = denied::date(answer).unwrap_or_else(Timestamp::now);
        let end = Jwt::read(used).and_then(|jwt| jwt.time("exp"));
        if end.is_none_or(|end| now < end) {
            return Ok(false);
        }
        let next = (pass.renew)().await.map_err(|mut fault| {
            fault.message = format!("the token has ended, and no other came: {}", fault.message);
            fault
        })?;
        self.keep(next);
        Ok(true)
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
        if self.shared.purse.pass().is_some() {
            return None;
        }
        let base = self.shared.locate.at_hand().filter(|base| !base.is_lab())?;
        Jwt::read(base.token.as_deref()?)?.time("exp")
    }

    /// Whether nobody was told yet that the token ends; from now on somebody was.
    pub fn warn_once(&self) -> bool {
        !self.shared.purse.warned.swap(true, Ordering::Relaxed)
    }
}
