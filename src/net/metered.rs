//! Counting: sockets that are open, and bytes that go through them, where a policy limits either.
//!
//! [`Meter`] takes the kernel's place as a socket's transport while bytes are counted, so that no way of sending or
//! receiving is left out. A stream's call is cut short at the limit; a datagram is sent whole or not at all.

use std::cell::Cell;
use std::io::IoSlice;
use std::os::fd::RawFd;

use crate::address::Address;
use crate::error::{Class, Error, Result};
use crate::policy::Limits;
use crate::sys::errno::{self, Errno};
use crate::sys::flag::SOCK_STREAM;
use crate::sys::{file, socket, transfer};

use super::context::Net;
use super::transport::{Kernel, Transport, open};

/// What is counted, and how much of it may be.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    limits: Limits,
    open: Cell<usize>,
    sent: Cell<u64>,
    received: Cell<u64>,
}

impl Meter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            limits: *limits,
            ..Self::default()
        }
    }

    /// Whether bytes are counted: then nothing may go past this transport.
    #[inline]
    pub(super) fn counts_bytes(&self) -> bool {
        self.limits.sent.is_some() || self.limits.received.is_some()
    }

    pub(super) fn largest_buffer(&self) -> Option<usize> {
        self.limits.buffer
    }

    /// A socket was made, on this descriptor if it has one.
    #[inline]
    pub(super) fn count_opened(&self, fd: RawFd) {
        self.open.set(self.open.get() + usize::from(fd >= 0));
    }

    /// A socket gave up this descriptor, if it had one.
    #[inline]
    pub(super) fn count_closed(&self, fd: RawFd) {
        self.open
            .set(self.open.get().saturating_sub(usize::from(fd >= 0)));
    }

    fn left(limit: Option<u64>, used: &Cell<u64>) -> usize {
        let left = limit.map_or(u64::MAX, |limit| limit.saturating_sub(used.get()));
        usize::try_from(left).unwrap_or(usize::MAX)
    }

    fn to_send(&self) -> usize {
        Self::left(self.limits.sent, &self.sent)
    }

    fn to_receive(&self) -> usize {
        Self::left(self.limits.received, &self.received)
    }

    fn count_sent(&self, count: usize) -> usize {
        self.sent.set(self.sent.get().saturating_add(count as u64));
        count
    }

    fn count_received(&self, count: usize) -> usize {
        self.received
            .set(self.received.get().saturating_add(count as u64));
        count
    }

    /// How many of `length` bytes may be sent now.
    fn portion(&self, fd: RawFd, length: usize) -> errno::Result<usize> {
        let left = self.to_send();
        if length <= left {
            return Ok(length);
        }
        if left > 0 && socket::kind(open(fd)?)? == SOCK_STREAM {
            return Ok(left);
        }
        Err(OVER)
    }
}

/// What a call past the limit fails with on its way to [`Net::explain_limit`].
const OVER: Errno = Errno::DQUOT;

impl Transport for Meter {
    fn recv(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> errno::Result<usize> {
        let room = buffer.len().min(self.to_receive());
        if room == 0 && !buffer.is_empty() {
            return Err(OVER);
        }
        transfer::recv(fd, &mut buffer[..room], flags).map(|count| self.count_received(count))
    }

    fn recv_from(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> errno::Result<(usize, Address)> {
        let room = buffer.len().min(self.to_receive());
        if room == 0 && !buffer.is_empty() {
            return Err(OVER);
        }
        let (count, address) = transfer::recv_from(fd, &mut buffer[..room], flags)?;
        Ok((self.count_received(count), address))
    }

    fn send(&self, fd: RawFd, data: &[u8], flags: i32) -> errno::Result<usize> {
        let portion = self.portion(fd, data.len())?;
        transfer::send(fd, &data[..portion], flags).map(|count| self.count_sent(count))
    }

    fn send_parts(&self, fd: RawFd, parts: &[IoSlice<'_>], flags: i32) -> errno::Result<usize> {
        let first = parts.iter().find(|part| !part.is_empty());
        first.map_or(Ok(0), |part| self.send(fd, part, flags))
    }

    fn send_to(&self, fd: RawFd, data: &[u8], flags: i32, address: &Address) -> errno::Result<usize> {
        let portion = self.portion(fd, data.len())?;
        transfer::send_to(fd, &data[..portion], flags, address).map(|count| self.count_sent(count))
    }

    fn send_file(&self, fd: RawFd, file: RawFd, offset: i64, count: usize) -> errno::Result<usize> {
        let portion = self.portion(fd, count)?;
        file::send(fd, file, offset, portion).map(|count| self.count_sent(count))
    }
}

impl Net {
    /// The kernel's calls, counted where they are to be.
    pub(super) fn kernel(&self) -> &dyn Transport {
        if self.meter.counts_bytes() {
            &self.meter
        } else {
            &Kernel
        }
    }

    /// Whether so many sockets more may be opened.
    ///
    /// # Errors
    /// `LimitError`.
    pub(super) fn afford_sockets(&self, count: usize) -> Result<()> {
        match self.meter.limits.sockets {
            Some(most) if self.meter.open.get() + count > most => Err(Error::new(
                Class::LimitError,
                format!("the limit of {most} open sockets is reached"),
            )),
            _ => Ok(()),
        }
    }

    /// A message is about to go a way of its own.
    ///
    /// # Errors
    /// `LimitError`.
    pub(super) fn afford_message(&self, length: usize) -> Result<()> {
        if length > self.meter.to_send() {
            return Err(self.explain_limit(OVER.into()));
        }
        Ok(())
    }

    /// As [`Self::afford_message`], for one that is to be received.
    pub(super) fn afford_receiving(&self) -> Result<()> {
        if self.meter.to_receive() == 0 {
            return Err(self.explain_limit(OVER.into()));
        }
        Ok(())
    }

    pub(super) fn note_message(&self, sent: usize, received: usize) {
        self.meter.count_sent(sent);
        self.meter.count_received(received);
    }

    /// The meter's refusal in words; any other error as it is.
    pub(super) fn explain_limit(&self, error: Error) -> Error {
        if error.errno() != Some(OVER.0) || !self.meter.counts_bytes() {
            return error;
        }
        let (limit, word) = match (self.meter.limits.sent, self.meter.limits.received) {
            (_, Some(limit)) if self.meter.to_receive() == 0 => (limit, "received"),
            (Some(limit), _) => (limit, "sent"),
            (None, limit) => (limit.unwrap_or_default(), "received"),
        };
        Error::new(
            Class::LimitError,
            format!("the limit of {limit} bytes {word} is reached"),
        )
    }
}
