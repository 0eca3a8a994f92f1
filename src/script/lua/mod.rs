//! Lua, 5.4 or 5.5: a machine with the table's operations in it.
//!
//! `trampoline` is the C side and the only `unsafe`; this file makes the machine, loads scripts and says what to tell of
//! one that failed.

#[cfg(feature = "cli")]
mod conversation;
#[allow(
    unsafe_code,
    reason = "the C side of the binding; every block says why it is sound"
)]
mod trampoline;

mod guest;

pub use guest::{error_of, register};

use std::path::Path;
use std::rc::Rc;

use mlua::Lua;

use crate::api::{Callback, Environment, HostFunction, Value};
use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::sched::Task;
use crate::sys::fiber::Extent;

use super::tokens::Grammar;
use super::{Chunk, Language, Manner, foreign};
use trampoline::{Context, LuaTask};

/// The stack a Lua task gets.
pub(crate) const STACK: Extent = Extent {
    usable: 1024 * 1024,
    reserve: 0,
};

/// A Lua machine with the modules installed.
pub(crate) struct LuaScript {
    context: &'static Context,
    /// Whether scripts have the libraries for files and processes.
    unguarded: bool,
    /// Bytes of the machine that are not a script's.
    ballast: usize,
    /// Whether what is declared at the top of a script stays.
    #[cfg(feature = "cli")]
    keeping: std::cell::Cell<bool>,
    /// Dropped last: the context lives in it.
    lua: Lua,
}

impl LuaScript {
    /// A machine that may use `memory_limit` bytes.
    pub(crate) fn new(net: &Rc<Net>, environment: Rc<Environment>, memory_limit: usize) -> Result<Self> {
        let lua = trampoline::machine(net.is_unguarded())?;
        // Without a limit a failed allocation ends the process inside mlua.
        let ballast = trampoline::ballast(memory_limit);
        lua.set_memory_limit(memory_limit.saturating_add(ballast))
            .map_err(|error| Error::runtime(error.to_string()))?;
        // What is built here is all kept.
        lua.gc_stop();
        let context = trampoline::install(&lua, net, environment)?;
        trampoline::begin_collecting(&lua, context, ballast)?;
        Ok(Self {
            context,
            unguarded: net.is_unguarded(),
            ballast,
            #[cfg(feature = "cli")]
            keeping: std::cell::Cell::new(false),
            lua,
        })
    }

    /// Scripts find modules beside the one that runs.
    fn add_search_folder(&self, path: &Path) -> mlua::Result<()> {
        let Some(folder) = path.parent() else {
            return Ok(());
        };
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let package: mlua::Table = self.lua.globals().get("package")?;
        let known: mlua::LuaString = package.get("path")?;
        let mut list = Vec::new();
        for pattern in ["?.lua", "?/init.lua"] {
            list.extend_from_slice(folder.join(pattern).as_os_str().as_encoded_bytes());
            list.push(b';');
        }
        list.extend_from_slice(&known.as_bytes());
        package.set("path", self.lua.create_string(&list)?)
    }
}

impl Drop for LuaScript {
    fn drop(&mut self) {
        trampoline::begin_closing();
    }
}

impl Language for LuaScript {
    #[cfg(feature = "cli")]
    fn conversation(&self) -> &dyn super::Conversation {
        self
    }

    fn start(&self, chunk: &Chunk<'_>) -> Result<Rc<Task>> {
        if let Some(path) = chunk.path.filter(|_| self.unguarded) {
            self.add_search_folder(path)
                .map_err(|error| Error::runtime(error.to_string()))?;
        }
        let source = without_first_comment(chunk.source);
        #[cfg(feature = "cli")]
        let source = self.declarations_kept(source);
        self.context.enter();
        trampoline::start(
            self.context,
            &Chunk {
                source: &source,
                ..*chunk
            },
            "main",
        )
    }

    fn memory_used(&self) -> usize {
        self.lua.used_memory().saturating_sub(self.ballast)
    }

    fn limit_memory(&self, bytes: usize) {
        // It has a limit from its start, so it can have another.
        let _ = self.lua.set_memory_limit(bytes.saturating_add(self.ballast));
        self.context.limits_changed();
    }

    fn knows(&self, task: &Task) -> bool {
        LuaTask::is_one(task)
    }

    fn start_expression(&self, chunk: &Chunk<'_>) -> Result<Rc<Task>> {
        let expression = [b"return ", chunk.source].concat();
        let expression = Chunk {
            source: &expression,
            ..*chunk
        };
        match self.start(&expression) {
            Err(error) if error.class() == Class::SyntaxError => self.start(chunk),
            started => started,
        }
    }

    fn start_global(&self, name: &str, arguments: Vec<Value>) -> Result<Rc<Task>> {
        self.context.enter();
        trampoline::start_global(self.context, name, &arguments)
    }

    fn results(&self, task: &Task) -> Vec<Value> {
        LuaTask::results(task)
    }

    fn failure(&self, task: &Task) -> Option<Error> {
        LuaTask::failure(task)
    }

    fn set_global(&self, name: &str, value: Value) -> Result<()> {
        trampoline::set_global(self.context, name, &value)
    }

    fn register(&self, name: &str, function: HostFunction) -> Result<()> {
        trampoline::register(self.context, name, &function)
    }

    fn wrap(&self, _: &str, function: HostFunction) -> Result<Rc<dyn Callback>> {
        trampoline::wrap(self.context, &function)
    }

    fn add_module(&self, name: &str, source: &[u8]) -> Result<()> {
        self.context.enter();
        trampoline::add_module(self.context, name, &without_first_comment(source))
    }

    fn net(&self) -> &Rc<Net> {
        self.context.net()
    }

    fn environment(&self) -> &Environment {
        self.context.environment()
    }

    fn start_called(&self, chunk: &Chunk<'_>, manner: Manner, arguments: Vec<Value>) -> Result<Rc<Task>> {
        if let Some(path) = chunk.path.filter(|_| self.unguarded) {
            self.add_search_folder(path)
                .map_err(|error| Error::runtime(error.to_string()))?;
        }
        let source = match manner {
            Manner::File => without_first_comment(chunk.source),
            Manner::Text | Manner::Code => chunk.source.into(),
        };
        self.context.enter();
        let chunk = Chunk {
            source: &source,
            ..*chunk
        };
        let trusted = self.unguarded && manner == Manner::File;
        trampoline::start_called(self.context, &chunk, manner, trusted, &arguments)
    }

    fn portable_results(&self, task: &Task) -> Vec<Value> {
        trampoline::portable_results(self.context, task)
    }

    fn report(&self, task: &Task) -> String {
        let Some(error) = LuaTask::failure(task) else {
            return String::new();
        };
        let mut report = String::new();
        match LuaTask::foreign_error(task) {
            // Lua's own texts carry their position.
            Some(text) if error.class() == Class::RuntimeError => {
                report.push_str(&text);
                if let Some(hint) =
                    missing_name(&text).and_then(|(name, is_global)| hint_of_name(name, is_global))
                {
                    report.push_str(&format!(". {hint}"));
                }
            }
            _ => {
                if let Some(place) = error.place() {
                    report.push_str(&format!("{place}: "));
                }
                report.push_str(&error.to_string());
            }
        }
        if let Some(traceback) = LuaTask::traceback(task) {
            report.push('\n');
            report.push_str(&traceback);
        }
        report
    }

    fn heed_signals(&self) {
        self.context.be_poked();
        crate::sys::signal::set_poke(trampoline::poke);
    }
}

/// What to tell of a name that nothing has.
fn hint_of_name(name: &str, is_global: bool) -> Option<String> {
    let elsewhere = is_global.then(|| foreign::hint_of_name(Grammar::Lua, name));
    let elsewhere = elsewhere.flatten().map(str::to_owned);
    elsewhere.or_else(|| crate::api::hint(name, "."))
}

/// The name of what was nil, in Lua's words for that, and whether it is a global one.
fn missing_name(text: &str) -> Option<(&str, bool)> {
    let (_, rest) = text.split_once(" a nil value (")?;
    let (kind, name) = rest.split_once('\'')?;
    let name = name.split('\'').next()?;
    matches!(kind, "field " | "global ").then_some((name, kind == "global "))
}

/// The text without a byte-order mark, and with a first line that starts with `#` turned into an empty one.
fn without_first_comment(source: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    if source.first() != Some(&b'#') {
        return source.into();
    }
    let end = source
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(source.len());
    source[end..].into()
}

impl std::fmt::Debug for LuaScript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LuaScript").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::os::fd::IntoRawFd;
    use std::os::unix::net::UnixStream;

    use crate::policy::Policy;
    use crate::sched::Scheduler;

    const MEMORY: usize = 64 << 20;

    /// Runs a script that finds `host(f, …)`, a plain callback of mlua's that calls `f`, and `inherited`, one end of a
    /// pair whose other end answers every byte with the next one, from another thread.
    fn run(source: &str) {
        let (mine, theirs) = UnixStream::pair().expect("a pair");
        let answering = std::thread::spawn(move || {
            let mut mine = mine;
            let mut byte = [0];
            while mine.read_exact(&mut byte).is_ok() {
                byte[0] += 1;
                if mine.write_all(&byte).is_err() {
                    break;
                }
            }
        });
        {
            let sched = Scheduler::new(STACK);
            let net = Net::new(sched.clone(), Policy::allow_all(), MEMORY);
            let environment = Rc::new(Environment {
                first_place: trampoline::FIRST_PLACE,
                ..Environment::default()
            });
            let script = LuaScript::new(&net, environment, MEMORY).expect("a machine");
            let globals = script.lua.globals();
            let host = script
                .lua
                .create_function(|_, (f, rest): (mlua::Function, mlua::MultiValue)| {
                    f.call::<mlua::MultiValue>(rest)
                })
                .expect("a function");
            globals.set("host", host).expect("a global");
            globals.set("inherited", theirs.into_raw_fd()).expect("a global");
            let chunk = Chunk {
                name: "=script",
                source: source.as_bytes(),
                path: None,
            };
            let main = script.start(&chunk).expect("it compiles");
            sched.run_until(|| false).expect("it runs");
            assert_eq!(main.failure().map(|error| error.to_string()), None);
            drop(main);
            drop(globals);
            assert!(sched.shut_down().is_empty(), "every task has ended");
            drop(script);
        }
        answering.join().expect("the script's end is closed");
    }

    #[test]
    fn a_wait_below_a_hosts_callback_blocks_and_does_not_suspend() {
        run(r#"
            local s <close> = socket.socket({fileno = inherited})
            local ran = 0
            local other = task.spawn(function() ran = ran + 1 task.sleep(0) ran = ran + 1 end)
            local function ask(byte) s:send(byte) return s:recv(1) end

            assert(host(ask, "a") == "b" and ran == 0, "suspended in recv")
            local start = time.monotonic()
            host(task.sleep, 0.01)
            assert(time.monotonic() - start >= 0.01 and ran == 0, "suspended in sleep")
            assert(host(coroutine.wrap(function() return ask("c") end)) == "d" and ran == 0)
            assert(coroutine.wrap(function() return host(ask, "e") end)() == "f" and ran == 0)
            assert(host(host, host, ask, "g") == "h" and ran == 0)
            local sorted = {3, 1, 2}
            host(table.sort, sorted, function(x, y) assert(ask("i") == "j") return x < y end)
            assert(table.concat(sorted) == "123" and ran == 0)
            -- Many that need not wait do not hand over either.
            host(function() for _ = 1, 500 do s:send("k") s:recv(1) s:getpeername() end end)
            assert(ran == 0)
            -- A timeout passes here too.
            s:settimeout(0.01)
            local ok, e = pcall(host, s.recv, s, 1)
            assert(not ok and tostring(e):find("timed out"), tostring(e))
            assert(ran == 0)

            -- Beside the callback all is as ever.
            s:settimeout(nil)
            s:send("x")
            task.sleep(0)
            assert(s:recv(1) == "y" and ran > 0)
            other:join()
            assert(ran == 2)
        "#);
    }

    #[test]
    fn every_operation_is_known_by_its_function() {
        run(r#"
            local s <close> = socket.socket({fileno = inherited})
            for _, name in ipairs({"recv", "send", "sendall", "close"}) do
              local shown = repr(s[name])
              assert(shown == "<built-in function " .. name .. ">", shown)
            end
        "#);
    }

    #[test]
    fn below_a_hosts_callback_a_join_is_refused_and_a_spawn_is_not() {
        run(r#"
            socket.socket({fileno = inherited}):close()
            local other = task.spawn(function() return "r" end)
            local ok, e = pcall(host, other.join, other)
            assert(not ok and tostring(e):find("join"), tostring(e))
            local late = host(task.spawn, function() task.sleep(0) return "late" end)
            assert(other:join() == "r" and late:join() == "late")
            assert(host(other.join, other) == "r", "an ended task can be asked anywhere")
        "#);
    }

    #[test]
    fn a_hosts_callback_in_one_task_leaves_the_others_alone() {
        run(r#"
            local s <close> = socket.socket({fileno = inherited})
            local a, b = socket.socketpair()
            local reader = task.spawn(function() return pcall(function() return (("x"):gsub("x", function() return a:recv(1) end)) end) end)
            task.sleep(0)
            local calls = task.spawn(function() for _ = 1, 5 do host(s.send, s, "a") assert(host(s.recv, s, 1) == "b") task.sleep(0) end end)
            calls:join()
            assert(not reader:done())
            host(b.send, b, "z")
            local ok, got = reader:join()
            assert(ok and got == "z")
            -- Errors come through as text, which is all mlua keeps of them.
            local ok, e = pcall(host, function() error(errors.OSError(5, "inside")) end)
            assert(not ok and tostring(e):find("inside"), tostring(e))
        "#);
    }
}
