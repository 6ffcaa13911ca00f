//! The composition root: joins the Lua VM with the services, the builtins and a target.
mod names;
mod way;

pub use crate::lua::{Reply, Report, token};
pub use way::{Trust, Way};

use crate::{
    builtins::{self, Context},
    clock::{Clock, Wall},
    config::Session,
    fault::Fault,
    gate::Gate,
    http::Http,
    journal::{Journal, Setup},
    lab::Lab,
    lua::{
        Declare, Native, Options as VmOptions, Vm,
        complete::Completion,
        inspect::{self, Style},
        print,
        shape::{Limit, Shape},
    },
    services,
    tape::Desk,
};
use jiff::Timestamp;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
};

/// What a shell is made of.
pub struct Options {
    /// The way to the services.
    pub http: Http,
    /// The time that `task.*` and waiting run on.
    pub clock: Arc<dyn Clock>,
    /// The lab, if that is the target.
    pub lab: Option<Lab>,
    /// The configuration the target was taken from.
    pub session: Session,
    /// What may be changed.
    pub gate: Arc<Gate>,
    /// Where writes are kept.
    pub journal: Setup,
    /// Where `print` goes.
    pub sink: print::Sink,
    /// How many records of a list the prompt takes.
    pub limit: Limit,
    /// What help and printed tables may take.
    pub style: Style,
    /// The bytes Lua may take; None: what the environment says, or what suits the machine.
    pub memory: Option<usize>,
}

impl Options {
    /// A shell on this target, printing to standard output.
    pub fn on(way: Way) -> Self {
        let journal = Setup {
            clock: Arc::clone(&way.clock),
            ..Setup::memory()
        };
        Self {
            journal,
            clock: way.clock,
            lab: way.lab,
            ..Self::new(way.http)
        }
    }

    /// The same on the wall's clock, wherever requests go.
    pub fn new(http: Http) -> Self {
        Self {
            http,
            clock: Arc::new(Wall),
            lab: None,
            session: Session::default(),
            gate: Arc::default(),
            journal: Setup::memory(),
            sink: print::stdout(),
            limit: Limit::Rows(ROWS),
            style: Style::WHOLE,
            memory: None,
        }
    }
}

/// As many records as one looks through; longer lists are counted.
const ROWS: usize = 40;

/// A Lua session on a target.
pub struct Shell {
    vm: Vm,
    http: Http,
    limit: Limit,
    lab: Option<Lab>,
    desk: Arc<Desk>,
    journal: Arc<Journal>,
    gate: Arc<Gate>,
    names: Arc<names::Book>,
    screen: Arc<print::Screen>,
    /// Whether the lab's notice was given away.
    told: AtomicBool,
    /// Whether the journal's was.
    unkept: AtomicBool,
}

impl Shell {
    /// Starts the VM; nothing else is started before it is needed.
    pub fn new(options: Options) -> Result<Self, Fault> {
        let mut modules = BTreeMap::<&'static str, Declare>::new();
        let journal = Journal::new(options.journal);
        for service in services::ALL {
            if let Some(images) = service.images {
                journal.house(service.name, images(&options.http));
            }
            let http = options.http.clone();
            let natives = service.natives;
            modules.insert(service.name, Box::new(move |n| natives(n, &http)));
        }
        let http = options.http.clone();
        let names = names::Book::new(&http, options.lab.as_ref());
        let desk = Arc::new(Desk::new(
            &options.http,
            Arc::clone(&options.clock),
            &options.session.target,
        ));
        let its = Arc::clone(&journal);
        desk.also("The journal's last entries", move || its.newest(20));
        let context = Context {
            desk: Arc::clone(&desk),
            http: options.http,
            clock: Arc::clone(&options.clock),
            lab: options.lab.clone(),
            session: Arc::new(options.session),
            journal: Arc::clone(&journal),
        };
        builtins::houses(&context);
        for builtin in builtins::ALL {
            let context = context.clone();
            let natives = builtin.natives;
            modules.insert(builtin.name, Box::new(move |n| natives(n, &context)));
        }
        let gate = Arc::clone(&options.gate);
        let screen = Arc::<print::Screen>::default();
        let vm = Vm::start(VmOptions {
            sink: options.sink,
            screen: Arc::clone(&screen),
            modules,
            style: options.style,
            clock: options.clock,
            gate: options.gate,
            journal: Arc::clone(&journal),
            memory: options.memory,
        })?;
        Ok(Self {
            vm,
            http,
            limit: options.limit,
            lab: options.lab,
            desk,
            journal,
            gate,
            names,
            screen,
            told: AtomicBool::new(false),
            unkept: AtomicBool::new(false),
        })
    }

    /// What the user should know about the lab since it was opened: damage that was mended. Said once.
    pub fn notice(&self) -> Option<String> {
        let notice = self.lab.as_ref()?.notice()?;
        (!self.told.swap(true, Ordering::Relaxed)).then_some(notice)
    }

    /// When the session's token ends; none if it says nothing, renews itself, or is a lab's.
    pub fn token_ends(&self) -> Option<Timestamp> {
        self.http.ends()
    }

    /// What the user should know before work of unknown length is begun: the token ends soon. Said once.
    pub fn token_warning(&self) -> Option<String> {
        builtins::token_warning(&self.http, Timestamp::now(), None)
    }

    /// That writes are not kept, and why, if so. Said once.
    pub fn unkept(&self) -> Option<String> {
        let notice = self.journal.notice()?;
        (!self.unkept.swap(true, Ordering::Relaxed)).then(|| notice.to_owned())
    }

    /// Runs one input as the prompt does: an expression or statements, whose locals stay.
    pub fn eval(&self, source: &str) -> Reply {
        self.noted(source, || self.vm.prompt(source, self.limit))
    }

    /// Runs the code of `-e`: an expression, or statements that may `return`; `args` are its `...`.
    pub fn run(&self, code: &str, args: &[String]) -> Reply {
        self.noted(code, || self.vm.expression(code, "=-e", args))
    }

    /// Runs a script; `args` are its `...` and, with the path as number 0, its `arg`.
    pub fn run_file(&self, path: &Path, args: &[String]) -> Reply {
        let line = format!("chami {} {}", path.display(), args.join(" "));
        self.noted(line.trim_end(), || match fs::read(path) {
            Ok(source) => self.vm.script(&source, path, args),
            Err(error) => Reply::Failed(Fault::io(path, &error).into()),
        })
    }

    /// Whether this may be done outside chami, where no plan could show it.
    pub fn outside(&self, what: &str) -> Result<(), Fault> {
        self.gate.outside(what)
    }

    /// The terminal it is shown on, as far as its user says that there is one.
    pub fn screen(&self) -> &print::Screen {
        &self.screen
    }

    /// What is recorded, traced and kept of the exchanges.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// Keeps an input and what came of it for a report.
    fn noted(&self, input: &str, run: impl FnOnce() -> Reply) -> Reply {
        self.desk.diary().input(input);
        let reply = run();
        self.desk.diary().output(&brief(&reply));
        reply
    }

    /// What may stand at byte `pos` of what is being typed.
    pub fn complete(&self, text: &str, pos: usize) -> Completion {
        self.vm.complete(text, pos, self.names.live())
    }

    /// What may be given next in the call that is being typed; none as well when Lua is busy.
    pub fn hint(&self, text: &str) -> Option<String> {
        self.vm.hint(text)
    }

    /// A prompt stands there: what will soon be wanted is made ready in the background.
    pub fn prepare(&self) {
        if self.names.wants() {
            self.vm.behind(Arc::clone(&self.names).fill());
        }
    }

    /// Whether more lines could make this input whole.
    pub fn unfinished(&self, source: &str) -> bool {
        Vm::unfinished(source)
    }

    /// Stops what runs, from any thread; false when nothing does.
    pub fn interrupt(&self) -> bool {
        self.vm.interrupt()
    }

    /// Tells no more of what happens in the lab; whether anybody was told.
    pub fn hush(&self) -> bool {
        self.lab.as_ref().is_some_and(Lab::hush)
    }

    /// Every native of every module.
    pub fn natives(&self) -> Result<Vec<Native>, Fault> {
        self.vm.natives()
    }
}

/// What came of an input, in so many words as a report wants.
fn brief(reply: &Reply) -> String {
    match reply {
        Reply::Nothing | Reply::Incomplete => String::new(),
        Reply::Exit(status) => format!("(leaves with {status})"),
        Reply::Failed(report) => report.text(&Style::WHOLE),
        Reply::Values(values) => {
            let text = |value: &Shape| match value {
                Shape::List(items, count) if items.len() > ROWS => format!("({count} records)"),
                value => inspect::inspect(value, &Style::WHOLE),
            };
            values.iter().map(text).collect::<Vec<_>>().join("\n")
        }
    }
}

#[cfg(test)]
mod tests;
