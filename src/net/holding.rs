//! Sockets whose transport takes more from what lies below than a script has asked for: TLS takes whole records, faults hold
//! datagrams back. No readiness of a descriptor tells of what lies there, so those who wait for any of many ask here too.

use std::cell::RefCell;
use std::collections::HashMap;
use std::os::fd::RawFd;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use crate::sched::deadline_after;
use crate::sys::poll::{PollEntry, event};

use super::transport::Transport;

/// The transports that may hold something to receive, by their descriptors.
#[derive(Default)]
pub(super) struct Holding(RefCell<HashMap<RawFd, Weak<dyn Transport>>>);

impl Holding {
    /// Most programs have no such socket.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub(super) fn add(&self, fd: RawFd, transport: &Rc<dyn Transport>) {
        self.0.borrow_mut().insert(fd, Rc::downgrade(transport));
    }

    /// A descriptor is about to be closed or given away.
    pub(super) fn remove(&self, fd: RawFd) {
        if !self.is_empty() {
            self.0.borrow_mut().remove(&fd);
        }
    }

    /// As [`Transport::held`], of a descriptor.
    pub(super) fn held(&self, fd: RawFd) -> Option<Duration> {
        let transport = self.0.borrow().get(&fd)?.upgrade()?;
        transport.held()
    }

    /// Adds to what poll(2) has told; returns when the next of what is held back can be received.
    pub(super) fn add_to(&self, entries: &mut [PollEntry]) -> Option<Instant> {
        if self.is_empty() {
            return None;
        }
        let mut next = None;
        for entry in entries {
            let asked = entry.events & (event::READABLE | event::READABLE_NORMAL);
            match self.held(entry.fd) {
                Some(Duration::ZERO) => entry.revents |= asked,
                Some(rest) if asked != 0 => next = earliest(next, deadline_after(rest)),
                _ => {}
            }
        }
        next
    }
}

impl std::fmt::Debug for Holding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.borrow().keys()).finish()
    }
}

/// The earlier of two moments, of which there may be none.
pub(super) fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
