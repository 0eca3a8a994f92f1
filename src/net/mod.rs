//! The sockets. Ordinary synchronous Rust that names no language: every call may wait, and waits in one place.
//!
//! [`Net`] (`context`) is what the sockets of one runtime share: policy, default timeout, scratch buffer, and the two
//! doors every operation passes, `guard` and `observe`. [`Socket`] (`socket`) is one socket with its timeout, `life` is
//! how it ends; it stands on a `transport`, the kernel unless something else takes its place. `io` is the loop that tries
//! and waits. The operations are grouped by topic: `connect`, `listen` (bind, listen, accept), `transfer` (recv and send
//! in all forms), `message` (with control data), `options`; `missing` names the module of a family the kernel lacks; `resolve` looks names up off the thread, `netdb` in C's
//! older data bases, `convert` turns numbers and address texts around
//! without a system call.

mod connect;
mod context;
pub(crate) mod convert;
mod io;
mod life;
mod listen;
pub(crate) mod message;
mod missing;
mod netdb;
mod observe;
mod options;
mod resolve;
mod socket;
mod transfer;
mod transport;

pub(crate) use connect::Attempt;
pub use context::Net;
pub(crate) use io::{Patience, Watched};
pub(crate) use listen::{DEFAULT_BACKLOG, ServerOptions};
pub(crate) use message::Message;
pub use observe::{Event, Observer};
pub(crate) use options::OptionValue;
pub(crate) use resolve::{Endpoint, Found, Host, Lookup};
pub use socket::{Socket, Timeout};
