//! What the scheduler (tasks.lua) stands on: the queue of results and the clock.
use super::{
    native::{Access, Native, Natives},
    sched::{Bridge, Settle},
    value,
};
use crate::{
    call::Call,
    clock::{Clock, Span},
    fault::Fault,
    progress,
};
use mlua::{FromLuaMulti, Function, IntoLuaMulti, Lua, Result, Table, Value};
use std::{rc::Rc, sync::Arc, time::Duration};

/// Declares the natives of `lib-lua/task.lua`. `shared` is what native.lua shares with the scheduler.
pub(crate) fn natives(
    n: &mut Natives,
    bridge: &Rc<Bridge>,
    shared: &Table,
    clock: &Arc<dyn Clock>,
) -> Result<()> {
    n.sync("seconds", |(span,): (Span,)| Ok(span.0.as_secs_f64()));
    let its = Arc::clone(clock);
    n.read("sleep", move |(span,): (Span,)| {
        let clock = Arc::clone(&its);
        async move { clock.sleep(span.0).await }
    });
    let core = Core {
        lua: n.lua(),
        table: n.lua().create_table()?,
    };
    core.time(bridge, clock)?;
    core.queue(bridge)?;
    shared.set("sleep", n.function("sleep")?)?;
    shared.set("seconds", n.function("seconds")?)?;
    let (run, sleep, background, cancel): (Function, Function, Function, Function) = n
        .lua()
        .load(include_str!("tasks.lua"))
        .set_name("=[native]")
        .call((core.table, shared))?;
    n.value("run", run);
    n.value("with", shared.get::<Value>("with")?);
    n.value("sleep", sleep);
    n.value("background", background);
    n.value("cancel", cancel);
    Ok(())
}

/// The functions only the scheduler may call: they neither raise nor wait as natives do.
struct Core<'a> {
    lua: &'a Lua,
    table: Table,
}

impl Core<'_> {
    fn give<A: FromLuaMulti, R: IntoLuaMulti>(
        &self,
        name: &str,
        call: impl Fn(&Lua, A) -> Result<R> + 'static,
    ) -> Result<()> {
        self.table.set(name, self.lua.create_function(call)?)
    }

    fn time(&self, bridge: &Rc<Bridge>, clock: &Arc<dyn Clock>) -> Result<()> {
        self.table.set("jumps", clock.jumps())?;
        let its = Arc::clone(clock);
        self.give("now", move |_, ()| {
            Ok(its.now().as_duration().as_secs_f64())
        })?;
        let (its, alarm) = (
            Rc::clone(bridge),
            Rc::new(Native::new("task", "timeout", Access::Read)),
        );
        self.give("alarm", move |lua, seconds: f64| {
            let span = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
            let ring = async move {
                tokio::time::sleep(span).await;
                Box::new(|_: &Lua| Ok(Value::Nil)) as Settle
            };
            id_or_fault(lua, its.start(&alarm, Call::default(), ring))
        })
    }

    fn queue(&self, bridge: &Rc<Bridge>) -> Result<()> {
        let its = Rc::clone(bridge);
        self.give("next", move |lua, ()| id_or_fault(lua, its.next()))?;
        let its = Rc::clone(bridge);
        self.give("take", move |lua, id| {
            value::outcome(lua, its.take(lua, id))
        })?;
        let its = Rc::clone(bridge);
        self.give("abort", move |_, id| {
            its.abort(id);
            Ok(())
        })?;
        let its = Rc::clone(bridge);
        self.give("own", move |_, (group, scope)| {
            its.ledger.enter(group);
            its.scope.set(scope);
            Ok(())
        })?;
        let its = Rc::clone(bridge);
        self.give("work", move |_, count| {
            let work = progress::begin("tasks", count);
            let begun = work.is_some();
            if begun {
                *its.work.borrow_mut() = work;
            }
            Ok(begun)
        })?;
        let its = Rc::clone(bridge);
        self.give("step", move |_, over| {
            if let Some(work) = &*its.work.borrow() {
                work.step();
            }
            if over {
                its.work.take();
            }
            Ok(())
        })?;
        let its = Rc::clone(bridge);
        self.give("poll", move |_, ()| Ok(its.poll()))?;
        let its = Rc::clone(bridge);
        self.give("behind", move |_, on| {
            its.behind.set(on);
            Ok(())
        })?;
        let its = Rc::clone(bridge);
        self.give("jobs", move |_, more: i64| {
            its.jobs.set(its.jobs.get().saturating_add(more));
            Ok(())
        })?;
        let its = Rc::clone(bridge);
        self.give("scope", move |_, ()| Ok(its.scope.get()))?;
        let its = Rc::clone(bridge);
        self.give("sent", move |_, (group, heir)| {
            Ok(its.ledger.hand_over(group, heir))
        })
    }
}

fn id_or_fault(lua: &Lua, id: std::result::Result<u64, Fault>) -> Result<(Option<u64>, Value)> {
    Ok(match id {
        Ok(id) => (Some(id), Value::Nil),
        Err(fault) => (None, value::fault_to_lua(lua, &fault)?),
    })
}
