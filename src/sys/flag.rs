//! The numbers that the rooms above act on themselves; every other constant is data in `crate::constants`.

use std::ffi::c_int;

/// This one call does not block.
pub(crate) const MSG_DONTWAIT: c_int = libc::MSG_DONTWAIT;
/// Take from the error queue, for which no call waits.
#[cfg(linux)]
pub(crate) const MSG_ERRQUEUE: c_int = libc::MSG_ERRQUEUE;
#[cfg(not(linux))]
pub(crate) const MSG_ERRQUEUE: c_int = 0;
/// The urgent byte.
pub(crate) const MSG_OOB: c_int = libc::MSG_OOB;
/// Look, and leave the bytes where they are.
pub(crate) const MSG_PEEK: c_int = libc::MSG_PEEK;
/// The datagram was longer than the buffer; asked for, its true length is returned.
pub(crate) const MSG_TRUNC: c_int = libc::MSG_TRUNC;
/// Return only with the whole buffer filled.
pub(crate) const MSG_WAITALL: c_int = libc::MSG_WAITALL;

/// No more is received.
pub(crate) const SHUT_RD: c_int = libc::SHUT_RD;

/// Families.
pub(crate) const AF_UNSPEC: c_int = libc::AF_UNSPEC;
pub(crate) const AF_INET: c_int = libc::AF_INET;
pub(crate) const AF_INET6: c_int = libc::AF_INET6;
pub(crate) const AF_UNIX: c_int = libc::AF_UNIX;
/// Linux's own families, by the numbers they have there; elsewhere a number no family has.
pub(crate) const AF_NETLINK: c_int = linux_only(16);
pub(crate) const AF_PACKET: c_int = linux_only(17);
pub(crate) const AF_RDS: c_int = linux_only(21);
pub(crate) const AF_CAN: c_int = linux_only(29);
pub(crate) const AF_TIPC: c_int = linux_only(30);
pub(crate) const AF_BLUETOOTH: c_int = linux_only(31);
pub(crate) const AF_ALG: c_int = linux_only(38);
pub(crate) const AF_VSOCK: c_int = linux_only(40);
pub(crate) const AF_QIPCRTR: c_int = linux_only(42);

const fn linux_only(number: c_int) -> c_int {
    if cfg!(linux) { number } else { c_int::MIN + number }
}

/// Protocols of `AF_CAN`.
pub(crate) const CAN_RAW: c_int = 1;
pub(crate) const CAN_BCM: c_int = 2;
pub(crate) const CAN_ISOTP: c_int = 6;
pub(crate) const CAN_J1939: c_int = 7;
/// Protocols of `AF_BLUETOOTH`.
pub(crate) const BTPROTO_L2CAP: c_int = 0;
pub(crate) const BTPROTO_HCI: c_int = 1;
pub(crate) const BTPROTO_SCO: c_int = 2;
pub(crate) const BTPROTO_RFCOMM: c_int = 3;
/// Control messages to the kernel's crypto.
pub(crate) const SOL_ALG: c_int = 279;
pub(crate) const ALG_SET_IV: c_int = 2;
pub(crate) const ALG_SET_OP: c_int = 3;
pub(crate) const ALG_SET_AEAD_ASSOCLEN: c_int = 4;

/// Kinds of socket.
pub(crate) const SOCK_STREAM: c_int = libc::SOCK_STREAM;
pub(crate) const SOCK_DGRAM: c_int = libc::SOCK_DGRAM;
pub(crate) const SOCK_SEQPACKET: c_int = libc::SOCK_SEQPACKET;
pub(crate) const SOCK_RAW: c_int = libc::SOCK_RAW;
/// packet(7): how Linux made packet sockets once. Elsewhere no type has this number.
pub(crate) const SOCK_PACKET: c_int = if cfg!(linux) { 10 } else { -1 };
/// Bits that may come together with the kind; Apple's systems have none.
#[cfg(apple)]
pub(crate) const SOCK_NONBLOCK: c_int = 0;
#[cfg(not(apple))]
pub(crate) const SOCK_NONBLOCK: c_int = libc::SOCK_NONBLOCK;
#[cfg(apple)]
pub(crate) const SOCK_CLOEXEC: c_int = 0;
#[cfg(not(apple))]
pub(crate) const SOCK_CLOEXEC: c_int = libc::SOCK_CLOEXEC;

/// Directions to end.
pub(crate) const SHUT_WR: c_int = libc::SHUT_WR;
pub(crate) const SHUT_RDWR: c_int = libc::SHUT_RDWR;

/// Options of the socket itself.
pub(crate) const SOL_SOCKET: c_int = libc::SOL_SOCKET;
pub(crate) const SO_LINGER: c_int = libc::SO_LINGER;
pub(crate) const SO_RCVTIMEO: c_int = libc::SO_RCVTIMEO;
pub(crate) const SO_SNDTIMEO: c_int = libc::SO_SNDTIMEO;
pub(crate) const SO_RCVBUF: c_int = libc::SO_RCVBUF;
pub(crate) const SO_REUSEADDR: c_int = libc::SO_REUSEADDR;
pub(crate) const SO_REUSEPORT: c_int = libc::SO_REUSEPORT;
pub(crate) const SO_KEEPALIVE: c_int = libc::SO_KEEPALIVE;
pub(crate) const IPPROTO_TCP: c_int = libc::IPPROTO_TCP;
pub(crate) const IPPROTO_RAW: c_int = libc::IPPROTO_RAW;
pub(crate) const IPPROTO_UDP: c_int = libc::IPPROTO_UDP;
/// By their registered numbers: not every libc has them.
pub(crate) const IPPROTO_UDPLITE: c_int = 136;
pub(crate) const IPPROTO_MPTCP: c_int = 262;
#[cfg(not(apple))]
pub(crate) const TCP_KEEPIDLE: c_int = libc::TCP_KEEPIDLE;
#[cfg(apple)]
pub(crate) const TCP_KEEPIDLE: c_int = libc::TCP_KEEPALIVE;
pub(crate) const TCP_KEEPINTVL: c_int = libc::TCP_KEEPINTVL;
/// A protocol of the kernel's over TCP; elsewhere a number no option has.
#[cfg(linux)]
pub(crate) const TCP_ULP: c_int = libc::TCP_ULP;
#[cfg(not(linux))]
pub(crate) const TCP_ULP: c_int = c_int::MIN;
pub(crate) const IPPROTO_IP: c_int = libc::IPPROTO_IP;
pub(crate) const IPPROTO_IPV6: c_int = libc::IPPROTO_IPV6;
pub(crate) const IPV6_V6ONLY: c_int = libc::IPV6_V6ONLY;

/// Flags of the resolver.
#[cfg(test)]
pub(crate) const AI_CANONNAME: c_int = libc::AI_CANONNAME;
pub(crate) const AI_NUMERICHOST: c_int = libc::AI_NUMERICHOST;
/// To look up an address to bind to.
pub(crate) const AI_PASSIVE: c_int = libc::AI_PASSIVE;
pub(crate) const NI_NUMERICHOST: c_int = libc::NI_NUMERICHOST;
pub(crate) const NI_NUMERICSERV: c_int = libc::NI_NUMERICSERV;

/// A send that connects as well (Linux, tcp(7)); no such bit elsewhere.
#[cfg(linux)]
pub(crate) const MSG_FASTOPEN: c_int = libc::MSG_FASTOPEN;
#[cfg(not(linux))]
pub(crate) const MSG_FASTOPEN: c_int = 0;

/// Control data that carries descriptors.
pub(crate) const SCM_RIGHTS: c_int = libc::SCM_RIGHTS;
/// Elsewhere the kernel fills in who sends.
#[cfg(linux)]
pub(crate) const SCM_CREDENTIALS: Option<c_int> = Some(libc::SCM_CREDENTIALS);
#[cfg(not(linux))]
pub(crate) const SCM_CREDENTIALS: Option<c_int> = None;
/// Asking for it makes a descriptor (Linux 6.5, `include/uapi/asm-generic/socket.h`).
#[cfg(linux)]
pub(crate) const SO_PEERPIDFD: Option<c_int> = Some(77);
#[cfg(not(linux))]
pub(crate) const SO_PEERPIDFD: Option<c_int> = None;
