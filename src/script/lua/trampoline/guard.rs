//! `xpcall` and `warn` as Lua has them, but for the end of a task: the error that ends one reaches no message handler, in
//! which no hook could interrupt it, and warnings go to stderr.

use std::ffi::{CStr, c_char, c_int, c_void};

use mlua::ffi::{self, lua_State};

use super::building::Building;
use super::context::Context;
use super::state::{State, upvalue};

/// Puts both in place.
pub(super) fn build(building: Building, context: &'static Context) {
    let state = building.state();
    building.push_global(c"_G");
    state.push_light(context.as_upvalue());
    building.push_closure(xpcall, 1);
    building.set_named(-2, "xpcall");
    state.pop(1);
    building.set_warnings(warn, context.as_upvalue());
}

/// `xpcall(f, handler, …)`: what it calls may yield and wait, as under Lua's own.
unsafe extern "C-unwind" fn xpcall(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let context = Context::behind(state, 1);
    building.check_kind(2, ffi::LUA_TFUNCTION);
    let arguments = state.top() - 2;
    state.push_light(context.as_upvalue());
    state.copy_to_top(2);
    building.push_closure(handle, 2);
    // The stack becomes: f, handler, true, f, the arguments.
    state.replace(2);
    state.push_bool(true);
    state.copy_to_top(1);
    state.rotate(3, 2);
    let status = building.call_protected_to_be_continued(arguments, 2, finish);
    // SAFETY: as any continuation is called, here by hand.
    unsafe { finish(raw, status, 2) }
}

/// What follows the call, at once or after a yield: `true` and the results, or `false` and the error.
unsafe extern "C-unwind" fn finish(raw: *mut lua_State, status: c_int, extra: ffi::lua_KContext) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    if status != ffi::LUA_OK && status != ffi::LUA_YIELD {
        state.push_bool(false);
        state.rotate(-2, 1);
        return 2;
    }
    state.top() - c_int::try_from(extra).unwrap_or(0)
}

/// Calls the script's handler, unless the error ends the task.
unsafe extern "C-unwind" fn handle(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    if context.net.sched().is_dying() {
        return 1;
    }
    state.copy_to_top(upvalue(2));
    state.rotate(1, 1);
    // SAFETY: nothing with a destructor is alive here.
    unsafe { Building::new(state) }.call(state.top() - 1, 1);
    1
}

/// A piece of a warning: `@on` and `@off` switch them, others are written once they are whole.
unsafe extern "C-unwind" fn warn(context: *mut c_void, message: *const c_char, to_be_continued: c_int) {
    // SAFETY: `build` passed the context, which outlives the machine's functions.
    let context = unsafe { &*context.cast::<Context>() };
    // SAFETY: Lua passes a C string.
    let message = unsafe { CStr::from_ptr(message) }.to_bytes();
    let fresh = context.warning.borrow().is_empty();
    if fresh && to_be_continued == 0 && message.first() == Some(&b'@') {
        match message {
            b"@on" => context.warns.set(true),
            b"@off" => context.warns.set(false),
            _ => {}
        }
        return;
    }
    context.warning.borrow_mut().extend_from_slice(message);
    if to_be_continued == 0 {
        let text = context.warning.take();
        if context.warns.get() {
            let mut line = b"Lua warning: ".to_vec();
            line.extend_from_slice(&text);
            line.push(b'\n');
            context.net.complain(&line);
        }
    }
}
