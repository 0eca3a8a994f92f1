//! Bytes read ahead: whatever comes stays here until a call has all it wants, so that one that fails takes nothing with it.

use crate::error::{Class, Error, Result};
use crate::net::Net;

/// Python's `io.DEFAULT_BUFFER_SIZE`; where nothing is asked for, reading begins with as much.
pub(super) const DEFAULT_SIZE: usize = 8192;
/// Most that is read ahead where nothing is asked for, once the peer has shown that it fills smaller portions.
const LARGEST: usize = 256 * 1024;
/// An empty buffer larger than this is given back.
const KEPT: usize = 1024 * 1024;

/// What has been read and not been handed out.
#[derive(Debug)]
pub(super) struct Input {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes from `start` on that hold no line's end.
    searched: usize,
    /// Bytes to ask for at once.
    portion: usize,
    /// The size a script asked for: it is never read ahead further.
    fixed: bool,
}

impl Input {
    /// A buffer of a size, or of one that grows with what comes.
    pub(super) fn new(size: Option<usize>) -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            end: 0,
            searched: 0,
            portion: size.unwrap_or(DEFAULT_SIZE),
            fixed: size.is_some(),
        }
    }

    /// What can be handed out.
    #[inline]
    pub(super) fn data(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The length of the first line, with its end, if it has one or `limit` is reached.
    #[inline]
    pub(super) fn line(&mut self, limit: usize) -> Option<usize> {
        let data = &self.bytes[self.start..self.end];
        let fresh = &data[self.searched..];
        match memchr::memchr(b'\n', fresh) {
            Some(place) => Some((self.searched + place + 1).min(limit)),
            None if data.len() >= limit => Some(limit),
            None => {
                self.searched = data.len();
                None
            }
        }
    }

    /// Hands `count` bytes out.
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
        self.searched = 0;
    }

    /// Hands `count` bytes out, of those that are there.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        let count = count.min(self.len());
        if self.start == 0 && count == self.end && count >= LARGEST {
            let mut bytes = std::mem::take(&mut self.bytes);
            bytes.truncate(count);
            self.clear();
            return bytes;
        }
        let taken = self.bytes[self.start..self.start + count].to_vec();
        self.consume(count);
        if self.is_empty() && self.bytes.len() > KEPT {
            self.bytes = Vec::new();
            self.clear();
        }
        taken
    }

    /// Puts bytes back to the front.
    pub(super) fn give_back(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            let joined = [bytes, self.data()].concat();
            self.end = joined.len();
            self.bytes = joined;
            self.start = 0;
            self.searched = 0;
        }
    }

    /// Forgets what was read ahead.
    pub(super) fn clear(&mut self) {
        self.start = 0;
        self.end = 0;
        self.searched = 0;
    }

    /// Room for the next read, of which the caller wants `need` bytes at least in the end.
    ///
    /// # Errors
    /// `MemoryError`; `LimitError` where no buffer may have so much.
    pub(super) fn room(&mut self, net: &Net, need: usize) -> Result<&mut [u8]> {
        if self.is_empty() {
            self.clear();
        }
        let held = self.len();
        let wanted = if self.fixed {
            // As Python: whole portions of what is needed, and never further ahead than one.
            need.checked_div(self.portion)
                .map_or(1, |portions| portions.max(1))
                * self.portion
        } else {
            self.portion.max(need)
        };
        // What a script wants is not trusted: the buffer doubles with what has really come.
        let wanted = wanted.min(self.portion.max(held).max(LARGEST));
        // Where buffers are limited it reads ahead as far as it may.
        let wanted = wanted.min(net.largest_buffer().saturating_sub(held).max(1));
        let enough = if self.fixed { wanted } else { wanted.div_ceil(2) };
        if self.bytes.len() - self.end < enough {
            self.bytes.copy_within(self.start..self.end, 0);
            self.start = 0;
            self.end = held;
        }
        if self.bytes.len() - held < enough || (!self.fixed && self.bytes.len() < wanted) {
            // Twice as much, so that what comes is copied but a few times; if that is not to be had, what is needed.
            let mut larger = net
                .buffer(held + wanted.max(held))
                .or_else(|_| net.buffer(held + wanted))
                .map_err(|error| match error.class() {
                    Class::LimitError => error,
                    _ => Error::memory("a file's buffer"),
                })?;
            larger.extend_from_slice(self.data());
            larger.resize(larger.capacity(), 0);
            self.bytes = larger;
            self.start = 0;
            self.end = held;
        }
        let end = if self.fixed {
            self.end + wanted
        } else {
            self.bytes.len()
        };
        Ok(&mut self.bytes[self.end..end])
    }

    /// So many bytes came into a room of this size.
    pub(super) fn filled(&mut self, count: usize, room: usize) {
        self.end += count;
        if !self.fixed && count == room && self.portion < LARGEST {
            self.portion *= 2;
        }
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

    fn put(input: &mut Input, net: &Net, need: usize, data: &[u8]) -> usize {
        let room = input.room(net, need).expect("room");
        let size = room.len();
        let count = size.min(data.len());
        room[..count].copy_from_slice(&data[..count]);
        input.filled(count, size);
        count
    }

    #[test]
    fn lines_are_found_across_portions() {
        let net = net();
        let mut input = Input::new(None);
        put(&mut input, &net, 1, b"one\ntw");
        assert_eq!(input.line(usize::MAX), Some(4));
        assert_eq!(input.take(4), b"one\n");
        assert_eq!(input.line(usize::MAX), None);
        put(&mut input, &net, 1, b"o\n\nrest");
        assert_eq!(input.line(2), Some(2));
        assert_eq!(input.line(usize::MAX), Some(4));
        assert_eq!(input.take(4), b"two\n");
        assert_eq!(input.line(usize::MAX), Some(1));
        input.consume(1);
        assert_eq!(input.line(9), None);
        assert_eq!(input.data(), b"rest");
        input.give_back(b"the ");
        assert_eq!(input.take(99), b"the rest");
    }

    #[test]
    fn a_size_asked_for_is_never_passed() {
        let net = net();
        let mut input = Input::new(Some(4));
        assert_eq!(input.room(&net, 1).expect("room").len(), 4);
        assert_eq!(input.room(&net, 11).expect("room").len(), 8);
        put(&mut input, &net, 1, b"abcdef");
        assert_eq!(input.data(), b"abcd");
        assert_eq!(input.room(&net, 1).expect("room").len(), 4);
    }

    #[test]
    fn what_a_script_wants_is_not_trusted() {
        let net = net();
        let mut input = Input::new(None);
        let room = input.room(&net, usize::MAX).expect("less than asked").len();
        assert_eq!(room, LARGEST);
        let refused = Input::new(Some(1 << 40)).room(&net, 1).map(|room| room.len());
        assert_eq!(refused.expect_err("too much").class(), Class::MemoryError);
    }

    #[test]
    fn a_limit_on_buffers_bounds_what_is_read_ahead() {
        let policy = Policy::deny_all().with_limits(crate::policy::Limits::default().buffer(1000));
        let net = Net::new(Scheduler::new(64 * 1024), policy, 1 << 20);
        let mut input = Input::new(None);
        assert_eq!(put(&mut input, &net, usize::MAX, &[b'x'; 2000]), 1000);
        let refused = input.room(&net, usize::MAX).map(|room| room.len());
        assert_eq!(refused.expect_err("too much").class(), Class::LimitError);
    }

    #[test]
    fn the_portion_grows_while_it_is_filled() {
        let net = net();
        let mut input = Input::new(None);
        let data = vec![b'x'; LARGEST];
        let mut last = 0;
        for _ in 0..8 {
            last = put(&mut input, &net, 1, &data);
            let all = input.len();
            input.consume(all);
        }
        assert_eq!(last, LARGEST);
        // A rest of a line does not make it grow on.
        let before = input.bytes.len();
        put(&mut input, &net, 1, &data[..20]);
        put(&mut input, &net, 1, &data);
        assert_eq!(input.bytes.len(), before);
    }
}
