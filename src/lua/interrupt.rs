//! Stops running Lua from outside, at no cost while nobody asks.
//!
//! No hook is installed while Lua runs. `Switch::press` raises the VM's stop flag and signals the VM's thread; the
//! handler, which therefore runs on that very thread, arms a count hook of one instruction on the state that executes.
//! The VM raises at its next instruction and goes on raising after each `pcall` that caught it, until the outermost call
//! is left. `CURRENT` says which state executes: `coroutine.resume`, `wrap` and `close` are wrapped to keep it.
//!
//! Rejected: a count hook that is always armed (the VM runs 1.8 to 3.7 times slower), and wrapping `pcall` (message
//! handlers and `sort` callbacks could still hold on). The signal is SIGURG, which is ignored by default, so that one
//! that comes late hurts nobody. This is the only module of the crate with `unsafe` in it.
#![allow(unsafe_code)]
use mlua::{Function, Lua, Result, Table, ffi};
use std::{
    io,
    os::raw::c_int,
    ptr::null_mut,
    sync::{
        Arc, Mutex, Once, PoisonError,
        atomic::{AtomicBool, AtomicPtr, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

thread_local! {
    /// The state that executes instructions on this thread now; null between two runs. A running state is never freed.
    static CURRENT: AtomicPtr<ffi::lua_State> = const { AtomicPtr::new(null_mut()) };
    /// The switch of the VM that lives on this thread; its `Stopper` keeps it alive.
    static SWITCH: AtomicPtr<Switch> = const { AtomicPtr::new(null_mut()) };
}

/// The stop flag of one VM and the way to its thread.
#[derive(Debug, Default)]
pub(crate) struct Switch {
    raised: AtomicBool,
    /// The VM has raised since then.
    heeded: AtomicBool,
    /// The VM's thread while a run is going on.
    thread: Mutex<Option<Thread>>,
}

/// A thread as the C library names it: a number here, a pointer there.
#[derive(Clone, Copy, Debug)]
struct Thread(libc::pthread_t);

// SAFETY: only a name, never followed as a pointer here; what may be done with it is said where it is used.
unsafe impl Send for Thread {}

impl Switch {
    /// Whether what runs now has been asked to stop.
    pub(crate) fn raised(&self) -> bool {
        self.raised.load(SeqCst)
    }

    /// Asks what runs now to stop; false when nothing runs. `wake` ends the wait of a native.
    ///
    /// Lua forgets a hook that is armed in the very moment in which it notices that there was none (after a stack has
    /// moved), so the signal is repeated until the VM has raised: a few milliseconds, unless C code keeps it busy.
    pub(crate) fn press(&self, wake: impl FnOnce()) -> bool {
        self.heeded.store(false, SeqCst);
        if !self.signal(true) {
            return false;
        }
        wake();
        for _ in 0..PATIENCE {
            thread::park_timeout(PAUSE);
            if self.heeded.load(SeqCst) || !self.signal(false) {
                break;
            }
        }
        true
    }

    /// False when nothing runs.
    fn signal(&self, raise: bool) -> bool {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Thread(thread)) = *thread else {
            return false;
        };
        if raise {
            self.raised.store(true, SeqCst);
        }
        // SAFETY: the thread is alive: it takes itself out of `thread`, under the lock held here, before it ends.
        unsafe { libc::pthread_kill(thread, libc::SIGURG) == 0 }
    }
}

/// How long and how often `press` looks whether it was heeded.
const PAUSE: Duration = Duration::from_millis(1);
const PATIENCE: usize = 50;

/// The VM's own end of its switch; lives on the VM's thread.
pub(crate) struct Stopper {
    switch: Arc<Switch>,
    main: *mut ffi::lua_State,
}

impl Stopper {
    /// Prepares the VM, on the thread it will live on, before any user code could keep a stock `coroutine.resume`.
    pub(crate) fn install(lua: &Lua, switch: Arc<Switch>) -> Result<Self> {
        static HANDLER: Once = Once::new();
        HANDLER.call_once(handle_signal);
        let coroutines: Table = lua.globals().get("coroutine")?;
        let wrappers: [(&str, ffi::lua_CFunction); 3] =
            [("resume", around), ("close", around), ("wrap", wrap)];
        for (name, wrapper) in wrappers {
            let stock: Function = coroutines.get(name)?;
            // SAFETY: pushes one closure over the one argument that mlua put on the stack.
            let wrapped: Function =
                unsafe { lua.exec_raw(stock, |l| ffi::lua_pushcclosure(l, wrapper, 1))? };
            coroutines.set(name, wrapped)?;
        }
        let mut main = null_mut();
        // SAFETY: only copies the pointer.
        unsafe { lua.exec_raw::<()>((), |l| main = l)? };
        SWITCH.with(|here| here.store(Arc::as_ptr(&switch).cast_mut(), SeqCst));
        Ok(Self { switch, main })
    }

    /// Runs `run`, which runs Lua, so that the switch stops it. True: it was asked to.
    pub(crate) fn watch<T>(&self, run: impl FnOnce() -> T) -> (T, bool) {
        let watching = Watching::new(self);
        let out = run();
        drop(watching);
        (out, self.switch.raised.swap(false, SeqCst))
    }

    /// Stops what runs on this thread from inside a native: no `pcall` can hold it.
    pub(crate) fn stop(&self) {
        self.switch.raised.store(true, SeqCst);
        let running = CURRENT.with(|current| current.load(SeqCst));
        if !running.is_null() {
            // SAFETY: `running` executes on this thread, so it is alive.
            unsafe { arm(running) }
        }
    }
}

impl Drop for Stopper {
    fn drop(&mut self) {
        SWITCH.with(|here| here.store(null_mut(), SeqCst));
    }
}

/// While it lives the switch reaches this thread; a guard, so that a panic leaves nothing behind.
struct Watching<'a>(&'a Stopper);

impl<'a> Watching<'a> {
    fn new(stopper: &'a Stopper) -> Self {
        let switch = &stopper.switch;
        let mut thread = switch.thread.lock().unwrap_or_else(PoisonError::into_inner);
        switch.raised.store(false, SeqCst);
        CURRENT.with(|current| current.store(stopper.main, SeqCst));
        // SAFETY: always allowed.
        *thread = Some(Thread(unsafe { libc::pthread_self() }));
        Self(stopper)
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        let switch = &self.0.switch;
        *switch.thread.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // From here on the handler arms nothing.
        CURRENT.with(|current| current.store(null_mut(), SeqCst));
        // SAFETY: the main state lives as long as the VM; this is its thread.
        unsafe { ffi::lua_sethook(self.0.main, None, 0, 0) }
    }
}

/// Whether what runs on this thread, a VM's, has been asked to stop.
pub fn stopped() -> bool {
    stopping()
}

fn stopping() -> bool {
    let switch = SWITCH.with(|here| here.load(SeqCst));
    // SAFETY: not null only while this thread's `Stopper` holds the switch.
    !switch.is_null() && unsafe { (*switch).raised() }
}

fn heed() {
    let switch = SWITCH.with(|here| here.load(SeqCst));
    if !switch.is_null() {
        // SAFETY: not null only while this thread's `Stopper` holds the switch.
        unsafe { (*switch).heeded.store(true, SeqCst) }
    }
}

/// Installs the handler for the whole process. Without SA_RESTART: an `io.read` that waits returns and is stopped.
fn handle_signal() {
    // SAFETY: the struct is plain data; the handler only reads atomics and calls `lua_sethook`.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as *const () as libc::sighandler_t;
        libc::sigaction(libc::SIGURG, &raw const action, null_mut());
    }
}

/// Runs on the VM's thread. Lua's source allows `lua_sethook` "during a signal" there; `lua.c` does the same.
extern "C" fn on_signal(_: c_int) {
    let running = CURRENT.with(|current| current.load(SeqCst));
    if !running.is_null() && stopping() {
        // SAFETY: `running` executes on this thread, so it is alive and no other thread touches it.
        unsafe { arm(running) }
    }
}

/// SAFETY: `l` is alive and belongs to the calling thread.
unsafe fn arm(l: *mut ffi::lua_State) {
    // SAFETY: as promised by the caller.
    unsafe { ffi::lua_sethook(l, Some(trap), ffi::LUA_MASKCOUNT, 1) }
}

/// Called by the VM before its next instruction. This very string is raised as LUA_ERRMEM, the one error for which
/// `xpcall` does not call its message handler (it would run with hooks off, and could loop for ever). No user code sees
/// it: whoever catches it is stopped in turn.
unsafe extern "C-unwind" fn trap(l: *mut ffi::lua_State, _: *mut ffi::lua_Debug) {
    // SAFETY: called by the VM with a state in a hook; nothing here has a destructor that `lua_error` could skip.
    unsafe {
        if !stopping() {
            // Left behind on a coroutine that was suspended.
            return ffi::lua_sethook(l, None, 0, 0);
        }
        heed();
        ffi::lua_pushstring(l, c"not enough memory".as_ptr());
        ffi::lua_error(l)
    }
}

/// Calls the stock function (upvalue 1) with `CURRENT` on the coroutine it runs (upvalue 2, or the first argument).
unsafe extern "C-unwind" fn around(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: called by the VM with at least 20 free slots; nothing here has a destructor; `CURRENT` is put back on
    // every path because the stock function runs in `lua_pcall`.
    unsafe {
        let mut coroutine = ffi::lua_tothread(l, ffi::lua_upvalueindex(2));
        if coroutine.is_null() {
            coroutine = ffi::lua_tothread(l, 1);
        }
        ffi::lua_pushvalue(l, ffi::lua_upvalueindex(1));
        ffi::lua_insert(l, 1);
        let outer = CURRENT.with(|current| current.load(SeqCst));
        if !coroutine.is_null() && !outer.is_null() {
            CURRENT.with(|current| current.store(coroutine, SeqCst));
        }
        let status = ffi::lua_pcall(l, ffi::lua_gettop(l) - 1, ffi::LUA_MULTRET, 0);
        CURRENT.with(|current| current.store(outer, SeqCst));
        if stopping() && !outer.is_null() {
            // The coroutine was stopped: so is whoever resumed it.
            arm(l);
        }
        if status != ffi::LUA_OK {
            ffi::lua_error(l);
        }
        ffi::lua_gettop(l)
    }
}

/// `coroutine.wrap`: the stock closure, whose upvalue is the coroutine, called through `around`.
unsafe extern "C-unwind" fn wrap(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: as in `around`; the stock function returns one closure with one upvalue or raises.
    unsafe {
        ffi::lua_pushvalue(l, ffi::lua_upvalueindex(1));
        ffi::lua_insert(l, 1);
        ffi::lua_call(l, ffi::lua_gettop(l) - 1, 1);
        if ffi::lua_getupvalue(l, -1, 1).is_null() {
            ffi::lua_pushnil(l);
        }
        ffi::lua_pushcclosure(l, around, 2);
        1
    }
}

/// Has `act` done at each SIGINT, on whatever thread receives it. It may do nothing but one system call.
pub(crate) fn on_interrupt(act: impl Fn() + Send + Sync + 'static) -> io::Result<()> {
    // SAFETY: the one caller's action is a write(2), which signal handlers may do.
    unsafe { signal_hook_registry::register(libc::SIGINT, act) }.map(|_| ())
}
