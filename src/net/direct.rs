//! What the adapters' fast paths do on a plain socket: whether there is one, one system call, and what is told of it.

use crate::bytes::ByteArray;
use crate::sched::Interest;
use crate::sys;
use crate::sys::errno::Errno;
use crate::sys::flag::MSG_DONTWAIT;

#[cfg(any(feature = "rhai", feature = "lua55"))]
use super::context::Net;
use super::observe::Event;
use super::socket::Socket;
use super::timeout::Timeout;

/// Bytes of which a copy would take longer than memory of their own.
#[cfg(any(feature = "rhai", feature = "lua55"))]
const MUCH: usize = 16 * 1024;

#[cfg(any(feature = "rhai", feature = "lua55"))]
impl Net {
    /// Whether a receive of so many bytes at most is likely to bring much: the last one did.
    #[inline(always)]
    pub(crate) fn expects_much(&self, size: usize) -> bool {
        size >= MUCH && self.scratch().last() >= MUCH
    }
}

impl Socket {
    /// For the adapters' fast paths: the flag for a try on a plain socket that nobody else waits for;
    /// none where the long way is due. `may_wait` tells whether the script may wait where it is.
    #[inline]
    pub(crate) fn direct_flags(&self, interest: Interest, may_wait: impl FnOnce() -> bool) -> Option<i32> {
        if self.fd() < 0
            || self.shows_senders()
            || !self.is_plain(interest)
            || self.kernel_timeout(interest).is_some()
        {
            return None;
        }
        let sched = self.net().sched();
        if sched.is_alone() {
            let block = self.timeout() == Timeout::Blocking && !sched.is_dying() && may_wait();
            Some(if block { 0 } else { MSG_DONTWAIT })
        } else {
            // At the end of its turn the long way lets the others run.
            sched.has_turn().then_some(MSG_DONTWAIT)
        }
    }

    /// One receive on a plain transport, into the runtime's receive buffer, for the adapters' fast paths: `flags` are those of
    /// [`Self::direct_flags`].
    #[inline(always)]
    pub(crate) fn receive_at_once(&self, size: usize, flags: i32) -> sys::errno::Result<usize> {
        self.check_drained(flags)?;
        let scratch = self.net().scratch();
        let count = scratch.fill(size, |buffer| sys::transfer::recv(self.fd(), buffer, flags))?;
        scratch.filled(count, |data| self.note_received_at_once(data, size));
        Ok(count)
    }

    /// As [`Self::receive_at_once`], into memory of its own: for much, which a copy would take long for.
    #[cfg(feature = "rhai")]
    pub(crate) fn receive_new_at_once(&self, size: usize, flags: i32) -> sys::errno::Result<Vec<u8>> {
        self.check_drained(flags)?;
        let bytes = sys::transfer::recv_new(self.fd(), size, flags)?;
        self.note_received_at_once(&bytes, size);
        Ok(bytes)
    }

    /// As [`Self::receive_at_once`], into an array that is not empty.
    #[inline]
    pub(crate) fn receive_into_at_once(&self, array: &ByteArray, flags: i32) -> sys::errno::Result<usize> {
        self.check_drained(flags)?;
        let count = array.with_mut(|bytes| sys::transfer::recv(self.fd(), bytes, flags))?;
        array.with(|bytes| self.note_received_at_once(&bytes[..count.min(bytes.len())], bytes.len()));
        Ok(count)
    }

    /// As [`Self::receive_at_once`], into bytes that only the adapter has.
    #[cfg(feature = "lua55")]
    #[inline]
    pub(crate) fn receive_slice_at_once(&self, bytes: &mut [u8], flags: i32) -> sys::errno::Result<usize> {
        self.check_drained(flags)?;
        let count = sys::transfer::recv(self.fd(), bytes, flags)?;
        self.note_received_at_once(&bytes[..count], bytes.len());
        Ok(count)
    }

    /// Who does not wait has to ask: bytes may be there whose event nobody has taken yet.
    #[inline(always)]
    pub(super) fn check_drained(&self, flags: i32) -> sys::errno::Result<()> {
        if flags != 0 && self.is_drained() && self.timeout() != Timeout::NonBlocking {
            return Err(Errno::AGAIN);
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn note_received_at_once(&self, data: &[u8], size: usize) {
        if !data.is_empty() && data.len() < size {
            self.note_short_read();
        }
        self.note_received(data);
    }

    /// An adapter's fast path has received these bytes.
    #[inline]
    pub(crate) fn note_received(&self, data: &[u8]) {
        self.net().traffic().received(data.len());
        self.observe(|| Event::Received {
            fd: self.fd(),
            data,
            from: None,
            peeked: false,
        });
    }

    /// An adapter's fast path has sent so many of these bytes.
    #[inline(always)]
    pub(crate) fn note_moved(&self, count: usize, data: &[u8]) {
        self.net().traffic().sent(count);
        self.show_moved(count, data);
    }
}
