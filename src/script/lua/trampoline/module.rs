//! The modules scripts see. A module's names are made when they are first asked for, so that starting costs nothing.

use std::ffi::c_int;

use mlua::ffi::lua_State;

use crate::api::{Form, MODULES, Module, Op, Value, globals};
use crate::error::{Error, nearest};
use crate::policy::Request;
use crate::script::library::LUA;

use super::building::Building;
use super::context::Context;
use super::given;
use super::invoke::{self, Answer};
use super::metatable;
use super::push;
use super::state::{Kind, State, upvalue};
use super::written;

/// Makes every module loadable and a global, and puts the global functions in place.
pub(super) fn build(building: Building, context: &'static Context) {
    let state = building.state();
    building.need_room(10);
    building.push_global(c"package");
    if state.kind(-1) == Kind::Table {
        add_searchers(building, context);
        building.get_named(-1, c"loaded");
    } else {
        // Without a package library there are our modules and no others.
        building.new_table(0, 0);
        given::note_loaded(building);
        state.copy_to_top(-1);
        state.push_light(context.as_upvalue());
        building.push_closure(given::require, 2);
        set_global(building, "require");
    }
    let loaded = state.top();
    for module in MODULES {
        push_module(building, context, module);
        state.copy_to_top(-1);
        building.set_named(loaded, module.name);
        set_global(building, module.name);
    }
    for library in LUA {
        written::push(building, library);
        state.copy_to_top(-1);
        building.set_named(loaded, library.name);
        set_global(building, library.name);
    }
    for op in globals().filter(|op| !is_module(op.name)) {
        metatable::push_op(building, context, op);
        set_global(building, op.name);
    }
    set_arguments(building, context);
    building.push_global(c"os");
    if state.kind(-1) == Kind::Table {
        state.push_light(context.as_upvalue());
        building.push_closure(exit, 1);
        building.set_named(-2, "exit");
    }
    state.set_top(0);
}

/// As [`build`], in a machine of the host's own: only names that are free are taken.
pub(super) fn build_guest(building: Building, context: &'static Context) {
    let state = building.state();
    building.need_room(10);
    building.push_global(c"package");
    if state.kind(-1) == Kind::Table {
        building.get_named(-1, c"loaded");
    }
    let loaded = state.top();
    for module in MODULES {
        push_module(building, context, module);
        if state.kind(loaded) == Kind::Table {
            state.copy_to_top(-1);
            set_free(building, loaded, module.name);
        }
        set_free_global(building, module.name);
    }
    for op in globals().filter(|op| !is_module(op.name)) {
        metatable::push_op(building, context, op);
        set_free_global(building, op.name);
    }
    state.set_top(0);
}

/// Pops a value into a global that is not there yet.
fn set_free_global(building: Building, name: &str) {
    building.push_global(c"_G");
    building.state().rotate(-2, 1);
    let globals = building.state().top() - 1;
    set_free(building, globals, name);
    building.state().pop(1);
}

/// Pops a value into a table's place that is free.
fn set_free(building: Building, table: c_int, name: &str) {
    let state = building.state();
    building.push_bytes(name.as_bytes());
    let is_free = state.raw_get(table) == mlua::ffi::LUA_TNIL;
    state.pop(1);
    if is_free {
        building.set_named(table, name);
    } else {
        state.pop(1);
    }
}

/// Pushes a module, whose names are made when they are asked for.
fn push_module(building: Building, context: &'static Context, module: &'static Module) {
    let state = building.state();
    building.new_table(0, 0);
    building.new_table(0, 4);
    for (name, function) in [("__index", index as super::state::CFunction), ("__pairs", pairs)] {
        state.push_light(std::ptr::from_ref(module).cast_mut().cast());
        state.push_light(context.as_upvalue());
        building.push_closure(function, 2);
        building.set_named(-2, name);
    }
    building.push_bytes(module.name.as_bytes());
    building.set_named(-2, "__name");
    state.push_bool(false);
    building.set_named(-2, "__metatable");
    keep_callable(building, context, module.name);
    state.set_metatable(-2);
    context
        .modules
        .borrow_mut()
        .push((state.pointer(-1) as usize, module));
}

/// Whether a module has the name: what is called by it is the module then.
fn is_module(name: &str) -> bool {
    MODULES.iter().any(|module| module.name == name)
}

/// Where a function of Lua's own (`select`) or of the table (`test`) has the module's name, the module, whose metatable is
/// on top, can be called as that function.
fn keep_callable(building: Building, context: &'static Context, name: &str) {
    let state = building.state();
    if let Some(op) = globals().find(|op| op.name == name) {
        metatable::push_op(building, context, op);
        building.push_closure(call_hidden, 1);
        building.set_named(-2, "__call");
        return;
    }
    building.push_global(c"_G");
    building.push_bytes(name.as_bytes());
    if state.raw_get(-2) == mlua::ffi::LUA_TFUNCTION {
        if name == "select" {
            state.pop(1);
            state.push_function(choose);
        } else {
            building.push_closure(call_hidden, 1);
        }
        building.set_named(-3, "__call");
    } else {
        state.pop(1);
    }
    state.pop(1);
}

/// Calls the function a module hides: without the module, which is the first argument.
unsafe extern "C-unwind" fn call_hidden(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    building.need_room(2);
    if state.top() == 0 {
        // Called by hand, without the module that stands before the arguments.
        state.push_nil();
    }
    state.copy_to_top(upvalue(1));
    state.replace(1);
    building.call(state.top() - 1, mlua::ffi::LUA_MULTRET);
    state.top()
}

/// Lua's `select`, called as the module that has its name. Lua's own function, called from here, would know neither its name nor its place,
/// which its complaints tell.
unsafe extern "C-unwind" fn choose(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let count = state.top() - 1;
    if state.kind(2) == Kind::String {
        let (text, _) = state.string(2);
        // SAFETY: a NUL stands behind every string of Lua's.
        if unsafe { *text } == b'#' {
            state.push_integer(i64::from(count) - 1);
            return 1;
        }
    }
    let first = state.as_integer(2).map(|place| match place {
        ..0 => i64::from(count).saturating_add(place),
        _ => place.min(count.into()),
    });
    if let Some(first @ 1..) = first {
        return count - c_int::try_from(first).unwrap_or(count);
    }
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    building.need_room(5);
    building.raise_unselectable(2)
}

/// The global `arg`: the script's name at 0, its arguments from 1.
fn set_arguments(building: Building, context: &'static Context) {
    building.new_table(0, 0);
    for (place, argument) in (0..).zip(&context.environment.argv) {
        building.push_bytes(argument);
        building.raw_set_index(-2, place);
    }
    set_global(building, "arg");
}

/// `os.exit([code])`: ends the program, every task with it.
unsafe extern "C-unwind" fn exit(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    let status = match state.kind(1) {
        Kind::Absent | Kind::Nil => 0,
        Kind::Boolean => i32::from(!state.truth(1)),
        // As the system sees it: the low eight bits.
        Kind::Integer => i32::try_from(state.integer(1) & 0xff).unwrap_or(255),
        _ => match state.as_integer(1) {
            Some(number) => i32::try_from(number & 0xff).unwrap_or(255),
            None => {
                // SAFETY: nothing with a destructor is alive here.
                return unsafe { Building::new(state) }.argument_error(1, c"a number or a boolean expected");
            }
        },
    };
    invoke::answer(state, context, |_| Err(context.net.sched().exit(status))).finish(state)
}

/// A searcher that `require` asks for what is not there yet, before those that look for files: who listens hears of it.
unsafe extern "C-unwind" fn tell_import(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    if state.kind(1) != Kind::String || !context.net.is_heard() {
        state.push_nil();
        return 1;
    }
    invoke::answer(state, context, |_| {
        let name = state.string_copy(1);
        let module = &String::from_utf8_lossy(&name);
        context.net.guard(&Request::Import { module })?;
        Ok(Value::None)
    })
    .finish(state)
}

/// The last of the searchers that `require` asks: it finds nothing, but knows what was probably meant.
unsafe extern "C-unwind" fn suggest(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    invoke::answer(state, context, |_| {
        if state.kind(1) != Kind::String {
            return Ok(Value::None);
        }
        let name = state.string_copy(1);
        let libraries = LUA.iter().map(|library| library.name);
        let names = MODULES.iter().map(|module| module.name).chain(libraries);
        let near = std::str::from_utf8(&name)
            .ok()
            .and_then(|name| nearest(name, names));
        Ok(near.map_or(Value::None, |near| Value::text(format!("did you mean '{near}'?"))))
    })
    .finish(state)
}

/// Adds [`tell_import`] and [`suggest`] to the searchers in the package library, which is on top.
fn add_searchers(building: Building, context: &'static Context) {
    let state = building.state();
    building.get_named(-1, c"searchers");
    if state.kind(-1) == Kind::Table {
        let count = i64::try_from(state.raw_length(-1)).unwrap_or(0);
        // The first finds what is loaded already.
        for place in (2..=count).rev() {
            state.raw_get_index(-1, place);
            building.raw_set_index(-2, place + 1);
        }
        for (place, searcher) in [(2, tell_import as super::state::CFunction), (count + 2, suggest)] {
            state.push_light(context.as_upvalue());
            building.push_closure(searcher, 1);
            building.raw_set_index(-2, place);
        }
    }
    state.pop(1);
}

fn set_global(building: Building, name: &str) {
    building.push_global(c"_G");
    building.state().rotate(-2, 1);
    building.set_named(-2, name);
    building.state().pop(1);
}

fn module_at(state: State) -> &'static Module {
    // SAFETY: the upvalue was set by `build` to an element of the static list.
    unsafe { &*state.userdata(upvalue(1)).cast::<Module>() }
}

/// A name that is not in the module's table yet.
unsafe extern "C-unwind" fn index(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let module = module_at(state);
    let context = Context::behind(state, 2);
    if state.kind(2) != Kind::String {
        state.push_nil();
        return 1;
    }
    find(state, module, context).finish(state)
}

fn find(state: State, module: &'static Module, context: &'static Context) -> Answer {
    let key = state.string_copy(2);
    let Ok(name) = std::str::from_utf8(&key) else {
        state.push_nil();
        return Answer::Results(1);
    };
    if let Some(op) = module.op(name) {
        return match op.form {
            Form::Property => keep(
                state,
                invoke::answer(state, context, |call| call.module_property(op)),
            ),
            Form::Function | Form::Method => keep(state, push_function(state, context, op)),
        };
    }
    match module.value(name) {
        Some(value) => keep(state, invoke::answer(state, context, |_| Ok(value))),
        None => {
            state.push_nil();
            Answer::Results(1)
        }
    }
}

fn push_function(state: State, context: &'static Context, op: &'static Op) -> Answer {
    match state.protected(|building| metatable::push_op(building, context, op)) {
        Ok(()) => Answer::Results(1),
        Err(_) => Answer::Raise,
    }
}

/// Puts the value on top into the module's table as well.
fn keep(state: State, answer: Answer) -> Answer {
    if answer == Answer::Results(1) && state.kind(1) == Kind::Table && state.has_room(6) {
        let value = state.top();
        // A table that cannot grow is asked again next time.
        let _ = state.protected_with(&[1, 2, value], |building| building.raw_set(1));
        state.set_top(value);
    }
    answer
}

/// `pairs(module)`: fills the table first.
unsafe extern "C-unwind" fn pairs(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let module = module_at(state);
    let context = Context::behind(state, 2);
    if state.kind(1) != Kind::Table {
        let refuse = |_: &invoke::Call| Err(Error::type_error("pairs() of a module needs the module"));
        return invoke::answer(state, context, refuse).finish(state);
    }
    match fill(state, module, context) {
        Answer::Results(_) => {
            state.set_top(1);
            // SAFETY: nothing with a destructor is alive here.
            let building = unsafe { Building::new(state) };
            building.push_global(c"next");
            state.copy_to_top(1);
            state.push_nil();
            3
        }
        raise @ Answer::Raise => raise.finish(state),
    }
}

fn fill(state: State, module: &'static Module, context: &'static Context) -> Answer {
    let names = module
        .value_names()
        .into_iter()
        .chain(module.ops().map(|op| op.name));
    for name in names {
        state.set_top(1);
        let value = module.value(name);
        let put = state.protected_with(&[1], |building| {
            building.push_bytes(name.as_bytes());
            building.state().copy_to_top(-1);
            if building.state().raw_get(1) == mlua::ffi::LUA_TNIL {
                building.state().pop(1);
                match (module.op(name), &value) {
                    (Some(op), _) if op.form != Form::Property => metatable::push_op(building, context, op),
                    (_, Some(value)) => push::one(building, context, value),
                    _ => building.state().push_nil(),
                }
                building.raw_set(1);
            } else {
                building.state().pop(2);
            }
        });
        if put.is_err() {
            return Answer::Raise;
        }
    }
    Answer::Results(0)
}
