//! Modules whose text the Rust program gives: what `require` runs before it looks for files, and where there are no files to be
//! had what it runs beside our own.

use std::ffi::{CStr, CString, c_int, c_void};

use mlua::ffi::lua_State;

use crate::api::Value;
use crate::error::{Error, Result};
use crate::policy::Request;
use crate::script::Chunk;

use super::building::Building;
use super::context::Context;
use super::state::{Kind, REGISTRY, State, Status, upvalue};
use super::{collecting, invoke, library};

/// Where Lua's `require` looks first.
const PRELOADED: &CStr = c"_PRELOAD";
/// Where Lua's `require` keeps what it has loaded.
const LOADED: &CStr = c"_LOADED";

/// The registry's key for what a `require` of ours has loaded.
static OWN: u8 = 0;

/// Notes the table on top as the one that a `require` of ours keeps what it has loaded in.
pub(super) fn note_loaded(building: Building) {
    building.state().copy_to_top(-1);
    building.raw_set_pointer(REGISTRY, own());
}

fn own() -> *const c_void {
    (&raw const OWN).cast()
}

/// Has `require` find a module; where it has been loaded under this name, the next `require` loads it anew.
pub(in super::super) fn add_module(context: &'static Context, name: &str, source: &[u8]) -> Result<()> {
    library::may_load(context, source)?;
    let main = context.main;
    context.release_threads(main);
    collecting::recover(main, context);
    let top = main.top();
    let shown = format!("={name}");
    let chunk = CString::new(&*shown).map_err(|_| Error::value("a module's name must not hold a NUL"))?;
    if !main.has_room(8) {
        return Err(Error::memory("a module"));
    }
    if library::compile(context, main, source, &chunk, true) == Status::Error {
        let error = library::refusal(
            main,
            &Chunk {
                name: &shown,
                source,
                path: None,
            },
        );
        main.set_top(top);
        return Err(error);
    }
    let added = main.protected_with(&[-1], |building| {
        let state = building.state();
        building.need_room(6);
        building.get_named(REGISTRY, PRELOADED);
        if state.kind(-1) != Kind::Table {
            state.pop(1);
            building.new_table(0, 1);
            state.copy_to_top(-1);
            building.set_named(REGISTRY, PRELOADED.to_str().unwrap_or_default());
        }
        state.copy_to_top(1);
        building.set_named(-2, name);
        building.get_named(REGISTRY, LOADED);
        state.raw_get_pointer(REGISTRY, own());
        for table in [-1, -2] {
            if state.kind(table) == Kind::Table {
                state.push_nil();
                building.set_named(table - 1, name);
            }
        }
    });
    main.set_top(top);
    added.map_err(|_| Error::memory("a module"))
}

/// `require(name)` where only our own modules and those of the program can be had.
pub(super) unsafe extern "C-unwind" fn require(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    building.check_kind(1, mlua::ffi::LUA_TSTRING);
    state.copy_to_top(1);
    if state.raw_get(upvalue(1)) == mlua::ffi::LUA_TNIL {
        state.set_top(1);
        if load_given(building) {
            return 1;
        }
        let context = Context::behind(state, 2);
        return invoke::answer(state, context, |_| {
            let name = state.string_copy(1);
            let module = &String::from_utf8_lossy(&name);
            context.net.guard(&Request::Import { module })?;
            Ok(Value::None)
        })
        .finish(state);
    }
    1
}

/// Runs the program's module of the name at place 1, keeps what it returns, and leaves that on top; false where there is none.
fn load_given(building: Building) -> bool {
    let state = building.state();
    building.need_room(6);
    building.get_named(REGISTRY, PRELOADED);
    if state.kind(-1) != Kind::Table {
        return false;
    }
    state.copy_to_top(1);
    if state.raw_get(-2) != mlua::ffi::LUA_TFUNCTION {
        return false;
    }
    state.copy_to_top(1);
    building.call(1, 1);
    if state.kind(-1) == Kind::Nil {
        state.pop(1);
        state.push_bool(true);
    }
    state.copy_to_top(1);
    state.copy_to_top(-2);
    building.raw_set(upvalue(1));
    true
}
