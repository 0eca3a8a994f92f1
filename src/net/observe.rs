//! The slot through which a run can be watched: one observer, told of every operation on a socket.

use std::os::fd::RawFd;

use crate::address::Address;
use crate::error::Error;
use crate::policy::Request;

/// What happened on a socket.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A script asks for something; its audit event is [`Request::event`].
    Asked {
        /// What it asks for.
        request: &'a Request<'a>,
        /// Whether the policy allows it. A hook of the script's may still refuse.
        allowed: bool,
    },
    /// It was made, accepted or adopted.
    Opened {
        /// Its descriptor.
        fd: RawFd,
        /// Address family.
        family: i32,
        /// Socket type.
        kind: i32,
        /// Protocol.
        protocol: i32,
    },
    /// An operation with an address succeeded: bind, connect, accept.
    Named {
        /// The socket's descriptor.
        fd: RawFd,
        /// The operation.
        op: &'static str,
        /// Local address of a bind, the peer's otherwise.
        address: &'a Address,
    },
    /// Bytes were received.
    Received {
        /// The socket's descriptor.
        fd: RawFd,
        /// The bytes.
        data: &'a [u8],
        /// From whom, where the operation tells.
        from: Option<&'a Address>,
    },
    /// Bytes were sent.
    Sent {
        /// The socket's descriptor.
        fd: RawFd,
        /// The bytes.
        data: &'a [u8],
        /// To whom, where the operation says.
        to: Option<&'a Address>,
    },
    /// An operation without an address or data succeeded: listen, shutdown, setsockopt.
    Done {
        /// The socket's descriptor.
        fd: RawFd,
        /// The operation.
        op: &'static str,
    },
    /// An operation failed.
    Failed {
        /// The socket's descriptor.
        fd: RawFd,
        /// The error, which names the operation.
        error: &'a Error,
    },
    /// It was closed or detached.
    Closed {
        /// The descriptor it had.
        fd: RawFd,
    },
}

/// Watches the operations of a runtime and of its workers. Called between an operation and its return to the script, on the
/// thread that does it (a worker's has the worker's name); must not call back.
pub trait Observer: Send + Sync {
    /// One thing happened.
    fn observe(&self, event: &Event<'_>);

    /// Whether it is to see the bytes that scripts send and receive through TLS, and not the records that travel. Asked
    /// once, when it is put into the slot.
    fn wants_plaintext(&self) -> bool {
        false
    }
}
