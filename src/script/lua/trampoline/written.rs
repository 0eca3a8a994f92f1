//! The modules that are written in Lua. A module is an empty table whose first use runs its chunk with that table, which
//! the chunk fills; from then on it is an ordinary table.

use std::ffi::c_int;

use mlua::ffi::lua_State;

use crate::script::library::{LUA, Library};

use super::building::Building;
use super::context::Context;
use super::library::compile;
use super::state::{CFunction, Kind, State, Status, upvalue};

/// Pushes the table of a library that has not been read yet.
pub(super) fn push(building: Building, library: &'static Library) {
    let state = building.state();
    building.new_table(0, 0);
    building.new_table(0, 4);
    for (name, function) in [("__index", index as CFunction), ("__pairs", pairs)] {
        state.push_light(std::ptr::from_ref(library).cast_mut().cast());
        state.copy_to_top(-3);
        building.push_closure(function, 2);
        building.set_named(-2, name);
    }
    building.push_bytes(library.name.as_bytes());
    building.set_named(-2, "__name");
    state.push_bool(false);
    building.set_named(-2, "__metatable");
    state.set_metatable(-2);
}

/// What the table at an index is called, if it is a library, or a class as libraries make them; and whether it is a class.
pub(super) fn name_of(state: State, index: c_int) -> Option<(String, bool)> {
    let top = state.top();
    let is_locked = state.has_room(4) && state.get_metatable(index);
    let asked = state.protected_with(&[index, if is_locked { -1 } else { index }], |building| {
        for (table, name) in [(1, "__name"), (1, "__mro__"), (2, "__name"), (2, "__metatable")] {
            building.push_bytes(name.as_bytes());
            building.state().raw_get(table);
        }
    });
    let text = |place: c_int| {
        (asked.is_ok() && state.kind(place) == Kind::String)
            .then(|| String::from_utf8_lossy(&state.string_copy(place)).into_owned())
    };
    let class = text(-4).filter(|_| state.kind(-3) == Kind::Table);
    let library = text(-2).filter(|name| {
        is_locked && state.kind(-1) == Kind::Boolean && LUA.iter().any(|library| library.name == *name)
    });
    state.set_top(top);
    class
        .map(|name| (name, true))
        .or(library.map(|name| (name, false)))
}

/// A name of a library: reads it first.
unsafe extern "C-unwind" fn index(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    state.set_top(2);
    read(building);
    state.set_top(2);
    state.copy_to_top(upvalue(2));
    state.rotate(2, 1);
    state.raw_get(2);
    1
}

/// `pairs(library)`: reads it first.
unsafe extern "C-unwind" fn pairs(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    state.set_top(0);
    read(building);
    state.set_top(0);
    building.push_global(c"next");
    state.copy_to_top(upvalue(2));
    state.push_nil();
    3
}

/// Runs the library's chunk with its table, unless that has been done. Raises what it raises; the next use tries again.
fn read(building: Building) {
    let state = building.state();
    // SAFETY: the upvalue was set by `push` to an element of the static list.
    let library = unsafe { &*state.userdata(upvalue(1)).cast::<Library>() };
    let Some(context) = Context::of(state) else { return };
    state.copy_to_top(upvalue(2));
    let table = state.top();
    if !state.get_metatable(table) {
        return;
    }
    let metatable = state.top();
    building.get_named(metatable, c"__index");
    if state.kind(-1) == Kind::Nil {
        return;
    }
    // While the chunk runs, its table is what it has put there.
    state.push_nil();
    state.set_metatable(table);
    let mut status = compile(context, state, library.source.as_bytes(), library.chunk, true);
    if status == Status::Ok {
        state.copy_to_top(table);
        status = state.call_protected(1, 0, 0);
    }
    if status != Status::Ok {
        state.copy_to_top(metatable);
        state.set_metatable(table);
        building.raise();
    }
    // What is left of the metatable: the name and the lock.
    state.copy_to_top(metatable);
    for name in ["__index", "__pairs"] {
        state.push_nil();
        building.set_named(-2, name);
    }
    state.set_metatable(table);
}
