//! What a socket's calls are made on. The kernel is one; TLS and a network inside the process are others.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use crate::address::Address;
use crate::error::Error;
use crate::sched::Interest;
use crate::sys::errno::{Errno, Result};
use crate::sys::flag::{SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET};
use crate::sys::message::{self, Control, Received};
use crate::sys::{fd, file, insight, option, poll, socket, transfer};

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

    /// Takes what a connect came to, or what has happened since.
    fn take_error(&self, fd: RawFd) -> Result<Option<Errno>> {
        socket::take_error(open(fd)?)
    }

    /// Whether a direction is over: no call for it blocks any more.
    fn has_ended(&self, fd: RawFd, writing: bool) -> bool {
        poll::has_ended(fd, writing)
    }

    /// Whether there is something to accept or to receive, be it an end.
    fn has_input(&self, fd: RawFd) -> Result<bool> {
        Ok(!poll::poll_one(fd, true, false, Some(Duration::ZERO))?.timed_out)
    }

    /// Bytes of a stream that can be received without waiting.
    fn unread(&self, fd: RawFd) -> Result<usize> {
        insight::unread(open(fd)?).map(|count| usize::try_from(count).unwrap_or(0))
    }

    /// Up to `length` bytes of an option.
    fn option(&self, fd: RawFd, level: i32, name: i32, length: usize) -> Result<Vec<u8>> {
        option::option_bytes(open(fd)?, level, name, length)
    }

    fn set_option(&self, fd: RawFd, level: i32, name: i32, value: &[u8]) -> Result<()> {
        option::set_option_bytes(open(fd)?, level, name, value)
    }

    /// `SO_RCVTIMEO` and `SO_SNDTIMEO`.
    fn timeouts(&self, fd: RawFd) -> [Option<Duration>; 2] {
        let ask = |name| {
            open(fd)
                .and_then(|fd| option::option_duration(fd, SOL_SOCKET, name))
                .ok()
                .filter(|duration| !duration.is_zero())
        };
        [ask(SO_RCVTIMEO), ask(SO_SNDTIMEO)]
    }

    fn send_message(
        &self,
        fd: RawFd,
        parts: &[IoSlice<'_>],
        control: &[Control],
        flags: i32,
        address: Option<&Address>,
    ) -> Result<usize> {
        message::send_message(fd, parts, control, flags, address)
    }

    fn recv_message(
        &self,
        fd: RawFd,
        buffer: &mut [u8],
        control_space: usize,
        flags: i32,
    ) -> Result<Received> {
        message::recv_message(fd, &mut [IoSliceMut::new(buffer)], control_space, flags)
    }

    /// How long a connect that nobody answers takes, where the system does not say when it is over.
    fn longest_connect(&self) -> Option<Duration> {
        None
    }

    /// Such a connect is over.
    fn give_up(&self, _: RawFd) {}

    /// Whether the kernel knows nothing of the socket.
    fn is_virtual(&self) -> bool {
        false
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

/// The kernel and nothing else.
#[derive(Debug)]
pub(super) struct Kernel;

impl Transport for Kernel {}

/// What a transport's call returns where the number says nothing and [`Transport::failure`] all.
pub(super) const FAILED: Errno = Errno::IO;

/// A descriptor by number, or `EBADF`.
pub(super) fn open<'a>(fd: RawFd) -> Result<BorrowedFd<'a>> {
    fd::borrow(fd).ok_or(Errno::BADF)
}
