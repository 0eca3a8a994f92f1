//! Bytes in and out: recv and send in all their forms.

use std::rc::Rc;

use crate::address::Address;
use crate::bytes::{Bytes, Pinned, Scratch};
use crate::error::{Error, Result};
use crate::policy::Request;
use crate::sched::Interest;
use crate::sys;
use crate::sys::flag::{MSG_OOB, MSG_PEEK, MSG_WAITALL};

use super::audit::Fact;
use super::connect::Opening;
use super::io::Patience;
use super::observe::Event;
use super::resolve::Endpoint;
use super::socket::Socket;
use super::timeout::Timeout;

/// Most of a file that is sent at once while other tasks could run.
const LARGEST_PART: usize = 1024 * 1024;
/// Most a stream is asked for at once: a larger `recv` returns this much, as it may.
const LARGEST_TRY: usize = Scratch::SIZE;

impl Socket {
    /// Receives up to `size` bytes; none means the end of the stream.
    ///
    /// # Errors
    /// The system's refusal; a timeout, after which nothing is lost.
    pub(crate) fn recv(&self, size: usize, flags: i32) -> Result<Bytes> {
        Ok(self.receive("recv", size, flags, false)?.0)
    }

    /// As [`Self::recv`], with the sender's address ([`Address::None`] on a connected stream).
    pub(crate) fn recv_from(&self, size: usize, flags: i32) -> Result<(Bytes, Address)> {
        self.receive("recvfrom", size, flags, true)
    }

    fn receive(&self, op: &'static str, size: usize, flags: i32, named: bool) -> Result<(Bytes, Address)> {
        #[cfg(feature = "tls")]
        self.refuse_over_tls(op, flags)?;
        if size == 0 && !named {
            return Ok((Bytes::Owned(Vec::new()), Address::None));
        }
        self.net()
            .afford_buffer(size, "a buffer")
            .map_err(|error| self.failed(op, error))?;
        let whole = flags & MSG_WAITALL != 0;
        let size = if self.is_stream() && !whole {
            size.min(LARGEST_TRY)
        } else {
            size
        };
        if size <= Scratch::SIZE && !whole {
            let mut from = Address::None;
            let patience = self.patience(Interest::Read, flags);
            let asked = named.then_some(&mut from);
            let count = self.receive_in_scratch(op, size, flags, patience, asked, false)?;
            return Ok((Bytes::Scratch(self.net().scratch().clone(), count), from));
        }
        let mut buffer = self.net().zeros(size).map_err(|error| self.failed(op, error))?;
        let mut from = Address::None;
        let asked = named || self.shows_senders();
        let count = self.receive_parts(op, size, flags, |fd, flags, got| {
            self.receive_once(fd, &mut buffer[got..], flags, asked.then_some(&mut from))
        })?;
        buffer.truncate(count);
        buffer.shrink_to_fit();
        let bytes = Bytes::Owned(buffer);
        if self.shows_bytes() {
            self.show_received(&bytes, Some(&from), flags);
        }
        Ok((bytes, from))
    }

    /// As [`Self::recv`] of at most [`Scratch::SIZE`] bytes, which it leaves in the runtime's receive buffer; returns how many.
    ///
    /// # Errors
    /// As [`Self::recv`].
    pub(crate) fn recv_in_scratch(&self, size: usize) -> Result<usize> {
        let patience = self.patience(Interest::Read, 0);
        self.receive_in_scratch("recv", size.min(Scratch::SIZE), 0, patience, None, false)
    }

    /// `has_waited` tells that the call has waited already, and was the first who did.
    pub(super) fn receive_in_scratch(
        &self,
        op: &'static str,
        size: usize,
        flags: i32,
        patience: Patience,
        from: Option<&mut Address>,
        has_waited: bool,
    ) -> Result<usize> {
        if flags & MSG_OOB != 0 {
            // Where the urgent byte was, a read stops from now on.
            self.drains.set(false);
        }
        let mut unasked = Address::None;
        let mut from = match from {
            None if self.shows_senders() => Some(&mut unasked),
            asked => asked,
        };
        let scratch = self.net().scratch();
        let step = |fd, extra| {
            scratch.fill(size, |buffer| {
                self.receive_once(fd, buffer, flags | extra, from.as_deref_mut())
            })
        };
        let count = self.io_read(op, flags, patience, has_waited, step)?.min(size);
        if flags == 0 && 0 < count && count < size && self.is_plain_transport() {
            self.note_short_read();
        }
        if self.shows_bytes() {
            self.show_received(&Bytes::Scratch(scratch.clone(), count), from.as_deref(), flags);
        }
        Ok(count)
    }

    /// A receive by `step`, which is told how many bytes it has received before. As a rule it receives once; one that asks for all
    /// `size` bytes of a blocking stream (`MSG_WAITALL`) goes on to the last of them, the end or an error, as the kernel does
    /// where it may wait.
    fn receive_parts(
        &self,
        op: &'static str,
        size: usize,
        flags: i32,
        mut step: impl FnMut(i32, i32, usize) -> sys::errno::Result<usize>,
    ) -> Result<usize> {
        let gathers = flags & (MSG_WAITALL | MSG_PEEK) == MSG_WAITALL
            && self.is_stream()
            && self.timeout() == Timeout::Blocking;
        let mut got = 0;
        let received = self.io(op, Interest::Read, flags, |fd, extra| {
            loop {
                let count = step(fd, flags | extra, got)?;
                got += count;
                if !gathers || extra == 0 || count == 0 || got >= size {
                    return Ok(got);
                }
            }
        });
        match received {
            Err(error) if got > 0 => {
                if error.errno().is_none() {
                    self.net().sched().put_off(error);
                }
                Ok(got)
            }
            received => received,
        }
    }

    #[inline]
    fn receive_once(
        &self,
        fd: i32,
        buffer: &mut [u8],
        flags: i32,
        from: Option<&mut Address>,
    ) -> sys::errno::Result<usize> {
        if from.is_none() && !self.sifts() {
            return self.transport().recv(fd, buffer, flags);
        }
        let step = || self.transport().recv_from(fd, buffer, flags);
        let (count, address) = self.sift(fd, flags, step, |(_, sender)| sender)?;
        if let Some(from) = from {
            *from = self.read_by_protocol(fd, address);
        }
        Ok(count)
    }

    /// One receive into a file's buffer, for a step of the loop.
    #[inline]
    pub(crate) fn receive_raw(&self, fd: i32, buffer: &mut [u8], flags: i32) -> sys::errno::Result<usize> {
        self.receive_once(fd, buffer, flags, None)
    }

    /// One send out of a file's buffer, for a step of the loop.
    #[inline]
    pub(crate) fn send_raw(&self, fd: i32, data: &[u8], flags: i32) -> sys::errno::Result<usize> {
        self.transport().send(fd, data, flags)
    }

    /// Raises the event of a `sendfile` that is about to begin.
    ///
    /// # Errors
    /// What a hook raises.
    pub(crate) fn announce_file(&self, file: Option<i32>, offset: i64, count: Option<u64>) -> Result<()> {
        const OP: &str = "sendfile";
        let number = |number: i64| Fact::Int(number);
        self.net()
            .announce("socket.sendfile", || {
                let count = count.and_then(|count| i64::try_from(count).ok());
                self.with_self(vec![
                    file.map_or(Fact::None, |fd| number(fd.into())),
                    number(offset),
                    count.map_or(Fact::None, number),
                ])
            })
            .map_err(|error| self.failed(OP, error))
    }

    /// Sends a part of a regular file without its passing through this process; returns how many bytes left, none at
    /// the file's end.
    ///
    /// # Errors
    /// The system's refusal, also of files that cannot be sent so; a timeout.
    pub(crate) fn send_part(&self, file: i32, offset: i64, count: usize) -> Result<usize> {
        const OP: &str = "sendfile";
        let patience = self.patience(Interest::Write, 0);
        let alone = patience == Patience::Until(None) && self.net().sched().may_block();
        if !alone {
            // The call has no flag that keeps it from blocking.
            self.force_nonblocking().map_err(|error| self.failed(OP, error))?;
        }
        let count = if alone { count } else { count.min(LARGEST_PART) };
        let sent = self.io_within(OP, Interest::Write, patience, |fd, _| {
            self.transport().send_file(fd, file, offset, count)
        })?;
        self.observe(|| Event::Done {
            fd: self.fd(),
            op: OP,
        });
        Ok(sent)
    }

    #[cold]
    fn show_received(&self, bytes: &Bytes, from: Option<&Address>, flags: i32) {
        bytes.with(|data| {
            self.observe(|| Event::Received {
                fd: self.fd(),
                data,
                from: from.filter(|from| **from != Address::None),
                peeked: flags & MSG_PEEK != 0,
            });
        });
    }

    /// Receives into a window of a `bytearray`; returns the number of bytes.
    pub(crate) fn recv_into(&self, window: &Pinned, flags: i32) -> Result<usize> {
        Ok(self.receive_into("recv_into", window, flags, false)?.0)
    }

    /// As [`Self::recv_into`], with the sender's address.
    pub(crate) fn recv_from_into(&self, window: &Pinned, flags: i32) -> Result<(usize, Address)> {
        self.receive_into("recvfrom_into", window, flags, true)
    }

    fn receive_into(
        &self,
        op: &'static str,
        window: &Pinned,
        flags: i32,
        named: bool,
    ) -> Result<(usize, Address)> {
        #[cfg(feature = "tls")]
        self.refuse_over_tls(op, flags)?;
        if window.is_empty() && !named {
            return Ok((0, Address::None));
        }
        let mut from = Address::None;
        let asked = named || self.shows_senders();
        let count = self.receive_parts(op, window.len(), flags, |fd, flags, got| {
            let mut all = window.window_mut();
            // The script may have made it smaller meanwhile.
            let rest = got.min(all.len());
            self.receive_once(fd, &mut all[rest..], flags, asked.then_some(&mut from))
        })?;
        if self.shows_bytes() {
            // What is shown is a copy: the window is the script's.
            let data = window.window_mut()[..count.min(window.len())].to_vec();
            self.show_received(&Bytes::Owned(data), Some(&from), flags);
        }
        Ok((count, from))
    }

    /// Sends what the kernel takes; returns how much that was.
    ///
    /// # Errors
    /// The system's refusal; a timeout when not one byte could be sent.
    pub(crate) fn send(&self, data: &Bytes, flags: i32) -> Result<usize> {
        #[cfg(feature = "tls")]
        self.refuse_over_tls("send", flags)
            .and_then(|()| self.shake_before("send"))?;
        let sent = self.io("send", Interest::Write, flags, |fd, extra| {
            data.with(|data| self.transport().send(fd, data, flags | extra))
        });
        #[cfg(feature = "tls")]
        let sent = sent.inspect_err(|_| self.give_up(data, 0));
        let sent = sent?;
        self.note_sent(data, 0..sent, None);
        Ok(sent)
    }

    /// Sends everything, within one timeout for the whole.
    ///
    /// # Errors
    /// As [`Self::send`]; the error says how many bytes left (`sent`).
    pub(crate) fn send_all(&self, data: &Bytes, flags: i32) -> Result<()> {
        self.send_rest(data, flags, 0)
    }

    /// As [`Self::send_all`], where the first `sent` bytes have left already.
    pub(crate) fn send_rest(&self, data: &Bytes, flags: i32, sent: usize) -> Result<()> {
        #[cfg(feature = "tls")]
        self.refuse_over_tls("sendall", flags)
            .and_then(|()| self.shake_before("sendall"))?;
        let patience = self.patience(Interest::Write, flags);
        self.send_rest_within(data, flags, sent, patience)
    }

    /// As [`Self::send_rest`], with a patience of the caller's own instead of the socket's timeout.
    pub(crate) fn send_rest_within(
        &self,
        data: &Bytes,
        flags: i32,
        mut sent: usize,
        patience: Patience,
    ) -> Result<()> {
        loop {
            let step = self.io_within("sendall", Interest::Write, patience, |fd, extra| {
                data.with(|data| {
                    let rest = data.get(sent..).unwrap_or_default();
                    self.transport().send(fd, rest, flags | extra)
                })
            });
            #[cfg(feature = "tls")]
            let step = step.inspect_err(|_| self.give_up(data, sent));
            let count = step.map_err(|error| error.with_sent(sent as u64))?;
            self.note_sent(data, sent..sent + count, None);
            sent += count;
            if sent >= data.len() {
                return Ok(());
            }
        }
    }

    /// Receives once, up to `size` bytes, into the runtime's receive buffer, with a patience of the caller's own; `None` when
    /// `is_due` says, after a wait, that there is no need any more. The bytes are there until anything else waits.
    pub(crate) fn receive_within(
        &self,
        op: &'static str,
        size: usize,
        patience: Patience,
        mut is_due: impl FnMut() -> bool,
    ) -> Result<Option<Bytes>> {
        let scratch = self.net().scratch();
        let mut sender = Address::None;
        let mut from = self.shows_senders().then_some(&mut sender);
        let received = self.io_within(op, Interest::Read, patience, |fd, flags| {
            if !is_due() {
                return Ok(None);
            }
            scratch
                .fill(size.min(Scratch::SIZE), |buffer| {
                    self.receive_once(fd, buffer, flags, from.as_deref_mut())
                })
                .map(Some)
        })?;
        Ok(received.map(|count| {
            let bytes = Bytes::Scratch(scratch.clone(), count);
            self.net().traffic().received(count);
            if self.shows_bytes() {
                self.show_received(&bytes, Some(&sender), 0);
            }
            bytes
        }))
    }

    /// Sends to `address`; returns how many bytes left.
    ///
    /// # Errors
    /// The system's refusal.
    pub(crate) fn send_to(&self, data: &Bytes, flags: i32, endpoint: &Endpoint) -> Result<usize> {
        const OP: &str = "sendto";
        let patience = self.patience(Interest::Write, flags);
        let address = &self
            .net()
            .resolve(endpoint, patience.end_of_lookup())
            .map_err(|error| error.during(OP))?;
        self.guard_shown(&Request::SendTo(address), Some(endpoint), None)
            .map_err(|error| self.failed(OP, error.at(address)))?;
        let opening = Opening::new(self, flags);
        let sent = self
            .io_within(OP, Interest::Write, patience, |fd, extra| {
                let flags = opening.flags() | extra;
                opening.awaited(data.with(|data| self.transport().send_to(fd, data, flags, address)))
            })
            .map_err(|error| error.at(address))?;
        self.note_sent(data, 0..sent, Some(address));
        Ok(sent)
    }

    fn note_sent(&self, data: &Bytes, range: std::ops::Range<usize>, to: Option<&Address>) {
        if self.shows_bytes() {
            data.with(|data| {
                let data = data.get(range).unwrap_or_default();
                self.observe(|| Event::Sent {
                    fd: self.fd(),
                    data,
                    to,
                });
            });
        }
    }

    /// The window of `array` that a receive of `size` bytes may fill (0: all of it).
    pub(crate) fn window(op: &str, array: &Pinned, size: i64, too_small: &'static str) -> Result<Pinned> {
        let size = usize::try_from(size).map_err(|_| Error::value(format!("negative buffersize in {op}")))?;
        if size > array.len() {
            return Err(Error::value(too_small));
        }
        let length = if size == 0 { array.len() } else { size };
        Ok(Rc::clone(array.array()).pin(array.start(), length))
    }
}
