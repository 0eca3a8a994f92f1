//! wirescript: the BSD socket API for Lua and Rhai scripts, as Python's `socket` module has it.
//!
//! A [`Runtime`] is a language, its tasks and its network on one thread. Its scripts call `s:recv(1024)` and the call blocks,
//! as in Python; thousands of such calls wait side by side. What scripts can call is described in `docs/reference`, and by
//! `wirescript doc` of the command; this is how a Rust program runs them.
//!
//! ```
//! use wirescript::{Policy, Result, Runtime};
//!
//! # #[cfg(feature = "lua")] {
//! let mut runtime = Runtime::builder()
//!     .policy(Policy::deny_all().allow_net("127.0.0.1:*")?.allow_listen("127.0.0.1:*")?)
//!     .on_output(|bytes| eprint!("{}", String::from_utf8_lossy(bytes)))
//!     .build()?;
//! runtime.register("lookup", |name: String| -> Result<i64> { Ok(name.len() as i64) })?;
//! let answer: String = runtime.eval(
//!     "local server <close> = socket.create_server({'127.0.0.1', 0})
//!      task.spawn(function()
//!        local conn <close> = server:accept()
//!        conn:sendall('got ' .. lookup(conn:recv(100)))
//!      end)
//!      local s <close> = socket.create_connection(server:getsockname())
//!      s:sendall('hello')
//!      return s:recv(100)",
//! )?;
//! assert_eq!(answer, "got 5");
//!
//! let refused = runtime.eval::<()>("open('/etc/passwd')").expect_err("no policy allows it");
//! assert!(refused.denied());
//! # }
//! # Ok::<(), wirescript::Error>(())
//! ```
//!
//! | To … | there is |
//! |---|---|
//! | say what scripts may do and use | [`Builder::policy`] with a [`Policy`], [`Builder::limits`] with [`policy::Limits`], [`Builder::timeout`], [`Builder::memory_limit`] |
//! | run a script, and have what it returns | [`Runtime::run`], [`run_file`](Runtime::run_file), [`eval`](Runtime::eval), [`call`](Runtime::call) |
//! | run several beside each other | [`Runtime::spawn`], [`spawn_call`](Runtime::spawn_call), [`wait`](Runtime::wait) on a [`Job`] |
//! | give them values and arguments | [`Runtime::set`], [`Builder::args`]; anything serde knows, [`Value`] for what has no type |
//! | give them functions | [`Runtime::register`], [`register_blocking`](Runtime::register_blocking) for what blocks; [`Function::new`] for objects and namespaces |
//! | give them modules out of memory | [`Runtime::add_module`] |
//! | call functions of theirs | [`Runtime::call`], [`Function::call`], [`Runtime::call_function`] |
//! | have what they print | [`Builder::on_output`], [`on_error_output`](Builder::on_error_output), [`on_warning`](Builder::on_warning) |
//! | talk with them from other threads | [`Channel`]; [`Handle`] stops, wakes and looks |
//! | hand in a socket, or take one out | [`Descriptor`] |
//! | run them in an event loop, tokio's say | [`Runtime::as_fd`], [`next_deadline`](Runtime::next_deadline), [`turn`](Runtime::turn) |
//! | know what failed and why | [`Error`]; [`Builder::on_failure`] for tasks that nobody joins |
//! | know what they ask for | [`Builder::audit`], [`Builder::on_judgement`] |
//! | record what their sockets do | [`Recorder`], or an [`Observer`] of one's own |
//! | answer for names | [`Builder::resolver`] |
//! | try them without a network, or with a bad one | [`VirtualNetwork`], [`FaultPlan`] |
//! | put the modules into an `mlua::Lua` or `rhai::Engine` of one's own | `wirescript::lua::register`, `wirescript::rhai::register` |
//!
//! `docs/embedding.md` says how these go together, `examples/embed_*.rs` are whole programs.
//!
//! # Features
//!
//! `lua54` (a default) or `lua55`, never both; `rhai` (a default), beside Lua or alone; `tls` (a default), the module `ssl`;
//! `cli` (a default), the command: a program that embeds needs it not. Without a language a runtime cannot be made.
//!
//! # Threads and panics
//!
//! A runtime stays on its thread, as do its [`Value`]s, [`Function`]s, [`Job`]s and sockets; a thread may have as many
//! runtimes as it likes. [`Handle`], [`Channel`] and [`Error`] are `Send` and `Sync`. A panic in a function of the host's is an
//! error in the script that called it. Linux, macOS and the BSDs; what a kernel has not, scripts are told by an error.

pub mod address;
mod api;
pub mod bytes;
#[cfg(feature = "cli")]
pub mod cli;
mod codec;
pub mod constants;
mod doc;
mod error;
mod file;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod net;
pub mod policy;
mod runtime;
mod sched;
mod script;
#[allow(
    unsafe_code,
    reason = "the one room that talks to the system; every block says why it is sound"
)]
mod sys;
mod text;
mod tls;
mod tools;
mod wire;
mod worker;

/// Lua without a [`Runtime`]: the modules in a machine of the host's own.
#[cfg(feature = "lua")]
pub mod lua {
    pub use crate::script::lua::{error_of, register};
}
/// Rhai without a [`Runtime`]: the modules in an engine of the host's own.
#[cfg(feature = "rhai")]
pub mod rhai {
    pub use crate::script::rhai::{error_of, register};
}

pub use error::{Class, Error, Place, Result};
pub use net::{Event, FaultPlan, Net, Observer, Scene, Setting, Socket, Timeout, VirtualNetwork};
pub use policy::Policy;
pub use runtime::{
    AuditEvent, AuditLog, AuditSink, BlockingCallable, Builder, Callable, Channel, Descriptor, Function,
    Handle, Job, JsonLines, Runtime, Stats, Turn, Value,
};
pub use sys::allocator::Allocator;
pub use tools::trace::{Recorder, Tail};
