//! What crosses from one machine to another: functions as code, arguments and results as values.

use std::ffi::{CStr, CString, c_int, c_void};
use std::rc::Rc;

use mlua::ffi;

use crate::api::{Named, Value};
use crate::error::{Error, Result};
use crate::sched::Task;
use crate::script::{Chunk, Manner};

use super::allowance::Allowance;
use super::context::Context;
use super::library;
use super::state::{Kind, REGISTRY, State, Status};
use super::task::{self, HANDLER};
use super::{push, read};

/// What stands for the globals among the names before a function's code.
const GLOBALS: &str = "_G";

/// The function at a place of the caller's frame as code for another machine. It may use globals and locals that are modules of
/// ours, which are the other machine's then, and nothing else from outside: the names of these stand before the code, in the
/// order of its upvalues. What Lua has compiled itself is sound code, whatever the policy says
/// about code from elsewhere.
pub(super) fn portable(state: State, context: &Context, function: usize) -> Result<Vec<u8>> {
    let index = c_int::try_from(function).unwrap_or(0);
    if state.function(index).is_some() {
        return Err(Error::type_error(
            "worker.spawn() cannot take a function that is not written in Lua: wrap it in one that is",
        ));
    }
    if !state.has_room(4) {
        return Err(Error::memory("a function for a worker"));
    }
    let mut names = Vec::new();
    for place in 1.. {
        let Some(name) = state.push_upvalue(index, place) else {
            break;
        };
        state.raw_get_index(REGISTRY, ffi::LUA_RIDX_GLOBALS);
        let is_globals = state.raw_equal(-1, -2);
        let module = match read::named(state, context, -2) {
            Named::Module(module) => Some(module.name),
            _ => None,
        };
        state.pop(2);
        if let Some(known) = module.or(is_globals.then_some(GLOBALS)) {
            names.push(known);
        } else {
            return Err(Error::type_error(match &*name {
                "_ENV" => "worker.spawn() cannot take a function with an environment of its own".to_owned(),
                name => format!(
                    "worker.spawn() cannot take a function that uses '{name}', a local of its surroundings: hand it over as \
                     an argument, or make it anew inside"
                ),
            }));
        }
    }
    state.copy_to_top(index);
    let code = state.dump();
    state.pop(1);
    let code = code.ok_or_else(|| Error::memory("a function for a worker"))?;
    Ok([names.join("\n").as_bytes(), b"\0", &code].concat())
}

/// Gives the function on top its upvalues, by the names that stood before its code.
fn provide(thread: State, names: &[u8]) -> Result<()> {
    let names = names.split(|byte| *byte == b'\n').filter(|name| !name.is_empty());
    for (place, name) in (1..).zip(names) {
        let name = CString::new(name).unwrap_or_default();
        thread
            .protected(|building| building.push_global(&name))
            .map_err(|_| Error::memory("a worker's function"))?;
        thread.set_upvalue(-2, place);
    }
    Ok(())
}

/// Compiles a worker's script and starts it as a task with these arguments.
pub(super) fn start(
    context: &'static Context,
    chunk: &Chunk<'_>,
    manner: Manner,
    trusted: bool,
    arguments: &[Value],
) -> Result<Rc<Task>> {
    let count = c_int::try_from(arguments.len()).unwrap_or(0);
    let thread = task::new_thread(context.main, context, 2 * count + 8)?;
    let refuse = |error| {
        task::unanchor(context.main, thread);
        Err(error)
    };
    let name = CString::new(chunk.name).map_err(|_| Error::value("a script's name must not hold a NUL"))?;
    let pushed = thread.protected(|building| {
        building.need_room(count + 4);
        for argument in arguments {
            push::one(building, context, argument);
        }
    });
    if pushed.is_err() {
        return refuse(Error::memory("a worker's arguments"));
    }
    let text_only = !(trusted || manner == Manner::Code);
    // A text may be an expression: a function is one.
    let as_expression = manner == Manner::Text && {
        let source = [b"return ", chunk.source].concat();
        let loaded = library::compile(context, thread, &source, &name, true) != Status::Error;
        if !loaded {
            thread.pop(1);
        }
        loaded
    };
    let (names, source) = match manner {
        Manner::Code => {
            let end = chunk.source.iter().position(|byte| *byte == 0).unwrap_or(0);
            (&chunk.source[..end], &chunk.source[end + 1..])
        }
        Manner::File | Manner::Text => (&[][..], chunk.source),
    };
    if !as_expression && library::compile(context, thread, source, &name, text_only) == Status::Error {
        return refuse(library::refusal(thread, chunk));
    }
    if manner == Manner::Code
        && let Err(error) = provide(thread, names)
    {
        return refuse(error);
    }
    for place in 1..=count {
        thread.copy_to_top(HANDLER + place);
    }
    task::spawn(context, thread, "main".into(), move |task| {
        run(thread, task, count)
    })
}

/// Runs on the fiber: the script, and the function it returns. Below it are the arguments again.
fn run(thread: State, task: &Rc<Task>, count: c_int) -> Result<()> {
    task::run(thread, task, count)?;
    let below = HANDLER + count;
    if thread.top() == below + 1 && thread.kind(-1) == Kind::Function {
        if !thread.has_room(count + 1) {
            return Err(Error::memory("a worker's arguments"));
        }
        for place in 1..=count {
            thread.copy_to_top(HANDLER + place);
        }
        task::run(thread, task, count)?;
    }
    for _ in 0..count {
        thread.remove(HANDLER + 1);
    }
    Ok(())
}

/// What an ended task returned, each value whole.
pub(super) fn results(context: &Context, task: &Task) -> Vec<Value> {
    let Some(thread) = task::thread_of(task).filter(|_| task.failure().is_none()) else {
        return Vec::new();
    };
    let mut left = Allowance::new(context);
    (HANDLER + 1..=thread.top())
        .map(|place| read::portable(thread, context, place, &mut left))
        .collect()
}

impl State {
    /// Pops a value into an upvalue of the Lua function at `index`.
    fn set_upvalue(self, index: c_int, place: c_int) {
        // SAFETY: the thread is alive, and the function has this upvalue: its code is known to.
        unsafe { ffi::lua_setupvalue(self.as_ptr(), index, place) };
    }

    /// Pushes an upvalue of the Lua function at `index`; its name.
    fn push_upvalue(self, index: c_int, place: c_int) -> Option<String> {
        // SAFETY: the thread is alive and the function at its index; a place beyond the last gives a null pointer and pushes nothing.
        let name = unsafe { ffi::lua_getupvalue(self.as_ptr(), index, place) };
        // SAFETY: the name belongs to the function, which is on the stack.
        (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned())
    }

    /// The Lua function on top as code; none when there is no memory for it.
    fn dump(self) -> Option<Vec<u8>> {
        let mut code: Vec<u8> = Vec::new();
        // SAFETY: the function on top is Lua's, the writer does not raise, and the vector outlives the call.
        let failed = unsafe { ffi::lua_dump(self.as_ptr(), append, (&raw mut code).cast(), 0) };
        (failed == 0).then_some(code)
    }
}

/// The writer of [`State::dump`].
unsafe extern "C-unwind" fn append(
    _: *mut ffi::lua_State,
    start: *const c_void,
    length: usize,
    code: *mut c_void,
) -> c_int {
    if length == 0 {
        return 0;
    }
    // SAFETY: `dump` passes its vector, which nobody else uses meanwhile.
    let code = unsafe { &mut *code.cast::<Vec<u8>>() };
    if code.try_reserve(length).is_err() {
        return 1;
    }
    // SAFETY: Lua passes so many readable bytes.
    code.extend_from_slice(unsafe { std::slice::from_raw_parts(start.cast(), length) });
    0
}
