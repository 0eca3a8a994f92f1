//! TLS without a socket: settings, certificates, and sessions that turn plain bytes into records and back. On rustls, which
//! is named in this room alone.
//!
//! [`Context`] (`context`) holds what Python's `SSLContext` does; `config` makes rustls' configurations of it, `trust` is whom it
//! trusts, `suites` has the names of ciphers. [`Session`] (`session`) is one connection's state: it takes records from a [`Wire`] and hands them to one,
//! trying each call once (`machine` is rustls' part of it, `records` the wire's, `claims` knows bytes again that were taken before, `told` what it says of itself, `seat` its place in memory). `verify` judges certificates, `roots` finds the system's, `random` has the random numbers, `certificate` describes one, `pem` reads and
//! writes the text form. `fault` has the errors, with OpenSSL's words where it has any.
//!
//! Without the feature `tls` the types stay, with no values (`absent`), so that nobody above has to ask.

#[cfg(not(feature = "tls"))]
mod absent;
#[cfg(feature = "tls")]
mod certificate;
#[cfg(feature = "tls")]
mod claims;
#[cfg(feature = "tls")]
mod config;
#[cfg(feature = "tls")]
mod context;
#[cfg(feature = "tls")]
mod fault;
#[cfg(feature = "tls")]
mod machine;
#[cfg(feature = "tls")]
mod pem;
#[cfg(feature = "tls")]
mod random;
#[cfg(feature = "tls")]
mod records;
#[cfg(feature = "tls")]
mod roots;
#[cfg(feature = "tls")]
mod seat;
#[cfg(feature = "tls")]
mod session;
#[cfg(feature = "tls")]
mod suites;
#[cfg(feature = "tls")]
mod told;
#[cfg(feature = "tls")]
mod trust;
#[cfg(feature = "tls")]
mod verify;

#[cfg(not(feature = "tls"))]
pub(crate) use absent::Context;
#[cfg(feature = "tls")]
pub(crate) use certificate::{AlternativeName, Description, Names, describe, seconds_of};
#[cfg(feature = "tls")]
pub(crate) use context::{Context, Protocol, VerifyMode};
#[cfg(feature = "tls")]
pub(crate) use fault::{want_read, want_write};
#[cfg(feature = "tls")]
pub(crate) use pem::{der_to_pem, pem_to_der};
#[cfg(feature = "tls")]
pub(crate) use random::fill as random_bytes;
#[cfg(feature = "tls")]
pub(crate) use seat::Seat;
#[cfg(feature = "tls")]
pub(crate) use session::{Session, Step, Wire};
