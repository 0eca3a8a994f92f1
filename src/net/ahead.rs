//! Receiving ahead: of tasks that were woken together, some receive before the first of them runs (`sched::queue`). The kernel's way
//! of receiving is then gone several times in a row, out of the processor's caches, and what the scripts do afterwards likewise. Only
//! tasks that have left their stacks can be served so (`parked`).

#![cfg(feature = "lua")]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::bytes::Scratch;
use crate::sys;
use crate::sys::errno::Errno;
use crate::sys::flag::MSG_DONTWAIT;

use super::socket::Socket;

/// The receive buffer of those whose bytes come some moments before they run: one behind the other, from the beginning again when
/// all have been fetched.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    bytes: RefCell<Vec<u8>>,
    used: Cell<usize>,
    /// How many have yet to be fetched.
    kept: Cell<usize>,
}

/// Bytes that wait there to be fetched.
#[derive(Debug)]
pub(super) struct Kept {
    ahead: Rc<Ahead>,
    start: u32,
    length: u32,
}

impl Ahead {
    /// Bytes after which no more are received: they would push the first out of the processor's cache.
    const ENOUGH: usize = 16 * 1024;

    /// Lets `receive` fill up to `size` bytes; none where there is no room for them.
    #[inline]
    pub(super) fn fill<E>(
        self: &Rc<Self>,
        size: usize,
        receive: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Option<Result<Kept, E>> {
        if self.kept.get() == 0 {
            self.used.set(0);
        }
        let start = self.used.get();
        let mut bytes = self.bytes.borrow_mut();
        if bytes.is_empty() {
            // Pages that nobody touches are none.
            *bytes = vec![0; Scratch::SIZE];
        }
        let room = bytes.get_mut(start..start.checked_add(size)?)?;
        if start >= Self::ENOUGH {
            return None;
        }
        Some(receive(room).map(|length| {
            self.used.set(start + length);
            self.kept.set(self.kept.get() + 1);
            Kept {
                ahead: self.clone(),
                start: u32::try_from(start).unwrap_or(u32::MAX),
                length: u32::try_from(length).unwrap_or(u32::MAX),
            }
        }))
    }

    /// In a forked child: who was to fetch the bytes is not there.
    pub(super) fn begin_anew(&self) {
        self.kept.set(0);
    }
}

impl Kept {
    /// The bytes.
    #[inline]
    pub(super) fn with<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        let (start, length) = (self.start as usize, self.length as usize);
        look(&self.ahead.bytes.borrow()[start..start + length])
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.ahead.kept.set(self.ahead.kept.get().saturating_sub(1));
    }
}

impl Socket {
    /// One receive on a plain transport for a task that has yet to run, without waiting; none where nothing came, where it is to be
    /// seen by somebody when it is received, and where there was more than bytes: a plain receive passes an urgent byte over that
    /// another task may wait for.
    #[inline]
    pub(super) fn receive_ahead(&self, size: usize) -> Option<sys::errno::Result<Kept>> {
        let source = self.source.get()?;
        // Closed by its number, the descriptor may be another's already.
        if source.is_closed() || source.is_odd() || !self.is_plain_transport() || self.net().is_observed() {
            return None;
        }
        self.check_drained(MSG_DONTWAIT).ok()?;
        let received = self.net().ahead().fill(size, |buffer| {
            sys::transfer::recv(self.fd(), buffer, MSG_DONTWAIT)
        })?;
        match &received {
            Ok(kept) => kept.with(|data| self.note_received_at_once(data, size)),
            Err(Errno::AGAIN | Errno::INTR) => return None,
            Err(_) => {}
        }
        Some(received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receives so many bytes of this value.
    fn receive(ahead: &Rc<Ahead>, size: usize, length: usize, byte: u8) -> Option<Kept> {
        ahead
            .fill(size, |room| {
                assert_eq!(room.len(), size);
                room[..length].fill(byte);
                Ok::<_, ()>(length)
            })?
            .ok()
    }

    #[test]
    fn the_buffer_is_used_again_when_all_is_fetched() {
        let ahead = Rc::new(Ahead::default());
        let first = receive(&ahead, 4096, 10, 1).unwrap();
        let second = receive(&ahead, Scratch::SIZE - 10, Ahead::ENOUGH, 2).unwrap();
        assert!(receive(&ahead, 1, 1, 3).is_none(), "there is enough");
        assert!(first.with(|bytes| bytes == [1; 10]));
        drop(first);
        assert!(second.with(|bytes| bytes.len() == Ahead::ENOUGH && bytes.iter().all(|byte| *byte == 2)));
        assert!(receive(&ahead, 1, 1, 3).is_none(), "one is still kept");
        drop(second);
        assert!(
            receive(&ahead, Scratch::SIZE + 1, 1, 3).is_none(),
            "it would not fit"
        );
        let third = receive(&ahead, Scratch::SIZE, 0, 3).unwrap();
        assert!(third.with(<[u8]>::is_empty));
        let refused = ahead.fill(1, |_| Err(Errno::CONNRESET));
        assert_eq!(refused.unwrap().map(|_| ()), Err(Errno::CONNRESET));
    }

    #[test]
    fn a_forked_child_begins_anew() {
        let ahead = Rc::new(Ahead::default());
        std::mem::forget(receive(&ahead, 100, 100, 1));
        ahead.begin_anew();
        assert_eq!(receive(&ahead, 100, 100, 2).unwrap().start, 0);
        assert_eq!(ahead.kept.get(), 0);
    }
}
