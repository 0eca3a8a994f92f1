//! Sockets whose transport takes more from what lies below than a script has asked for: TLS takes whole records, faults hold
//! datagrams back. No readiness of a descriptor tells of what lies there: transports note it here, and those who wait for any of
//! many look here too. The other way round, faults hold back what lies in the kernel, which calls it ready: such transports are
//! asked before that is told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::os::fd::RawFd;
use std::rc::{Rc, Weak};
use std::time::Instant;

use crate::sys::poll::{PollEntry, event};

/// What a transport has taken that can be received from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Held {
    #[default]
    Nothing,
    Something,
    /// From then on.
    From(Instant),
}

/// A transport that holds back what the kernel calls ready.
pub(super) trait Late {
    /// What it holds back at this moment; what it sees for the first time has arrived just now.
    fn outlook(&self, fd: RawFd) -> Outlook;

    /// How many calls it has told that they would have to wait, of which the kernel knows nothing.
    fn refusals(&self) -> u64;
}

/// What is not ready though the kernel says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Outlook {
    /// Nothing can be received before then.
    pub(super) read: Option<Instant>,
    /// Nothing can be sent before then.
    pub(super) write: Option<Instant>,
    /// What there was to receive has gone to the transport, or is lost.
    pub(super) is_empty: bool,
}

impl Outlook {
    /// The bits that are not true, of those poll(2) and `epoll_wait` tell: their numbers are the same.
    pub(super) fn untrue(self, told: i16) -> i16 {
        const READING: i16 =
            event::READABLE | event::READABLE_NORMAL | event::READABLE_BAND | event::READ_ENDED;
        const WRITING: i16 = event::WRITABLE | event::WRITABLE_NORMAL | event::WRITABLE_BAND;
        let mut bits = 0;
        if self.read.is_some() {
            bits |= READING | event::HANGUP;
            if told & event::HANGUP != 0 {
                bits |= event::ERROR;
            }
        } else if self.is_empty {
            bits |= event::READABLE | event::READABLE_NORMAL;
        }
        if self.write.is_some() {
            bits |= WRITING;
        }
        bits
    }

    /// As [`Self::untrue`], of what is true later.
    pub(super) fn late(self, told: i16) -> i16 {
        let late = Self {
            is_empty: false,
            ..self
        };
        late.untrue(told)
    }

    /// When the first of what is held back is not any more.
    pub(super) fn next(self) -> Option<Instant> {
        earliest(self.read, self.write)
    }
}

/// What poll(2) has told too early.
#[derive(Debug, Default)]
pub(super) struct HeldBack {
    /// When the next of it is true.
    pub(super) next: Option<Instant>,
    late: BTreeMap<RawFd, i16>,
}

impl HeldBack {
    /// What there is to wait for in the kernel: it would tell the rest again at once.
    pub(super) fn awaited(&self, entry: &PollEntry) -> Option<PollEntry> {
        let events = entry.events & !self.late.get(&entry.fd).copied().unwrap_or_default();
        (events != 0 || entry.events == 0).then_some(PollEntry { events, ..*entry })
    }
}

/// The descriptors whose transports hold something, and from when on that can be received, where it cannot yet; and those whose
/// transports hold back what the kernel has.
#[derive(Default)]
pub(super) struct Holding {
    held: RefCell<BTreeMap<RawFd, Option<Instant>>>,
    late: RefCell<BTreeMap<RawFd, Weak<dyn Late>>>,
}

impl fmt::Debug for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Holding")
            .field("held", &self.held)
            .finish_non_exhaustive()
    }
}

impl Holding {
    /// A transport holds this now; `noted` is what it has told before.
    #[inline]
    pub(super) fn note(&self, fd: RawFd, noted: &Cell<Held>, held: Held) {
        if noted.replace(held) != held {
            self.set(fd, held);
        }
    }

    fn set(&self, fd: RawFd, held: Held) {
        let mut all = self.held.borrow_mut();
        match held {
            Held::Nothing => all.remove(&fd),
            Held::Something => all.insert(fd, None),
            Held::From(at) => all.insert(fd, Some(at)),
        };
    }

    /// As a rule nobody holds anything.
    pub(super) fn is_empty(&self) -> bool {
        self.held.borrow().is_empty()
    }

    /// A descriptor is about to be closed or given away.
    pub(super) fn remove(&self, fd: RawFd) {
        if !self.is_empty() {
            self.held.borrow_mut().remove(&fd);
        }
        if self.has_late() {
            self.late.borrow_mut().remove(&fd);
        }
    }

    /// A transport will hold back what the kernel has.
    pub(super) fn add_late(&self, fd: RawFd, late: Weak<dyn Late>) {
        self.late.borrow_mut().insert(fd, late);
    }

    /// As a rule nobody does.
    pub(super) fn has_late(&self) -> bool {
        !self.late.borrow().is_empty()
    }

    /// Who holds back what the kernel has for this descriptor.
    pub(super) fn late(&self, fd: RawFd) -> Option<Rc<dyn Late>> {
        self.late.borrow().get(&fd)?.upgrade()
    }

    /// Takes back what poll(2) has told and is not true yet.
    pub(super) fn hold_back(&self, entries: &mut [PollEntry]) -> HeldBack {
        let mut back = HeldBack::default();
        if !self.has_late() {
            return back;
        }
        for entry in entries.iter_mut().filter(|entry| entry.revents != 0) {
            if let Some(late) = self.late(entry.fd) {
                let outlook = late.outlook(entry.fd);
                let late = entry.revents & outlook.late(entry.revents);
                if late != 0 {
                    back.next = earliest(back.next, outlook.next());
                    *back.late.entry(entry.fd).or_default() |= late;
                }
                entry.revents &= !outlook.untrue(entry.revents);
            }
        }
        back
    }

    /// Hands each descriptor to `ask`, and whether it can be received from now. Returns when the next can, of those that `ask` says
    /// matter.
    pub(super) fn walk(&self, mut ask: impl FnMut(RawFd, bool) -> bool) -> Option<Instant> {
        let all = self.held.borrow();
        if all.is_empty() {
            return None;
        }
        let now = crate::sched::now();
        let mut next = None;
        for (fd, since) in &*all {
            let later = since.filter(|at| *at > now);
            if ask(*fd, later.is_none()) {
                next = earliest(next, later);
            }
        }
        next
    }

    /// Adds to what poll(2) has told; returns when the next of what is held back can be received.
    pub(super) fn add_to(&self, entries: &mut [PollEntry]) -> Option<Instant> {
        const RECEIVING: i16 = event::READABLE | event::READABLE_NORMAL;
        self.walk(|fd, now| {
            let mut matters = false;
            for entry in entries.iter_mut().filter(|entry| entry.fd == fd) {
                let asked = entry.events & RECEIVING;
                matters |= asked != 0;
                if now {
                    entry.revents |= asked;
                }
            }
            matters
        })
    }
}

/// The earlier of two moments, of which there may be none.
pub(super) fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
