//! Lua's coroutine library with Lua's own texts, knowing which thread runs: a script's coroutine may wait anywhere, can be
//! stopped anywhere, and a task's base thread looks like a main one.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use super::building::Building;
use super::context::Context;
use super::state::{Kind, State, Status, upvalue};
use super::{parking, stop, task};

/// Replaces the library's functions.
pub(super) fn build(building: Building, context: &'static Context) {
    let state = building.state();
    building.push_global(c"coroutine");
    if state.kind(-1) != Kind::Table {
        state.pop(1);
        return;
    }
    let functions: [(&str, super::state::CFunction); 7] = [
        ("resume", resume),
        ("wrap", wrap),
        ("close", close),
        ("running", running),
        ("status", status),
        ("yield", give),
        ("isyieldable", is_yieldable),
    ];
    for (name, function) in functions {
        state.push_light(context.as_upvalue());
        building.push_closure(function, 1);
        building.set_named(-2, name);
    }
    state.pop(1);
}

/// The coroutine in the first argument, or Lua's complaint.
fn coroutine(building: Building) -> State {
    match building.state().thread(1) {
        Some(thread) => thread,
        None => {
            building.check_kind(1, ffi::LUA_TTHREAD);
            building.state()
        }
    }
}

/// Resumes `coroutine` with the arguments on top of `state`; results, or the error, are on top of `state` then.
fn go_on(state: State, coroutine: State, context: &'static Context, arguments: c_int) -> Result<c_int, ()> {
    if coroutine != state && task::is_base(coroutine) && !coroutine.has_frames() {
        return text(state, b"cannot resume dead coroutine");
    }
    if parking::is_parked(state, coroutine) {
        return text(state, b"cannot resume non-suspended coroutine");
    }
    if !coroutine.has_room(arguments) {
        return text(state, b"too many arguments to resume");
    }
    state.move_to(coroutine, arguments);
    stop::carry(context, coroutine);
    context.set_current(coroutine);
    let (status, results) = coroutine.resume(state, arguments);
    context.set_current(state);
    stop::carry(context, state);
    if status == Status::Error {
        coroutine.move_to(state, 1);
        return Err(());
    }
    if !state.has_room(results + 1) {
        coroutine.pop(results);
        return text(state, b"too many results to resume");
    }
    coroutine.move_to(state, results);
    Ok(results)
}

fn text(state: State, text: &[u8]) -> Result<c_int, ()> {
    // A machine without memory for a message has put its own on top.
    let _ = state.protected(|building| building.push_bytes(text));
    Err(())
}

unsafe extern "C-unwind" fn resume(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let context = Context::behind(state, 1);
    let coroutine = coroutine(building);
    let outcome = go_on(state, coroutine, context, state.top() - 1);
    state.push_bool(outcome.is_ok());
    let count = outcome.map_or(2, |results| results + 1);
    state.rotate(-count, 1);
    count
}

unsafe extern "C-unwind" fn wrap(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let context = Context::behind(state, 1);
    building.check_kind(1, ffi::LUA_TFUNCTION);
    state.push_light(context.as_upvalue());
    let thread = building.new_thread();
    state.copy_to_top(1);
    state.move_to(thread, 1);
    building.push_closure(wrapped, 2);
    1
}

unsafe extern "C-unwind" fn wrapped(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let context = Context::behind(state, 1);
    let Some(coroutine) = state.thread(upvalue(2)) else {
        return 0;
    };
    if let Ok(count) = go_on(state, coroutine, context, state.top()) {
        return count;
    }
    if coroutine.status() == Status::Error {
        context.set_current(coroutine);
        let closed = coroutine.close_thread(state);
        context.set_current(state);
        // An error in a variable's closing takes the place of the first one.
        if closed == Status::Error {
            coroutine.move_to(state, 1);
        }
    }
    if state.kind(-1) == Kind::String {
        building.push_where(1);
        state.rotate(-2, 1);
        building.concat(2);
    }
    building.raise()
}

unsafe extern "C-unwind" fn give(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let context = Context::behind(state, 1);
    if is_base(context, state) {
        // A limit's or a group's function runs on a thread of its own: the coroutine that called it is not this one.
        let stands_in = context.net.sched().current().is_some_and(|task| task.stands_in());
        return building.raise_text(if stands_in {
            b"attempt to yield out of task.timeout or task.group, whose function runs as a task of its own"
        } else {
            b"attempt to yield from outside a coroutine"
        });
    }
    building.give(state.top())
}

unsafe extern "C-unwind" fn is_yieldable(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let of = if state.kind(1) == Kind::Absent {
        state
    } else {
        coroutine(building)
    };
    let context = Context::behind(state, 1);
    state.push_bool(!is_base(context, of) && of.is_yieldable() != 0);
    1
}

/// Whether it is the thread a task, or the host, began with.
fn is_base(context: &Context, state: State) -> bool {
    state == context.main || task::thread_of_current(context) == Some(state)
}

unsafe extern "C-unwind" fn running(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    // SAFETY: the thread pushes itself: no memory is needed.
    unsafe { ffi::lua_pushthread(raw) };
    state.push_bool(is_base(context, state));
    2
}

/// Lua's word for the state of `coroutine`, seen from `state`.
fn condition(state: State, coroutine: State) -> &'static str {
    if state == coroutine {
        return "running";
    }
    match coroutine.status() {
        Status::Yield if parking::is_parked(state, coroutine) => "normal",
        Status::Yield => "suspended",
        Status::Error => "dead",
        Status::Ok if coroutine.has_frames() => "normal",
        Status::Ok if coroutine.top() == 0 || task::is_base(coroutine) => "dead",
        Status::Ok => "suspended",
    }
}

unsafe extern "C-unwind" fn status(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let coroutine = coroutine(building);
    building.push_bytes(condition(state, coroutine).as_bytes());
    1
}

unsafe extern "C-unwind" fn close(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let context = Context::behind(state, 1);
    let coroutine = coroutine(building);
    match condition(state, coroutine) {
        "dead" | "suspended" => {}
        "running" => return building.raise_text(b"cannot close a running coroutine"),
        _ => return building.raise_text(b"cannot close a normal coroutine"),
    }
    if task::is_base(coroutine) {
        // It holds what the task returned: nothing is left to close.
        state.push_bool(true);
        return 1;
    }
    context.set_current(coroutine);
    let closed = coroutine.close_thread(state);
    context.set_current(state);
    if closed == Status::Error {
        state.push_bool(false);
        coroutine.move_to(state, 1);
        2
    } else {
        state.push_bool(true);
        1
    }
}
