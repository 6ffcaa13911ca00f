//! The lab: a simulated head node that belongs to the user.
//!
//! The first process that needs a lab takes a lock on its state, serves it on loopback and says where in a json file;
//! later ones attach; when the owner ends the next takes over, on the same ports. A private lab (`fresh`) has its own
//! state, and ends with its process. What is simulated is the services' own business (`services/*/lab.rs`); here is the
//! house they live in: state on disk, time, tokens, TLS, gateway, the machines that boot from it (`machines`), and the
//! control API that drives all this.
mod card;
mod clock;
mod control;
mod diff;
mod dirs;
mod gateway;
mod guest;
mod host;
mod house;
mod kept;
mod keys;
mod labs;
mod machines;
mod nodes_file;
mod options;
mod page;
mod persist;
mod problem;
mod remote;
mod seams;
mod seat;
mod serve;
mod status;
#[cfg(test)]
mod tests;
mod tidy;
mod tls;
mod token;
mod tutorial;
mod wall;
mod wire;

pub use crate::world::{Machine, Machines};
pub use diff::{Change, Difference};
pub use dirs::Dirs;
pub use labs::Listed;
pub use machines::{Condition, Node, Ran, Stored, Timeline};
pub(crate) use machines::{HEAD, S3};
pub use nodes_file::machines;
pub use options::{Listen, Options};
pub use page::{Shown, Tick};
pub use remote::{BootstrapOrder, Control, Say};
pub use serve::{Served, serve};
pub use status::{Snapshot, Status, Time};
pub(crate) use tls::HOST;
pub use token::Order;
pub use wire::address_of;

use crate::{
    clock::{Clock, Pending},
    fault::{Fault, Kind},
    http::{Base, Locate},
};
use jiff::{SignedDuration, Timestamp};
use seat::{Seat, Table};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A token is renewed this long before it ends.
const MARGIN: SignedDuration = SignedDuration::from_secs(300);

/// A handle on one lab; cheap to make and to clone. Nothing starts before the first use, which must be within tokio.
#[derive(Clone)]
pub struct Lab {
    shared: Arc<Shared>,
}

struct Shared {
    table: Arc<Table>,
    pass: Mutex<Option<Pass>>,
    ear: remote::Ear,
}

/// The shell's token, and when it ends on the lab's clock.
#[derive(Clone)]
struct Pass {
    token: String,
    end: Timestamp,
}

impl Lab {
    pub fn new(options: Options) -> Self {
        Self {
            shared: Arc::new(Shared {
                table: Arc::new(Table::new(options)),
                pass: Mutex::default(),
                ear: remote::Ear::default(),
            }),
        }
    }

    /// What the user should know about how the lab was found: damage that was mended.
    pub fn notice(&self) -> Option<String> {
        match &*self.shared.table.seat()? {
            Seat::Owner(host) => host.house.notice().map(str::to_owned),
            Seat::Guest(_) => None,
        }
    }

    /// Whether some process has it, without starting it.
    pub fn is_running(&self) -> Result<bool, Fault> {
        self.shared.table.is_taken()
    }

    /// Where its state is kept; none for a private lab.
    pub fn state(&self) -> Result<Option<PathBuf>, Fault> {
        self.shared.table.state()
    }

    /// Ends it, if this process is the owner: everything is brought to the disk, and the next process takes over.
    pub fn close(&self) -> Result<(), Fault> {
        self.shared.table.leave()
    }

    /// Who listens to what happens in it.
    fn ear(&self) -> &remote::Ear {
        &self.shared.ear
    }

    /// Tells no more of what happens in it; whether anybody was told.
    pub fn hush(&self) -> bool {
        self.ear().close()
    }

    /// The gateway's URL and the secret of the control API.
    async fn back_door(&self) -> Result<Base, Fault> {
        let seat = self.shared.table.take().await?;
        let card = seat.card();
        crate::secret::register(&card.secret);
        Ok(card.base(Some(card.secret.clone())))
    }

    /// The gateway's URL and a token. An owner that went away meanwhile is made up for: nothing has been asked of it yet.
    async fn front_door(&self, seat: Arc<Seat>) -> Result<Base, Fault> {
        let url = &seat.card().http;
        match self.token(&seat).await {
            Err(fault) if fault.kind == Kind::Unreachable && matches!(*seat, Seat::Guest(_)) => {
                let seat = self.shared.table.take_again(url).await?;
                Ok(seat.card().base(self.token(&seat).await?))
            }
            token => Ok(seat.card().base(token?)),
        }
    }

    /// A token that is good for a while yet.
    async fn token(&self, seat: &Seat) -> Result<Option<String>, Fault> {
        if let Seat::Owner(host) = seat
            && !host.house.config.auth
        {
            return Ok(None);
        }
        let now = seat.now();
        if let Some(pass) = self.pass()
            && now.checked_add(MARGIN).is_ok_and(|soon| soon < pass.end)
        {
            return Ok(Some(pass.token));
        }
        let token = seat.token(token::LIFETIME).await?;
        let lifetime = SignedDuration::from_secs_f64(token::LIFETIME);
        *self
            .shared
            .pass
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Pass {
            token: token.clone(),
            end: now.checked_add(lifetime).unwrap_or(now),
        });
        Ok(Some(token))
    }

    fn pass(&self) -> Option<Pass> {
        let pass = self.shared.pass.lock();
        pass.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Locate for Lab {
    fn base(&self) -> Pending<'_, Result<Base, Fault>> {
        Box::pin(async {
            let seat = self.shared.table.take().await?;
            self.front_door(seat).await
        })
    }

    fn at_hand(&self) -> Option<Base> {
        let seat = self.shared.table.seat()?;
        Some(seat.card().base(self.pass().map(|pass| pass.token)))
    }

    fn again<'a>(&'a self, stale: &'a Base) -> Pending<'a, Result<Option<Base>, Fault>> {
        Box::pin(async {
            let seat = self.shared.table.take_again(&stale.url).await?;
            self.front_door(seat).await.map(Some)
        })
    }
}

impl Clock for Lab {
    fn now(&self) -> Timestamp {
        self.shared.table.now()
    }

    /// Makes `span` pass in the lab.
    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            match &*self.shared.table.take().await? {
                Seat::Owner(host) => {
                    host.house.advance(span).await?;
                    if self.ear().is_open() {
                        Control::new(self.clone()).catch_up().await;
                    }
                    Ok(())
                }
                Seat::Guest(_) => Control::new(self.clone()).advance(span).await.map(|_| ()),
            }
        })
    }

    fn jumps(&self) -> bool {
        true
    }
}
