//! Members of an epoll set of which the kernel has something that their transport holds back. They are out of the kernel's set
//! until that is due, and then come into it again: the kernel looks at a member that is added, so that it is told of, be it by
//! an edge or as long as it is ready.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::os::fd::RawFd;
use std::time::Instant;

use crate::sys::epoll::{self, Change, EDGE, EXCLUSIVE, ONCE, WAKEUP};

use super::holding::{Holding, Late, earliest};

/// How events are told of, and not which.
const MANNERS: u32 = EDGE | ONCE | EXCLUSIVE | WAKEUP;

/// The members of one set that are known to be late now and then.
#[derive(Debug, Default)]
pub(super) struct Delayed(RefCell<BTreeMap<RawFd, Member>>);

#[derive(Clone, Copy, Debug, Default)]
struct Member {
    /// What the kernel is not asked for at present.
    out: u32,
    /// Calls that had been told to wait when the kernel was last asked.
    refusals: u64,
}

impl Delayed {
    /// A descriptor is closed, or its member is changed.
    pub(super) fn lose(&self, fd: RawFd) {
        self.0.borrow_mut().remove(&fd);
    }

    /// Before a member is changed: it is in the kernel's set as the script has it.
    pub(super) fn put_back(&self, set: RawFd, fd: RawFd, events: Option<&u32>) {
        let member = self.0.borrow_mut().remove(&fd);
        if let (Some(member), Some(events)) = (member, events)
            && member.out != 0
        {
            ask(set, fd, *events);
        }
    }

    /// Before the set is waited for: has the kernel asked for what is due, and not for what is late. Returns when that is due.
    pub(super) fn renew(
        &self,
        set: RawFd,
        members: &BTreeMap<RawFd, u32>,
        holding: &Holding,
    ) -> Option<Instant> {
        if !holding.has_late() {
            return None;
        }
        let mut next = None;
        let mut known = self.0.borrow_mut();
        for (fd, events) in members.iter().filter(|(_, events)| **events & !MANNERS != 0) {
            let Some(late) = holding.late(*fd) else { continue };
            let member = known.entry(*fd).or_default();
            if member.out != 0 || member.refusals != late.refusals() {
                next = earliest(next, member.look(set, *fd, *events, &*late));
            }
        }
        next
    }

    /// Takes out what the kernel tells and is late. It is asked for again by [`Self::renew`].
    pub(super) fn hold_back(&self, told: &mut Vec<(RawFd, u32)>, holding: &Holding) {
        if !holding.has_late() {
            return;
        }
        told.retain_mut(|(fd, events)| {
            let Some(late) = holding.late(*fd) else {
                return true;
            };
            let outlook = late.outlook(*fd);
            let untrue = in_words_of_poll(*events, |told| outlook.untrue(told));
            if *events & untrue != 0 {
                self.0.borrow_mut().entry(*fd).or_default().out |= *events & untrue;
                *events &= !untrue;
            }
            *events != 0
        });
    }
}

impl Member {
    /// Has the kernel look at the member anew, without what is late. Returns when that is due.
    fn look(&mut self, set: RawFd, fd: RawFd, events: u32, late: &dyn Late) -> Option<Instant> {
        let outlook = late.outlook(fd);
        self.refusals = late.refusals();
        self.out = events & in_words_of_poll(events, |asked| outlook.late(asked));
        ask(set, fd, events & !self.out);
        outlook.next()
    }
}

/// The bits of events have the same numbers in both.
fn in_words_of_poll(events: u32, choose: impl FnOnce(i16) -> i16) -> u32 {
    let events = u16::try_from(events & 0x7fff).unwrap_or(0).cast_signed();
    u32::from(choose(events).cast_unsigned())
}

/// Has the kernel wait for these events anew, or for none.
fn ask(set: RawFd, fd: RawFd, events: u32) {
    // A descriptor that has gone meanwhile is no member any more.
    let _ = epoll::change(set, Change::Remove, fd, 0);
    if events & !MANNERS != 0 {
        let _ = epoll::change(set, Change::Add, fd, events);
    }
}
