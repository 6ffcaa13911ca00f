//! Natives: the Rust bodies behind the facades in `lib-lua/`.
//!
//! A native that does I/O is a pair, start and reap (`sched.rs`); a pure one answers at once on Lua's thread. Errors are
//! tables that a few lines of Lua raise, because `pcall` cannot look into an error that comes from Rust.
mod args;

pub use args::Args;

use super::{
    errand::{Errand, Reach, Sent},
    library, memory,
    sched::{Bridge, Settle},
    value::{self, Mismatch},
    voice::Voice,
};
use crate::{
    call::{self, Call, Plan},
    fault::Fault,
    journal::Journal,
};
use mlua::{Function, IntoLua, Lua, LuaSerdeExt, Table, Value};
use serde::Serialize;
use std::{cell::OnceCell, fmt, future::Future, rc::Rc, sync::Arc};

/// What a native does to the world outside chami.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: it computes.
    Pure,
    Read,
    Write,
}

/// The name and access of one native.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Native {
    pub module: String,
    pub name: &'static str,
    pub access: Access,
    /// Whether the journal keeps what it changes.
    pub journaled: bool,
    path: OnceCell<String>,
}

impl Native {
    pub(crate) fn new(module: &str, name: &'static str, access: Access) -> Self {
        Self {
            module: module.to_owned(),
            name,
            access,
            journaled: false,
            path: OnceCell::new(),
        }
    }

    pub(crate) fn writes(&self) -> bool {
        self.access == Access::Write
    }
}

/// As the user calls it: `smd.component.list`.
impl fmt::Display for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            self.path
                .get_or_init(|| library::spelling(&self.module, self.name).path),
        )
    }
}

/// What turns natives into Lua functions, once per VM.
pub(crate) struct Forge {
    pub(crate) bridge: Rc<Bridge>,
    journal: Arc<Journal>,
    /// start → function that blocks or yields.
    call: Function,
    /// function that answers `ok, value` → function that answers or raises.
    pure: Function,
    /// Makes a table of natives complain about names it does not have.
    pub(crate) strict: Function,
}

impl Forge {
    pub(crate) fn new(
        lua: &Lua,
        bridge: Rc<Bridge>,
        journal: Arc<Journal>,
    ) -> mlua::Result<(Self, Table)> {
        let waiter = Rc::clone(&bridge);
        let reap =
            lua.create_function(move |lua, id: u64| value::outcome(lua, waiter.reap(lua, id)))?;
        let mark = lua.create_function(|lua, fault: Value| super::trace::mark(lua, &fault))?;
        let (call, pure, shared): (_, _, Table) = lua
            .load(include_str!("native.lua"))
            .set_name("=[native]")
            .call((reap, mark))?;
        let strict = shared.get("strict")?;
        let forge = Self {
            bridge,
            journal,
            call,
            pure,
            strict,
        };
        Ok((forge, shared))
    }
}

/// What all calls carry along from here on, until it is set anew; each task has its own.
pub struct Scope(Rc<Bridge>);

impl Scope {
    pub fn get(&self) -> u64 {
        self.0.scope.get()
    }

    pub fn set(&self, scope: u64) {
        self.0.scope.set(scope);
    }
}

/// The calls that natives are asked for from now on, told to whoever wants to know: `smd.group.add` and its arguments.
pub struct Calls(Rc<Bridge>);

/// Takes a call's name and arguments.
pub type Told = Box<dyn Fn(&str, &[serde_json::Value])>;

impl Calls {
    pub fn tell(&self, told: Option<Told>) {
        *self.0.told.borrow_mut() = told;
    }
}

/// The natives of one module, as its facade receives them.
pub struct Natives<'lua> {
    lua: &'lua Lua,
    forge: &'lua Forge,
    module: &'lua str,
    table: Table,
    declared: Vec<Native>,
    nulls: bool,
    reach: Reach,
    /// Whose records its writes touch.
    pub(super) house: &'static str,
    trouble: Option<mlua::Error>,
}

impl<'lua> Natives<'lua> {
    pub(crate) fn new(lua: &'lua Lua, forge: &'lua Forge, module: &'lua str) -> mlua::Result<Self> {
        Ok(Self {
            lua,
            forge,
            module,
            table: lua.create_table()?,
            declared: Vec::new(),
            nulls: false,
            reach: Reach::Target,
            house: "",
            trouble: None,
        })
    }

    pub(crate) fn finish(self) -> mlua::Result<(Table, Vec<Native>)> {
        match self.trouble {
            Some(error) => Err(error),
            None => Ok((self.table, self.declared)),
        }
    }

    /// Results of this module keep `null` as `json.null` instead of leaving it out.
    pub fn keep_nulls(&mut self) {
        self.nulls = true;
    }

    /// What this module's natives change is on this machine, not at the target.
    pub fn at_home(&mut self) {
        self.reach = Reach::Home;
    }

    /// Declares a native that only reads.
    pub fn read<A, R, F>(&mut self, name: &'static str, call: impl Fn(A) -> F + 'static)
    where
        A: Args,
        R: Serialize + Send + 'static,
        F: Future<Output = Result<R, Fault>> + Send + 'static,
    {
        self.start(name, Access::Read, call);
    }

    /// Declares a native that changes something outside chami, but no records: those are `change`'s.
    pub fn write<A, R, F>(&mut self, name: &'static str, call: impl Fn(A) -> F + 'static)
    where
        A: Args,
        R: Serialize + Send + 'static,
        F: Future<Output = Result<R, Fault>> + Send + 'static,
    {
        self.start(name, Access::Write, call);
    }

    pub(super) fn journal(&self) -> &Arc<Journal> {
        &self.forge.journal
    }

    /// The native declared last is journaled.
    pub(super) fn mark_journaled(&mut self) {
        if let Some(native) = self.declared.last_mut() {
            native.journaled = true;
        }
    }

    /// Declares a native that does no I/O and answers at once, on Lua's own thread.
    pub fn sync<A, R>(&mut self, name: &'static str, call: impl Fn(A) -> Result<R, Fault> + 'static)
    where
        A: Args,
        R: Serialize,
    {
        let nulls = self.nulls;
        self.pure(name, move |lua, values| {
            value::to_lua(lua, &call(A::from_values(lua, values)?)?, nulls).map_err(Failure::from)
        });
    }

    /// Hands a plain value to the facade.
    pub fn value(&mut self, name: &'static str, value: impl IntoLua) {
        let set = self.table.raw_set(name, value);
        self.keep(set);
    }

    /// What marks a table as a list.
    pub fn list_metatable(&self) -> Table {
        self.lua.array_metatable()
    }

    /// The scope that calls are made within: read, and set from now on.
    pub fn scope(&self) -> Scope {
        Scope(Rc::clone(&self.forge.bridge))
    }

    /// The way to where the session prints, for work that goes on beside it.
    pub fn voice(&self) -> Voice {
        self.forge.bridge.voice()
    }

    pub fn calls(&self) -> Calls {
        Calls(Rc::clone(&self.forge.bridge))
    }

    /// A native declared before, as Lua gets it.
    pub(crate) fn function(&self, name: &str) -> mlua::Result<Function> {
        self.table.raw_get(name)
    }

    pub(crate) fn lua(&self) -> &'lua Lua {
        self.lua
    }

    /// Declares a native that takes and gives Lua values.
    pub fn raw<R: IntoLua>(
        &mut self,
        name: &'static str,
        call: impl Fn(&Lua, [Value; 4]) -> Result<R, Failure> + 'static,
    ) {
        self.pure(name, move |lua, values| {
            let out = call(lua, values)?;
            out.into_lua(lua)
                .map_err(|e| memory::or_defect(lua, &e).into())
        });
    }

    fn pure(
        &mut self,
        name: &'static str,
        call: impl Fn(&Lua, [Value; 4]) -> Result<Value, Failure> + 'static,
    ) {
        let native = self.declare(name, Access::Pure);
        let bridge = Rc::clone(&self.forge.bridge);
        let body =
            self.lua
                .create_function(move |lua, (a, b, c, d): (Value, Value, Value, Value)| {
                    let out = bridge
                        .admit(&native)
                        .map_err(Failure::from)
                        .and_then(|()| call(lua, [a, b, c, d]));
                    value::outcome(lua, out.map_err(|failure| failure.fault(&native)))
                });
        let function = body.and_then(|body| self.forge.pure.call::<Function>(body));
        self.set(name, function);
    }

    fn start<A, R, F>(
        &mut self,
        name: &'static str,
        access: Access,
        call: impl Fn(A) -> F + 'static,
    ) where
        A: Args,
        R: Serialize + Send + 'static,
        F: Future<Output = Result<R, Fault>> + Send + 'static,
    {
        let (native, nulls) = (self.declare(name, access), self.nulls);
        let errand = Errand {
            bridge: Rc::clone(&self.forge.bridge),
            native: Rc::clone(&native),
            reach: self.reach,
        };
        let body = self.lua.create_function(
            move |lua, (said, a, b, c, d): (Value, Value, Value, Value, Value)| {
                let start = || {
                    let mut values = [a, b, c, d];
                    let patience = errand.patience(lua, &said, &mut values)?;
                    let args = A::from_values(lua, values.clone())?;
                    errand.told(lua, &values);
                    match errand.admit(lua, &values, patience)? {
                        Sent::Call(its) => {
                            errand
                                .bridge
                                .start(&native, its, settled(call(args), nulls))
                        }
                        Sent::Planned(plan) => {
                            let work = settled(std::future::ready(Ok(vec![plan])), nulls);
                            errand.bridge.start(&native, Call::default(), work)
                        }
                    }
                    .map_err(Failure::from)
                };
                Ok(match start() {
                    Ok(id) => (Some(id), Value::Nil),
                    Err(failure) => {
                        let fault = failure.fault(&native);
                        (None, value::fault_to_lua(lua, &fault)?)
                    }
                })
            },
        );
        let function = body.and_then(|body| self.forge.call.call::<Function>(body));
        self.set(name, function);
    }

    fn declare(&mut self, name: &'static str, access: Access) -> Rc<Native> {
        let native = Native::new(self.module, name, access);
        self.declared.push(native.clone());
        Rc::new(native)
    }

    fn set(&mut self, name: &'static str, function: mlua::Result<Function>) {
        let set = function.and_then(|function| self.table.raw_set(name, function));
        self.keep(set);
    }

    pub(crate) fn keep(&mut self, outcome: mlua::Result<()>) {
        if let Err(error) = outcome {
            self.trouble.get_or_insert(error);
        }
    }
}

/// The native's future, its result packed for the way back.
async fn settled<R: Serialize + Send + 'static>(
    work: impl Future<Output = Result<R, Fault>>,
    nulls: bool,
) -> Settle {
    let out = work.await;
    let plan = call::current().and_then(|call| call.plan.as_ref().map(Plan::take));
    match plan {
        // What came of requests that were not sent says nothing; what was refused before that is no plan.
        Some(plan) if !plan.is_empty() && !call::refused(&out) => {
            Box::new(move |lua| value::to_lua(lua, &plan, nulls))
        }
        _ => Box::new(move |lua| value::to_lua(lua, &out?, nulls)),
    }
}

/// Why a native did not answer.
#[derive(Debug)]
pub enum Failure {
    /// Its argument at this position does not fit.
    Argument(usize, Mismatch),
    Fault(Fault),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Failure {
    fn fault(self, native: &Native) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Argument(position, mismatch) => {
                let spelling = library::spelling(&native.module, native.name);
                let name = spelling.arguments.get(position).map(String::as_str);
                mismatch.fault(&spelling.path, position, name)
            }
        }
    }
}
