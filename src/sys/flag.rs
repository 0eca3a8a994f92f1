//! The numbers that the rooms above act on themselves; every other constant is data in `crate::constants`.

use std::ffi::c_int;

/// This one call does not block.
pub(crate) const MSG_DONTWAIT: c_int = libc::MSG_DONTWAIT;
/// A write to a closed stream is EPIPE, and no signal.
pub(crate) const MSG_NOSIGNAL: c_int = libc::MSG_NOSIGNAL;
/// Urgent data.
pub(crate) const MSG_OOB: c_int = libc::MSG_OOB;
/// Look, and leave the bytes where they are.
pub(crate) const MSG_PEEK: c_int = libc::MSG_PEEK;
/// The datagram was longer than the buffer; asked for, its true length is returned.
pub(crate) const MSG_TRUNC: c_int = libc::MSG_TRUNC;
/// The ancillary data was longer than the buffer.
pub(crate) const MSG_CTRUNC: c_int = libc::MSG_CTRUNC;
/// Return only with the whole buffer filled.
pub(crate) const MSG_WAITALL: c_int = libc::MSG_WAITALL;
/// Descriptors that arrive are closed on exec.
#[cfg(linux)]
pub(crate) const MSG_CMSG_CLOEXEC: c_int = libc::MSG_CMSG_CLOEXEC;
/// Read from the socket's error queue.
#[cfg(linux)]
pub(crate) const MSG_ERRQUEUE: c_int = libc::MSG_ERRQUEUE;

/// Families.
pub(crate) const AF_UNSPEC: c_int = libc::AF_UNSPEC;
pub(crate) const AF_INET: c_int = libc::AF_INET;
pub(crate) const AF_INET6: c_int = libc::AF_INET6;
pub(crate) const AF_UNIX: c_int = libc::AF_UNIX;

/// Kinds of socket.
pub(crate) const SOCK_STREAM: c_int = libc::SOCK_STREAM;
pub(crate) const SOCK_DGRAM: c_int = libc::SOCK_DGRAM;
pub(crate) const SOCK_SEQPACKET: c_int = libc::SOCK_SEQPACKET;
pub(crate) const SOCK_RAW: c_int = libc::SOCK_RAW;
/// Bits that Linux takes together with the kind.
#[cfg(not(apple))]
pub(crate) const SOCK_NONBLOCK: c_int = libc::SOCK_NONBLOCK;
#[cfg(not(apple))]
pub(crate) const SOCK_CLOEXEC: c_int = libc::SOCK_CLOEXEC;

/// Directions of `shutdown`.
pub(crate) const SHUT_RD: c_int = libc::SHUT_RD;
pub(crate) const SHUT_WR: c_int = libc::SHUT_WR;
pub(crate) const SHUT_RDWR: c_int = libc::SHUT_RDWR;

/// Options of the socket itself.
pub(crate) const SOL_SOCKET: c_int = libc::SOL_SOCKET;
pub(crate) const SO_ERROR: c_int = libc::SO_ERROR;
pub(crate) const SO_LINGER: c_int = libc::SO_LINGER;
pub(crate) const SO_REUSEADDR: c_int = libc::SO_REUSEADDR;
pub(crate) const SO_REUSEPORT: c_int = libc::SO_REUSEPORT;
pub(crate) const IPPROTO_IPV6: c_int = libc::IPPROTO_IPV6;
pub(crate) const IPV6_V6ONLY: c_int = libc::IPV6_V6ONLY;

/// Flags of the resolver.
pub(crate) const AI_CANONNAME: c_int = libc::AI_CANONNAME;
pub(crate) const AI_NUMERICHOST: c_int = libc::AI_NUMERICHOST;
pub(crate) const AI_PASSIVE: c_int = libc::AI_PASSIVE;
pub(crate) const NI_NAMEREQD: c_int = libc::NI_NAMEREQD;
pub(crate) const NI_NUMERICHOST: c_int = libc::NI_NUMERICHOST;
pub(crate) const NI_NUMERICSERV: c_int = libc::NI_NUMERICSERV;
