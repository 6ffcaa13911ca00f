//! Runs pieces of Lua: compiles, calls, and turns values or errors into a reply.
use super::{
    compile,
    docs::Index,
    host::Host,
    inspect::{self, Style},
    memory,
    report::{Reply, Report},
    shape::{self, Limit},
    trace, undefined, value,
};
use crate::fault::{Fault, Kind};
use mlua::{Error, Function, IntoLuaMulti, Lua, MultiValue, Table, Value, Variadic};
use std::{cell::RefCell, path::Path, rc::Rc};

/// Of a raised list so many parts are shown.
const PARTS: usize = 8;

/// Why a run ended without values.
pub(crate) enum Halt {
    Exit(u8),
    Failed {
        report: Box<Report>,
        /// What was raised, where it was a Lua value.
        raised: Value,
    },
}

impl Host {
    /// One input of the prompt.
    pub(crate) fn prompt(&self, source: &str, limit: Limit) -> Reply {
        self.guide.note(source);
        let function = match compile::prompt(&self.lua, &self.session, source) {
            Ok(function) => function,
            Err(error) if compile::is_incomplete(&error, source) => return Reply::Incomplete,
            Err(error) => return typed(Reply::Failed(self.misspoken(&error, source)), source),
        };
        self.tell_undefined(source);
        let mut out = self.run(&function, ());
        if let Ok(values) = &out {
            self.guide.done(!values.is_empty());
            if let Some(last) = values.front() {
                self.session.remember("_", last);
            }
        }
        if let Ok(values) = out {
            out = self.met(values);
        }
        if let Err(Halt::Failed { raised, .. }) = &out {
            self.session.remember("_err", raised);
        }
        typed(self.reply(out, limit), source)
    }

    /// A value that wants to do something where somebody sits at the prompt does so, in place of being shown: `__prompt`
    /// of its metatable, which gives what is shown then.
    fn met(&self, values: MultiValue) -> Result<MultiValue, Halt> {
        let meeting = match values.front() {
            Some(Value::Table(table)) if values.len() == 1 && self.printer.screen.rows() > 0 => {
                table
                    .metatable()
                    .and_then(|it| it.raw_get::<Function>("__prompt").ok())
            }
            _ => None,
        };
        match meeting {
            Some(meeting) => self.run(&meeting, values),
            None => Ok(values),
        }
    }

    /// Says which names of an input mean nothing, before something is done with them.
    fn tell_undefined(&self, source: &str) {
        let names = undefined::suspects(source);
        let nothing = |name: &&String| {
            let found = self.session.environment().get::<Value>(name.as_str());
            matches!(found, Ok(Value::Nil))
        };
        for name in names.iter().filter(nothing) {
            self.printer.note(&undefined::note(name));
        }
    }

    /// The code of `-e`; `args` are its `...`.
    pub(crate) fn expression(&self, source: &str, name: &str, args: &[String]) -> Reply {
        let reply = match compile::expression(&self.lua, source, name) {
            Ok(function) => {
                let args = Variadic::from(args.to_vec());
                let out = self.with_jobs(self.run(&function, args));
                self.reply(out, Limit::Whole)
            }
            Err(error) => Reply::Failed(self.misspoken(&error, source)),
        };
        typed(reply, source)
    }

    /// What was typed is no Lua: perhaps it is a shell's command.
    fn misspoken(&self, error: &Error, source: &str) -> Report {
        let mut report = syntax(error);
        report.advice = self.in_lua(source);
        report
    }

    /// A script; `arg` holds its path and arguments, as under plain `lua`.
    pub(crate) fn script(&self, source: &[u8], path: &Path, args: &[String]) -> Reply {
        let function = compile::script(&self.lua, source, &format!("@{}", path.display()));
        let function = function.and_then(|function| {
            let words = args.iter().map(String::as_str);
            let arg = self.lua.create_sequence_from(words)?;
            arg.raw_set(0, path.to_string_lossy())?;
            self.lua.globals().raw_set("arg", arg)?;
            self.require_beside(path)?;
            Ok(function)
        });
        match function {
            Ok(function) => {
                let out = self.with_jobs(self.run(&function, Variadic::from(args.to_vec())));
                self.reply(out, Limit::Whole)
            }
            Err(error) => Reply::Failed(syntax(&error)),
        }
    }

    /// Lets `require` find what lies beside a script, before what is installed.
    fn require_beside(&self, script: &Path) -> mlua::Result<()> {
        let folder = script.parent().map(Path::display);
        let Some(folder) = folder.map(|it| it.to_string()) else {
            return Ok(());
        };
        let folder = if folder.is_empty() { "." } else { &folder };
        let package: Table = self.lua.globals().get("package")?;
        let path: String = package.get("path")?;
        package.set("path", format!("{folder}/?.lua;{path}"))
    }

    /// Calls a function so that it can be stopped, and sorts out how it ended.
    pub(crate) fn run(
        &self,
        function: &Function,
        args: impl IntoLuaMulti,
    ) -> Result<MultiValue, Halt> {
        self.bridge.begin();
        self.memory.begin(&self.lua);
        let (out, stopped) = self.stopper.watch(|| self.call(function, args));
        self.memory.end(&self.lua);
        let sent = self.bridge.finish();
        if let Some(status) = self.exit.take() {
            return Err(Halt::Exit(status));
        }
        if stopped {
            self.forget_tasks("stopped by Ctrl-C");
            let mut fault = Fault::new(Kind::Interrupted, "stopped by Ctrl-C");
            fault.cause = sent;
            let raised = value::fault_to_lua(&self.lua, &fault).unwrap_or_default();
            return Err(failed(Report::from(fault), raised));
        }
        out.unwrap_or_else(|error| {
            if memory::is_lack(&error) {
                return Err(self.out_of_memory(memory::fault(&self.lua)));
            }
            let report = Report::of_text(&error.to_string(), None);
            Err(failed(report, Value::Nil))
        })
    }

    /// The scheduler may have been in the middle of something: as after an interrupt.
    fn out_of_memory(&self, fault: Fault) -> Halt {
        self.forget_tasks("out of memory");
        // The run is over, whatever is said of it.
        self.memory.end(&self.lua);
        let raised = value::fault_to_lua(&self.lua, &fault).unwrap_or_default();
        failed(Report::from(fault), raised)
    }

    fn call(
        &self,
        function: &Function,
        args: impl IntoLuaMulti,
    ) -> mlua::Result<Result<MultiValue, Halt>> {
        let xpcall: Function = self.lua.globals().get("xpcall")?;
        let mut all = args.into_lua_multi(&self.lua)?;
        let note = Rc::new(RefCell::new(None));
        let place = Rc::clone(&note);
        let handler = self.lua.create_function(move |lua, raised: Value| {
            *place.borrow_mut() = trace::here(lua);
            Ok(raised)
        })?;
        all.push_front(Value::Function(handler));
        all.push_front(Value::Function(function.clone()));
        let mut out: MultiValue = xpcall.call(all)?;
        let ok = out.pop_front() == Some(Value::Boolean(true));
        if ok {
            return Ok(Ok(out));
        }
        let raised = out.pop_front().unwrap_or_default();
        if let Some(fault) = memory::raised(&self.lua, &raised) {
            return Ok(Err(self.out_of_memory(fault)));
        }
        let mut report = report(&self.lua, &raised, note.take());
        if report.fault.is_none() {
            report.advice = self.advice(&report.message);
        }
        Ok(Err(failed(report, raised)))
    }

    fn reply(&self, out: Result<MultiValue, Halt>, limit: Limit) -> Reply {
        match out {
            Ok(values) if values.is_empty() => Reply::Nothing,
            Ok(values) => {
                let shape = |value| shape::read(&self.lua, self.docs_for(value), value, limit);
                Reply::Values(values.iter().map(shape).collect())
            }
            Err(Halt::Exit(status)) => Reply::Exit(status),
            Err(Halt::Failed { report, .. }) => Reply::Failed(*report),
        }
    }

    /// Reading the documentation takes a moment; plain values need none.
    fn docs_for(&self, value: &Value) -> &Index {
        match value {
            Value::Table(_) | Value::Function(_) => self.docs(),
            _ => const { &Index::EMPTY },
        }
    }

    /// An interrupt tore through the scheduler: what it knew of the run's tasks is void.
    fn forget_tasks(&self, why: &str) {
        // Without tasks nobody has loaded the scheduler; it only touches plain tables, so nothing of this can fail.
        if let Ok(forget) = self.shared.get::<Function>("forget") {
            let _ = forget.call::<()>((self.bridge.behind.replace(false), why));
        }
    }

    /// Lets background jobs go on as far as they can without waiting. Whatever stops that ends them all.
    pub(crate) fn tick(&self) {
        self.bridge.collect();
        let Ok(tick) = self.shared.get::<Function>("tick") else {
            return;
        };
        let (out, stopped) = self.stopper.watch(|| tick.call::<()>(()));
        let why = match out {
            _ if stopped => "stopped by Ctrl-C".to_owned(),
            Ok(()) => return self.printer.flush(),
            Err(error) => error.to_string(),
        };
        self.bridge.behind.set(true);
        self.forget_tasks(&why);
        self.printer.flush();
    }

    /// What runs to its end waits for the jobs it began.
    fn with_jobs(&self, out: Result<MultiValue, Halt>) -> Result<MultiValue, Halt> {
        let values = out?;
        if self.bridge.jobs.get() > 0
            && let Ok(drain) = self.shared.get::<Function>("drain")
        {
            self.run(&drain, ())?;
        }
        Ok(values)
    }
}

fn failed(report: Report, raised: Value) -> Halt {
    Halt::Failed {
        report: Box::new(report),
        raised,
    }
}

/// The report of what was raised.
fn report(lua: &Lua, raised: &Value, place: Option<trace::Place>) -> Report {
    if let Some(fault) = value::fault_from_lua(raised) {
        let place = trace::marked(lua, raised).or(place);
        return Report::of_fault(fault, place);
    }
    if let Value::Error(error) = raised {
        return foreign(error, place);
    }
    let text = words(lua, raised);
    Report::of_text(&text, place)
}

/// What a raised value says. A table that says nothing of itself is shown.
fn words(lua: &Lua, raised: &Value) -> String {
    let Value::Table(table) = raised else {
        return raised.to_string().unwrap_or_default();
    };
    if table.metatable().is_some() {
        return raised.to_string().unwrap_or_default();
    }
    let shape = shape::read(lua, const { &Index::EMPTY }, raised, Limit::Rows(PARTS));
    inspect::inspect(&shape, &Style::WHOLE)
}

/// An error that a Rust callback returned instead of a fault.
fn foreign(error: &Error, place: Option<trace::Place>) -> Report {
    if let Some(fault) = error.downcast_ref::<Fault>() {
        return Report::of_fault(fault.clone(), place);
    }
    match error {
        Error::CallbackError { cause, .. } => foreign(cause, place),
        other => Report::of_text(&other.to_string(), place),
    }
}

/// Lua says where in front: `boot.lua:3: unexpected symbol`.
fn syntax(error: &Error) -> Report {
    let text = match error {
        Error::SyntaxError { message, .. } => message.clone(),
        other => other.to_string(),
    };
    let mut parts = text.splitn(3, ':');
    let place = match (parts.next(), parts.next().map(str::parse)) {
        (Some(chunk), Some(Ok(line))) => Some(trace::Place {
            chunk: chunk.to_owned(),
            line,
            function: None,
        }),
        _ => None,
    };
    Report::of_text(&text, place)
}

/// The names of chunks that were typed, not read from a file.
const TYPED: [&str; 2] = ["prompt", "-e"];

/// In a single line that stands above the report nobody needs to be told where.
fn typed(reply: Reply, source: &str) -> Reply {
    match reply {
        Reply::Failed(mut report) if !source.trim().contains('\n') => {
            report.place = report
                .place
                .filter(|it| it.function.is_some() || !TYPED.contains(&it.chunk.as_str()));
            Reply::Failed(report)
        }
        other => other,
    }
}
