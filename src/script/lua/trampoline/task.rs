//! Script functions on fibers: each task has a Lua thread of its own, kept alive by the registry until nobody can ask
//! for its results.

use std::cell::{Cell, RefCell};
use std::ffi::{CString, c_int, c_void};
use std::rc::Rc;

use mlua::ffi::lua_State;

use crate::api::{Slots, Value};
use crate::error::{Class, Error, Place, Result};
use crate::net::Parked;
use crate::sched::Task;
use crate::script::Chunk;

use super::context::Context;
use super::failure::{describe, error_at};
use super::frame::CALLER;
use super::object::Object;
use super::state::{CFunction, REGISTRY, State, Status};
use super::{collecting, invoke, library, parking, stop};

/// What a traceback ends with where a function in C is below the script's: our own.
const BOTTOM: &str = "\n\t[C]: in ?";
/// Place of the message handler on a task's thread; the function's results follow it.
pub(super) const HANDLER: c_int = 1;

/// The Lua side of a task. What each wait of it touches comes first.
#[repr(C)]
pub(crate) struct LuaTask {
    pub(super) context: &'static Context,
    pub(super) thread: State,
    /// The thread or coroutine the task was last seen running.
    pub(super) running: Cell<State>,
    /// Where the object is that it waits for while it has left its stack.
    pub(super) object: Cell<usize>,
    /// Where Lua has the call it then is in, and the one that made it.
    pub(super) calls: Cell<[usize; 2]>,
    /// What it then waits for.
    pub(super) parked: RefCell<Option<Parked>>,
    /// Whether its function has ended in an error.
    pub(super) failed: Cell<bool>,
    released: Rc<RefCell<Vec<State>>>,
    /// Lua's own traceback of the error that ended it.
    traceback: RefCell<Option<String>>,
    /// Where that was.
    place: Cell<Option<Place>>,
}

impl LuaTask {
    /// Whether it is a task of this language.
    pub(crate) fn is_one(task: &Task) -> bool {
        payload(task).is_some()
    }

    /// The error that ended the task, with what Lua knows of its place.
    pub(crate) fn failure(task: &Task) -> Option<Error> {
        let place = payload(task).and_then(|payload| payload.place.get());
        Some(task.failure()?.located(place, Self::traceback(task)))
    }

    /// What an ended task returned.
    pub(crate) fn results(task: &Task) -> Vec<Value> {
        match payload(task) {
            Some(payload) if task.failure().is_none() => {
                super::host::values(payload.thread, payload.context, HANDLER + 1)
            }
            _ => Vec::new(),
        }
    }

    /// The traceback of the error that ended the task.
    pub(crate) fn traceback(task: &Task) -> Option<String> {
        payload(task)?.traceback.borrow().clone()
    }

    /// The error value that ended the task, as text, if it is no error of ours.
    pub(crate) fn foreign_error(task: &Task) -> Option<String> {
        let thread = payload(task)?.thread;
        (thread.top() > HANDLER && Object::at(thread, -1).is_none()).then(|| describe(thread, -1))
    }
}

impl LuaTask {
    /// It waits in a method of an object's: notes where that lies which its going on will touch.
    pub(super) fn note_whereabouts(&self) {
        self.object.set(self.thread.userdata(1) as usize);
        self.calls
            .set([0, 1].map(|level| self.thread.call_address(level)));
    }

    /// The thread or coroutine it is in: what runs now where it is the running task, else what ran when it last waited.
    pub(super) fn running_state(&self) -> State {
        match self.context.net.sched().current() {
            Some(task) if payload(&task).is_some_and(|payload| payload.thread == self.thread) => {
                self.context.current()
            }
            _ => self.running.get(),
        }
    }
}

pub(super) fn payload(task: &Task) -> Option<&LuaTask> {
    task.payload().as_any().downcast_ref()
}

/// The thread of a task of this language.
pub(super) fn thread_of(task: &Task) -> Option<State> {
    payload(task).map(|payload| payload.thread)
}

/// The thread the running task began with.
pub(super) fn thread_of_current(context: &Context) -> Option<State> {
    context
        .net
        .sched()
        .current()
        .and_then(|current| thread_of(&current))
}

/// Pushes the thread value of a task's thread, which the registry keeps.
pub(super) fn push_thread(state: State, thread: State) -> bool {
    state.raw_get_pointer(REGISTRY, anchor(thread)) == mlua::ffi::LUA_TTHREAD || {
        state.pop(1);
        false
    }
}

/// Whether a thread is one a task began with, living or ended: nobody else may resume it.
pub(super) fn is_base(thread: State) -> bool {
    thread.top() >= HANDLER
        && thread
            .function(HANDLER)
            .is_some_and(|function| std::ptr::fn_addr_eq(function, on_error as CFunction))
}

fn anchor(thread: State) -> *const c_void {
    thread.as_ptr().cast_const().cast()
}

/// Lets the registry forget a thread.
pub(super) fn unanchor(state: State, thread: State) {
    forget(state, anchor(thread));
}

/// Lets the registry forget what it has under an address.
pub(super) fn forget(state: State, key: *const c_void) {
    let top = state.top();
    // Setting a present key to nil needs no memory, so this does not fail.
    let _ = state.protected(|building| {
        building.state().push_nil();
        building.raw_set_pointer(REGISTRY, key);
    });
    state.set_top(top);
}

impl Drop for LuaTask {
    fn drop(&mut self) {
        self.released.borrow_mut().push(self.thread);
    }
}

/// Starts a function of the calling script as a task.
pub(super) fn start_function(
    state: State,
    context: &'static Context,
    function: usize,
    arguments: Slots,
    name: String,
) -> Result<Rc<Task>> {
    let index = |place: usize| c_int::try_from(place).unwrap_or(0);
    let (first, count) = (index(arguments.first), index(arguments.count));
    context.release_threads(state);
    let thread = new_thread(state, context, count)?;
    if !state.has_room(count + 1) {
        unanchor(state, thread);
        return Err(Error::memory("a task's arguments"));
    }
    state.copy_to_top(index(function));
    for place in 0..count {
        state.copy_to_top(first + place);
    }
    state.move_to(thread, count + 1);
    let task = spawn(context, thread, name, move |task| parking::begin(task, count))?;
    // From here on there are others to let run.
    stop::watch(context, state);
    stop::watch(context, thread);
    Ok(task)
}

/// Compiles a chunk and starts it as a task.
pub(super) fn start_chunk(context: &'static Context, chunk: &Chunk<'_>, task: &str) -> Result<Rc<Task>> {
    library::may_load(context, chunk.source)?;
    let main = context.main;
    context.release_threads(main);
    collecting::recover(main, context);
    let arguments = &context.environment.argv;
    let extra = c_int::try_from(arguments.len()).unwrap_or(0);
    let thread = new_thread(main, context, extra)?;
    let name = CString::new(chunk.name).map_err(|_| Error::value("a script's name must not hold a NUL"))?;
    if library::compile(context, thread, chunk.source, &name, !context.net.is_unguarded()) == Status::Error {
        let error = library::refusal(thread, chunk);
        unanchor(main, thread);
        return Err(error);
    }
    let mut count = 0;
    for argument in arguments.iter().skip(1) {
        let pushed = thread.protected(|building| building.push_bytes(argument));
        if pushed.is_err() {
            unanchor(main, thread);
            return Err(Error::memory("a script's arguments"));
        }
        count += 1;
    }
    spawn(context, thread, task.into(), move |task| run(thread, task, count))
}

/// Runs `look` on the values an ended task left, if it is one of this language: what it returned, or the error.
#[cfg(feature = "cli")]
pub(super) fn with_outcome<T>(
    task: &Task,
    look: impl FnOnce(State, std::ops::RangeInclusive<c_int>) -> T,
) -> Option<T> {
    let thread = thread_of(task)?;
    Some(look(thread, HANDLER + 1..=thread.top()))
}

/// A new thread, kept by the registry, with the message handler at its bottom and room for `count` arguments.
pub(super) fn new_thread(state: State, context: &Context, count: c_int) -> Result<State> {
    let mut thread = None;
    let made = state.protected(|building| {
        let new = building.new_thread();
        building.raw_set_pointer(REGISTRY, anchor(new));
        thread = Some(new);
    });
    match (made, thread) {
        (Ok(()), Some(thread)) if thread.has_room(count + 8) => {
            stop::watch(context, thread);
            thread.push_function(on_error);
            Ok(thread)
        }
        (_, thread) => {
            if let Some(thread) = thread {
                unanchor(state, thread);
            }
            Err(context.net.sched().death_or(Error::memory("a task")))
        }
    }
}

/// Starts a task that runs `body`, which works on the thread's stack.
pub(super) fn spawn(
    context: &'static Context,
    thread: State,
    name: String,
    body: impl FnOnce(&Rc<Task>) -> Result<()> + 'static,
) -> Result<Rc<Task>> {
    let payload = LuaTask {
        context,
        thread,
        running: Cell::new(thread),
        released: context.released.clone(),
        traceback: RefCell::default(),
        place: Cell::default(),
        parked: RefCell::default(),
        failed: Cell::default(),
        object: Cell::default(),
        calls: Cell::default(),
    };
    context.net.sched().spawn(name, Box::new(payload), Box::new(body))
}

/// Runs on the fiber: the function to its end.
pub(super) fn run(thread: State, task: &Rc<Task>, arguments: c_int) -> Result<()> {
    match thread.call_protected(arguments, mlua::ffi::LUA_MULTRET, HANDLER) {
        Status::Ok | Status::Yield => Ok(()),
        Status::Error => Err(ending(thread, task)),
    }
}

/// What the task ends by, where its function ended in the error on top of its thread.
pub(super) fn ending(thread: State, task: &Rc<Task>) -> Error {
    // Putting an error into words may run a script's code, and so be where it is ended.
    let error = stop::watched(thread, || error_at(thread, -1));
    if error.class() == Class::MemoryError
        && let Some(context) = Context::of(thread)
    {
        context.load.note_exhausted();
    }
    match task.death() {
        Some(death) if death.class() != error.class() => death,
        _ => error,
    }
}

/// The message handler of every task: keeps the traceback and hands the error on unchanged.
pub(super) unsafe extern "C-unwind" fn on_error(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    if let Some(context) = Context::of(state)
        && let Some(task) = context.net.sched().current()
        && !task.is_killed()
        && let Some(payload) = payload(&task)
        && state
            .protected(|building| building.push_traceback(state, 1))
            .is_ok()
    {
        let text = state.string_copy(-1);
        let text = String::from_utf8_lossy(&text);
        let text = text.strip_suffix(BOTTOM).unwrap_or(&text).to_owned();
        *payload.traceback.borrow_mut() = Some(text);
        payload.place.set(state.first_place(CALLER));
        state.pop(1);
    }
    state.set_top(1);
    1
}

/// Copies what an ended task returned to the caller, or the error that ended it.
pub(super) fn push_outcome(state: State, task: &Task) -> Result<c_int, super::state::Raised> {
    let Some(thread) = thread_of(task) else {
        // A task of no script's: a worker's.
        return match (task.failure(), Context::of(state)) {
            (Some(error), Some(context)) if !task.is_exit_its_own() => {
                invoke::raise(state, context, error);
                Err(super::state::Raised::Value)
            }
            _ => {
                state.push_nil();
                Ok(1)
            }
        };
    };
    if !task.is_exit_its_own() && task.failure().is_some() {
        return Err(match task.death() {
            None if state.has_room(1) && thread.has_room(1) && thread.top() > HANDLER => {
                thread.copy_to_top(-1);
                thread.move_to(state, 1);
                super::state::Raised::Value
            }
            death => {
                let error = death.or_else(|| task.failure()).unwrap_or_else(Error::timed_out);
                if let Some(context) = Context::of(state) {
                    invoke::raise(state, context, error);
                }
                super::state::Raised::Value
            }
        });
    }
    let count = if task.failure().is_some() {
        0
    } else {
        (thread.top() - HANDLER).max(0)
    };
    if !state.has_room(count + 1) || !thread.has_room(1) {
        state.push_nil();
        return Ok(1);
    }
    for place in 0..count {
        thread.copy_to_top(HANDLER + 1 + place);
        thread.move_to(state, 1);
    }
    Ok(count)
}
