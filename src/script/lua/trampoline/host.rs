//! What the Rust program that holds the machine gives it and asks of it: global values, functions of its own, calls of the
//! script's functions, and what they return.

use std::ffi::c_int;
use std::rc::Rc;

use mlua::ffi::{self, lua_State};

use crate::api::{Callback, HostFunction, Value};
use crate::error::{Class, Error, Result};
use crate::sched::Task;

use super::building::Building;
use super::context::Context;
use super::state::{Kind, REGISTRY, State, upvalue};
use super::{collecting, invoke, kept, push, read, task};

/// Makes a value global.
pub(in super::super) fn set_global(context: &'static Context, name: &str, value: &Value) -> Result<()> {
    protected(context.main, "a global", |building| {
        push_globals(building);
        building.need_room(4);
        push::one(building, context, value);
        building.set_named(-2, name);
    })
}

/// Starts a global function as a task.
pub(in super::super) fn start_global(
    context: &'static Context,
    name: &str,
    arguments: &[Value],
) -> Result<Rc<Task>> {
    let main = context.main;
    let top = main.top();
    let found = main.protected(|building| {
        push_globals(building);
        building.push_bytes(name.as_bytes());
        building.state().raw_get(-2);
    });
    let started = match found {
        Err(_) => Err(Error::memory("a call")),
        Ok(()) if main.kind(-1) == Kind::Nil => Err(Error::new(
            Class::NameError,
            format!("there is no function '{name}'"),
        )),
        Ok(()) => {
            let function = main.top();
            start_with(context, name, arguments, |main| main.copy_to_top(function))
        }
    };
    main.set_top(top);
    started
}

/// Starts what `push` puts on the main thread as a task, with these arguments.
pub(super) fn start_with(
    context: &'static Context,
    name: &str,
    arguments: &[Value],
    push: impl FnOnce(State),
) -> Result<Rc<Task>> {
    let main = context.main;
    context.release_threads(main);
    collecting::recover(main, context);
    let count = c_int::try_from(arguments.len()).unwrap_or(0);
    let thread = task::new_thread(main, context, count)?;
    if !main.has_room(4) {
        task::unanchor(main, thread);
        return Err(Error::memory("a task"));
    }
    push(main);
    main.move_to(thread, 1);
    let pushed = thread.protected(|building| {
        building.need_room(count + 4);
        for argument in arguments {
            push::one(building, context, argument);
        }
    });
    if pushed.is_err() {
        task::unanchor(main, thread);
        return Err(Error::memory("a function's arguments"));
    }
    task::spawn(context, thread, name.to_owned(), move |task| {
        task::run(thread, task, count)
    })
}

/// What a function that Rust owns has as its first upvalue: null once it was collected.
type Slot = *const HostFunction;

/// Makes a function of the host's global.
pub(in super::super) fn register(
    context: &'static Context,
    name: &str,
    function: &HostFunction,
) -> Result<()> {
    let main = context.main;
    let top = main.top();
    let registered = push_owned(main, context, function, |building| {
        push_globals(building);
        building.state().rotate(-2, 1);
        building.set_named(-2, name);
    });
    main.set_top(top);
    registered
}

/// Makes a function of the host's a value that is kept.
pub(in super::super) fn wrap(context: &'static Context, function: &HostFunction) -> Result<Rc<dyn Callback>> {
    let state = context.current();
    let top = state.top();
    let kept = push_owned(state, context, function, |_| ()).and_then(|()| {
        let place = usize::try_from(state.top()).unwrap_or(0);
        kept::keep(state, context, place, None)
    });
    state.set_top(top);
    Ok(Rc::new(kept?))
}

/// Pushes a function of the host's, and does with it what `then` does.
fn push_owned(
    state: State,
    context: &'static Context,
    function: &HostFunction,
    mut then: impl FnMut(Building),
) -> Result<()> {
    let owned: Slot = Box::into_raw(Box::new(function.clone()));
    let mut taken = false;
    let pushed = state.protected(|building| {
        let state = building.state();
        building.need_room(8);
        let slot = building.new_userdata::<Slot>(0);
        // SAFETY: the userdata is new, aligned for pointers, and has room for one.
        unsafe { slot.write(std::ptr::null()) };
        building.new_table(0, 1);
        state.push_function(collect);
        building.set_named(-2, "__gc");
        state.set_metatable(-2);
        // SAFETY: as above; from here on the machine owns the function.
        unsafe { slot.write(owned) };
        taken = true;
        state.push_light(context.as_upvalue());
        building.push_closure(call, 2);
        then(building);
    });
    if !taken {
        // SAFETY: the machine did not take it: the pointer is still ours alone.
        drop(unsafe { Box::from_raw(owned.cast_mut()) });
    }
    pushed.map_err(|_| Error::memory("a function"))
}

/// The values of a thread's stack from a place to the top. Functions in them are kept.
pub(super) fn values(state: State, context: &'static Context, first: c_int) -> Vec<Value> {
    read::owned(state, context, first)
}

/// A script calls a function of the host's.
unsafe extern "C-unwind" fn call(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 2);
    invoke::answer(state, context, |_| {
        let slot = state.userdata(upvalue(1)).cast::<Slot>();
        // SAFETY: the upvalue is the userdata `push_owned` made, whose slot is null or a function that it owns.
        let function = unsafe { slot.read() };
        // SAFETY: the userdata owns the function, and is alive as an upvalue of what runs.
        let function = unsafe { function.as_ref() }
            .ok_or_else(|| Error::runtime("the program is ending"))?
            .clone();
        function(values(state, context, 1))
    })
    .finish(state)
}

unsafe extern "C-unwind" fn collect(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let slot = state.userdata(1).cast::<Slot>();
    if !slot.is_null() {
        // SAFETY: the metatable is reachable by the collector only, so the userdata is one `push_owned` made.
        let function = unsafe { slot.replace(std::ptr::null()) };
        if !function.is_null() {
            // SAFETY: taken out of the slot just now: nobody else drops it.
            drop(unsafe { Box::from_raw(function.cast_mut()) });
        }
    }
    0
}

fn push_globals(building: Building) {
    building.need_room(8);
    building.state().raw_get_index(REGISTRY, ffi::LUA_RIDX_GLOBALS);
}

/// Runs what may raise; where it does, the memory for `what` was not to be had.
fn protected(state: State, what: &str, build: impl FnMut(Building)) -> Result<()> {
    let top = state.top();
    let outcome = state.protected(build);
    state.set_top(top);
    outcome.map_err(|_| Error::memory(what))
}
