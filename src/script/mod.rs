//! The languages. Each is one adapter: values in, values out, errors out, operations and constants registered from the
//! table, tasks started. They never import each other and know no operation by name. `library` has the modules that are
//! written in the languages themselves, `bounds` says what the program may hold for a script, `foreign` what
//! a line looks like that is written as in another language.

#[cfg(any(feature = "lua", feature = "rhai"))]
mod bounds;
#[cfg(feature = "cli")]
mod conversation;
#[cfg(any(feature = "lua", feature = "rhai"))]
mod foreign;
#[cfg(any(feature = "lua", feature = "rhai"))]
mod library;
#[cfg(feature = "lua")]
pub(crate) mod lua;
#[cfg(feature = "rhai")]
pub(crate) mod rhai;

#[cfg(any(feature = "lua", feature = "rhai"))]
pub(crate) mod tokens;

use std::path::Path;
use std::rc::Rc;

#[cfg(feature = "cli")]
pub(crate) use conversation::{
    Conversation, DEEPEST, Entered, Found, MOST_BYTES, MOST_IN_ALL, MOST_ITEMS, Picture, Results,
};

use crate::api::{Callback, Environment, HostFunction, Value};
use crate::error::{Error, Result};
use crate::net::Net;
use crate::sched::Task;

/// A script to run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    /// The name messages show.
    pub(crate) name: &'a str,
    /// Its text.
    pub(crate) source: &'a [u8],
    /// Where it lies, if it is a file: its neighbours can be loaded.
    pub(crate) path: Option<&'a Path>,
}

/// What the source of a worker's script is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Manner {
    /// A file's text.
    File,
    /// Text from a script: a chunk, or an expression.
    Text,
    /// What the language made of a function.
    Code,
}

/// What a runtime asks of a language.
pub(crate) trait Language {
    /// Compiles a script and starts it as a task.
    ///
    /// # Errors
    /// `SyntaxError`, with the position.
    fn start(&self, chunk: &Chunk<'_>) -> Result<Rc<Task>>;

    /// Whether it started the task.
    fn knows(&self, task: &Task) -> bool;

    /// As [`Self::start`], for a text that may also be an expression: its value is what the task returns.
    ///
    /// # Errors
    /// As [`Self::start`].
    fn start_expression(&self, chunk: &Chunk<'_>) -> Result<Rc<Task>> {
        self.start(chunk)
    }

    /// Starts a function that the scripts have made global, as a task.
    ///
    /// # Errors
    /// `NameError` when there is none.
    fn start_global(&self, name: &str, arguments: Vec<Value>) -> Result<Rc<Task>>;

    /// What an ended task returned, as values that outlive the script.
    fn results(&self, task: &Task) -> Vec<Value>;

    /// The error that ended a task, with all that is known of its place.
    fn failure(&self, task: &Task) -> Option<Error> {
        task.failure()
    }

    /// Makes a value global.
    ///
    /// # Errors
    /// `MemoryError`.
    fn set_global(&self, name: &str, value: Value) -> Result<()>;

    /// Makes a function of the host's global.
    ///
    /// # Errors
    /// `MemoryError`.
    fn register(&self, name: &str, function: HostFunction) -> Result<()>;

    /// Makes a function of the host's one of its scripts' own values.
    ///
    /// # Errors
    /// `MemoryError`.
    fn wrap(&self, name: &str, function: HostFunction) -> Result<Rc<dyn Callback>>;

    /// Gives its scripts a module's text.
    ///
    /// # Errors
    /// `SyntaxError`, with the position; `MemoryError`.
    fn add_module(&self, name: &str, source: &[u8]) -> Result<()>;

    /// Bytes the engine holds, where it counts them.
    fn memory_used(&self) -> usize {
        0
    }

    /// The engine may hold so many bytes from here on, where it counts them.
    fn limit_memory(&self, _bytes: usize) {}

    /// The network its scripts use.
    fn net(&self) -> &Rc<Net>;

    /// What its scripts know of their surroundings.
    fn environment(&self) -> &Environment;

    /// Compiles a worker's script and starts it as a task with these arguments. Where it returns a function, that is called
    /// with them as well.
    ///
    /// # Errors
    /// `SyntaxError`, with the position.
    fn start_called(&self, chunk: &Chunk<'_>, manner: Manner, arguments: Vec<Value>) -> Result<Rc<Task>>;

    /// What an ended task returned, for another thread: nothing of it is left out.
    fn portable_results(&self, task: &Task) -> Vec<Value>;

    /// What to tell of a task that failed: position, message, traceback.
    fn report(&self, task: &Task) -> String;

    /// Lets Ctrl-C end a busy script: for the one runtime of the thread that gets the signals.
    fn heed_signals(&self);

    /// The language as a person at a prompt talks to it.
    #[cfg(feature = "cli")]
    fn conversation(&self) -> &dyn Conversation;
}
