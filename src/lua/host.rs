//! The VM's own side, on its thread: the Lua state, what is global in it, how modules get their natives.
use super::{
    docs::Index,
    guide::Guide,
    inspect::Style,
    interrupt::Stopper,
    library,
    memory::Memory,
    native::{Forge, Native, Natives},
    own,
    print::Printer,
    sched::Bridge,
    session::Session,
    surplus, tasks, trace, value,
};
use crate::{clock::Clock, journal::Journal};
use mlua::{Function, Lua, LuaString, Table, Value};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    io::ErrorKind,
    rc::Rc,
    sync::Arc,
};

/// Declares the natives of one module; called when the module is first required.
pub type Declare = Box<dyn Fn(&mut Natives) + Send>;

/// The same once it is on the VM's thread.
type Declares = Box<dyn Fn(&mut Natives)>;

/// The status of a process whose reader went away, as shells report SIGPIPE.
const PIPE_CLOSED: u8 = 141;

/// All that lives on the VM's thread.
pub(crate) struct Host {
    pub(crate) lua: Lua,
    pub(crate) bridge: Rc<Bridge>,
    pub(crate) stopper: Rc<Stopper>,
    pub(crate) printer: Rc<Printer>,
    pub(crate) session: Session,
    /// What the scheduler shares with the natives.
    pub(crate) shared: Table,
    /// The status with which the code asked to leave.
    pub(crate) exit: Rc<Cell<Option<u8>>>,
    pub(crate) guide: Rc<Guide>,
    pub(crate) memory: Memory,
    homes: Rc<Homes>,
}

impl Host {
    pub(crate) fn new(
        bridge: Bridge,
        printer: Rc<Printer>,
        modules: BTreeMap<&'static str, Declare>,
        style: Style,
        clock: &Arc<dyn Clock>,
        journal: Arc<Journal>,
        memory: Memory,
    ) -> mlua::Result<Self> {
        let lua = Lua::new();
        let stopper = Rc::new(Stopper::install(&lua, bridge.switch.clone())?);
        value::install(&lua)?;
        trace::install(&lua)?;
        let bridge = Rc::new(bridge);
        let (forge, shared) = Forge::new(&lua, Rc::clone(&bridge), journal)?;
        let mut modules: BTreeMap<_, Declares> = modules
            .into_iter()
            .map(|(name, declare)| (name, declare as Declares))
            .collect();
        own_modules(&mut modules, &bridge, &shared, clock);
        let guide = Rc::<Guide>::default();
        let (its, out) = (Rc::clone(&guide), Rc::clone(&printer));
        modules.insert("session", Box::new(move |n| own::natives(n, &its, &out)));
        let homes = Rc::new(Homes {
            forge,
            modules,
            tables: RefCell::default(),
            declared: RefCell::default(),
        });
        let host = Self {
            session: Session::new(&lua)?,
            lua,
            bridge,
            stopper,
            printer,
            shared,
            exit: Rc::new(Cell::new(None)),
            guide,
            memory,
            homes,
        };
        let natives = host.guide_natives(style)?;
        host.homes
            .tables
            .borrow_mut()
            .insert("help".to_owned(), natives);
        host.search_modules()?;
        host.make_globals()?;
        memory.install(&host.lua)?;
        Ok(host)
    }

    /// Every native of every module, in order; loads them all.
    pub(crate) fn natives(&self) -> mlua::Result<Vec<Native>> {
        for module in self.homes.modules.keys() {
            self.homes.natives(&self.lua, module)?;
        }
        Ok(self.homes.declared.borrow().clone())
    }

    /// The natives of one module, as its facade gets them.
    #[cfg(test)]
    pub(crate) fn natives_of(&self, module: &str) -> mlua::Result<Value> {
        self.homes.natives(&self.lua, module)
    }

    /// The documentation of the whole library, read at the first need.
    pub(crate) fn docs(&self) -> &Index {
        self.guide.docs()
    }

    /// `require` looks here after `package.preload`. A module's natives come to it as loader data.
    fn search_modules(&self) -> mlua::Result<()> {
        let homes = Rc::clone(&self.homes);
        let search = self.lua.create_function(move |lua, name: String| {
            let Some(source) = library::source(&name) else {
                let text = lua.create_string(format!("no module '{name}' in chami's library"))?;
                return Ok((Value::String(text), Value::Nil));
            };
            let loader = lua
                .load(surplus::guarded(&name, &source.text))
                .set_name(source.chunk)
                .into_function()?;
            let root = name.split('.').next().unwrap_or_default();
            let natives = homes.natives(lua, root)?;
            Ok((Value::Function(loader), natives))
        })?;
        let package: Table = self.lua.globals().get("package")?;
        let searchers: Table = package.get("searchers")?;
        searchers.raw_insert(2, search)?;
        let path: String = package.get("path")?;
        let installed: Vec<_> = path.split(';').filter(|it| it.starts_with('/')).collect();
        package.set("path", installed.join(";"))
    }

    fn make_globals(&self) -> mlua::Result<()> {
        let prelude: Table = match library::source("prelude") {
            Some(source) => self
                .lua
                .load(source.text.as_ref())
                .set_name(source.chunk)
                .eval()?,
            None => self.lua.create_table()?,
        };
        let (printer, leave) = (Rc::clone(&self.printer), self.leave());
        let write = self
            .lua
            .create_function(move |_, (text, end): (LuaString, LuaString)| {
                printer.write(&text.as_bytes());
                printer.write(&end.as_bytes());
                match printer.trouble() {
                    Some(error) if error.kind() == ErrorKind::BrokenPipe => leave(PIPE_CLOSED),
                    Some(error) => return Err(mlua::Error::external(error)),
                    None => {}
                }
                Ok(())
            })?;
        let printer = Rc::clone(&self.printer);
        let flush = self.lua.create_function(move |_, (): ()| {
            printer.flush();
            Ok(())
        })?;
        let leave = self.leave();
        let exit = self.lua.create_function(move |_, status: i64| {
            // As the system does it: the low eight bits.
            leave(status.to_le_bytes()[0]);
            Ok(())
        })?;
        self.lua
            .load(include_str!("globals.lua"))
            .set_name("=[native]")
            .call((
                prelude,
                write,
                flush,
                exit,
                self.shared.get::<Function>("raise")?,
                self.forbidden()?,
            ))
    }

    /// What tells why Lua's own libraries may not change this machine; none in a session that may.
    fn forbidden(&self) -> mlua::Result<Option<Function>> {
        if !self.bridge.gate.restricts() {
            return Ok(None);
        }
        let gate = Arc::clone(&self.bridge.gate);
        let check = self.lua.create_function(move |lua, name: String| {
            let refused = gate.outside(&name).err();
            refused
                .map(|fault| value::fault_to_lua(lua, &fault))
                .transpose()
        })?;
        Ok(Some(check))
    }

    /// Ends what runs, for good: no `pcall` holds it.
    fn leave(&self) -> impl Fn(u8) + 'static {
        let (exit, stopper) = (Rc::clone(&self.exit), Rc::clone(&self.stopper));
        move |status| {
            exit.set(Some(status));
            stopper.stop();
        }
    }
}

/// The modules that belong to the VM itself.
fn own_modules(
    modules: &mut BTreeMap<&'static str, Declares>,
    bridge: &Rc<Bridge>,
    shared: &Table,
    clock: &Arc<dyn Clock>,
) {
    let (its, scheduler, clock) = (Rc::clone(bridge), shared.clone(), Arc::clone(clock));
    modules.insert(
        "task",
        Box::new(move |n| {
            let declared = tasks::natives(n, &its, &scheduler, &clock);
            n.keep(declared);
        }),
    );
    let raise = shared.get::<Value>("raise").unwrap_or_default();
    modules.insert(
        "fault",
        Box::new(move |n| {
            n.value("raise", raise.clone());
            n.raw("new", value::new_fault);
        }),
    );
}

/// Where natives come from, and the tables already made.
struct Homes {
    forge: Forge,
    modules: BTreeMap<&'static str, Declares>,
    tables: RefCell<BTreeMap<String, Table>>,
    declared: RefCell<Vec<Native>>,
}

impl Homes {
    /// The natives of a module; nil for one that has none.
    fn natives(&self, lua: &Lua, module: &str) -> mlua::Result<Value> {
        if let Some(table) = self.tables.borrow().get(module) {
            return Ok(Value::Table(table.clone()));
        }
        let Some(declare) = self.modules.get(module) else {
            return Ok(Value::Nil);
        };
        let mut natives = Natives::new(lua, &self.forge, module)?;
        declare(&mut natives);
        let (table, declared) = natives.finish()?;
        self.declared.borrow_mut().extend(declared);
        self.forge.strict.call::<()>((&table, module))?;
        let mut tables = self.tables.borrow_mut();
        tables.insert(module.to_owned(), table.clone());
        Ok(Value::Table(table))
    }
}
