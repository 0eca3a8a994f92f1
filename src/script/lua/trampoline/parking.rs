//! Tasks that leave their stack while they wait: a `recv` on the task's own thread, with nothing in C below it that could not be
//! gone on with, yields out of the fiber. When bytes have come, the thread is resumed on whatever stack is at hand.
//!
//! Only functions started by `task.spawn` do so, as their threads are resumed ([`begin`]) and not called. The scheduler knows
//! such tasks as parked. To scripts nothing of it shows: a parked thread is a running one for the coroutine library.

use std::ffi::c_int;
use std::rc::Rc;

use mlua::ffi::{self, lua_State};

use crate::error::{Error, Result};
use crate::net::Socket;
use crate::sched::Task;

use super::building::Building;
use super::context::Context;
use super::invoke::{self, Answer, caught, guarded, raise};
use super::state::{State, Status};
use super::task::{self, HANDLER, LuaTask, on_error};

/// What a task ends by that yields where only coroutines can.
const NO_COROUTINE: &str = "attempt to yield from outside a coroutine";

/// Whether a thread is a task's that has left its stack: nobody else may resume it.
pub(super) fn is_parked(state: State, thread: State) -> bool {
    thread.status() == Status::Yield && state.has_room(1) && {
        let is_kept = task::push_thread(state, thread);
        if is_kept {
            state.pop(1);
        }
        is_kept
    }
}

/// Begins the wait of a plain `recv`, if its task may leave its stack here: then [`leave`] has to be called at once. False where it
/// has to be waited for on the stack.
#[inline(always)]
pub(super) fn park(
    state: State,
    context: &'static Context,
    socket: &Socket,
    size: usize,
) -> Result<bool, Answer> {
    match context.task() {
        Some(task) if task.thread == state && state.is_yieldable() != 0 => {
            begin_wait(task, context, socket, size)
        }
        _ => Ok(false),
    }
}

#[inline(never)]
fn begin_wait(
    task: &LuaTask,
    context: &'static Context,
    socket: &Socket,
    size: usize,
) -> Result<bool, Answer> {
    match guarded(context, || socket.park(size)) {
        Ok(parked) => {
            let parks = parked.is_some();
            *task.parked.borrow_mut() = parked;
            if context.net.sched().is_crowded() {
                task.note_whereabouts();
            }
            context.parks.set(parks);
            Ok(parks)
        }
        Err(error) => Err(raise(task.thread, context, error)),
    }
}

/// Leaves the stack.
///
/// # Safety
/// Nothing with a destructor may be alive in the caller.
pub(super) unsafe fn leave(state: State, context: &'static Context) -> c_int {
    let context = std::ptr::from_ref(context).expose_provenance().cast_signed();
    // SAFETY: as the caller promises.
    unsafe { Building::new(state) }.give_to_be_continued(0, context, receive)
}

/// What follows a `recv` that has parked.
unsafe extern "C-unwind" fn receive(raw: *mut lua_State, _: c_int, context: ffi::lua_KContext) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context: *const Context = std::ptr::with_exposed_provenance(context.cast_unsigned());
    // SAFETY: `leave` has handed its own on, which outlives the machine's functions.
    let context = unsafe { &*context };
    // The stack is at its beginning: there is enough of it.
    let received = caught(|| match context.task().and_then(|task| task.parked.take()) {
        Some(parked) => parked.receive(),
        None => Err(Error::runtime("a task's own thread was resumed by somebody else")),
    });
    match received {
        Ok(received) => {
            #[cfg(feature = "lua55")]
            context.net.scratch().note(received.length);
            invoke::push_received(state, received.start, received.length)
        }
        Err(error) => raise(state, context, error).finish(state),
    }
}

/// Runs on the fiber of a new task: the function below so many arguments, to its end or until it parks.
pub(super) fn begin(task: &Rc<Task>, arguments: c_int) -> Result<()> {
    let Some(payload) = task::payload(task) else {
        return Ok(());
    };
    payload.thread.push_function(run);
    payload.thread.rotate(HANDLER + 1, 1);
    resume(payload, task, arguments + 1)
}

/// Runs on the fiber of a task that had parked, likewise.
pub(super) fn go_on(payload: &LuaTask, task: &Rc<Task>) -> Result<()> {
    resume(payload, task, 0)
}

fn resume(payload: &LuaTask, task: &Rc<Task>, arguments: c_int) -> Result<()> {
    let (context, thread) = (payload.context, payload.thread);
    match thread.resume(context.main, arguments) {
        (Status::Yield, _) => {
            if !context.parks.take() {
                // A host's own C code did so.
                thread.close_thread(context.main);
                return Err(Error::runtime(NO_COROUTINE));
            }
            payload.running.set(thread);
            task.park();
            Ok(())
        }
        (Status::Ok, _) if !payload.failed.get() => Ok(()),
        (Status::Ok, _) => Err(task::ending(thread, task)),
        (Status::Error, _) => {
            // A hook has raised where nothing of the script's was left.
            let error = task::ending(thread, task);
            thread.close_thread(context.main);
            thread.push_function(on_error);
            thread.rotate(HANDLER, 1);
            Err(error)
        }
    }
}

/// The function a task's thread is resumed with: calls the one in its first argument with the others, under the message handler.
unsafe extern "C-unwind" fn run(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    state.push_function(on_error);
    state.rotate(HANDLER, 1);
    let arguments = state.top() - HANDLER - 1;
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let status = building.call_protected_to_be_continued(arguments, HANDLER, finish);
    // SAFETY: as any continuation is called, here by hand.
    unsafe { finish(raw, status, 0) }
}

/// What follows the call, at once or after a wait: all that is above the handler, the results or the error.
unsafe extern "C-unwind" fn finish(raw: *mut lua_State, status: c_int, _: ffi::lua_KContext) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // The script is over: nobody ends it any more.
    state.set_hook(None, 0, 0);
    if status != ffi::LUA_OK
        && status != ffi::LUA_YIELD
        && let Some(task) = Context::of(state).and_then(Context::task)
    {
        task.failed.set(true);
    }
    state.top() - HANDLER
}
