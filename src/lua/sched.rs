//! Where Lua meets tokio: what natives have in flight, and the one queue their results come back on.
//!
//! Knows no native and no Lua function. A start spawns a future and gives an id; its result comes back as a boxed
//! closure, to be run on Lua's thread (`reap` for one id, `next` and `take` for the scheduler in `lib-lua/task.lua`).
//! mlua's own async functions were rejected: they fail in `sort` and `gsub` callbacks and leak into user coroutines.
use super::{
    interrupt::Switch,
    ledger::Ledger,
    native::{Native, Told},
    print::Printer,
    voice::Voice,
};
use crate::{
    call::{self, Call},
    fault::{Fault, Kind},
    gate::Gate,
    progress::Work,
};
use mlua::{Lua, Value};
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{HashMap, VecDeque},
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
    /// A line to be printed.
    Said(String),
    /// So many more who may say something.
    Speaking(i64),
    /// Look at the stop flag.
    Wake,
}

struct Flight {
    abort: AbortHandle,
    native: Rc<Native>,
    owner: u64,
    /// It is a background job's, which outlives the run.
    behind: bool,
}

/// A result that nobody has taken yet, and whose it is.
struct Landed {
    settle: Settle,
    native: Rc<Native>,
    owner: u64,
    behind: bool,
}

/// Everything natives have in flight for one VM.
pub(crate) struct Bridge {
    pub(crate) switch: Arc<Switch>,
    printer: Rc<Printer>,
    runtime: OnceCell<Runtime>,
    tx: mpsc::Sender<Event>,
    rx: mpsc::Receiver<Event>,
    flights: RefCell<HashMap<u64, Flight>>,
    landed: RefCell<HashMap<u64, Landed>>,
    arrivals: RefCell<VecDeque<u64>>,
    last: Cell<u64>,
    pub(crate) ledger: Ledger,
    /// The `trace` within which calls are made now; 0: none.
    pub(crate) scope: Cell<u64>,
    pub(crate) gate: Arc<Gate>,
    /// How far the tasks of the run have come.
    pub(crate) work: RefCell<Option<Work>>,
    /// Background jobs run now, not what was typed.
    pub(crate) behind: Cell<bool>,
    /// How many there are.
    pub(crate) jobs: Cell<i64>,
    /// How many there are who may say something unasked.
    pub(crate) speaking: Cell<i64>,
    /// Wants to know of calls.
    pub(crate) told: RefCell<Option<Told>>,
}

impl Bridge {
    pub(crate) fn new(
        switch: Arc<Switch>,
        printer: Rc<Printer>,
        (tx, rx): (mpsc::Sender<Event>, mpsc::Receiver<Event>),
        gate: Arc<Gate>,
    ) -> Self {
        Self {
            switch,
            gate,
            printer,
            runtime: OnceCell::new(),
            tx,
            rx,
            flights: RefCell::default(),
            landed: RefCell::default(),
            arrivals: RefCell::default(),
            last: Cell::new(0),
            ledger: Ledger::default(),
            scope: Cell::new(0),
            work: RefCell::default(),
            behind: Cell::new(false),
            jobs: Cell::new(0),
            speaking: Cell::new(0),
            told: RefCell::default(),
        }
    }

    /// The one gate that every call of a native passes.
    pub(crate) fn admit(&self, native: &Native) -> Result<(), Fault> {
        if self.switch.raised() {
            return Err(interrupted(&format!("{native} was not started")));
        }
        if native.writes() && !self.gate.plans() {
            self.ledger.sent(native);
        }
        Ok(())
    }

    /// Starts a native's future and gives the id of its result.
    pub(crate) fn start(
        &self,
        native: &Rc<Native>,
        call: Call,
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
        let call = Arc::new(call);
        let task = runtime.spawn(async move { landing.land(call::within(call, work).await) });
        let flight = Flight {
            abort: task.abort_handle(),
            native: Rc::clone(native),
            owner: self.ledger.group(),
            behind: self.behind.get(),
        };
        self.flights.borrow_mut().insert(id, flight);
        Ok(id)
    }

    /// Starts work that no call waits for. Without threads it is not done.
    pub(crate) fn behind(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = self.runtime() {
            runtime.spawn(work);
        }
    }

    /// Waits for one result.
    pub(crate) fn reap(&self, lua: &Lua, id: u64) -> Result<Value, Fault> {
        self.printer.flush();
        loop {
            let landed = self.landed.borrow_mut().remove(&id);
            if let Some(landed) = landed {
                self.arrivals.borrow_mut().retain(|arrived| *arrived != id);
                return self.settle(lua, landed);
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

    /// The same without waiting, for the background jobs; none: nothing new is there.
    pub(crate) fn poll(&self) -> Option<u64> {
        self.collect();
        let landed = self.landed.borrow();
        let mut arrivals = self.arrivals.borrow_mut();
        std::iter::from_fn(|| arrivals.pop_front()).find(|id| landed.contains_key(id))
    }

    /// Takes in what has come, without waiting.
    pub(crate) fn collect(&self) {
        while let Ok(event) = self.rx.try_recv() {
            self.take_in(event);
        }
    }

    fn take_in(&self, event: Event) {
        match event {
            Event::Landed(id, settle) => self.note(id, settle),
            Event::Said(text) => {
                self.printer.write(text.as_bytes());
                self.printer.flush();
            }
            Event::Speaking(more) => self.speaking.set(self.speaking.get() + more),
            Event::Wake => {}
        }
    }

    /// For work beside the session that has something to say.
    pub(crate) fn voice(&self) -> Voice {
        Voice::new(self.tx.clone())
    }

    /// The result behind an id that `next` gave.
    pub(crate) fn take(&self, lua: &Lua, id: u64) -> Result<Value, Fault> {
        let landed = self.landed.borrow_mut().remove(&id);
        match landed {
            Some(landed) => self.settle(lua, landed),
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

    fn settle(&self, lua: &Lua, landed: Landed) -> Result<Value, Fault> {
        let out = (landed.settle)(lua);
        if landed.native.writes() {
            self.ledger.ended(landed.owner, &landed.native, &out);
        }
        out
    }

    /// Begins a run: nothing is in flight, nothing was sent.
    pub(crate) fn begin(&self) {
        self.ledger.clear();
        self.scope.set(0);
    }

    /// Ends a run: aborts what is still in flight and says what was sent that changes something.
    pub(crate) fn finish(&self) -> Option<String> {
        self.flights.borrow_mut().retain(|_, flight| {
            if !flight.behind {
                flight.abort.abort();
            }
            flight.behind
        });
        self.landed.borrow_mut().retain(|_, landed| landed.behind);
        let landed = self.landed.borrow();
        self.arrivals
            .borrow_mut()
            .retain(|id| landed.contains_key(id));
        self.work.take();
        // Whoever held back what is printed was interrupted.
        let held = self.printer.release();
        self.printer.write(&held);
        self.printer.flush();
        self.ledger.text()
    }

    fn receive(&self, stopped: impl FnOnce() -> Fault) -> Result<(), Fault> {
        if self.switch.raised() {
            return Err(stopped());
        }
        match self.rx.recv() {
            Ok(event) => self.take_in(event),
            Err(_) => return Err(Fault::internal("the queue of results is gone")),
        }
        Ok(())
    }

    /// Keeps a result, unless its call was aborted meanwhile.
    fn note(&self, id: u64, settle: Settle) {
        let Some(flight) = self.flights.borrow_mut().remove(&id) else {
            return;
        };
        let landed = Landed {
            settle,
            native: flight.native,
            owner: flight.owner,
            behind: flight.behind,
        };
        self.landed.borrow_mut().insert(id, landed);
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
