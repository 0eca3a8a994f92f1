//! What has come and was not handed out yet. It stays until a call has all that it wants, so one that fails loses nothing; it
//! never grows past its limit; and where the peer sends datagrams it remembers where each ends.

use std::collections::VecDeque;

use crate::error::{Error, Result};
use crate::net::Net;

/// An empty buffer larger than this is given back.
const KEPT: usize = 256 * 1024;

/// Bytes that wait to be read.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    start: usize,
    /// How many bytes of each datagram are left, where the peer sends datagrams.
    datagrams: VecDeque<usize>,
    /// The peer has ended.
    pub(super) ended: bool,
    /// Counts whatever changes the front: what a search has found out holds for as long as it stays the same.
    pub(super) front: u64,
    /// Counts every change.
    pub(super) version: u64,
}

impl Inbox {
    pub(super) fn data(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// Appends what has come.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(super) fn append(&mut self, net: &Net, data: &[u8], is_datagram: bool) -> Result<()> {
        self.version += 1;
        if is_datagram {
            self.datagrams.push_back(data.len());
        }
        if self.bytes.capacity() - self.bytes.len() < data.len() {
            let held = self.len();
            let wanted = (held + data.len()).max(2 * held);
            // Twice as much, so that what comes is copied but a few times; if that is not to be had, what is needed.
            let mut larger = net.buffer(wanted).or_else(|_| net.buffer(held + data.len()))?;
            larger.extend_from_slice(self.data());
            self.bytes = larger;
            self.start = 0;
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }

    /// Hands out the first bytes.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        let count = count.min(self.len());
        self.version += 1;
        self.front += 1;
        let whole = count == self.len();
        let taken = if whole && self.start == 0 && count > KEPT {
            std::mem::take(&mut self.bytes)
        } else {
            self.data()[..count].to_vec()
        };
        if whole {
            self.start = 0;
            self.bytes.clear();
            self.bytes.shrink_to(KEPT);
        } else {
            self.start += count;
        }
        self.cut_datagrams(count);
        taken
    }

    fn cut_datagrams(&mut self, mut count: usize) {
        while let Some(first) = self.datagrams.front_mut() {
            if *first > count {
                *first -= count;
                return;
            }
            // An empty one is over with whatever stands before it.
            if count == 0 && *first == 0 {
                return;
            }
            count -= *first;
            self.datagrams.pop_front();
        }
    }

    /// Hands out the first datagram, or what is left of it; none where there is none.
    pub(super) fn take_datagram(&mut self) -> Option<Vec<u8>> {
        let size = *self.datagrams.front()?;
        if size == 0 {
            self.datagrams.pop_front();
            self.version += 1;
            return Some(Vec::new());
        }
        Some(self.take(size))
    }

    /// Puts bytes back to the front.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(super) fn give_back(&mut self, net: &Net, data: &[u8], of_datagrams: bool) -> Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        let mut joined = net.buffer(data.len() + self.len())?;
        joined.extend_from_slice(data);
        joined.extend_from_slice(self.data());
        self.bytes = joined;
        self.start = 0;
        self.version += 1;
        self.front += 1;
        if of_datagrams {
            self.datagrams.push_front(data.len());
        }
        Ok(())
    }

    /// Refuses what can never be held.
    ///
    /// # Errors
    /// `ValueError`.
    pub(super) fn check_fits(size: usize, limit: usize) -> Result<()> {
        if size > limit {
            return Err(Error::value(format!(
                "{size} bytes are more than the tube may hold unread (limit={limit})"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::sched::Scheduler;

    fn net() -> std::rc::Rc<Net> {
        Net::new(Scheduler::new(64 * 1024), Policy::deny_all(), 1 << 20)
    }

    #[test]
    fn bytes_come_go_and_are_put_back() -> Result<()> {
        let net = net();
        let mut inbox = Inbox::default();
        inbox.append(&net, b"hello ", false)?;
        inbox.append(&net, b"world", false)?;
        assert_eq!(inbox.take(6), b"hello ");
        let front = inbox.front;
        inbox.give_back(&net, b"the ", false)?;
        assert_ne!(inbox.front, front);
        assert_eq!(inbox.data(), b"the world");
        assert_eq!(inbox.take(99), b"the world");
        assert_eq!((inbox.len(), inbox.take(1)), (0, Vec::new()));
        Ok(())
    }

    #[test]
    fn datagrams_keep_their_ends() -> Result<()> {
        let net = net();
        let mut inbox = Inbox::default();
        for datagram in [&b"one"[..], b"", b"three", b"four"] {
            inbox.append(&net, datagram, true)?;
        }
        assert_eq!(inbox.take_datagram(), Some(b"one".to_vec()));
        assert_eq!(inbox.take_datagram(), Some(Vec::new()));
        assert_eq!(inbox.take(2), b"th");
        assert_eq!(inbox.take_datagram(), Some(b"ree".to_vec()));
        inbox.give_back(&net, b"zero", true)?;
        assert_eq!(inbox.take(6), b"zerofo");
        assert_eq!(inbox.take_datagram(), Some(b"ur".to_vec()));
        assert_eq!(inbox.take_datagram(), None);
        Ok(())
    }

    #[test]
    fn much_is_moved_and_not_copied() -> Result<()> {
        let net = Net::new(Scheduler::new(64 * 1024), Policy::deny_all(), 16 << 20);
        let mut inbox = Inbox::default();
        inbox.append(&net, &vec![b'x'; KEPT + 1], false)?;
        let place = inbox.bytes.as_ptr();
        let taken = inbox.take(KEPT + 1);
        assert_eq!((taken.len(), taken.as_ptr()), (KEPT + 1, place));
        assert_eq!(inbox.len(), 0);
        Ok(())
    }
}
