//! A lab that this process owns: the services' stores, the world and the clock, kept by the journal.
//!
//! Everything that concerns all stores at one moment is here: load, reset, snapshot, restore, diff, rewriting. Knows
//! routes and sockets only as things to hand on.
use super::{
    card::Card,
    clock::LabClock,
    keys::{Keys, Smith},
    machines::{Events, Hypervisor, Machines, Told, WORLD},
    options::Options,
    persist::{Config, Entry, Keeper, Live, Loaded, Quiet, Stores, Whole},
    status::{Status, Time},
    token::Doorman,
    tutorial,
};
use crate::{
    clock::Clock,
    fault::{Fault, Kind},
    services::{
        self,
        site::{Front, Guard, Open, Peers, Site},
    },
    table::{Forget, Journal, Shelf, Shelved},
    world::{Machine, World},
};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// The world's table of what machines boot from.
const ARTIFACTS: &str = "artifacts";

pub(crate) struct House {
    pub(crate) keys: Arc<Keys>,
    pub(crate) clock: Arc<LabClock>,
    pub(crate) config: Config,
    /// How the services reach each other, once the routes are there.
    pub(crate) peers: Arc<Peers>,
    /// Damage that was found and mended when the lab was opened.
    notice: Option<String>,
    pub(super) keeper: Arc<Keeper>,
    pub(crate) machines: Arc<Machines>,
    pub(super) stores: Vec<Arc<dyn Shelved>>,
    /// The snapshot that `diff` starts from; none: the empty lab.
    since: Mutex<Option<String>>,
    /// How others find it, once it listens.
    card: Mutex<Option<(Card, Option<PathBuf>)>>,
    /// Ends with its process: nothing is written at the end.
    fresh: bool,
    /// What the machine's clock was set back by, as far as it is kept.
    slip: AtomicU64,
    /// Somebody rewrites the journal.
    pub(super) tidying: AtomicBool,
    /// Where this user's labs are.
    pub(super) labs: Option<PathBuf>,
}

impl House {
    /// Opens the state in `dir`, which nobody else has open. The fronts go to the gateway.
    pub(crate) fn open(
        dir: &Path,
        keys: PathBuf,
        options: &Options,
    ) -> Result<(Self, Vec<Front>), Fault> {
        let fresh = options.fresh;
        if options.empty {
            Keeper::forget(dir)?;
        }
        let (keeper, loaded) = Keeper::open(dir, !fresh)?;
        let config = options.config(loaded.state.as_ref().map(|state| &state.config))?;
        let keeper = Arc::new(keeper);
        let clock = Arc::new(LabClock::of(fresh, 0));
        let keys = Arc::new(Keys::new(keys).or_else(fresh.then(|| dir.join("keys"))));
        let (peers, events) = (Arc::new(Peers::default()), Events::default());
        let guard: Arc<dyn Guard> = if config.auth {
            let inside = peers.token().to_owned();
            Arc::new(Doorman::new(keys.clone(), clock.clone(), inside))
        } else {
            Arc::new(Open)
        };
        let rack = (&config.nodes, config.seed);
        let (time, ways) = (clock.clone(), peers.clone());
        let machines = Machines::new(rack, keeper.clone(), time, ways, events.clone());
        let journal: Arc<dyn Journal> = keeper.clone();
        let site = Site {
            clock: clock.clone(),
            journal: Arc::new(Told { journal, events }),
            timer: clock.clone(),
            peers: peers.clone(),
            guard,
            signer: Arc::new(Smith(keys.clone())),
            ailments: machines.clone(),
            rack: Arc::new(Hypervisor(machines.clone())),
            seed: config.seed,
        };
        let make = |service: &services::Service| service.lab.map(|lab| lab(&site));
        let fronts: Vec<Front> = services::ALL.iter().filter_map(make).collect();
        let mut stores: Vec<Arc<dyn Shelved>> = vec![Arc::new(machines.world.clone())];
        stores.extend(fronts.iter().map(|front| front.store.clone()));
        let house = Self {
            keys,
            clock,
            config,
            peers,
            notice: loaded.notice.clone(),
            keeper,
            machines,
            stores,
            since: Mutex::default(),
            card: Mutex::default(),
            fresh,
            slip: AtomicU64::new(0),
            tidying: AtomicBool::new(false),
            labs: options.dirs().ok().map(|dirs| dirs.state),
        };
        house.load(loaded)?;
        house.settle(options);
        Ok((house, fronts))
    }

    pub(super) fn since(&self) -> MutexGuard<'_, Option<String>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self, loaded: Loaded) -> Result<(), Fault> {
        if let Some(written) = loaded.written.filter(|_| self.clock.moves()) {
            self.clock.not_before(written);
        }
        if let Some(state) = loaded.state {
            let Whole {
                stores,
                advanced,
                since,
            } = state.whole;
            self.put(stores)?;
            self.clock.set_advanced(advanced);
            *self.since() = since;
        }
        for entry in loaded.entries {
            self.repeat(entry)?;
        }
        for store in &self.stores {
            store.loaded();
        }
        let quiet = self.keeper.quiet();
        if loaded.unsettled {
            self.keeper.settle(&self.config, &self.live(), &quiet)?;
        }
        if !self.keeper.is_open() || self.keeper.is_long() {
            self.rewrite(&quiet)?;
        }
        if loaded.gap {
            // So that another damage finds what leads up to this.
            self.rewrite(&quiet)?;
        }
        Ok(())
    }

    /// Comes to terms with how it is opened: where no wire is served no machine is real, and time goes on from where it was.
    fn settle(&self, options: &Options) {
        if options.interface.is_none() {
            self.machines.release_all();
        }
        self.steady();
    }

    /// Does again what a journal line says was done.
    fn repeat(&self, entry: Entry) -> Result<(), Fault> {
        match entry {
            Entry::Begin { .. } => {}
            Entry::Clock { advanced } => self.clock.set_advanced(advanced),
            Entry::Whole(whole) => {
                self.put(whole.stores)?;
                *self.since() = whole.since;
            }
            Entry::Write { service, changes } => {
                let store = self.stores.iter().find(|s| s.service() == service);
                let store = store.ok_or_else(|| unknown(&self.keeper, &service))?;
                for (table, key, value) in changes {
                    store.apply(&table, &key, value)?;
                }
            }
        }
        Ok(())
    }

    /// Puts everything in the place of what is there.
    fn put(&self, mut stores: Stores) -> Result<(), Fault> {
        for store in &self.stores {
            let mut tables = match stores.remove(store.service()) {
                Some(Value::Object(tables)) => tables,
                _ => Map::new(),
            };
            if store.service() == WORLD && !tables.contains_key(ARTIFACTS) {
                // Written by a chami whose machines did not boot: what they boot from is as in a new lab.
                let new = self.new_world()?;
                let artifacts = new.get(WORLD).and_then(|world| world.get(ARTIFACTS));
                tables.extend(artifacts.map(|it| (ARTIFACTS.to_owned(), it.clone())));
            }
            store.restore(tables)?;
        }
        Ok(())
    }

    /// The same, written from where it stands; the caller keeps writers out meanwhile.
    pub(super) fn live(&self) -> Live<'_> {
        Live {
            stores: &self.stores,
            advanced: self.clock.promised(),
            since: self.since().clone(),
        }
    }

    pub(super) fn gather(&self) -> Result<Whole, Fault> {
        let mut stores = Stores::new();
        for store in &self.stores {
            stores.insert(store.service().into(), store.dump()?.into());
        }
        Ok(Whole {
            stores,
            advanced: self.clock.promised(),
            since: self.since().clone(),
        })
    }

    /// A lab in which nothing has happened yet.
    pub(super) fn new_world(&self) -> Result<Stores, Fault> {
        let world = World::new(&self.config.nodes, self.config.seed);
        let world = Shelf::new(WORLD, world, Arc::new(Forget)).dump()?;
        Ok(Stores::from_iter([(WORLD.to_owned(), world.into())]))
    }

    fn rewrite(&self, quiet: &Quiet) -> Result<(), Fault> {
        self.keeper.rewrite(&self.config, &self.live(), quiet)
    }

    /// Empties every store and powers all machines off; time goes on.
    pub(crate) fn reset(&self) -> Result<(), Fault> {
        let stores = self.new_world()?;
        self.replace(stores, None)
    }

    /// The same, then with what the course's exercise 301 leaves.
    pub(crate) fn reset_to_tutorial(&self) -> Result<(), Fault> {
        let stores = tutorial::stores(self.new_world()?)?;
        self.replace(stores, Some(tutorial::NAME.to_owned()))
    }

    pub(super) fn replace(&self, stores: Stores, since: Option<String>) -> Result<(), Fault> {
        let still = self.keeper.still();
        let whole = Whole {
            stores,
            advanced: self.clock.promised(),
            since,
        };
        self.keeper.replaced(&whole)?;
        self.put(whole.stores)?;
        *self.since() = whole.since;
        drop(still);
        // A snapshot of a lab that served a wire may be restored where none is.
        self.machines.release_all();
        Ok(())
    }

    pub(crate) async fn advance(&self, span: Duration) -> Result<Timestamp, Fault> {
        let promise = |sum| {
            let _turn = self.keeper.turn();
            self.keeper.clock(self.clock.ahead(sum))?;
            self.clock.promise(sum);
            Ok(())
        };
        let now = self.clock.advance(span, promise).await?;
        // It is done and kept; whoever reads the old file asks the clock of the lab itself before long.
        let _ = self.show();
        Ok(now)
    }

    /// Keeps what the machine's clock was set back by, so that time does not run backwards for anybody who comes after.
    pub(crate) fn steady(&self) {
        let slip = self.clock.slip();
        if slip == self.slip.load(Ordering::Relaxed) {
            return;
        }
        let _still = self.keeper.still();
        // A disk that refuses is asked again after the next request.
        if self.fresh || self.keeper.clock(self.clock.promised()).is_ok() {
            self.slip.store(slip, Ordering::Relaxed);
            let _ = self.show();
        }
    }

    /// What a user wants to know about the lab.
    pub(crate) fn status(&self) -> Status {
        let services = self.stores.iter().filter(|s| s.service() != WORLD);
        let services = services.map(|s| (s.service().to_owned(), s.counts()));
        let status = Status {
            pid: std::process::id(),
            http: String::new(),
            https: None,
            ca: None,
            state: self.keeper.dir().to_owned(),
            fresh: self.fresh,
            auth: self.config.auth,
            seed: self.config.seed,
            now: self.clock.now().to_string(),
            snapshots: self.keeper.snapshots(),
            notice: self.notice.clone(),
            services: services.collect(),
            machines: self.all_machines(),
        };
        status.at(self.card().map(|(card, _)| card))
    }

    fn all_machines(&self) -> Vec<Machine> {
        let world = &self.machines.world;
        world.read(|world| world.machines().cloned().collect())
    }

    pub(crate) fn time(&self) -> Time {
        Time {
            now: self.clock.moment().to_string(),
            advanced: Duration::from_nanos(self.clock.advanced()).as_secs_f64(),
            moves: self.clock.moves(),
        }
    }

    pub(crate) fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    fn card(&self) -> Option<(Card, Option<PathBuf>)> {
        let card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
        card.clone()
    }

    /// Makes known where the lab is; at `path` for other processes of the user, unless it is private.
    pub(crate) fn publish(&self, card: Card, path: Option<PathBuf>) -> Result<(), Fault> {
        *self.card.lock().unwrap_or_else(PoisonError::into_inner) = Some((card, path));
        self.show()
    }

    fn show(&self) -> Result<(), Fault> {
        if let Some((mut card, Some(path))) = self.card() {
            card.advanced = self.clock.advanced();
            card.write(&path)?;
        }
        Ok(())
    }

    /// The last act: everything is on the disk, and no write is taken any more.
    pub(crate) fn end(&self) -> Result<(), Fault> {
        let quiet = self.keeper.quiet();
        self.clock.end();
        self.peers.close();
        let kept = if self.fresh || !self.keeper.has_news() {
            Ok(())
        } else {
            // The journal has it all: where there is no room for the state, that is brought to the disk.
            self.rewrite(&quiet).or_else(|_| self.keeper.sync())
        };
        self.keeper.end();
        kept
    }
}

fn unknown(keeper: &Keeper, service: &str) -> Fault {
    let dir = keeper.dir().display();
    let message =
        format!("{dir}: the state is of a lab that has {service}, which this chami has not");
    Fault::new(Kind::Conflict, message)
        .hint("use the chami that wrote it, or begin anew: chami lab serve --empty")
}
