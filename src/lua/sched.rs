//! Where Lua meets tokio: what natives have in flight, and the one queue their results come back on.
//!
//! Knows no native and no Lua function. A start spawns a future and gives an id; its result comes back as a boxed
//! closure, to be run on Lua's thread (`reap` for one id, `next` and `take` for the scheduler in `lib-lua/task.lua`).
//! mlua's own async functions were rejected: they fail in `sort` and `gsub` callbacks and leak into user coroutines.
use super::{interrupt::Switch, native::Native, print::Printer};
use crate::fault::{Fault, Kind};
use mlua::{Lua, Value};
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, HashMap, VecDeque},
    rc::Rc,
    sync::{Arc, mpsc},
};
use tokio::{
    runtime::{Builder, Runtime},
    task::AbortHandle,
};

/// A result on its way to Lua.
pub(crate) type Settle = Box<dyn FnOnce(&Lua) -> Result<Value, Fault> + Send>;

pub(crate) enum Event {
    Landed(u64, Settle),
    /// Look at the stop flag.
    Wake,
}

struct Flight {
    abort: AbortHandle,
    native: Rc<Native>,
    owner: u64,
}

/// How often a write was sent, and how many of these were answered.
#[derive(Default)]
struct Sent {
    sent: usize,
    answered: usize,
}

/// Everything natives have in flight for one VM.
pub(crate) struct Bridge {
    pub(crate) switch: Arc<Switch>,
    printer: Rc<Printer>,
    runtime: OnceCell<Runtime>,
    tx: mpsc::Sender<Event>,
    rx: mpsc::Receiver<Event>,
    flights: RefCell<HashMap<u64, Flight>>,
    landed: RefCell<HashMap<u64, Settle>>,
    arrivals: RefCell<VecDeque<u64>>,
    last: Cell<u64>,
    /// The group of tasks that runs now; 0 outside `task.*`.
    owner: Cell<u64>,
    writes: RefCell<BTreeMap<(u64, String), Sent>>,
}

impl Bridge {
    pub(crate) fn new(
        switch: Arc<Switch>,
        printer: Rc<Printer>,
        (tx, rx): (mpsc::Sender<Event>, mpsc::Receiver<Event>),
    ) -> Self {
        Self {
            switch,
            printer,
            runtime: OnceCell::new(),
            tx,
            rx,
            flights: RefCell::default(),
            landed: RefCell::default(),
            arrivals: RefCell::default(),
            last: Cell::new(0),
            owner: Cell::new(0),
            writes: RefCell::default(),
        }
    }

    /// The one gate that every call of a native passes.
    pub(crate) fn admit(&self, native: &Native) -> Result<(), Fault> {
        if self.switch.raised() {
            return Err(interrupted(&format!("{native} was not started")));
        }
        if native.writes() {
            let key = (self.owner.get(), native.to_string());
            self.writes.borrow_mut().entry(key).or_default().sent += 1;
        }
        Ok(())
    }

    /// Starts a native's future and gives the id of its result.
    pub(crate) fn start(
        &self,
        native: &Rc<Native>,
        work: impl Future<Output = Settle> + Send + 'static,
    ) -> Result<u64, Fault> {
        self.admit(native)?;
        let runtime = self.runtime()?;
        let id = self.last.get() + 1;
        self.last.set(id);
        let landing = Landing {
            id,
            tx: Some(self.tx.clone()),
        };
        let task = runtime.spawn(async move { landing.land(work.await) });
        let flight = Flight {
            abort: task.abort_handle(),
            native: Rc::clone(native),
            owner: self.owner.get(),
        };
        self.flights.borrow_mut().insert(id, flight);
        Ok(id)
    }

    /// Waits for one result.
    pub(crate) fn reap(&self, lua: &Lua, id: u64) -> Result<Value, Fault> {
        self.printer.flush();
        loop {
            let settle = self.landed.borrow_mut().remove(&id);
            if let Some(settle) = settle {
                self.arrivals.borrow_mut().retain(|arrived| *arrived != id);
                return settle(lua);
            }
            self.receive(|| {
                self.abort(id);
                interrupted("the call was abandoned")
            })?;
        }
    }

    /// Waits until any result is there that nobody has taken, and gives its id; each id once.
    pub(crate) fn next(&self) -> Result<u64, Fault> {
        self.printer.flush();
        loop {
            let arrived = self.arrivals.borrow_mut().pop_front();
            match arrived {
                Some(id) if self.landed.borrow().contains_key(&id) => return Ok(id),
                Some(_) => {}
                None => self.receive(|| interrupted("the tasks were abandoned"))?,
            }
        }
    }

    /// The result behind an id that `next` gave.
    pub(crate) fn take(&self, lua: &Lua, id: u64) -> Result<Value, Fault> {
        let settle = self.landed.borrow_mut().remove(&id);
        match settle {
            Some(settle) => settle(lua),
            None => Err(Fault::internal(format!("call {id} has no result to take"))),
        }
    }

    /// Ends a call whose result nobody wants any more.
    pub(crate) fn abort(&self, id: u64) {
        if let Some(flight) = self.flights.borrow_mut().remove(&id) {
            flight.abort.abort();
        }
        self.landed.borrow_mut().remove(&id);
    }

    /// Says which group's task runs from now on.
    pub(crate) fn own(&self, group: u64) {
        self.owner.set(group);
    }

    /// What this group of tasks has sent that changes something, in words; from here on `heir` answers for it.
    pub(crate) fn sent(&self, group: u64, heir: u64) -> Option<String> {
        let mut writes = self.writes.borrow_mut();
        let (mine, others) = std::mem::take(&mut *writes)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|((owner, _), _)| *owner == group);
        *writes = others;
        let text = spell(&mine);
        for ((_, name), more) in mine {
            let sum = writes.entry((heir, name)).or_default();
            sum.sent += more.sent;
            sum.answered += more.answered;
        }
        text
    }

    /// Begins a run: nothing is in flight, nothing was sent.
    pub(crate) fn begin(&self) {
        self.writes.borrow_mut().clear();
        self.owner.set(0);
    }

    /// Ends a run: aborts what is still in flight and says what was sent that changes something.
    pub(crate) fn finish(&self) -> Option<String> {
        for (_, flight) in self.flights.borrow_mut().drain() {
            flight.abort.abort();
        }
        self.landed.borrow_mut().clear();
        self.arrivals.borrow_mut().clear();
        self.printer.flush();
        spell(&self.writes.borrow())
    }

    fn receive(&self, stopped: impl FnOnce() -> Fault) -> Result<(), Fault> {
        if self.switch.raised() {
            return Err(stopped());
        }
        match self.rx.recv() {
            Ok(Event::Landed(id, settle)) => self.note(id, settle),
            Ok(Event::Wake) => {}
            Err(_) => return Err(Fault::internal("the queue of results is gone")),
        }
        Ok(())
    }

    /// Keeps a result, unless its call was aborted meanwhile.
    fn note(&self, id: u64, settle: Settle) {
        let Some(flight) = self.flights.borrow_mut().remove(&id) else {
            return;
        };
        if flight.native.writes() {
            let key = (flight.owner, flight.native.to_string());
            if let Some(sent) = self.writes.borrow_mut().get_mut(&key) {
                sent.answered += 1;
            }
        }
        self.landed.borrow_mut().insert(id, settle);
        self.arrivals.borrow_mut().push_back(id);
    }

    fn runtime(&self) -> Result<&Runtime, Fault> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("chami-io")
            .enable_all()
            .build()
            .map_err(|e| Fault::new(Kind::Io, format!("cannot start threads: {e}")))?;
        Ok(self.runtime.get_or_init(|| runtime))
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn interrupted(what: &str) -> Fault {
    Fault::new(Kind::Interrupted, format!("interrupted: {what}"))
}

fn spell(writes: &BTreeMap<(u64, String), Sent>) -> Option<String> {
    let mut sums = BTreeMap::<&str, Sent>::new();
    for ((_, name), more) in writes {
        let sum = sums.entry(name).or_default();
        sum.sent += more.sent;
        sum.answered += more.answered;
    }
    let word = |(name, sum): (&str, Sent)| {
        let times = match sum.sent {
            1 => String::new(),
            n => format!(" ×{n}"),
        };
        match (sum.sent, sum.sent - sum.answered) {
            (_, 0) => format!("{name}{times}"),
            (1, _) => format!("{name} (not answered)"),
            (_, open) => format!("{name}{times} ({open} not answered)"),
        }
    };
    let words: Vec<_> = sums.into_iter().map(word).collect();
    (!words.is_empty()).then(|| format!("writes already sent: {}", words.join(", ")))
}

/// Sends a call's result, come what may: a future that panics lands as a fault.
struct Landing {
    id: u64,
    tx: Option<mpsc::Sender<Event>>,
}

impl Landing {
    fn land(mut self, settle: Settle) {
        if let Some(tx) = self.tx.take() {
            // The other end is gone only when the VM is.
            let _ = tx.send(Event::Landed(self.id, settle));
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if let Some(tx) = self.tx.take() {
            let lost = || Fault::internal("a call ended without a result");
            let _ = tx.send(Event::Landed(self.id, Box::new(move |_| Err(lost()))));
        }
    }
}
