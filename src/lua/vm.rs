//! The VM seen from other threads: it lives on a thread of its own and does one job after another.
use super::{
    compile,
    complete::{Completion, Live},
    host::{Declare, Host},
    inspect::Style,
    interrupt::Switch,
    memory::Memory,
    native::Native,
    print::{Printer, Screen, Sink},
    report::{Reply, Report},
    sched::{Bridge, Event},
    shape::Limit,
};
use crate::{
    clock::Clock,
    fault::{Fault, Kind},
    gate::Gate,
    journal::Journal,
};
use mlua::Lua;
use std::{
    collections::BTreeMap,
    io,
    path::Path,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// Lua's own limits are reached before this is: 200 C levels, a million slots.
const STACK: usize = 64 << 20;

/// A press of Tab waits no longer, a typed letter not even so long.
const TAB: Duration = Duration::from_millis(500);
const HINT: Duration = Duration::from_millis(5);

/// So often background jobs are looked after while nothing else is to be done.
const TICK: Duration = Duration::from_millis(10);

type Job = Box<dyn FnOnce(&Host) + Send>;

/// What a VM is made of.
pub struct Options {
    /// Where `print` goes.
    pub sink: Sink,
    /// Where that is a terminal.
    pub screen: Arc<Screen>,
    /// Modules with natives, by name.
    pub modules: BTreeMap<&'static str, Declare>,
    /// What help and printed tables may take.
    pub style: Style,
    /// The time that `task.*` sleeps on.
    pub clock: Arc<dyn Clock>,
    /// What may be changed.
    pub gate: Arc<Gate>,
    /// Where writes are kept.
    pub journal: Arc<Journal>,
    /// The bytes Lua may take; None: what the environment says, or what suits the machine.
    pub memory: Option<usize>,
}

/// A Lua VM on its thread. Calls wait for their answer; only `interrupt` does not.
pub struct Vm {
    jobs: Option<mpsc::Sender<Job>>,
    wake: mpsc::Sender<Event>,
    switch: Arc<Switch>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Vm {
    pub fn start(options: Options) -> Result<Self, Fault> {
        let memory = match options.memory {
            Some(bytes) => Memory::of(bytes),
            None => Memory::of_environment()?,
        };
        let (jobs, inbox) = mpsc::channel::<Job>();
        let (wake, events) = mpsc::channel();
        let switch = Arc::new(Switch::default());
        let (events, its) = ((wake.clone(), events), Arc::clone(&switch));
        let thread = thread::Builder::new()
            .name("chami-lua".to_owned())
            .stack_size(STACK)
            .spawn(move || live(options, memory, its, events, &inbox))
            .map_err(|e| Fault::new(Kind::Io, format!("cannot start a thread for Lua: {e}")))?;
        Ok(Self {
            jobs: Some(jobs),
            wake,
            switch,
            thread: Some(thread),
        })
    }

    /// Runs one input as the prompt does: an expression or statements, whose locals stay.
    pub fn prompt(&self, source: &str, limit: Limit) -> Reply {
        let source = source.to_owned();
        self.reply(move |host| host.prompt(&source, limit))
    }

    /// Runs code that is an expression or statements; `name` as Lua wants it, `=-e`.
    pub fn expression(&self, source: &str, name: &str, args: &[String]) -> Reply {
        let (source, name, args) = (source.to_owned(), name.to_owned(), args.to_owned());
        self.reply(move |host| host.expression(&source, &name, &args))
    }

    /// Runs a script.
    pub fn script(&self, source: &[u8], path: &Path, args: &[String]) -> Reply {
        let (source, path, args) = (source.to_owned(), path.to_owned(), args.to_owned());
        self.reply(move |host| host.script(&source, &path, &args))
    }

    /// What may stand at byte `pos` of what is being typed; nothing, while Lua is busy with something else.
    pub fn complete(&self, text: &str, pos: usize, live: Arc<Live>) -> Completion {
        let text = text.to_owned();
        self.ask_soon(TAB, move |host| host.complete(&text, pos, &live))
            .unwrap_or_default()
    }

    /// What may be given next in the call at the end of `text`.
    pub fn hint(&self, text: &str) -> Option<String> {
        let text = text.to_owned();
        self.ask_soon(HINT, move |host| host.hint(&text))?
    }

    /// Does I/O that nobody waits for.
    pub fn behind(&self, work: impl Future<Output = ()> + Send + 'static) {
        let job: Job = Box::new(move |host| {
            // Documentation is read once, and the first Tab should not wait for it.
            host.docs();
            host.bridge.behind(work);
        });
        // Without a VM there is nothing to be made ready.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
    }

    /// Whether more lines could make this input whole.
    /// Looked at in a state of its own: the VM may be busy with a background job, and who waited for that here would be out
    /// of Ctrl-C's reach.
    pub fn unfinished(source: &str) -> bool {
        compile::unfinished(&Lua::new(), source)
    }

    /// Every native of every module.
    pub fn natives(&self) -> Result<Vec<Native>, Fault> {
        self.ask(|host| host.natives().map_err(|e| Fault::internal(e.to_string())))?
    }

    /// Stops what runs; false when nothing does. May be called from any thread.
    pub fn interrupt(&self) -> bool {
        self.switch.press(|| {
            // Fails only when the VM is gone.
            let _ = self.wake.send(Event::Wake);
        })
    }

    /// Does `job` on the VM's thread, after those that wait already.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Host) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, answers) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |host| {
            // The asker waits below.
            let _ = answer.send(job(host));
        });
        let sent = self
            .jobs
            .as_ref()
            .is_some_and(|jobs| jobs.send(job).is_ok());
        let gone = || Fault::internal("the Lua thread is gone");
        if sent {
            answers.recv().map_err(|_| gone())
        } else {
            Err(gone())
        }
    }

    /// The same for what is of no use later.
    fn ask_soon<T: Send + 'static>(
        &self,
        within: Duration,
        job: impl FnOnce(&Host) -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answers) = mpsc::sync_channel(1);
        let late = Arc::new(AtomicBool::new(false));
        let its = Arc::clone(&late);
        let job: Job = Box::new(move |host| {
            if !its.load(Ordering::Relaxed) {
                let _ = answer.send(job(host));
            }
        });
        self.jobs.as_ref()?.send(job).ok()?;
        let out = answers.recv_timeout(within).ok();
        late.store(true, Ordering::Relaxed);
        out
    }

    fn reply(&self, job: impl FnOnce(&Host) -> Reply + Send + 'static) -> Reply {
        self.ask(job)
            .unwrap_or_else(|fault| Reply::Failed(Report::from(fault)))
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already.
            let _ = thread.join();
        }
    }
}

/// The next job; while there is none, background jobs go on, and who has something to say is heard.
fn next(inbox: &mpsc::Receiver<Job>, host: &Host) -> Option<Job> {
    while host.bridge.jobs.get() > 0 || host.bridge.speaking.get() > 0 {
        host.tick();
        match inbox.recv_timeout(TICK) {
            Ok(job) => return Some(job),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return None,
        }
    }
    inbox.recv().ok()
}

/// The life of the VM's thread.
fn live(
    options: Options,
    memory: Memory,
    switch: Arc<Switch>,
    events: (mpsc::Sender<Event>, mpsc::Receiver<Event>),
    inbox: &mpsc::Receiver<Job>,
) {
    let printer = Rc::new(Printer::new(options.sink, options.screen));
    let bridge = Bridge::new(switch, Rc::clone(&printer), events, options.gate);
    match Host::new(
        bridge,
        printer,
        options.modules,
        options.style,
        &options.clock,
        options.journal,
        memory,
    ) {
        Ok(host) => {
            while let Some(job) = next(inbox, &host) {
                job(&host);
            }
        }
        Err(error) => panic!("{}", io::Error::other(error.to_string())),
    }
}
