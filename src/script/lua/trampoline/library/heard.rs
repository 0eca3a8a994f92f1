//! Those functions of Lua's own libraries that reach the system, where everything is allowed: they are Lua's, once who listens
//! (audit hooks, the host's ear) has heard of it and has not refused. Events are CPython's for the like.

use std::ffi::{CStr, OsStr, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use mlua::ffi::lua_State;

use crate::api::Value;
use crate::error::Result;
use crate::net::Fact;
use crate::policy::Request;
use crate::sys::file::flags;

use super::super::building::Building;
use super::super::collecting;
use super::super::context::Context;
use super::super::invoke::{self, Answer};
use super::super::state::{CFunction, Kind, State};
use super::original;

pub(super) const IO: &[(&CStr, CFunction)] = &[
    (c"open", open),
    (c"lines", read_named),
    (c"input", read_named),
    (c"output", write_named),
    (c"popen", popen),
    (c"tmpfile", tmpfile),
];
pub(super) const OS: &[(&CStr, CFunction)] = &[
    (c"execute", execute),
    (c"remove", remove),
    (c"rename", rename),
    (c"tmpname", tmpname),
];
pub(super) const PACKAGE: &[(&CStr, CFunction)] = &[(c"loadlib", loadlib)];
pub(super) const GLOBAL: &[(&CStr, CFunction)] = &[(c"dofile", load_named), (c"loadfile", load_named)];

/// Tells who listens, and calls Lua's function.
///
/// # Safety
/// As [`original`].
unsafe fn told(raw: *mut lua_State, tell: fn(State, &Context) -> Result<()>) -> c_int {
    // SAFETY: the caller's contract.
    ask(unsafe { State::from_raw(raw) }, tell);
    // SAFETY: the caller's contract; the arguments are as they came.
    unsafe { original(raw) }
}

/// As [`told`], for what makes a file.
///
/// # Safety
/// As [`original`].
unsafe fn opened(raw: *mut lua_State, tell: fn(State, &Context) -> Result<()>) -> c_int {
    // SAFETY: the caller's contract.
    let state = unsafe { State::from_raw(raw) };
    ask(state, tell);
    collecting::weigh(state, Context::behind(state, 1), collecting::FILE);
    // SAFETY: the caller's contract; the arguments are as they came.
    unsafe { original(raw) }
}

/// Tells who listens; raises what they refuse with.
fn ask(state: State, tell: fn(State, &Context) -> Result<()>) {
    let context = Context::behind(state, 1);
    // Most often nobody listens.
    if !context.net.is_heard() {
        return;
    }
    for place in [1, 2] {
        // What is no text Lua refuses in its own words; a number is one.
        if matches!(state.kind(place), Kind::Integer | Kind::Float) {
            // SAFETY: nothing with a destructor is alive here.
            unsafe { Building::new(state) }.check_text(place);
        }
    }
    let top = state.top();
    let answer = invoke::answer(state, context, |_| tell(state, context).map(|()| Value::None));
    if answer == Answer::Raise {
        answer.finish(state);
    }
    state.set_top(top);
}

/// The text at a place.
fn text(state: State, place: c_int) -> Option<Vec<u8>> {
    (state.kind(place) == Kind::String).then(|| state.string_copy(place))
}

fn fact(bytes: &[u8]) -> Fact {
    Fact::Text(String::from_utf8_lossy(bytes).into_owned())
}

/// Tells of the file whose path is at place 1, opened in this mode of C's; where there is none, nothing is opened.
fn tell_open(state: State, context: &Context, mode: &[u8]) -> Result<()> {
    let Some(name) = text(state, 1) else {
        return Ok(());
    };
    let (updates, first) = (mode.contains(&b'+'), mode.first().copied());
    let (reads, appends) = (!matches!(first, Some(b'w' | b'a')), first == Some(b'a'));
    let request = Request::Open {
        path: Path::new(OsStr::from_bytes(&name)),
        write: !reads || updates,
    };
    context.net.guard_as(&request, || {
        let letters: Vec<u8> = mode.iter().copied().filter(|letter| *letter != b'b').collect();
        let bits = flags(
            reads || updates,
            !reads || updates,
            first == Some(b'w'),
            false,
            appends,
        );
        vec![fact(&name), fact(&letters), Fact::Int(bits.into())]
    })
}

/// `io.open(path[, mode])`.
unsafe extern "C-unwind" fn open(raw: *mut lua_State) -> c_int {
    let tell = |state: State, context: &Context| {
        let mode = text(state, 2).unwrap_or_else(|| b"r".to_vec());
        tell_open(state, context, &mode)
    };
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { opened(raw, tell) }
}

/// `io.lines([path])`, `io.input([path])`.
unsafe extern "C-unwind" fn read_named(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { opened(raw, |state, context| tell_open(state, context, b"r")) }
}

/// `io.output([path])`.
unsafe extern "C-unwind" fn write_named(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { opened(raw, |state, context| tell_open(state, context, b"w")) }
}

/// `dofile([path])`, `loadfile([path])`.
unsafe extern "C-unwind" fn load_named(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { told(raw, |state, context| tell_open(state, context, b"r")) }
}

/// `io.popen(command)`: the shell is started, with the command as its argument.
unsafe extern "C-unwind" fn popen(raw: *mut lua_State) -> c_int {
    const SHELL: &str = "/bin/sh";
    let tell = |state: State, context: &Context| {
        let Some(command) = text(state, 1) else {
            return Ok(());
        };
        context.net.guard_as(&Request::Spawn { program: SHELL }, || {
            let words = vec![fact(SHELL.as_bytes()), fact(b"-c"), fact(&command)];
            vec![fact(SHELL.as_bytes()), Fact::List(words), Fact::None, Fact::None]
        })
    };
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { opened(raw, tell) }
}

/// `io.tmpfile()`: a file without a name.
unsafe extern "C-unwind" fn tmpfile(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { opened(raw, tell_temporary) }
}

/// `os.tmpname()`: makes a file, whose name nobody knows before.
unsafe extern "C-unwind" fn tmpname(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { told(raw, tell_temporary) }
}

fn tell_temporary(_: State, context: &Context) -> Result<()> {
    context.net.announce("tempfile.mkstemp", || vec![Fact::None])
}

/// `os.execute([command])`: without one it only asks for a shell.
unsafe extern "C-unwind" fn execute(raw: *mut lua_State) -> c_int {
    let tell = |state: State, context: &Context| match text(state, 1) {
        Some(command) => context.net.announce("os.system", || vec![fact(&command)]),
        None => Ok(()),
    };
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { told(raw, tell) }
}

/// CPython's number for a path that is not relative to an open folder.
const NO_FOLDER: Fact = Fact::Int(-1);

/// `os.remove(path)`.
unsafe extern "C-unwind" fn remove(raw: *mut lua_State) -> c_int {
    let tell = |state: State, context: &Context| match text(state, 1) {
        Some(path) => context.net.announce("os.remove", || vec![fact(&path), NO_FOLDER]),
        None => Ok(()),
    };
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { told(raw, tell) }
}

/// `os.rename(from, to)`.
unsafe extern "C-unwind" fn rename(raw: *mut lua_State) -> c_int {
    let tell = |state: State, context: &Context| match (text(state, 1), text(state, 2)) {
        (Some(from), Some(to)) => context
            .net
            .announce("os.rename", || vec![fact(&from), fact(&to), NO_FOLDER, NO_FOLDER]),
        _ => Ok(()),
    };
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { told(raw, tell) }
}

/// `package.loadlib(path, name)`.
unsafe extern "C-unwind" fn loadlib(raw: *mut lua_State) -> c_int {
    let tell = |state: State, context: &Context| match text(state, 1) {
        Some(path) => context.net.announce("ctypes.dlopen", || vec![fact(&path)]),
        None => Ok(()),
    };
    // SAFETY: Lua called us with this thread and these arguments.
    unsafe { told(raw, tell) }
}
