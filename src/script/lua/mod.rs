//! Lua 5.4: a machine with the table's operations in it.
//!
//! `trampoline` is the C side and the only `unsafe`; this file makes the machine, loads scripts and says what to tell of
//! one that failed.

#[allow(
    unsafe_code,
    reason = "the C side of the binding; every block says why it is sound"
)]
mod trampoline;

use std::path::Path;
use std::rc::Rc;

use mlua::Lua;
use mlua::state::{GcGenParams, GcMode};

use crate::api::Environment;
use crate::error::{Class, Error, Result};
use crate::net::Net;
use crate::sched::Task;

use super::{Chunk, Language};
use trampoline::{Context, LuaTask};

/// Bytes of stack a Lua task gets.
pub(crate) const STACK_SIZE: usize = 1024 * 1024;

/// A Lua machine with the modules installed.
pub(crate) struct LuaScript {
    context: &'static Context,
    /// Dropped last: the context lives in it.
    lua: Lua,
}

impl LuaScript {
    /// A machine that may use `memory_limit` bytes.
    pub(crate) fn new(net: &Rc<Net>, environment: Rc<Environment>, memory_limit: usize) -> Result<Self> {
        let lua = trampoline::machine();
        // Without a limit a failed allocation ends the process inside mlua.
        lua.set_memory_limit(memory_limit)
            .map_err(|error| Error::runtime(error.to_string()))?;
        lua.gc_set_mode(GcMode::Generational(GcGenParams::default()));
        let context = trampoline::install(&lua, net, environment)?;
        Ok(Self { context, lua })
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

impl Language for LuaScript {
    fn start(&self, chunk: &Chunk<'_>) -> Result<Rc<Task>> {
        if let Some(path) = chunk.path {
            self.add_search_folder(path)
                .map_err(|error| Error::runtime(error.to_string()))?;
        }
        let source = without_first_comment(chunk.source);
        self.context.enter();
        trampoline::start(
            self.context,
            &Chunk {
                source: &source,
                ..*chunk
            },
        )
    }

    fn report(&self, task: &Task) -> String {
        let Some(error) = task.failure() else {
            return String::new();
        };
        let mut report = String::new();
        match LuaTask::foreign_error(task) {
            // Lua's own texts carry their position.
            Some(text) if error.class() == Class::RuntimeError => report.push_str(&text),
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
