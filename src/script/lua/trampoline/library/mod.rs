//! Those functions of Lua's own library that can go on for very long without running a script's instruction, so that no hook
//! ends them: pattern matching, `string.rep`, and what walks over tables as long as they claim to be. Their replacements
//! do the same, and look at the stop flag, the clock and the other tasks now and then.
//!
//! Where little is to be done Lua's own function does it: it is called directly, in the same frame, so that its messages name
//! what the script called. `strings` and `tables` hold the rest, `pattern` the matching, `chunk` is `load`,
//! `finalizers` what is left of `setmetatable` where nothing may run on unseen, `outlets` has what writes where the host takes that, `heard` the libraries that reach the
//! system where everything is allowed and somebody listens, `confined` what is left of them where a policy says what may be reached.

mod chunk;
mod confined;
mod finalizers;
mod heard;
mod outlets;
mod pattern;
mod strings;
mod tables;
#[cfg(test)]
mod tests;

use std::ffi::{CStr, c_int};

use mlua::ffi::lua_State;

use crate::net::Stream;
use crate::sys::stdio;

use super::building::Building;
use super::collecting;
use super::context::Context;
use super::invoke::Answer;
use super::state::{CFunction, Kind, State, upvalue};
use super::stop;

pub(super) use chunk::{compile, may_load, refusal};

/// Puts the replacements in place.
pub(super) fn build(building: Building, context: &'static Context) {
    replace(building, context, c"string", strings::FUNCTIONS);
    replace(building, context, c"table", tables::FUNCTIONS);
    replace(building, context, c"_G", chunk::FUNCTIONS);
    replace(building, context, c"_G", collecting::FUNCTIONS);
    replace(building, context, c"_G", &[(c"print", print)]);
    let is_taken = |stream| context.net.outlet(stream).is_some();
    if is_taken(Stream::Output) || is_taken(Stream::Errors) {
        replace(building, context, c"io", outlets::IO);
        outlets::push_methods(building);
        replace_in(building, context, outlets::METHODS);
    }
    if context.net.is_bounded() {
        replace(building, context, c"_G", finalizers::FUNCTIONS);
        confined::lock_files(building);
        take_away(building, c"debug", &["sethook", "setmetatable"]);
    }
    if context.net.is_unguarded() {
        replace(building, context, c"io", heard::IO);
        replace(building, context, c"os", heard::OS);
        replace(building, context, c"package", heard::PACKAGE);
        replace(building, context, c"_G", heard::GLOBAL);
    } else {
        confined::build(building, context);
    }
}

fn replace(building: Building, context: &'static Context, library: &CStr, functions: &[(&CStr, CFunction)]) {
    building.push_global(library);
    replace_in(building, context, functions);
}

/// Replaces functions in the table on top, which is popped.
fn replace_in(building: Building, context: &'static Context, functions: &[(&CStr, CFunction)]) {
    let state = building.state();
    if state.kind(-1) == Kind::Table {
        for (name, function) in functions {
            state.push_light(context.as_upvalue());
            building.get_named(-2, name);
            building.push_closure(*function, 2);
            building.set_named(-2, name.to_str().unwrap_or_default());
        }
    }
    state.pop(1);
}

/// `print`, which does not say that standard output takes no more: why is noted for who tells of it at the end.
unsafe extern "C-unwind" fn print(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    if let Some(outlet) = outlets::of_output(context) {
        return outlets::print(state, context, outlet);
    }
    // SAFETY: Lua called us with this thread and these arguments.
    let count = unsafe { original(raw) };
    stdio::note_failure();
    count
}

/// Takes functions out of a library that scripts may have.
fn take_away(building: Building, library: &CStr, names: &[&str]) {
    let state = building.state();
    building.push_global(library);
    if state.kind(-1) == Kind::Table {
        for name in names {
            state.push_nil();
            building.set_named(-2, name);
        }
    }
    state.pop(1);
}

/// Lua's own function, on the same frame.
///
/// # Safety
/// `raw` is the thread of a function made by [`replace`], with the arguments it was called with.
pub(super) unsafe fn original(raw: *mut lua_State) -> c_int {
    // SAFETY: the caller has a live thread.
    let state = unsafe { State::from_raw(raw) };
    match state.function(upvalue(2)) {
        // SAFETY: it is a function of Lua's library, which has no upvalues, and this frame holds what it expects.
        Some(function) => unsafe { function(raw) },
        None => 0,
    }
}

/// Looks whether the script must end here; then its error is on top of the stack.
fn must_stop(state: State, context: &'static Context) -> bool {
    stop::is_over(state, context)
}

/// Counts the turns of a loop and looks now and then.
struct Turns {
    state: State,
    context: &'static Context,
    left: u32,
}

impl Turns {
    const STRIDE: u32 = 5000;

    fn new(state: State) -> Self {
        Self {
            state,
            context: Context::behind(state, 1),
            left: Self::STRIDE,
        }
    }

    /// One more turn; raises where the script must end.
    #[inline]
    fn turn(&mut self) {
        self.left -= 1;
        if self.left == 0 {
            self.left = Self::STRIDE;
            if must_stop(self.state, self.context) {
                Answer::Raise.finish(self.state);
            }
        }
    }
}
