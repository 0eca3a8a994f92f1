//! One watched descriptor and the tasks that wait on it.

use std::cell::{Cell, RefCell};
use std::mem::offset_of;
use std::os::fd::RawFd;
use std::rc::Rc;

use super::task::Task;
use super::waiters::Waiters;

/// What a task waits for a descriptor to become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Interest {
    /// Something to receive, a connection to accept, the end, or an error.
    Read,
    /// Room to send, the end of a connect, or an error.
    Write,
}

/// One watched descriptor. What an event touches comes first.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Source {
    pub(super) fd: RawFd,
    /// Which of the reactor's lives the token is of.
    pub(super) life: Cell<u32>,
    pub(super) closed: Cell<bool>,
    /// Nothing is left to read, as far as known: what comes next is told by an event.
    pub(super) drained: Cell<bool>,
    /// There was more than bytes once (an end, an error, urgent bytes): a short read then says nothing.
    pub(super) odd: Cell<bool>,
    /// The kernel does not know it: a simulation tells what happens to it.
    pub(super) simulated: bool,
    pub(super) token: Cell<Option<usize>>,
    pub(super) readers: RefCell<Waiters>,
    pub(super) writers: RefCell<Waiters>,
}

impl Source {
    /// Bytes of it that each event touches, with the first who waits to read.
    pub(super) const HOT: usize = offset_of!(Self, readers) + 2 * size_of::<usize>();

    pub(super) fn new(fd: RawFd, simulated: bool) -> Self {
        Self {
            fd,
            token: Cell::new(None),
            life: Cell::new(0),
            closed: Cell::new(false),
            drained: Cell::new(false),
            odd: Cell::new(false),
            simulated,
            readers: RefCell::default(),
            writers: RefCell::default(),
        }
    }

    pub(super) fn queue(&self, interest: Interest) -> &RefCell<Waiters> {
        match interest {
            Interest::Read => &self.readers,
            Interest::Write => &self.writers,
        }
    }

    /// Takes a task out of the queue, in which it is once.
    #[inline(always)]
    pub(super) fn strike(&self, interest: Interest, task: &Rc<Task>) {
        self.queue(interest).borrow_mut().strike(task);
    }

    /// Whether tasks wait for this.
    #[inline]
    pub(crate) fn has_waiters(&self, interest: Interest) -> bool {
        !self.queue(interest).borrow().is_empty()
    }

    /// A stream of the Internet's gave less than it was asked for: it is empty, unless there was more than bytes.
    #[inline]
    pub(crate) fn note_short_read(&self) {
        self.drained.set(!self.odd.get());
    }

    /// Whether there was more than bytes: who waits for that goes first.
    #[cfg(feature = "lua")]
    #[inline]
    pub(crate) fn is_odd(&self) -> bool {
        self.odd.get()
    }

    /// Whether a read would find nothing: no event has come since one fell short.
    #[inline]
    pub(crate) fn is_drained(&self) -> bool {
        self.drained.get()
    }

    /// Whether a simulation tells what happens to it, and not the kernel.
    #[inline]
    pub(crate) fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// Whether the descriptor was closed under its waiters.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }
}
