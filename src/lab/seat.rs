//! Whose lab it is: ours, or another process's; found out at the first use and again whenever the owner went away.
use super::{
    card::Card,
    clock::LabClock,
    dirs::{private_dir, unusable},
    guest::Guest,
    host::{Ground, Host, Last, private},
    options::{Options, Place},
    token::{self, Order},
};
use crate::{
    clock::{Clock as _, Pending},
    fault::{Fault, Kind},
};
use jiff::Timestamp;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, Weak},
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, sync::Mutex};

/// How long a new owner may take until it answers.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

pub(crate) enum Seat {
    Owner(Host),
    Guest(Guest),
}

impl Seat {
    pub(crate) fn card(&self) -> &Card {
        match self {
            Self::Owner(host) => &host.card,
            Self::Guest(guest) => &guest.card,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Owner(host) => host.house.clock.now(),
            Self::Guest(guest) => guest.now(),
        }
    }

    pub(crate) async fn token(&self, lifetime: f64) -> Result<String, Fault> {
        match self {
            Self::Owner(host) => {
                let order = Order::of_shell(lifetime);
                let (keys, clock) = (host.house.keys.clone(), host.house.clock.clone());
                // The first token of a user makes a key, and that takes a moment.
                let minted =
                    tokio::task::spawn_blocking(move || token::mint(&keys, &clock, &order));
                minted
                    .await
                    .map_err(|_| Fault::internal("the token's maker failed"))?
            }
            Self::Guest(guest) => guest.token(lifetime).await,
        }
    }
}

/// The seat at one lab, as this process has it.
pub(crate) struct Table {
    options: Options,
    seat: RwLock<Option<Arc<Seat>>>,
    /// One at a time looks for a seat.
    search: Mutex<()>,
}

impl Table {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            seat: RwLock::default(),
            search: Mutex::default(),
        }
    }

    pub(crate) fn seat(&self) -> Option<Arc<Seat>> {
        let seat = self.seat.read().unwrap_or_else(PoisonError::into_inner);
        seat.clone()
    }

    fn sit(&self, seat: Seat) -> Arc<Seat> {
        let seat = Arc::new(seat);
        *self.seat.write().unwrap_or_else(PoisonError::into_inner) = Some(seat.clone());
        seat
    }

    /// The lab's time; before the first use as far as it can be known without starting one.
    pub(crate) fn now(&self) -> Timestamp {
        if let Some(seat) = self.seat() {
            return match &*seat {
                Seat::Guest(guest) if guest.is_stale() => {
                    guest.refreshed().map_or_else(|| guest.now(), |g| g.now())
                }
                seat => seat.now(),
            };
        }
        let place = self.options.place().ok();
        let card = place.and_then(|place| Card::read(&place.card));
        let advanced = card.map_or(0, |card| card.advanced);
        LabClock::of(self.options.fresh, advanced).now()
    }

    /// The seat; taken if there is none yet. The file is looked at, not the owner: that costs a system call.
    pub(crate) async fn take(self: &Arc<Self>) -> Result<Arc<Seat>, Fault> {
        let fits = |seat: &Seat| !matches!(seat, Seat::Guest(guest) if guest.is_stale());
        if let Some(seat) = self.seat().filter(|seat| fits(seat)) {
            return Ok(seat);
        }
        let _search = self.search.lock().await;
        match self.seat() {
            Some(seat) if fits(&seat) => return Ok(seat),
            Some(seat) => {
                if let Seat::Guest(guest) = &*seat
                    && let Some(fresh) = guest.refreshed()
                {
                    return Ok(self.sit(Seat::Guest(fresh)));
                }
            }
            None => {}
        }
        self.find().await
    }

    /// The seat, after nobody listened at `url` any more.
    pub(crate) async fn take_again(self: &Arc<Self>, url: &str) -> Result<Arc<Seat>, Fault> {
        let _search = self.search.lock().await;
        match self.seat() {
            Some(seat) if matches!(*seat, Seat::Owner(_)) || seat.card().http != url => Ok(seat),
            _ => self.find().await,
        }
    }

    /// Owns the lab if nobody does, else attaches; waits while it changes hands.
    async fn find(self: &Arc<Self>) -> Result<Arc<Seat>, Fault> {
        if self.options.fresh {
            let ground = private(self.options.keys())?;
            return Ok(self.sit(Seat::Owner(Host::start(ground, &self.options).await?)));
        }
        let place = self.options.place()?;
        let begin = Instant::now();
        loop {
            if let Some(lock) = lock(&place.dir)? {
                return self.own(place, lock).await;
            }
            if let Some(guest) = Guest::attach(&place.card).await {
                let heir = tokio::spawn(inherit(Arc::downgrade(self), guest.card.clone()));
                return Ok(self.sit(Seat::Guest(guest.watched_by(heir.abort_handle()))));
            }
            if begin.elapsed() > PATIENCE {
                return Err(silent(&place));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn own(&self, place: Place, lock: File) -> Result<Arc<Seat>, Fault> {
        let ground = Ground {
            dir: place.dir,
            keys: place.keys,
            card: Some(place.card),
            last: Last::Lock(lock),
        };
        Ok(self.sit(Seat::Owner(Host::start(ground, &self.options).await?)))
    }

    /// Gives the seat up.
    pub(crate) fn leave(&self) -> Result<(), Fault> {
        let seat = self
            .seat
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match seat.as_deref() {
            Some(Seat::Owner(host)) => host.end(),
            _ => Ok(()),
        }
    }

    /// Whether this process or another has the lab.
    pub(crate) fn is_taken(&self) -> Result<bool, Fault> {
        if self.options.fresh || self.seat().is_some() {
            return Ok(self.seat().is_some());
        }
        let dir = self.options.place()?.dir;
        Ok(dir.exists() && lock(&dir)?.is_none())
    }

    /// Where the state is kept.
    pub(crate) fn state(&self) -> Result<Option<PathBuf>, Fault> {
        if self.options.fresh {
            return Ok(None);
        }
        Ok(Some(self.options.place()?.dir))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Owns the lab or says who does: for `chami lab serve`, which would not be content with a guest's seat.
    pub(crate) async fn own_or_refuse(self: &Arc<Self>) -> Result<Arc<Seat>, Fault> {
        let _search = self.search.lock().await;
        let place = self.options.place()?;
        if let Some(lock) = lock(&place.dir)? {
            return self.own(place, lock).await;
        }
        let (who, hint) = match Card::read(&place.card) {
            Some(card) => (
                format!("process {} at {}", card.pid, card.http),
                format!(
                    "a chami that runs serves its lab, an open prompt as well: leave that one, or use its address \
                     (kill {} ends it)",
                    card.pid
                ),
            ),
            None => (
                "another process".to_owned(),
                "chami lab status names it in a moment".to_owned(),
            ),
        };
        let message = format!("{} is served already by {who}", place.label);
        Err(Fault::new(Kind::Conflict, message)
            .hint(hint)
            .service("lab"))
    }
}

/// Takes the lab over when its owner ends, even if nobody here asks for it just then: a silent line to the owner is cut
/// at that moment.
fn inherit(table: Weak<Table>, owner: Card) -> Pending<'static, ()> {
    Box::pin(async move {
        let Some(address) = owner.http.strip_prefix("http://") else {
            return;
        };
        if let Ok(line) = TcpStream::connect(address).await {
            let _ = line.readable().await;
        }
        let Some(table) = table.upgrade() else {
            return;
        };
        let theirs =
            |seat: &Arc<Seat>| matches!(&**seat, Seat::Guest(g) if g.card.pid == owner.pid);
        if table.seat().as_ref().is_some_and(theirs) {
            // Or somebody was faster, and this is a guest again. If nothing comes of it the next request says so.
            let _ = table.take_again(&owner.http).await;
        }
    })
}

fn silent(place: &Place) -> Fault {
    let owner =
        Card::read(&place.card).map_or_else(String::new, |c| format!(" (process {})", c.pid));
    let message = format!("the owner of {}{owner} does not answer", place.label);
    Fault::new(Kind::Unreachable, message)
        .service("lab")
        .hint("end that process, or use a lab of your own: chami --lab=NAME")
}

fn lock_file(dir: &Path) -> Result<File, Fault> {
    private_dir(dir)?;
    let path = dir.join("lock");
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(|e| unusable(&path, &e))
}

/// The lock on a lab's state, unless another process has it.
pub(crate) fn lock(dir: &Path) -> Result<Option<File>, Fault> {
    let file = lock_file(dir)?;
    match file.try_lock() {
        // Somebody may have removed the lab in between; what was locked then is nobody's.
        Ok(()) if !is_at(&file, &dir.join("lock")) => lock(dir),
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(Fault::io(dir.join("lock"), &error)),
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    let place = |file: fs::Metadata| (file.dev(), file.ino());
    let (here, there) = (file.metadata().map(place), fs::metadata(path).map(place));
    matches!((here, there), (Ok(here), Ok(there)) if here == there)
}
