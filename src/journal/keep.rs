//! A write, from before its first request to what it left.
use super::{
    Journal, Picture, Records, Scope, Touch,
    entry::{After, Begun, Ended},
};
use crate::{
    call,
    fault::{Fault, Kind},
    secret,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    future::Future,
    process,
    sync::{Arc, LazyLock},
};

/// What is special about an entry.
#[derive(Default)]
pub(super) struct Manner {
    pub(super) call: Option<String>,
    pub(super) undoes: Option<u64>,
}

/// What was seen around a write.
pub(super) struct Seen<R> {
    pub(super) id: u64,
    pub(super) out: R,
    /// The records as they are now; None: nobody could look.
    pub(super) now: Option<Picture>,
}

impl Journal {
    /// Does the work of a write and keeps what it did.
    pub async fn around<R>(
        self: Arc<Self>,
        house: &'static str,
        scope: Scope,
        work: impl Future<Output = Result<R, Fault>>,
    ) -> Result<R, Fault> {
        let (touches, one_way) = match scope {
            Scope::Touches(touches) => (touches, None),
            Scope::OneWay(reason) => (Vec::new(), Some(reason.to_owned())),
        };
        let nothing = one_way.is_none() && touches.iter().all(Touch::is_nothing);
        // What is only planned leaves nothing to keep.
        if nothing || self.shelf.is_off() || planned() {
            return work.await;
        }
        let begun = self.begun(house, touches, one_way, Manner::default());
        let kind = |out: &Result<R, Fault>, _: Option<&Picture>| out.as_ref().err().map(|f| f.kind);
        self.watch(begun, work, kind).await?.out
    }

    pub(super) fn begun(
        &self,
        house: &str,
        touches: Vec<Touch>,
        one_way: Option<String>,
        manner: Manner,
    ) -> Begun {
        let native = || call::current().map(|call| call.native.clone());
        Begun {
            begun: 0,
            at: format!("{:.0}", self.clock.now()),
            user: self.user.clone(),
            pid: process::id(),
            since: born(process::id()).unwrap_or_default(),
            target: self.target.clone(),
            call: manner
                .call
                .or_else(native)
                .unwrap_or_else(|| house.to_owned()),
            house: house.to_owned(),
            touches,
            before: Picture::new(),
            hidden: Vec::new(),
            one_way,
            undoes: manner.undoes,
        }
    }

    /// Looks, keeps, works, looks again, keeps. Fails only before the work has begun.
    pub(super) async fn watch<R>(
        self: &Arc<Self>,
        mut begun: Begun,
        work: impl Future<Output = Result<R, Fault>>,
        verdict: impl FnOnce(&Result<R, Fault>, Option<&Picture>) -> Option<Kind>,
    ) -> Result<Seen<Result<R, Fault>>, Fault> {
        let before = self.look_first(&mut begun).await?;
        let (house, touches) = (begun.house.clone(), begun.touches.clone());
        begun.touches = self.veil.touches(&touches);
        (begun.before, begun.hidden) = self.veil.picture(&before);
        let mut ticket = self.ticket(begun).await?;
        ticket.worked = true;
        let out = work.await;
        let now = match out.as_ref().err().map(|fault| fault.kind) {
            // Nothing was sent, or it was refused at the door.
            Some(Kind::BadArgument | Kind::Unauthorized | Kind::Forbidden) => Some(before.clone()),
            // Who is not there cannot be asked.
            Some(Kind::Unreachable | Kind::Timeout | Kind::Tls) => None,
            _ => self.picture(&house, &touches).await.ok(),
        };
        let (id, outcome) = (ticket.id, verdict(&out, now.as_ref()));
        let changed = now
            .as_ref()
            .map(|now| self.differences(&house, &before, now));
        ticket.end(outcome, changed).await;
        Ok(Seen { id, out, now })
    }

    /// The records before the write, as far as they can be had.
    async fn look_first(&self, begun: &mut Begun) -> Result<Picture, Fault> {
        match self.picture(&begun.house, &begun.touches).await {
            Ok(picture) => Ok(picture),
            Err(fault) => match fault.kind {
                Kind::Unreachable
                | Kind::Timeout
                | Kind::Tls
                | Kind::Unauthorized
                | Kind::Forbidden
                | Kind::BadArgument => Err(fault),
                _ => {
                    let reason = format!("what stood there could not be read: {}", fault.message);
                    begun
                        .one_way
                        .get_or_insert(secret::hide(&reason).into_owned());
                    begun.touches.clear();
                    Ok(Picture::new())
                }
            },
        }
    }

    /// The records of all that is touched, with one list call for each.
    pub(super) async fn picture(&self, house: &str, touches: &[Touch]) -> Result<Picture, Fault> {
        let mut picture = Picture::new();
        if touches.is_empty() {
            return Ok(picture);
        }
        let images = self.images(house)?;
        for touch in touches.iter().filter(|touch| !touch.is_nothing()) {
            let records = images.image(touch).await?;
            picture
                .entry(touch.resource.clone())
                .or_default()
                .extend(records);
        }
        Ok(picture)
    }

    /// What is not as it was, as it is now. Of ten thousand records most are as they were: those cost a look.
    fn differences(&self, house: &str, before: &Picture, now: &Picture) -> After {
        let images = self.images(house).ok();
        let kept = |value: &Value| {
            let (value, _) = self.veil.record(value);
            match &images {
                Some(images) => images.lean(value),
                None => value,
            }
        };
        let none = Records::new();
        let mut after = After::new();
        let resources: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        for resource in resources {
            let (old, new) = (
                before.get(resource).unwrap_or(&none),
                now.get(resource).unwrap_or(&none),
            );
            let mut changed = BTreeMap::new();
            let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for id in ids {
                let (was, is) = (old.get(id), new.get(id));
                if was == is {
                    continue;
                }
                let is = is.map(kept);
                if was.map(kept) != is {
                    let name = self.veil.name(id).into_owned();
                    changed.insert(name, is.unwrap_or(Value::Null));
                }
            }
            if !changed.is_empty() {
                after.insert(resource.clone(), changed);
            }
        }
        after
    }

    /// Keeps the first half. On a lab a write goes on without.
    async fn ticket(self: &Arc<Self>, mut begun: Begun) -> Result<Ticket, Fault> {
        let journal = Arc::clone(self);
        // Whoever waits for it may give up meanwhile: then it is dropped over there, and ends its entry.
        let kept = off(move || {
            journal.shelf.begin(&mut begun, journal.real)?;
            Ok(Ticket::of(journal, Some(begun.begun)))
        })
        .await;
        match kept {
            Ok(ticket) => Ok(ticket),
            Err(fault) if self.real => Err(Fault {
                message: format!("{}; nothing was sent", fault.message),
                ..fault
            }),
            Err(fault) => {
                self.tell(&fault);
                Ok(Ticket::of(Arc::clone(self), None))
            }
        }
    }

    /// Notes for the user that something was not kept.
    fn tell(&self, fault: &Fault) {
        let hint = fault.hint.as_deref().unwrap_or_default();
        self.notice.get_or_init(|| {
            format!(
                "writes of this session are not kept: {} ({hint})",
                fault.message
            )
        });
    }
}

/// An entry whose second half is missing; dropping it says that the write was broken off.
struct Ticket {
    journal: Arc<Journal>,
    id: u64,
    open: bool,
    /// Whether the work was begun at all.
    worked: bool,
}

impl Ticket {
    fn of(journal: Arc<Journal>, id: Option<u64>) -> Self {
        Self {
            journal,
            id: id.unwrap_or_default(),
            open: id.is_some(),
            worked: false,
        }
    }

    async fn end(mut self, outcome: Option<Kind>, after: Option<After>) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let ended = Ended {
            ended: self.id,
            outcome: outcome.map_or("ok", Kind::name).to_owned(),
            after,
        };
        let journal = Arc::clone(&self.journal);
        let kept = off(move || journal.shelf.end(ended, journal.real)).await;
        // The write is done, whatever can be said of it.
        if let Err(fault) = kept {
            self.journal.tell(&fault);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.open {
            let ended = Ended {
                ended: self.id,
                outcome: Kind::Interrupted.name().to_owned(),
                after: (!self.worked).then(After::new),
            };
            // Without it the entry is unknown, which is as true.
            let _ = self.journal.shelf.end(ended, false);
        }
    }
}

/// Whether the call at work is not to change anything.
pub(super) fn planned() -> bool {
    call::current().is_some_and(|call| call.plan.is_some())
}

/// File work, on a thread that may wait for the disk and for the lock.
async fn off<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| {
        Err(Fault::internal(format!(
            "the journal's work ended early: {e}"
        )))
    })
}

/// When a process began, in the system's ticks; none: it is gone, or the system does not tell.
pub(super) fn born(pid: u32) -> Option<u64> {
    static OURS: LazyLock<Option<u64>> = LazyLock::new(|| read(process::id()));
    fn read(pid: u32) -> Option<u64> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field, a name in parentheses, may hold anything.
        let (_, fields) = stat.rsplit_once(')')?;
        fields.split_whitespace().nth(19)?.parse().ok()
    }
    if pid == process::id() {
        *OURS
    } else {
        read(pid)
    }
}
