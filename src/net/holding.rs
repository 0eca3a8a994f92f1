//! Sockets whose transport takes more from what lies below than a script has asked for: TLS takes whole records, faults hold
//! datagrams back. No readiness of a descriptor tells of what lies there: transports note it here, and those who wait for any of
//! many look here too.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::os::fd::RawFd;
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

/// The descriptors whose transports hold something, and from when on that can be received, where it cannot yet.
#[derive(Debug, Default)]
pub(super) struct Holding(RefCell<BTreeMap<RawFd, Option<Instant>>>);

impl Holding {
    /// A transport holds this now; `noted` is what it has told before.
    #[inline]
    pub(super) fn note(&self, fd: RawFd, noted: &Cell<Held>, held: Held) {
        if noted.replace(held) != held {
            self.set(fd, held);
        }
    }

    fn set(&self, fd: RawFd, held: Held) {
        let mut all = self.0.borrow_mut();
        match held {
            Held::Nothing => all.remove(&fd),
            Held::Something => all.insert(fd, None),
            Held::From(at) => all.insert(fd, Some(at)),
        };
    }

    /// As a rule nobody holds anything.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// A descriptor is about to be closed or given away.
    pub(super) fn remove(&self, fd: RawFd) {
        if !self.is_empty() {
            self.0.borrow_mut().remove(&fd);
        }
    }

    /// Hands each descriptor to `ask`, and whether it can be received from now. Returns when the next can, of those that `ask` says
    /// matter.
    pub(super) fn walk(&self, mut ask: impl FnMut(RawFd, bool) -> bool) -> Option<Instant> {
        let all = self.0.borrow();
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
