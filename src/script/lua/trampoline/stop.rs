//! Making a script end: a hook that raises, and the poke by which a signal handler sets it.

use std::cell::Cell;
use std::ffi::c_int;

use mlua::ffi::{self, lua_Debug, lua_State};

use super::context::Context;
use super::state::State;
use super::{failure, invoke};

thread_local! {
    /// The Lua thread that a signal handler pokes on this thread of the system. Neither made when first used nor dropped,
    /// so that a handler may read it.
    static RUNNING: Cell<*mut lua_State> = const { Cell::new(std::ptr::null_mut()) };
}

/// Instructions between two looks at the stop flag.
const GLANCE: c_int = 1000;

const EVERYTHING: c_int = ffi::LUA_MASKCALL | ffi::LUA_MASKRET | ffi::LUA_MASKCOUNT;

/// Makes `state` raise at its next instruction and at each one after.
pub(super) fn at_every_instruction(state: State) {
    state.set_hook(Some(hook), EVERYTHING, 1);
}

/// Makes `state` look at the stop flag and the clock now and then, where another thread may set the flag, instructions are
/// counted, or no alarm rings for the other tasks; costs nothing otherwise. One that does so already keeps its count.
pub(super) fn watch(context: &Context, state: State) {
    if !context.net.sched().must_look() {
        state.set_hook(None, 0, 0);
    } else if !state.has_hook(ffi::LUA_MASKCOUNT, GLANCE) {
        state.set_hook(Some(hook), ffi::LUA_MASKCOUNT, GLANCE);
    }
}

/// Lets the handler see which thread runs.
#[inline]
pub(super) fn show(state: State) {
    RUNNING.set(state.as_ptr());
}

/// No machine runs on this thread any more.
pub(super) fn hide() {
    RUNNING.set(std::ptr::null_mut());
}

/// Makes the running script look at the stop flag. May be called in a signal handler of the thread that runs it.
///
/// Setting a hook takes Lua a walk through all the calls under way. In deep recursion that can take longer than the time to the
/// next signal: who was poked and has not looked yet is not poked again.
pub(crate) extern "C" fn poke() {
    let state = RUNNING.get();
    if state.is_null() {
        return;
    }
    // SAFETY: the handler runs on the script's own thread, so the state is alive; setting a hook is what Lua's own
    // interpreter does in its handler.
    let state = unsafe { State::from_raw(state) };
    if !state.has_hook(EVERYTHING, 1) {
        at_every_instruction(state);
    }
}

/// Looks at the stop flag and the clock; raises when the current task is to die, and takes itself out otherwise.
unsafe extern "C-unwind" fn hook(raw: *mut lua_State, record: *mut lua_Debug) {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let Some(context) = Context::of(state) else { return };
    if context.net.sched().is_killing() && is_closing(state, record) {
        return;
    }
    if state.has_hook(ffi::LUA_MASKCOUNT, GLANCE) {
        context
            .net
            .sched()
            .spend_instructions(GLANCE.unsigned_abs().into());
    }
    if doomed(state, context) {
        invoke::Answer::Raise.finish(state);
    }
}

/// Whether the call that begins closes what it is called with, as the end of a block does, and is not a script's own: a task that
/// dies still closes its sockets and files.
fn is_closing(state: State, record: *mut lua_Debug) -> bool {
    // SAFETY: Lua calls its hook with a record of what happens.
    let event = unsafe { (*record).event };
    if event != ffi::LUA_HOOKCALL || !state.has_room(3) {
        return false;
    }
    let top = state.top();
    // SAFETY: the record is that of a call; this option pushes the function.
    unsafe { ffi::lua_getinfo(state.as_ptr(), c"f".as_ptr(), record) };
    // SAFETY: pushes the first argument, and nothing where there is none.
    let has_argument = !unsafe { ffi::lua_getlocal(state.as_ptr(), record, 1) }.is_null();
    // SAFETY: pushes the field, and nothing where there is none. It may raise for want of memory, as a hook may: nothing here has to be
    // dropped.
    let has_closer =
        || unsafe { ffi::luaL_getmetafield(state.as_ptr(), -1, c"__close".as_ptr()) } != ffi::LUA_TNIL;
    let is_closing =
        has_argument && state.function(top + 1).is_some() && has_closer() && state.raw_equal(top + 1, -1);
    state.set_top(top);
    is_closing
}

/// Whether the script must end here; then its error is on top of the stack. Its hook sees to the next look.
fn doomed(state: State, context: &'static Context) -> bool {
    if is_over(state, context) {
        return true;
    }
    watch(context, state);
    false
}

/// Whether the script must end here; then its error is on top of the stack.
pub(super) fn is_over(state: State, context: &'static Context) -> bool {
    context.net.sched().check_stop();
    context.net.sched().slice();
    has_ended(state, context)
}

/// As [`is_over`], also outside of tasks, and no other task runs meanwhile: the host's code may stand below.
pub(super) fn is_over_for_all(state: State, context: &'static Context) -> bool {
    context.net.sched().check_stop();
    has_ended(state, context)
}

fn has_ended(state: State, context: &'static Context) -> bool {
    match context.net.sched().death() {
        Some(mut error) => {
            // A hook interrupts the script's own function.
            if error.place().is_none() {
                failure::locate(state, &mut error, 0);
            }
            invoke::raise(state, context, error);
            true
        }
        None => false,
    }
}

/// Carries the hook of a task that is dying, or that must look now and then, to the thread it goes on with.
#[inline]
pub(super) fn carry(context: &Context, to: State) {
    let sched = context.net.sched();
    if sched.is_killing() && sched.current().is_some_and(|task| task.is_killed()) {
        at_every_instruction(to);
    } else if sched.must_look() {
        watch(context, to);
    }
}

/// Does what may run a script's code though its task's function is over, and its hook with it.
pub(super) fn watched<T>(state: State, act: impl FnOnce() -> T) -> T {
    if let Some(context) = Context::of(state) {
        carry(context, state);
    }
    let result = act();
    state.set_hook(None, 0, 0);
    result
}
