//! Counting: sockets that are open, and bytes that go through them; and ending it where a policy limits either.
//!
//! [`Meter`] is the kernel as a socket's transport, so that no way of sending or receiving is left out. What goes past it (the
//! adapters' fast paths, messages, the relay's pipe) tells it, and must not while bytes are limited. A stream's call is cut short at the limit; a datagram is sent whole or not at all.

use std::cell::RefCell;
use std::collections::HashSet;
use std::os::fd::RawFd;
use std::sync::Arc;

use crate::address::Address;
use crate::error::{Class, Error, Result};
use crate::policy::{Limits, Purse, Spent};
use crate::sys::errno::{self, Errno};
use crate::sys::flag::{MSG_PEEK, SOCK_STREAM};
use crate::sys::{file, socket, transfer};

use super::context::Net;
use super::traffic::Traffic;
use super::transport::{Transport, open};

/// Counts what goes through the kernel, and knows how much of it may.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    limits: Limits,
    /// What this network has done.
    traffic: Arc<Traffic>,
    /// What the runtime and its workers have used together.
    purse: Arc<Purse>,
    /// Descriptors that scripts have taken out of their sockets, where sockets are limited: they are as open as before.
    loose: RefCell<HashSet<RawFd>>,
}

impl Meter {
    pub(super) fn new(limits: &Limits, purse: &Arc<Purse>) -> Self {
        Self {
            limits: *limits,
            traffic: Arc::default(),
            purse: purse.clone(),
            loose: RefCell::default(),
        }
    }

    pub(super) const fn traffic(&self) -> &Arc<Traffic> {
        &self.traffic
    }

    pub(super) const fn purse(&self) -> &Arc<Purse> {
        &self.purse
    }

    /// Whether bytes are limited: then nothing may go past this transport.
    #[inline]
    pub(super) fn limits_bytes(&self) -> bool {
        self.limits.sent.is_some() || self.limits.received.is_some()
    }

    pub(super) fn largest_buffer(&self) -> Option<usize> {
        self.limits.buffer
    }

    /// A socket was made, on this descriptor if it has one.
    #[inline]
    pub(super) fn count_opened(&self, fd: RawFd) {
        if fd >= 0 {
            self.traffic.opened();
            self.purse.sockets.add(1);
            self.forget_loose(fd);
        }
    }

    /// A loose descriptor was closed, or is a socket's again.
    pub(super) fn forget_loose(&self, fd: RawFd) {
        if self.limits.sockets.is_some() && self.loose.borrow_mut().remove(&fd) {
            self.purse.sockets.give_back(1);
        }
    }

    /// A set of descriptors was opened: it is one, too.
    pub(super) fn count_set(&self) {
        self.purse.sockets.add(1);
    }

    /// A set was closed.
    pub(super) fn count_set_closed(&self) {
        self.purse.sockets.give_back(1);
    }

    /// A socket gave up this descriptor, if it had one.
    #[inline]
    pub(super) fn count_closed(&self, fd: RawFd) {
        if fd >= 0 {
            self.traffic.closed();
            self.purse.sockets.give_back(1);
        }
    }

    fn left(limit: Option<u64>, used: &Spent) -> usize {
        let left = limit.map_or(u64::MAX, |limit| limit.saturating_sub(used.get()));
        usize::try_from(left).unwrap_or(usize::MAX)
    }

    fn to_send(&self) -> usize {
        Self::left(self.limits.sent, &self.purse.sent)
    }

    fn to_receive(&self) -> usize {
        Self::left(self.limits.received, &self.purse.received)
    }

    /// How many of so many bytes may be received now.
    ///
    /// # Errors
    /// What [`Net::explain_limit`] tells in words.
    pub(super) fn room(&self, wanted: usize) -> errno::Result<usize> {
        let room = wanted.min(self.to_receive());
        if room == 0 && wanted > 0 {
            Err(OVER)
        } else {
            Ok(room)
        }
    }

    #[inline]
    pub(super) fn count_sent(&self, count: usize) -> usize {
        self.traffic.sent(count);
        if self.limits_bytes() {
            self.purse.sent.add(count as u64);
        }
        count
    }

    #[inline]
    pub(super) fn count_received(&self, count: usize, flags: i32) -> usize {
        // What stays where it is comes again.
        if flags & MSG_PEEK == 0 {
            self.traffic.received(count);
            if self.limits_bytes() {
                self.purse.received.add(count as u64);
            }
        }
        count
    }

    /// How many of `length` bytes may be sent now.
    #[inline]
    fn portion(&self, fd: RawFd, length: usize) -> errno::Result<usize> {
        self.portion_of(length, || Ok(socket::kind(open(fd)?)? == SOCK_STREAM))
    }

    /// As [`Self::portion`]; a stream's call may be cut short.
    #[inline]
    pub(super) fn portion_of(
        &self,
        length: usize,
        is_stream: impl FnOnce() -> errno::Result<bool>,
    ) -> errno::Result<usize> {
        let left = self.to_send();
        if length <= left {
            return Ok(length);
        }
        if left > 0 && is_stream()? {
            return Ok(left);
        }
        Err(OVER)
    }
}

/// What a call past the limit fails with on its way to [`Net::explain_limit`].
const OVER: Errno = Errno::DQUOT;

impl Transport for Meter {
    fn recv(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> errno::Result<usize> {
        let room = self.room(buffer.len())?;
        transfer::recv(fd, &mut buffer[..room], flags).map(|count| self.count_received(count, flags))
    }

    fn recv_from(&self, fd: RawFd, buffer: &mut [u8], flags: i32) -> errno::Result<(usize, Address)> {
        let room = self.room(buffer.len())?;
        let (count, address) = transfer::recv_from(fd, &mut buffer[..room], flags)?;
        Ok((self.count_received(count, flags), address))
    }

    fn send(&self, fd: RawFd, data: &[u8], flags: i32) -> errno::Result<usize> {
        let portion = self.portion(fd, data.len())?;
        transfer::send(fd, &data[..portion], flags).map(|count| self.count_sent(count))
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
    /// The kernel's calls, counted.
    pub(super) fn kernel(&self) -> &dyn Transport {
        &*self.meter
    }

    /// Whether so many sockets more may be opened.
    ///
    /// # Errors
    /// `LimitError`.
    pub(super) fn afford_sockets(&self, count: usize) -> Result<()> {
        match self.meter.limits.sockets {
            Some(most) if self.meter.purse.sockets.get() + count as u64 > most as u64 => Err(Error::new(
                Class::LimitError,
                format!("the limit of {most} open sockets is reached"),
            )),
            _ => Ok(()),
        }
    }

    /// Sockets that are open: its own, or, where they are limited, all that count.
    #[cfg(feature = "lua")]
    #[inline(always)]
    pub(crate) fn open_socket_count(&self) -> usize {
        let count = match self.meter.limits.sockets {
            Some(_) => self.meter.purse.sockets.get(),
            None => self.meter.traffic.sockets(),
        };
        usize::try_from(count).unwrap_or(usize::MAX)
    }

    /// Sockets that may be open at once.
    #[cfg(feature = "lua")]
    pub(crate) fn most_sockets(&self) -> usize {
        self.meter.limits.sockets.unwrap_or(usize::MAX)
    }

    /// A script has taken this descriptor out of its socket.
    pub(crate) fn note_loose(&self, fd: RawFd) {
        let meter = &self.meter;
        if fd >= 0 && meter.limits.sockets.is_some() && meter.loose.borrow_mut().insert(fd) {
            meter.purse.sockets.add(1);
        }
    }

    /// A message is about to go a way of its own.
    ///
    /// # Errors
    /// `LimitError`.
    pub(super) fn afford_message(&self, length: usize) -> Result<()> {
        self.allow_message(length)
            .map_err(|over| self.explain_limit(over.into()))
    }

    /// The same where it leaves.
    pub(super) fn allow_message(&self, length: usize) -> errno::Result<()> {
        if length > self.meter.to_send() {
            Err(OVER)
        } else {
            Ok(())
        }
    }

    /// As [`Self::afford_message`], for one that is to be received.
    pub(super) fn afford_receiving(&self) -> Result<()> {
        self.allow_receiving()
            .map_err(|over| self.explain_limit(over.into()))
    }

    /// The same where it comes.
    pub(super) fn allow_receiving(&self) -> errno::Result<()> {
        if self.meter.to_receive() == 0 {
            Err(OVER)
        } else {
            Ok(())
        }
    }

    pub(super) fn note_sent_message(&self, count: usize) {
        self.meter.count_sent(count);
    }

    pub(super) fn note_received_message(&self, count: usize, flags: i32) {
        self.meter.count_received(count, flags);
    }

    /// The meter's refusal in words; any other error as it is.
    pub(super) fn explain_limit(&self, error: Error) -> Error {
        if error.errno() != Some(OVER.0) || !self.meter.limits_bytes() {
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
