//! The machines as they run: what a node does from the moment it is switched on until SMD says that it is ready.
//!
//! A boot is a chain of steps, each a piece of work for a moment of the lab's time. A step asks the lab's services as the
//! node would (`network`), writes what it saw on the machine's timeline, and says what comes next and when. All of that is
//! in the world's records before the next step is due, so a boot under way goes on when the lab is opened again. Power,
//! and the State in SMD that follows it, stand in for a BMC and for HBTD, which the release does not have.
mod artifacts;
mod conditions;
mod config;
mod console;
mod events;
mod files;
mod firmware;
mod guest;
mod ipxe;
mod network;
mod nics;
mod offer;
mod offered;
mod power;
mod rack;
mod root;
mod routes;
mod seed;
mod told;
mod turn;
mod wire;

pub(crate) use artifacts::routes as artifact_routes;
pub use conditions::Condition;
pub(crate) use events::{Events, Told};
pub(crate) use rack::Hypervisor;
pub(crate) use routes::routes;
pub use routes::{Node, Ran, Stored, Timeline};
pub(in crate::lab) use wire::{Fetch, Part, Sight};

use super::clock::{LabClock, plus};
use crate::{
    clock::Clock as _,
    fault::Fault,
    services::{
        rack::{Builds, Built},
        site::{Ailments, Peers},
    },
    table::{Journal, Shelf},
    world::{Boot, Machines as Rack, Next, World},
};
use jiff::Timestamp;
use std::{
    net::Ipv4Addr,
    path::PathBuf,
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use turn::Turn;

/// The head node on the nodes' network.
pub(crate) const HEAD: &str = "172.16.0.254";
/// Where the lab's http port has the artifact server.
pub(crate) const S3: &str = "/lab/s3";
/// What the world is called among the stores.
pub(crate) const WORLD: &str = "world";
/// A step that could not be written down is done again after this.
const AGAIN: Duration = Duration::from_secs(10);
/// What follows sooner than this is done at once, some steps at most: a moment early, and written down together.
const SHORT: Duration = Duration::from_millis(800);
const AT_ONCE: usize = 8;

/// All machines of a lab.
pub(crate) struct Machines {
    pub(crate) world: Shelf<World>,
    clock: Arc<LabClock>,
    peers: Arc<Peers>,
    /// Counts how often everything was replaced; work from before is void.
    life: AtomicU64,
    pub(crate) events: Events,
    /// The lab's own address where real machines come by a wire.
    wire: OnceLock<Ipv4Addr>,
    /// A folder of real files that the artifact server has beside what it makes up.
    files: OnceLock<PathBuf>,
    /// The hypervisor's definitions, where there is one.
    builds: OnceLock<Builds>,
}

impl Machines {
    pub(crate) fn new(
        rack: (&Rack, u64),
        journal: Arc<dyn Journal>,
        clock: Arc<LabClock>,
        peers: Arc<Peers>,
        events: Events,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this: &Weak<Self>| {
            let hook = this.clone();
            let world = World::new(rack.0, rack.1).at_load(move || {
                if let Some(machines) = hook.upgrade() {
                    machines.replaced();
                }
            });
            Self {
                world: Shelf::new(WORLD, world, journal),
                clock,
                peers,
                life: AtomicU64::new(0),
                events,
                wire: OnceLock::new(),
                files: OnceLock::new(),
                builds: OnceLock::new(),
            }
        })
    }

    /// How a machine is built, as its definition says just now.
    fn built(&self, name: &str) -> Built {
        let builds = self.builds.get();
        builds.map(|builds| builds(name)).unwrap_or_default()
    }

    /// Everything was put in place of what was there: boots that are under way go on. The world
    /// is locked just now, so that is done a moment later.
    fn replaced(self: &Arc<Self>) {
        let life = self.life.fetch_add(1, Ordering::AcqRel) + 1;
        self.events.reset();
        let this = Arc::downgrade(self);
        self.clock.after(Duration::ZERO, move || {
            Box::pin(async move {
                if let Some(this) = this.upgrade()
                    && this.life() == life
                {
                    this.resume();
                }
            })
        });
    }

    fn life(&self) -> u64 {
        self.life.load(Ordering::Acquire)
    }

    fn resume(self: &Arc<Self>) {
        let now = self.clock.now();
        let under_way: Vec<(String, Ticket)> = self.world.read(|world| {
            let boots = world.boots().filter(|(_, boot)| boot.next.is_some());
            boots
                .map(|(name, boot)| (name.to_owned(), Ticket::of(boot)))
                .collect()
        });
        for (name, ticket) in under_way {
            let left = Duration::try_from(ticket.due.duration_since(now));
            self.schedule(name, ticket, left.unwrap_or_default());
        }
    }

    /// Has the next step of a boot done when it is due.
    fn schedule(self: &Arc<Self>, name: String, ticket: Ticket, pause: Duration) {
        let (this, life) = (Arc::downgrade(self), self.life());
        self.clock.after(pause, move || {
            Box::pin(async move {
                if let Some(this) = this.upgrade()
                    && this.life() == life
                {
                    this.step(name, ticket).await;
                }
            })
        });
    }

    /// Does what a machine does next, unless somebody has switched it meanwhile.
    async fn step(self: &Arc<Self>, name: String, ticket: Ticket) {
        let now = self.clock.moment();
        let turn = self.world.read(|world| {
            let boot = world.boot(&name).filter(|boot| ticket.fits(boot))?;
            Some(Turn::new(world.machine(&name)?, boot, now))
        });
        let Some(mut turn) = turn else { return };
        for _ in 0..AT_ONCE {
            let Some(next) = turn.boot.next.take() else {
                break;
            };
            self.go_on(&mut turn, next).await;
            turn.slow_down();
            if turn.boot.next.is_none() || turn.pause >= SHORT {
                break;
            }
            turn.pass();
        }
        self.keep(name, ticket, turn);
    }

    async fn go_on(&self, turn: &mut Turn, next: Next) {
        match next {
            Next::Offer => self.offer(turn).await,
            Next::Script { url } => self.script(turn, url).await,
            Next::Run { line } => self.run_script(turn, line).await,
            Next::Rootfs => self.rootfs(turn).await,
            Next::MetaData { tries } => self.meta_data(turn, tries).await,
            Next::UserData => self.user_data(turn).await,
            Next::VendorData => self.vendor_data(turn).await,
            Next::Groups => self.groups(turn).await,
            Next::Config => config::apply(turn),
            Next::PhoneHome => self.phone_home(turn).await,
            Next::Ready => self.ready(turn).await,
        }
    }

    /// Writes down what a step came to, and has the next one done.
    fn keep(self: &Arc<Self>, name: String, ticket: Ticket, mut turn: Turn) {
        turn.boot.due = later(turn.now, turn.pause);
        let pause = Duration::try_from(turn.boot.due.duration_since(turn.begun));
        let pause = pause.unwrap_or_default();
        let (boot, inside) = (turn.boot.clone(), turn.inside.take());
        let kept = self.world.write(|world| {
            if !world.boot(&name).is_some_and(|boot| ticket.fits(boot)) {
                return Ok(false);
            }
            world.put_boot(&name, boot);
            if let Some(inside) = inside {
                world.put_inside(&name, inside);
            }
            Ok::<_, Fault>(true)
        });
        match kept {
            Ok(true) => {
                self.events.stages(&turn);
                if turn.boot.next.is_some() {
                    self.schedule(name, Ticket::of(&turn.boot), pause);
                }
            }
            Ok(false) => {}
            // The disk is full: nothing has happened as far as anybody can tell, so it is done again.
            Err(_) => self.schedule(name, ticket, AGAIN),
        }
    }
}

/// A moment so much later.
fn later(moment: Timestamp, pause: Duration) -> Timestamp {
    plus(moment, u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX))
}

/// Which step is meant: of which boot, due when.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ticket {
    number: u64,
    due: Timestamp,
}

impl Ticket {
    fn of(boot: &Boot) -> Self {
        Self {
            number: boot.number,
            due: boot.due,
        }
    }

    fn fits(self, boot: &Boot) -> bool {
        self == Self::of(boot) && boot.next.is_some()
    }
}

impl Ailments for Machines {
    fn has(&self, name: &str) -> bool {
        self.world.read(|world| world.has(name))
    }
}
