//! The C side of the Lua binding: the only `unsafe` outside `sys`.
//!
//! `state` and `building` wrap the C API so that the compiler checks the rest. `context` is what every C function here finds behind
//! its upvalue. `object` lays out our userdata, `metatable` makes them look like Python's objects, `shape` sockets in a way that is quicker; `collecting` says when the collector runs; `read` and `push` turn values around; `external` has Lua 5.5 take bytes without a copy; `invoke` is
//! the one C function behind every operation of the table, with a shorter way for the plain `recv`, `recv_into` and `send`; `lines` iterates over
//! a file, `stream` reads Lua's own files; `module`
//! builds the modules scripts see, `written` those that are written in Lua; `host` is what the Rust program gives and asks for; `coroutine` is Lua's coroutine library, knowing which thread runs; `guard` is its `xpcall` and `warn`, `library` those of its functions that no hook could end, with `arguments` to read what they are given; `task` runs
//! script functions on fibers, which they leave in `parking` while they wait for bytes (`payload` is what the scheduler asks of them), `failure` puts into words what ends them, `frame` tells where they are, `worker` carries them to other machines, `kept` calls those that operations keep; `asking` looks at what a person at a prompt asks for; `stop` makes a script end.

mod allowance;
mod arguments;
#[cfg(feature = "cli")]
pub(super) mod asking;
mod building;
mod collecting;
mod context;
mod coroutine;
#[cfg(feature = "lua55")]
mod external;
mod failure;
mod frame;
mod given;
mod guard;
mod host;
mod invoke;
mod kept;
mod library;
mod lines;
mod metatable;
mod module;
mod object;
mod parking;
mod passed;
mod payload;
mod push;
mod read;
mod shape;
mod state;
mod stop;
mod stream;
mod task;
mod worker;
mod written;

pub(super) use collecting::{ballast, begin as begin_collecting};
pub(super) use context::Context;
pub(super) use given::add_module;
pub(super) use host::{register, set_global, start_global, wrap};
pub(super) use object::begin_closing;
pub(super) use stop::poke;
pub(super) use task::LuaTask;

use std::rc::Rc;

use mlua::{Lua, LuaOptions, StdLib};

use crate::api::{Environment, Value};
use crate::error::{Error, Result};
use crate::net::Net;
use crate::sched::Task;
use crate::script::{Chunk, Manner};

/// Number of a list's first place, and of a call's first argument.
pub(super) const FIRST_PLACE: usize = 1;

/// A machine with Lua's own libraries: all of them, as `lua` has them, or those of which `library::confined` leaves what a policy
/// may grant.
pub(super) fn machine(unguarded: bool) -> Result<Lua> {
    if unguarded {
        // SAFETY: scripts that may do everything have what `lua` gives them, `debug` and C modules included.
        return Ok(unsafe { Lua::unsafe_new_with(StdLib::ALL, LuaOptions::default()) });
    }
    let harmless = StdLib::COROUTINE | StdLib::TABLE | StdLib::STRING | StdLib::MATH | StdLib::UTF8;
    Lua::new_with(harmless | StdLib::IO | StdLib::OS, LuaOptions::default())
        .map_err(|error| Error::runtime(error.to_string()))
}

/// Puts modules, globals and the coroutine library into a fresh machine.
pub(super) fn install(lua: &Lua, net: &Rc<Net>, environment: Rc<Environment>) -> Result<&'static Context> {
    let main = main_state(lua);
    let context = Context::install(lua, main, net, environment)?;
    main.protected(|building| {
        kept::build(building);
        module::build(building, context);
        coroutine::build(building, context);
        guard::build(building, context);
        library::build(building, context);
        context.streams.set(stream::metatable(building));
    })
    .map_err(|_| Error::memory("a Lua machine"))?;
    main.set_top(0);
    Ok(context)
}

/// Puts the modules into a machine of the host's own, which stays as it is otherwise: no name that is there is replaced.
pub(super) fn install_guest(lua: &Lua, net: &Rc<Net>) -> Result<()> {
    // The thread that runs, which may be a coroutine: what is built is built there.
    let state = main_state(lua);
    let top = state.top();
    let main = state.main_thread().unwrap_or(state);
    state.set_top(top);
    if Context::of(state).is_some() {
        return Err(Error::value("this machine has the modules already"));
    }
    let environment = Environment {
        first_place: FIRST_PLACE,
        ..Environment::default()
    };
    let context = Context::install(lua, main, net, Rc::new(environment))?;
    context.be_guest();
    let built = state.protected(|building| {
        kept::build(building);
        module::build_guest(building, context);
        context.streams.set(stream::metatable(building));
    });
    state.set_top(top);
    built.map_err(|_| Error::memory("the modules"))
}

/// The error that a machine of the host's own has last put into words.
pub(super) fn last_told(lua: &Lua) -> Option<Rc<Error>> {
    Context::of(main_state(lua))?.told()
}

/// Compiles a chunk and starts it as a task.
pub(super) fn start(context: &'static Context, chunk: &Chunk<'_>, task: &str) -> Result<Rc<Task>> {
    task::start_chunk(context, chunk, task)
}

/// Compiles a worker's script and starts it as a task; `trusted` code need not be text.
pub(super) fn start_called(
    context: &'static Context,
    chunk: &Chunk<'_>,
    manner: Manner,
    trusted: bool,
    arguments: &[Value],
) -> Result<Rc<Task>> {
    worker::start(context, chunk, manner, trusted, arguments)
}

/// What an ended task returned.
/// Each value whole.
pub(super) fn portable_results(context: &Context, task: &Task) -> Vec<Value> {
    worker::results(context, task)
}

/// The thread the machine was made with.
fn main_state(lua: &Lua) -> state::State {
    // SAFETY: the machine is alive; its main thread lives as long as it.
    lua.exec_raw_lua(|raw| unsafe { state::State::from_raw(raw.state()) })
}
