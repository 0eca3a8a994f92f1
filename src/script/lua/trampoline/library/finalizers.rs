//! `setmetatable` where a script is confined or its time is bounded: without finalizers. While one runs no hook does, so
//! nothing would end it.

use std::ffi::{CStr, c_int};

use mlua::ffi::lua_State;

use super::super::building::Building;
use super::super::state::{CFunction, Kind, State};
use super::original;

pub(super) const FUNCTIONS: &[(&CStr, CFunction)] = &[(c"setmetatable", set_metatable)];

unsafe extern "C-unwind" fn set_metatable(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    if state.kind(2) == Kind::Table {
        building.push_bytes(b"__gc");
        state.raw_get(2);
        if state.kind(-1) != Kind::Nil {
            return building.raise_text(
                b"a finalizer (__gc) cannot be had under a policy or a time limit: nothing could end it",
            );
        }
        state.pop(1);
    }
    // SAFETY: Lua called us with this thread, and no argument has gone.
    unsafe { original(raw) }
}
