//! `print`, `io.write` and the method `write` of Lua's files where the host takes what goes to the program's streams. Each does
//! what Lua's own does, which has everything that goes elsewhere.

use std::ffi::{CStr, c_int};

use mlua::ffi::lua_State;

use crate::api::Value;
use crate::net::{Outlet, Stream};

use super::super::building::Building;
use super::super::context::Context;
use super::super::invoke::{self, Answer};
use super::super::state::{CFunction, Kind, REGISTRY, State};
use super::super::stream;
use super::original;

/// Of `io`.
pub(super) const IO: &[(&CStr, CFunction)] = &[(c"write", write)];
/// Of Lua's files.
pub(super) const METHODS: &[(&CStr, CFunction)] = &[(c"write", write_to)];

/// The methods of Lua's files.
pub(super) fn push_methods(building: Building) {
    building.get_named(REGISTRY, c"FILE*");
    if building.state().kind(-1) == Kind::Table {
        building.get_named(-1, c"__index");
        building.state().remove(-2);
    }
}

/// `print(…)`, where the host takes it: all of it at once.
pub(super) fn print(state: State, context: &'static Context, outlet: &'static Outlet) -> c_int {
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let count = state.top();
    building.need_room(count + 4);
    for place in 1..=count {
        building.push_text_of(place);
    }
    let answer = hand_over(state, context, outlet, count + 1..=2 * count, b"\t", b"\n");
    if answer == Answer::Raise {
        return answer.finish(state);
    }
    state.set_top(0);
    0
}

/// `io.write(…)`: to where it writes now.
unsafe extern "C-unwind" fn write(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let count = state.top();
    building.need_room(4);
    building.get_named(REGISTRY, c"_IO_output");
    let context = Context::behind(state, 1);
    let outlet = outlet_of(state, context, -1);
    let Some(outlet) = outlet else {
        state.set_top(count);
        // SAFETY: Lua called us with this thread, and its arguments are as they came.
        return unsafe { original(raw) };
    };
    // What the rest of the program writes to is not for who is confined.
    if !context.net.is_unguarded() {
        state.push_bool(true);
    }
    let returned = state.top();
    write_texts(state, context, outlet, 1..=count, returned)
}

/// `file:write(…)`.
unsafe extern "C-unwind" fn write_to(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    match outlet_of(state, context, 1) {
        Some(outlet) => write_texts(state, context, outlet, 2..=state.top(), 1),
        // SAFETY: Lua called us with this thread, and its arguments are as they came.
        None => unsafe { original(raw) },
    }
}

/// Who takes what is written to the file at an index.
fn outlet_of(state: State, context: &'static Context, index: c_int) -> Option<&'static Outlet> {
    let file = stream::at(state, context, index)?;
    context.net.outlet(file.standard()?)
}

/// Hands over the texts at these places, and returns what is at `returned`.
fn write_texts(
    state: State,
    context: &'static Context,
    outlet: &'static Outlet,
    places: std::ops::RangeInclusive<c_int>,
    returned: c_int,
) -> c_int {
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    let mut place = *places.start();
    while place <= *places.end() {
        building.check_text(place);
        place += 1;
    }
    let answer = hand_over(state, context, outlet, places, b"", b"");
    if answer == Answer::Raise {
        return answer.finish(state);
    }
    building.need_room(1);
    state.copy_to_top(returned);
    1
}

fn hand_over(
    state: State,
    context: &'static Context,
    outlet: &'static Outlet,
    places: std::ops::RangeInclusive<c_int>,
    between: &[u8],
    end: &[u8],
) -> Answer {
    invoke::answer(state, context, |_| {
        let texts: Vec<_> = places.map(|place| state.string_copy(place)).collect();
        let mut text = texts.join(between);
        text.extend_from_slice(end);
        if !text.is_empty() {
            outlet(&text);
        }
        Ok(Value::None)
    })
}

/// Who takes what is printed.
pub(super) fn of_output(context: &'static Context) -> Option<&'static Outlet> {
    context.net.outlet(Stream::Output)
}
