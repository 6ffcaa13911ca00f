//! The composition root: joins the Lua VM with the services, the builtins and a target.
mod way;

pub use crate::lua::{Reply, Report};
pub use way::{Trust, Way};

use crate::{
    builtins::{self, Context},
    clock::{Clock, Wall},
    config::Session,
    fault::Fault,
    http::Http,
    lab::Lab,
    lua::{
        Declare, Native, Options as VmOptions, Vm, complete::Completion, inspect::Style, print,
        shape::Limit,
    },
    services,
};
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
        Self {
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
    limit: Limit,
    lab: Option<Lab>,
    /// Whether the lab's notice was given away.
    told: AtomicBool,
}

impl Shell {
    /// Starts the VM; nothing else is started before it is needed.
    pub fn new(options: Options) -> Result<Self, Fault> {
        let mut modules = BTreeMap::<&'static str, Declare>::new();
        for service in services::ALL {
            let http = options.http.clone();
            let natives = service.natives;
            modules.insert(service.name, Box::new(move |n| natives(n, &http)));
        }
        let context = Context {
            http: options.http,
            clock: Arc::clone(&options.clock),
            lab: options.lab.clone(),
            session: Arc::new(options.session),
        };
        for builtin in builtins::ALL {
            let context = context.clone();
            let natives = builtin.natives;
            modules.insert(builtin.name, Box::new(move |n| natives(n, &context)));
        }
        let vm = Vm::start(VmOptions {
            sink: options.sink,
            modules,
            style: options.style,
            clock: options.clock,
            memory: options.memory,
        })?;
        Ok(Self {
            vm,
            limit: options.limit,
            lab: options.lab,
            told: AtomicBool::new(false),
        })
    }

    /// What the user should know about the lab since it was opened: damage that was mended. Said once.
    pub fn notice(&self) -> Option<String> {
        let notice = self.lab.as_ref()?.notice()?;
        (!self.told.swap(true, Ordering::Relaxed)).then_some(notice)
    }

    /// Runs one input as the prompt does: an expression or statements, whose locals stay.
    pub fn eval(&self, source: &str) -> Reply {
        self.vm.prompt(source, self.limit)
    }

    /// Runs the code of `-e`: an expression, or statements that may `return`; `args` are its `...`.
    pub fn run(&self, code: &str, args: &[String]) -> Reply {
        self.vm.expression(code, "=-e", args)
    }

    /// Runs a script; `args` are its `...` and, with the path as number 0, its `arg`.
    pub fn run_file(&self, path: &Path, args: &[String]) -> Reply {
        match fs::read(path) {
            Ok(source) => self.vm.script(&source, path, args),
            Err(error) => Reply::Failed(Fault::io(path, &error).into()),
        }
    }

    /// What may stand at byte `pos` of what is being typed.
    pub fn complete(&self, text: &str, pos: usize) -> Completion {
        self.vm.complete(text, pos)
    }

    /// Whether more lines could make this input whole.
    pub fn unfinished(&self, source: &str) -> bool {
        self.vm.unfinished(source)
    }

    /// Stops what runs, from any thread; false when nothing does.
    pub fn interrupt(&self) -> bool {
        self.vm.interrupt()
    }

    /// Every native of every module.
    pub fn natives(&self) -> Result<Vec<Native>, Fault> {
        self.vm.natives()
    }
}

#[cfg(test)]
mod tests;
