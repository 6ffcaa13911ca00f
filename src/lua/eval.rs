//! Runs pieces of Lua: compiles, calls, and turns values or errors into a reply.
use super::{
    host::Host,
    report::{Reply, Report},
    session, trace, value,
};
use crate::fault::{Fault, Kind};
use mlua::{
    Error, Function, IntoLuaMulti, Lua, MultiValue, Table, Value, Variadic, chunk::ChunkMode,
};
use std::{cell::RefCell, path::Path, rc::Rc};

/// How a chunk typed at the prompt is called in messages.
const PROMPT: &str = "=prompt";

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
    pub(crate) fn prompt(&self, source: &str) -> Reply {
        let function = match self.compile_prompt(source) {
            Ok(function) => function,
            Err(Error::SyntaxError {
                incomplete_input: true,
                ..
            }) => return Reply::Incomplete,
            Err(error) => return Reply::Failed(syntax(&error)),
        };
        let out = self.run(&function, ());
        if let Err(Halt::Failed { report, raised }) = &out {
            let fault = match (&report.fault, raised) {
                (Some(fault), Value::Nil) => value::fault_to_lua(&self.lua, fault).ok(),
                _ => None,
            };
            self.session
                .remember("_err", fault.as_ref().unwrap_or(raised));
        }
        if let Ok(values) = &out
            && let Some(last) = values.front()
        {
            self.session.remember("_", last);
        }
        self.reply(out)
    }

    /// The code of `-e`.
    pub(crate) fn expression(&self, source: &str, name: &str) -> Reply {
        let function = self
            .compile(format!("return {source}").as_bytes(), name)
            .or_else(|_| self.compile(source.as_bytes(), name));
        match function {
            Ok(function) => self.reply(self.run(&function, ())),
            Err(error) => Reply::Failed(syntax(&error)),
        }
    }

    /// A script; `arg` holds its path and arguments, as under plain `lua`.
    pub(crate) fn script(&self, source: &[u8], path: &Path, args: &[String]) -> Reply {
        let function = self
            .compile(source, &format!("@{}", path.display()))
            .and_then(|function| {
                let arg = self.lua.create_sequence_from(args.iter().map(String::as_str))?;
                arg.raw_set(0, path.to_string_lossy())?;
                self.lua.globals().raw_set("arg", arg)?;
                Ok(function)
            });
        match function {
            Ok(function) => self.reply(self.run(&function, Variadic::from(args.to_vec()))),
            Err(error) => Reply::Failed(syntax(&error)),
        }
    }

    /// Compiles a script, whose first line may name an interpreter.
    fn compile(&self, source: &[u8], name: &str) -> mlua::Result<Function> {
        let start = match source {
            [b'#', ..] => {
                let end = source.iter().position(|b| *b == b'\n');
                end.unwrap_or(source.len())
            }
            _ => 0,
        };
        self.lua
            .load(&source[start..])
            .set_name(name)
            .set_mode(ChunkMode::Text)
            .into_function()
    }

    fn compile_prompt(&self, source: &str) -> mlua::Result<Function> {
        let load = |text: &str| {
            self.lua
                .load(text)
                .set_name(PROMPT)
                .set_mode(ChunkMode::Text)
                .set_environment(self.session.environment())
                .into_function()
        };
        let expression = load(&format!("return {source}"));
        let Err(trouble) = expression else {
            return expression;
        };
        let rewritten = session::rewrite(source);
        let statements = load(&rewritten.text);
        match (&statements, trouble) {
            (Ok(_), _) => {
                for name in &rewritten.locals {
                    self.session.declare(name)?;
                }
                statements
            }
            (
                Err(_),
                trouble @ Error::SyntaxError {
                    incomplete_input: true,
                    ..
                },
            ) => Err(trouble),
            (Err(_), _) => statements,
        }
    }

    /// Calls a function so that it can be stopped, and sorts out how it ended.
    pub(crate) fn run(
        &self,
        function: &Function,
        args: impl IntoLuaMulti,
    ) -> Result<MultiValue, Halt> {
        self.bridge.begin();
        let (out, stopped) = self.stopper.watch(|| self.call(function, args));
        let sent = self.bridge.finish();
        if let Some(status) = self.exit.take() {
            return Err(Halt::Exit(status));
        }
        if stopped {
            self.forget_tasks();
            let mut fault = Fault::new(Kind::Interrupted, "interrupted");
            fault.cause = sent;
            return Err(failed(Report::from(fault), Value::Nil));
        }
        out.unwrap_or_else(|error| {
            Err(failed(
                Report::of_text(&error.to_string(), None),
                Value::Nil,
            ))
        })
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
        let report = report(&self.lua, &raised, note.take());
        Ok(Err(failed(report, raised)))
    }

    fn reply(&self, out: Result<MultiValue, Halt>) -> Reply {
        match out {
            Ok(values) => match render(&values) {
                Some(text) => Reply::Value(text),
                None => Reply::Nothing,
            },
            Err(Halt::Exit(status)) => Reply::Exit(status),
            Err(Halt::Failed { report, .. }) => Reply::Failed(*report),
        }
    }

    /// An interrupt tore through the scheduler: what it knew of tasks is void.
    fn forget_tasks(&self) {
        let weak = self.shared.get::<Table>("tasks");
        if let Ok(tasks) = weak {
            // Cannot fail: a plain table.
            let _ = tasks.clear();
        }
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
    let text = raised.to_string().unwrap_or_default();
    Report::of_text(&text, place)
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

/// Lua says `[string "…"]:3:` or `prompt:3:` itself.
fn syntax(error: &Error) -> Report {
    match error {
        Error::SyntaxError { message, .. } => Report::of_text(message, None),
        other => Report::of_text(&other.to_string(), None),
    }
}

/// What the prompt shows; nothing for no value and for nil.
fn render(values: &MultiValue) -> Option<String> {
    if values.iter().all(Value::is_nil) {
        return None;
    }
    let words = values.iter().map(|value| value.to_string());
    words
        .collect::<mlua::Result<Vec<_>>>()
        .map_or_else(|e| Some(e.to_string()), |words| Some(words.join("\t")))
}
