//! wirescript: the BSD socket API for Lua and Rhai scripts, as Python's `socket` module has it.

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
    AuditEvent, AuditLog, AuditSink, BlockingCallable, Builder, Callable, Descriptor, Function, Handle, Job,
    JsonLines, Runtime, Stats, Turn, Value,
};
pub use sys::allocator::Allocator;
pub use tools::trace::{Recorder, Tail};
