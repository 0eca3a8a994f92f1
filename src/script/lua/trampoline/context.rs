//! What every C function of ours finds behind its upvalue.

use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use std::fmt;
use std::rc::Rc;

use mlua::{Lua, WeakLua};

use crate::api::{Environment, MODULES, Module, RecordKind, Type};
use crate::error::{Error, Result};
use crate::net::Net;

use super::collecting::Load;
use super::shape::Shapes;
use super::state::{REGISTRY, State, upvalue};
use super::task::LuaTask;

/// One machine's side of the binding. Lives in the machine's registry and dies with it, after everything that could
/// still call us.
pub(crate) struct Context {
    pub(super) net: Rc<Net>,
    pub(super) environment: Rc<Environment>,
    lua: WeakLua,
    pub(super) main: State,
    /// The thread mlua takes for the running one while our tasks run: another one means that a host's callback stands
    /// on the fiber.
    entered: Cell<State>,
    /// The thread that runs.
    current: Cell<State>,
    /// The task that runs: null where none of a script's does.
    pub(super) task: Cell<*const LuaTask>,
    /// Whether it is about to leave its stack.
    pub(super) parks: Cell<bool>,
    /// Whether warnings are written, and the one that is not whole yet.
    pub(super) warns: Cell<bool>,
    pub(super) warning: RefCell<Vec<u8>>,
    /// The machine is the host's own: it runs what it likes on any thread, and nobody tells which.
    guest: Cell<bool>,
    /// In such a machine the error that was last put into words, as mlua does when one reaches Rust.
    told: RefCell<Option<Rc<Error>>>,
    /// Whether `current` is shown to the signal handler.
    poked: Cell<bool>,
    /// Metatables by type, to recognise our objects and to find them without a lookup by name.
    pub(super) records: RefCell<Vec<(usize, &'static RecordKind)>>,
    /// Modules by the address of their table, to be recognised when a script hands one over.
    pub(super) modules: RefCell<Vec<(usize, &'static Module)>>,
    /// Metatable of Lua's own files.
    pub(super) streams: Cell<*const std::ffi::c_void>,
    /// Threads of tasks that nobody can reach any more: to be let go when a machine call is possible.
    pub(super) released: Rc<RefCell<Vec<State>>>,
    /// Keys of kept values that nobody needs any more: likewise.
    pub(super) dropped: super::kept::Dropped,
    /// What its objects may hold outside of it.
    pub(super) load: Load,
    /// Metatables of sockets.
    pub(super) shapes: Shapes,
    /// What strings are made of that are not copied.
    #[cfg(feature = "lua55")]
    pub(super) blocks: Rc<super::external::Pool>,
}

/// The registry's key for the context.
static KEY: u8 = 0;

impl Context {
    pub(super) fn install(
        lua: &Lua,
        main: State,
        net: &Rc<Net>,
        environment: Rc<Environment>,
    ) -> Result<&'static Self> {
        let context = Box::new(Self {
            net: net.clone(),
            environment,
            lua: lua.weak(),
            main,
            entered: Cell::new(main),
            current: Cell::new(main),
            task: Cell::new(std::ptr::null()),
            parks: Cell::new(false),
            warns: Cell::new(false),
            warning: RefCell::default(),
            guest: Cell::new(false),
            told: RefCell::default(),
            poked: Cell::new(false),
            records: RefCell::default(),
            modules: RefCell::new(Vec::with_capacity(MODULES.len())),
            streams: Cell::new(std::ptr::null()),
            released: Rc::default(),
            dropped: Rc::default(),
            load: Load::new(net),
            shapes: Shapes::default(),
            #[cfg(feature = "lua55")]
            blocks: super::external::Pool::new(net),
        });
        let context: *mut Self = Box::into_raw(context);
        let kept = main.protected(|building| {
            let slot = building.new_userdata::<*mut Self>(0);
            // SAFETY: the userdata is new, aligned for pointers, and has room for one.
            unsafe { slot.write(std::ptr::null_mut()) };
            building.new_table(0, 1);
            building.state().push_function(collect);
            building.set_named(-2, "__gc");
            building.state().set_metatable(-2);
            building.raw_set_pointer(REGISTRY, (&raw const KEY).cast());
            // SAFETY: as above; from here on the machine owns the context.
            unsafe { slot.write(context) };
        });
        if kept.is_err() {
            // SAFETY: the machine did not take it: the pointer is still ours alone.
            drop(unsafe { Box::from_raw(context) });
            return Err(Error::memory("a Lua machine"));
        }
        // SAFETY: the machine keeps it until it closes, and its C functions are all that use it.
        let context = unsafe { &*context };
        super::shape::begin(context);
        Ok(context)
    }

    /// The network its scripts use.
    pub(crate) fn net(&self) -> &Rc<Net> {
        &self.net
    }

    /// What its scripts know of their surroundings.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The context behind a C function's upvalue.
    #[inline(always)]
    pub(super) fn behind(state: State, place: c_int) -> &'static Self {
        // SAFETY: the upvalue was set by this room to the context, which outlives the machine's functions.
        unsafe { &*state.userdata(upvalue(place)).cast::<Self>() }
    }

    /// The context of the machine a thread belongs to, for hooks, which have no upvalues.
    pub(super) fn of(state: State) -> Option<&'static Self> {
        if !state.has_room(1) {
            return None;
        }
        state.raw_get_pointer(REGISTRY, (&raw const KEY).cast());
        let slot = state.userdata(-1).cast::<*mut Self>();
        state.pop(1);
        if slot.is_null() {
            return None;
        }
        // SAFETY: the registry's value is the userdata `install` made, which has room for one pointer.
        let context = unsafe { *slot };
        // SAFETY: the pointer is null or the context, which the machine keeps until it closes.
        unsafe { context.as_ref() }
    }

    /// As an upvalue.
    pub(super) fn as_upvalue(&self) -> *mut std::ffi::c_void {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// The task that runs, if it is a script's.
    #[inline(always)]
    pub(super) fn task(&self) -> Option<&LuaTask> {
        // SAFETY: a task puts itself there when it is entered and takes itself away when it is left, and the scheduler keeps it
        // in between.
        unsafe { self.task.get().as_ref() }
    }

    /// Notes which thread runs from here on.
    #[inline]
    pub(super) fn set_current(&self, state: State) {
        self.current.set(state);
        if self.poked.get() {
            super::stop::show(state);
        }
    }

    /// The machine is the host's own.
    pub(super) fn be_guest(&self) {
        self.guest.set(true);
    }

    /// An error is put into words.
    pub(super) fn tell(&self, error: &Rc<Error>) {
        if self.guest.get() {
            *self.told.borrow_mut() = Some(error.clone());
        }
    }

    /// The error that was last put into words.
    pub(super) fn told(&self) -> Option<Rc<Error>> {
        self.told.borrow().clone()
    }

    /// What scripts may hold is another amount now.
    pub(crate) fn limits_changed(&self) {
        self.load.allow_bytes(&self.net);
    }

    /// A script calls us on this thread: news in a machine of the host's own.
    #[inline]
    pub(super) fn called_on(&self, state: State) {
        if self.guest.get() {
            self.current.set(state);
        }
    }

    #[inline]
    pub(super) fn current(&self) -> State {
        self.current.get()
    }

    /// Lets the signal handler interrupt what runs here.
    pub(crate) fn be_poked(&self) {
        self.poked.set(true);
        super::stop::show(self.current.get());
    }

    /// The scheduler is about to run: notes what mlua takes for the running thread.
    pub(crate) fn enter(&self) {
        if let Some(state) = self.mlua_state() {
            self.entered.set(state);
        }
    }

    /// Whether the machine is running a finalizer.
    #[cfg(feature = "cli")]
    pub(crate) fn is_finalizing(&self) -> bool {
        self.main.is_finalizing()
    }

    /// Whether a host's mlua callback stands between the script and us.
    pub(super) fn is_below_host(&self) -> bool {
        self.mlua_state().is_some_and(|state| state != self.entered.get())
    }

    fn mlua_state(&self) -> Option<State> {
        let lua = self.lua.try_upgrade()?;
        // SAFETY: mlua's running thread is alive while its machine is.
        Some(lua.exec_raw_lua(|raw| unsafe { State::from_raw(raw.state()) }))
    }

    /// Lets go of the threads of tasks that nobody can reach any more. Called where a machine call is possible.
    pub(super) fn release_threads(&self, state: State) {
        if self.released.borrow().is_empty() || !state.has_room(1) {
            return;
        }
        for thread in self.released.borrow_mut().drain(..) {
            super::task::unanchor(state, thread);
        }
    }

    /// The key under which the registry has a type's metatable.
    pub(super) fn type_key(kind: Type) -> *const std::ffi::c_void {
        static KEYS: [u8; Type::ALL.len()] = [0; Type::ALL.len()];
        (&raw const KEYS[kind as usize]).cast()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        super::shape::end(self);
        if self.poked.get() {
            // The machine is closing: a handler must not find its threads.
            super::stop::hide();
        }
    }
}

unsafe extern "C-unwind" fn collect(state: *mut mlua::ffi::lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(state) };
    let slot = state.userdata(1).cast::<*mut Context>();
    if !slot.is_null() {
        // SAFETY: the metatable is reachable by this room only, so the userdata is the one `install` made.
        let context = unsafe { slot.replace(std::ptr::null_mut()) };
        if !context.is_null() {
            // SAFETY: taken out of the slot just now: nobody else drops it, and the machine's functions are gone.
            drop(unsafe { Box::from_raw(context) });
            // Made first of all, the context goes last.
            super::object::end_closing();
        }
    }
    0
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}
