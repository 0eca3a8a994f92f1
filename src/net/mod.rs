//! The sockets. Ordinary synchronous Rust that names no language: every call may wait, and waits in one place.
//!
//! [`Net`] (`context`) is what the sockets of one runtime share: policy, default timeout, scratch buffer, and the two
//! doors every operation passes, `guard` (`audit`) and `observe`; `warn` has its warnings. [`Socket`] (`socket`) is one socket with its `timeout`, `life` is
//! how it ends, `print` how it prints; it stands on a `transport` (`standing`), the kernel unless something else takes its place: `secured` (TLS), `faults`, `simnet` (a network inside the process). `io` is the loop that tries
//! and waits. The operations are grouped by topic: `connect` (`race` to several
//! addresses at once), `relay` (between two sockets), `listen` (bind, listen, accept), `transfer` (recv and send
//! in all forms; `direct` is the shortest, `parked` receives without a stack while it waits, `ahead` before its task runs, `hearing` drops what the policy lets nobody hear), `message` (with control data), `options`, `control` (ioctl, fcntl), `share` (with another process), `select` and `epoll` (waiting for any of many; `holding` tells of what transports have taken already, or hold back, `delayed` keeps the latter out of an epoll set), `roster` (every open socket, for a person who asks); `port` finds one that nothing uses; `guest` has sockets that come from the host, `traffic` counts; `afford` says what may still be held; `missing` names the module of a family the kernel lacks; `resolve` looks names up off the thread (`idna` encodes them, `answers` remembers for the policy what came of it), `netdb` in C's
//! older data bases, `convert` turns numbers and address texts around
//! without a system call.

mod afford;
mod ahead;
mod answers;
mod audit;
mod connect;
mod context;
mod control;
pub(crate) mod convert;
mod delayed;
mod direct;
mod epoll;
mod faults;
mod guest;
mod hearing;
mod holding;
mod idna;
mod io;
mod life;
mod listen;
pub(crate) mod message;
mod metered;
mod missing;
mod netdb;
mod observe;
mod options;
mod outlet;
mod parked;
mod passing;
mod port;
mod print;
mod race;
mod relay;
mod resolve;
mod resolver;
mod roster;
#[cfg(feature = "tls")]
mod secure;
#[cfg(feature = "tls")]
mod secured;
mod select;
mod share;
mod simnet;
mod socket;
mod standing;
mod timeout;
mod traffic;
mod transfer;
mod transport;
mod warn;

pub(crate) use audit::{Fact, Heard, Hook};
pub(crate) use connect::Attempt;
pub use context::Net;
pub(crate) use control::{Controlled, Payload};
pub(crate) use epoll::Epoll;
pub use faults::Plan as FaultPlan;
pub(crate) use io::{Patience, Watched};
pub(crate) use listen::{DEFAULT_BACKLOG, ServerOptions};
pub(crate) use message::{Message, Undelivered};
pub use observe::{Event, Observer, Scene, Setting};
pub(crate) use options::OptionValue;
pub(crate) use outlet::{Outlet, Outlets, Stream};
#[cfg(feature = "lua")]
pub(crate) use parked::Parked;
pub(crate) use passing::Passed;
pub(crate) use port::free_port;
pub(crate) use relay::Side;
pub(crate) use resolve::{Endpoint, Found, Host, Lookup, check_host};
pub(crate) use resolver::Resolver;
#[cfg(feature = "tls")]
pub(crate) use secured::{Secured, Terms};
pub(crate) use select::Poll;
pub use simnet::VirtualNetwork;
pub(crate) use simnet::World;
pub use socket::Socket;
pub use timeout::Timeout;
pub(crate) use traffic::{Traffic, Underway};
pub(crate) use warn::WarningAction;
