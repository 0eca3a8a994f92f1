//! What a socket's calls are made on. The kernel is one; TLS and a network inside the process are others.

use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::time::Instant;

use crate::address::Address;
use crate::error::Error;
use crate::sched::Interest;
use crate::sys::errno::{Errno, Result};
use crate::sys::{fd, file, socket, transfer};

/// The calls of one socket. Each tries once: `EAGAIN` says that it would have to wait, and the loop in `io` waits.
///
/// What a transport does not override is the kernel's.
pub(crate) trait Transport {
    fn recv(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<usize> {
        transfer::recv(fd, buffer, flags)
    }

    fn recv_from(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        transfer::recv_from(fd, buffer, flags)
    }

    fn send(&self, fd: RawFd, data: &[u8], flags: i32) -> Result<usize> {
        transfer::send(fd, data, flags)
    }

    fn send_to(&self, fd: RawFd, data: &[u8], flags: i32, address: &Address) -> Result<usize> {
        transfer::send_to(fd, data, flags, address)
    }

    fn send_file(&self, fd: RawFd, file: RawFd, offset: i64, count: usize) -> Result<usize> {
        file::send(fd, file, offset, count)
    }

    fn bind(&self, fd: RawFd, address: &Address) -> Result<()> {
        socket::bind(open(fd)?, address)
    }

    fn listen(&self, fd: RawFd, backlog: i32) -> Result<()> {
        socket::listen(open(fd)?, backlog)
    }

    fn accept(&self, fd: RawFd) -> Result<(OwnedFd, Address)> {
        socket::accept(open(fd)?)
    }

    fn connect(&self, fd: RawFd, address: &Address) -> Result<()> {
        socket::connect(open(fd)?, address)
    }

    fn shutdown(&self, fd: RawFd, how: i32) -> Result<()> {
        socket::shutdown(open(fd)?, how)
    }

    fn local_address(&self, fd: RawFd) -> Result<Address> {
        socket::local_address(open(fd)?)
    }

    fn peer_address(&self, fd: RawFd) -> Result<Address> {
        socket::peer_address(open(fd)?)
    }

    /// When to try again after `EAGAIN`, where no readiness tells.
    fn due(&self, _: Interest) -> Option<Instant> {
        None
    }

    /// What went wrong, where the transport knows more than the number it returned.
    fn failure(&self) -> Option<Error> {
        None
    }

    /// What Python calls a socket with it.
    fn class(&self) -> &'static str {
        "socket.socket"
    }

    /// Whether there is, was or will be TLS.
    fn is_wrapped(&self) -> bool {
        false
    }

    /// The TLS on the way, where there is some.
    #[cfg(feature = "tls")]
    fn secured(&self) -> Option<&super::secured::Secured> {
        None
    }
}

/// What a transport's call returns where the number says nothing and [`Transport::failure`] all.
pub(super) const FAILED: Errno = Errno::IO;

/// A descriptor by number, or `EBADF`.
pub(super) fn open<'a>(fd: RawFd) -> Result<BorrowedFd<'a>> {
    fd::borrow(fd).ok_or(Errno::BADF)
}
