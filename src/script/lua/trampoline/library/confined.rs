//! What a machine under a policy has in place of those libraries of Lua's that reach the system: `io`, `os`, `debug`, `package`,
//! `dofile`, `loadfile`.
//!
//! What touches nothing outside the machine is Lua's own (`os.time`, `io.write` where `print` writes). Files are opened where the
//! policy grants them. Every other function is there to be refused: a script that tries one gets the policy's error, and
//! who listens hears of it.

use std::ffi::{CStr, OsStr, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use mlua::ffi::lua_State;

use crate::api::Value;
use crate::error::{Error, Result};
use crate::net::Stream;
use crate::policy::Request;
use crate::sys;

use super::super::building::Building;
use super::super::collecting;
use super::super::context::Context;
use super::super::invoke::{self, Answer};
use super::super::state::{CFunction, Kind, REGISTRY, State, upvalue};
use super::original;

/// A library, as scripts find it.
struct Library {
    name: &'static CStr,
    /// Lua's own functions.
    harmless: &'static [&'static CStr],
    /// Lua's own, after a look at what they are asked.
    guarded: &'static [(&'static CStr, CFunction)],
    /// Functions that are refused.
    refused: &'static [&'static CStr],
    /// Values that are refused when they are asked for.
    withheld: &'static [&'static CStr],
}

static LIBRARIES: &[Library] = &[
    Library {
        name: c"io",
        harmless: &[c"flush", c"type"],
        guarded: &[
            (c"open", open),
            (c"lines", lines),
            (c"close", close),
            (c"write", write),
        ],
        refused: &[c"input", c"output", c"popen", c"read", c"tmpfile"],
        withheld: &[c"stdin", c"stdout", c"stderr"],
    },
    Library {
        name: c"os",
        harmless: &[c"clock", c"date", c"difftime", c"exit", c"time"],
        guarded: &[],
        refused: &[
            c"execute",
            c"getenv",
            c"remove",
            c"rename",
            c"setlocale",
            c"tmpname",
        ],
        withheld: &[],
    },
    Library {
        name: c"debug",
        harmless: &[],
        guarded: &[(c"traceback", traceback)],
        refused: &[
            c"debug",
            c"gethook",
            c"getinfo",
            c"getlocal",
            c"getmetatable",
            c"getregistry",
            c"getupvalue",
            c"getuservalue",
            c"setcstacklimit",
            c"sethook",
            c"setlocal",
            c"setmetatable",
            c"setupvalue",
            c"setuservalue",
            c"upvalueid",
            c"upvaluejoin",
        ],
        withheld: &[],
    },
    Library {
        name: c"package",
        harmless: &[],
        guarded: &[],
        refused: &[c"loadlib", c"searchpath"],
        withheld: &[c"config", c"cpath", c"loaded", c"path", c"preload", c"searchers"],
    },
];

/// Functions of no library that read files.
const GLOBAL: &[&CStr] = &[c"dofile", c"loadfile"];

/// Puts them in place of Lua's.
pub(super) fn build(building: Building, context: &'static Context) {
    let state = building.state();
    building.need_room(10);
    for library in LIBRARIES {
        building.push_global(library.name);
        let original = state.top();
        building.new_table(0, 8);
        for name in library.harmless {
            building.get_named(original, name);
            building.set_named(-2, text(name));
        }
        for (name, function) in library.guarded {
            if *name == c"write" && context.net.outlet(Stream::Output).is_some() {
                // It writes to the host, and hands out nothing.
                push_named(building, original, name);
                building.set_named(-2, text(name));
                continue;
            }
            state.push_light(context.as_upvalue());
            push_named(building, original, name);
            building.push_closure(*function, 2);
            building.set_named(-2, text(name));
        }
        for name in library.refused {
            push_refusal(building, context, &[library.name, c".", name]);
            building.set_named(-2, text(name));
        }
        push_lock(building, context, library);
        state.set_metatable(-2);
        set_global(building, library.name);
        state.pop(1);
    }
    for name in GLOBAL {
        push_refusal(building, context, &[name]);
        set_global(building, name);
    }
}

fn text(name: &'static CStr) -> &'static str {
    name.to_str().unwrap_or_default()
}

/// Pushes Lua's own function, where its library is there.
fn push_named(building: Building, library: c_int, name: &CStr) {
    if building.state().kind(library) == Kind::Table {
        building.get_named(library, name);
    } else {
        building.state().push_nil();
    }
}

/// Pops a value into a global.
fn set_global(building: Building, name: &'static CStr) {
    building.push_global(c"_G");
    building.state().rotate(-2, 1);
    building.set_named(-2, text(name));
    building.state().pop(1);
}

/// Pushes a function that is refused, and tells by what name it was called: these words together.
fn push_refusal(building: Building, context: &'static Context, name: &[&CStr]) {
    let state = building.state();
    state.push_light(context.as_upvalue());
    for word in name {
        building.push_bytes(word.to_bytes());
    }
    building.concat(c_int::try_from(name.len()).unwrap_or(1));
    building.push_closure(refuse, 2);
}

/// Pushes a library's metatable: what is withheld is refused when a script asks for it.
fn push_lock(building: Building, context: &'static Context, library: &'static Library) {
    let state = building.state();
    building.new_table(0, 2);
    state.push_light(context.as_upvalue());
    state.push_light(std::ptr::from_ref(library).cast_mut().cast());
    building.push_closure(withhold, 2);
    building.set_named(-2, "__index");
    state.push_bool(false);
    building.set_named(-2, "__metatable");
}

/// No script gets at the metatable of Lua's files, whose `__gc` would run where nothing can end it.
pub(super) fn lock_files(building: Building) {
    let state = building.state();
    building.get_named(REGISTRY, c"FILE*");
    if state.kind(-1) == Kind::Table {
        state.push_bool(false);
        building.set_named(-2, "__metatable");
    }
    state.pop(1);
}

/// Asks the policy for what it does not grant.
fn ask(state: State, context: &'static Context, function: &str) -> Answer {
    invoke::answer(state, context, |_| {
        context.net.guard(&Request::Library { function })?;
        Ok(Value::None)
    })
}

/// A function that is refused.
unsafe extern "C-unwind" fn refuse(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    refused(state, context).finish(state)
}

fn refused(state: State, context: &'static Context) -> Answer {
    let name = state.string_copy(upvalue(2));
    ask(state, context, &String::from_utf8_lossy(&name))
}

/// A name that is not in a library: nil, or refused.
unsafe extern "C-unwind" fn withhold(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let context = Context::behind(state, 1);
    // SAFETY: the upvalue was set by `push_lock` to an element of the list, which is static.
    let library = unsafe { &*state.userdata(upvalue(2)).cast::<Library>() };
    withheld(state, context, library).finish(state)
}

fn withheld(state: State, context: &'static Context, library: &'static Library) -> Answer {
    if state.kind(2) == Kind::String {
        let key = state.string_copy(2);
        if let Some(name) = library.withheld.iter().find(|name| name.to_bytes() == key) {
            let name = format!("{}.{}", text(library.name), text(name));
            return ask(state, context, &name);
        }
    }
    state.push_nil();
    Answer::Results(1)
}

/// `io.open(path[, mode])`: the policy is asked first.
unsafe extern "C-unwind" fn open(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    let mode = if state.kind(2) == Kind::String { 2 } else { 0 };
    // SAFETY: Lua called us with this thread, and its arguments are as they came.
    unsafe { open_guarded(raw, state, mode) }
}

/// `io.lines(path, …)`: as [`open`]. Without a path it would read what the host reads.
unsafe extern "C-unwind" fn lines(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    if matches!(state.kind(1), Kind::Absent | Kind::Nil) {
        return ask(state, Context::behind(state, 1), "io.lines").finish(state);
    }
    // SAFETY: Lua called us with this thread, and its arguments are as they came.
    unsafe { open_guarded(raw, state, 0) }
}

/// `io.close(file)`: without a file it would close what `print` writes to.
unsafe extern "C-unwind" fn close(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    if matches!(state.kind(1), Kind::Absent | Kind::Nil) {
        return ask(state, Context::behind(state, 1), "io.close").finish(state);
    }
    // SAFETY: Lua called us with this thread, and its arguments are as they came.
    unsafe { original(raw) }
}

/// `io.write(…)`: to where `print` writes, which nobody gets hold of.
unsafe extern "C-unwind" fn write(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: Lua called us with this thread, and its arguments are as they came.
    let count = unsafe { original(raw) };
    if count == 1 && state.kind(-1) == Kind::Userdata {
        state.push_bool(true);
    }
    count
}

/// Calls Lua's function, which opens the file at place 1, where the policy grants that; the mode is at `mode`, unless 0.
///
/// # Safety
/// As [`original`].
unsafe fn open_guarded(raw: *mut lua_State, state: State, mode: c_int) -> c_int {
    let context = Context::behind(state, 1);
    // What is no text Lua refuses in its own words; a number is one.
    if matches!(state.kind(1), Kind::String | Kind::Integer | Kind::Float) {
        // SAFETY: nothing with a destructor is alive here.
        unsafe { Building::new(state) }.check_text(1);
        let top = state.top();
        let answer = invoke::answer(state, context, |_| may_open(state, context, mode));
        if answer == Answer::Raise {
            return answer.finish(state);
        }
        state.set_top(top);
    }
    collecting::weigh(state, context, collecting::FILE);
    // SAFETY: the caller's contract, and the arguments are as they came.
    unsafe { original(raw) }
}

/// Asks for the file at place 1, as the mode says.
fn may_open(state: State, context: &Context, mode: c_int) -> Result<Value> {
    let name = state.string_copy(1);
    if name.contains(&0) {
        return Err(Error::value("embedded null byte"));
    }
    let mode = if mode == 0 {
        b"r".to_vec()
    } else {
        state.string_copy(mode)
    };
    let path = Path::new(OsStr::from_bytes(&name));
    let updates = mode.contains(&b'+');
    let reads = mode.first() == Some(&b'r');
    if reads || updates {
        context.net.guard(&Request::Open { path, write: false })?;
    }
    if !reads || updates {
        context.net.guard(&Request::Open { path, write: true })?;
    }
    // Opening and reading what is no file may wait for ever, and nothing could end it. What the kernel makes up may as well.
    let waits = |known: &std::fs::Metadata| match known.is_file() {
        true => known.len() == 0 && sys::file::is_made_up_at(path),
        false => !known.is_dir(),
    };
    if std::fs::metadata(path).is_ok_and(|known| waits(&known)) {
        return Err(Error::value(format!(
            "{} is no regular file: open() opens it, io.open does not under a policy",
            path.display()
        )));
    }
    Ok(Value::None)
}

/// `debug.traceback([message[, level]])` of the thread that calls it.
unsafe extern "C-unwind" fn traceback(raw: *mut lua_State) -> c_int {
    // SAFETY: Lua calls us with a live thread.
    let state = unsafe { State::from_raw(raw) };
    // SAFETY: nothing with a destructor is alive here.
    let building = unsafe { Building::new(state) };
    match state.kind(1) {
        Kind::Thread => {
            let context = Context::behind(state, 1);
            return ask(state, context, "debug.traceback of another thread").finish(state);
        }
        Kind::Absent | Kind::Nil | Kind::String | Kind::Integer | Kind::Float => {}
        _ => {
            state.set_top(1);
            return 1;
        }
    }
    let level = state.as_integer(2).unwrap_or(1);
    let level = c_int::try_from(level).unwrap_or(c_int::MAX);
    if matches!(state.kind(1), Kind::Absent | Kind::Nil) {
        building.push_traceback(state, level);
        return 1;
    }
    building.need_room(4);
    state.copy_to_top(1);
    building.push_bytes(b"\n");
    building.push_traceback(state, level);
    building.concat(3);
    1
}
