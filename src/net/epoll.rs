//! Python's `epoll` object: a set of descriptors that the kernel keeps. It is waited for as any descriptor is.
//!
//! The kernel drops a descriptor that is closed from the set and wakes nobody. Who waits here is woken all the same, and
//! told of it as poll(2) tells of such a descriptor.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::os::fd::RawFd;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sched::{Interest, Source, deadline_after};
use crate::sys;
use crate::sys::epoll::{self, Change};
use crate::sys::errno::Errno;
use crate::sys::poll::{PollEntry, event};

use super::context::Net;
use super::delayed::Delayed;
use super::holding::earliest;
use super::io::{Patience, Watched};
use super::simnet::{Interests, World};

/// What poll(2) tells of a descriptor that is not open.
const NOT_OPEN: u32 = event::INVALID as u32;

/// A set of descriptors.
pub(crate) struct Epoll {
    net: Rc<Net>,
    fd: Cell<RawFd>,
    source: OnceCell<Rc<Source>>,
    /// What each member is waited for.
    members: RefCell<BTreeMap<RawFd, u32>>,
    /// Whether any was to be told of once.
    any_once: Cell<bool>,
    /// Members that were closed while somebody waited, until they are told of.
    closed: RefCell<Vec<RawFd>>,
    waiting: Cell<usize>,
    /// Members of a network inside the process, which the kernel cannot keep.
    simulated: Interests,
    /// Members whose transports hold back what the kernel has.
    delayed: Delayed,
}

/// The open sets of a runtime, which hear of descriptors that are closed.
#[derive(Debug, Default)]
pub(super) struct Sets(RefCell<Vec<Weak<Epoll>>>);

impl Sets {
    /// A descriptor is about to be closed or given away.
    pub(super) fn leave(&self, fd: RawFd) {
        // Most programs have no set at all.
        if self.0.borrow().is_empty() {
            return;
        }
        let sets: Vec<_> = self.0.borrow().iter().filter_map(Weak::upgrade).collect();
        for set in sets {
            set.lose(fd);
        }
    }

    fn add(&self, set: &Rc<Epoll>) {
        self.0.borrow_mut().push(Rc::downgrade(set));
    }

    /// Drops one that is closed, and those that are gone.
    fn remove(&self, set: &Epoll) {
        let is_other = |known: &Weak<Epoll>| known.strong_count() > 0 && !std::ptr::eq(known.as_ptr(), set);
        self.0.borrow_mut().retain(is_other);
    }
}

impl Epoll {
    /// A new, empty set.
    ///
    /// # Errors
    /// `EMFILE`; `NotImplementedError` where the system has none; `LimitError`, as its descriptor counts as a socket's.
    pub(crate) fn open(net: &Rc<Net>) -> Result<Rc<Self>> {
        net.afford_sockets(1).map_err(|error| error.during("epoll"))?;
        let fd = epoll::open().map_err(|errno| match errno {
            Errno::OPNOTSUPP => Error::new(
                Class::NotImplementedError,
                "select.epoll is not available on this platform (only on Linux)",
            ),
            errno => Error::from(errno).during("epoll"),
        })?;
        Ok(Self::of(net, sys::fd::into_raw(fd)))
    }

    /// The set behind a descriptor that somebody else opened and that is now this object's.
    ///
    /// # Errors
    /// The policy's refusal; `EBADF` for what the runtime lives by.
    pub(crate) fn from_fd(net: &Rc<Net>, fd: RawFd) -> Result<Rc<Self>> {
        const OP: &str = "fromfd";
        net.guard_unheard(&Request::Adopt { fd })
            .map_err(|error| error.during(OP))?;
        if net.sched().owns_fd(fd) {
            return Err(Error::from(Errno::BADF).during(OP));
        }
        Ok(Self::of(net, fd))
    }

    fn of(net: &Rc<Net>, fd: RawFd) -> Rc<Self> {
        net.own_fds.add(fd);
        net.meter.count_set();
        let set = Rc::new(Self {
            net: net.clone(),
            fd: Cell::new(fd),
            source: OnceCell::new(),
            members: RefCell::default(),
            any_once: Cell::new(false),
            closed: RefCell::default(),
            waiting: Cell::new(0),
            simulated: Interests::default(),
            delayed: Delayed::default(),
        });
        net.sets.add(&set);
        set
    }

    /// A descriptor that may be a member is about to be closed.
    fn lose(&self, fd: RawFd) {
        self.simulated.lose(fd);
        self.delayed.lose(fd);
        if self.members.borrow_mut().remove(&fd).is_none() || self.waiting.get() == 0 {
            return;
        }
        self.closed.borrow_mut().push(fd);
        if let Some(source) = self.source.get() {
            self.net.sched().pass_on(source, Interest::Read);
        }
    }

    /// Whether it was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.fd.get() < 0
    }

    /// Its descriptor.
    ///
    /// # Errors
    /// `ValueError` when it is closed.
    pub(crate) fn fileno(&self) -> Result<RawFd> {
        match self.fd.get() {
            fd if fd >= 0 => Ok(fd),
            _ => Err(Error::value("I/O operation on closed epoll object")),
        }
    }

    /// Adds a descriptor, changes what it is waited for, or takes it out.
    ///
    /// # Errors
    /// `EEXIST`, `ENOENT`, `EBADF`; `EPERM` for a descriptor that cannot be waited for; `ValueError` when it is closed.
    pub(crate) fn change(&self, change: Change, fd: RawFd, events: u32) -> Result<()> {
        let op = match change {
            Change::Add => "register",
            Change::Modify => "modify",
            Change::Remove => "unregister",
        };
        let set = self.fileno()?;
        if self.net.sched().owns_fd(fd) {
            return Err(Error::from(Errno::BADF).during(op));
        }
        match self.net.world() {
            Some(world) if world.has(fd) => self.simulated.change(change, fd, events),
            _ => {
                self.delayed.put_back(set, fd, self.members.borrow().get(&fd));
                epoll::change(set, change, fd, events)
            }
        }
        .map_err(|errno| Error::from(errno).during(op))?;
        self.any_once
            .set(self.any_once.get() || events & epoll::ONCE != 0);
        let mut members = self.members.borrow_mut();
        match change {
            Change::Add | Change::Modify => members.insert(fd, events),
            Change::Remove => members.remove(&fd),
        };
        Ok(())
    }

    /// The descriptors that are ready and what for, `most` at once, as soon as there are any; none when the time is over.
    /// One that is closed meanwhile is told of with `POLLNVAL`.
    ///
    /// # Errors
    /// `ValueError` when it is closed, `EBADF` when that happens meanwhile; cancellation.
    pub(crate) fn poll(&self, timeout: Option<Duration>, most: usize) -> Result<Vec<(RawFd, u32)>> {
        let number = self.fileno()?;
        if let Some(world) = self.net.world()
            && !self.simulated.is_empty()
        {
            return self.poll_simulated(world, number, timeout, most);
        }
        let end = timeout.and_then(deadline_after);
        loop {
            // What a transport holds back until then is news that no descriptor tells of.
            let late = self
                .delayed
                .renew(number, &self.members.borrow(), &self.net.holding);
            let until = earliest(end, earliest(self.held().1, late));
            let patience = match timeout {
                Some(Duration::ZERO) => Patience::Never,
                _ => until.map_or(Patience::Until(None), Patience::Kernel),
            };
            let ready = self.poll_for(patience, most)?;
            let is_over = || end.is_some_and(|end| end <= crate::sched::now());
            if !ready.is_empty() || patience == Patience::Never || is_over() {
                return Ok(ready);
            }
        }
    }

    /// Waits once, as long as `patience` says; returns nothing earlier where something was to be told that is held back.
    fn poll_for(&self, patience: Patience, most: usize) -> Result<Vec<(RawFd, u32)>> {
        let watched = Watched {
            sched: self.net.sched(),
            fd: &self.fd,
            source: &self.source,
            socket: None,
            reads_plainly: false,
            goes_first: false,
        };
        self.waiting.set(self.waiting.get() + 1);
        let ready = watched.run(Interest::Read, patience, |set, flags| {
            let closed = self.closed.take();
            if !closed.is_empty() {
                return Ok(closed.into_iter().map(|fd| (fd, NOT_OPEN)).collect());
            }
            let held = self.held().0;
            if !held.is_empty() {
                let mut told = match epoll::wait(set, most, Some(Duration::ZERO)) {
                    Err(Errno::AGAIN) => Vec::new(),
                    told => self.told_by_kernel(told?),
                };
                self.add_held(set, held, &mut told, most);
                return Ok(told);
            }
            // Where nobody else needs the thread the kernel keeps the time.
            let limit = match (flags, patience) {
                (0, Patience::Until(None)) => None,
                (0, Patience::Kernel(deadline)) => {
                    Some(deadline.saturating_duration_since(crate::sched::now()))
                }
                _ => Some(Duration::ZERO),
            };
            epoll::wait(set, most, limit).map(|told| self.told_by_kernel(told))
        });
        self.waiting.set(self.waiting.get() - 1);
        if self.waiting.get() == 0 {
            self.closed.take();
        }
        match ready {
            Err(error) if error.errno() == Some(Errno::AGAIN.0) => Ok(Vec::new()),
            ready => ready.map_err(|error| error.during("poll")),
        }
    }

    /// Members of which there is something to receive that the kernel knows nothing of, what to tell of each, and when the next of
    /// what is held back is one.
    fn held(&self) -> (Vec<(RawFd, u32)>, Option<Instant>) {
        let mut held = Vec::new();
        let members = self.members.borrow();
        let next = self.net.holding.walk(|fd, now| {
            let events = members.get(&fd).copied().unwrap_or_default();
            let asked = events & (epoll::IN | epoll::RDNORM);
            if now && asked != 0 {
                held.push((fd, asked));
            }
            asked != 0
        });
        (held, next)
    }

    /// What the kernel tells, without what is held back; that drops what a member that is to be told of once is waited for.
    fn told_by_kernel(&self, mut told: Vec<(RawFd, u32)>) -> Vec<(RawFd, u32)> {
        self.delayed.hold_back(&mut told, &self.net.holding);
        if !self.any_once.get() {
            return told;
        }
        let mut members = self.members.borrow_mut();
        for (fd, _) in &told {
            if let Some(events) = members.get_mut(fd)
                && *events & epoll::ONCE != 0
            {
                *events = epoll::ONCE;
            }
        }
        told
    }

    /// Adds what the kernel does not know of, `most` in all.
    fn add_held(&self, set: RawFd, held: Vec<(RawFd, u32)>, told: &mut Vec<(RawFd, u32)>, most: usize) {
        for (fd, events) in held {
            if let Some((_, known)) = told.iter_mut().find(|(known, _)| *known == fd) {
                *known |= events;
            } else if told.len() < most {
                told.push((fd, events));
                if let Some(events) = self.members.borrow_mut().get_mut(&fd)
                    && *events & epoll::ONCE != 0
                {
                    *events = epoll::ONCE;
                    // One that has gone meanwhile is waited for by nobody.
                    let _ = epoll::change(set, Change::Modify, fd, epoll::ONCE);
                }
            }
        }
    }

    /// As [`Self::poll`], of members in a network inside the process and those of the kernel's beside them.
    fn poll_simulated(
        &self,
        world: &World,
        number: RawFd,
        timeout: Option<Duration>,
        most: usize,
    ) -> Result<Vec<(RawFd, u32)>> {
        let mut entries = self.simulated.entries();
        let simulated = entries.len();
        if self.members.borrow().keys().any(|fd| !world.has(*fd)) {
            entries.push(PollEntry {
                fd: number,
                events: event::READABLE,
                revents: 0,
            });
        }
        self.waiting.set(self.waiting.get() + 1);
        let refusals = |fd| self.net.holding.late(fd).map_or(0, |late| late.refusals());
        let is_news = |entry: &PollEntry| {
            if entry.fd == number {
                entry.revents != 0
            } else {
                self.simulated.is_news(world, entry, refusals(entry.fd))
            }
        };
        let polled = self
            .net
            .poll_entries(&mut entries, timeout, |entries| entries.iter().any(is_news));
        self.waiting.set(self.waiting.get() - 1);
        let closed = self.closed.take();
        polled.map_err(|error| error.during("poll"))?;
        let mut told: Vec<_> = closed.into_iter().map(|fd| (fd, NOT_OPEN)).collect();
        for entry in entries[..simulated].iter().filter(|entry| is_news(entry)) {
            if told.len() < most && entry.revents & event::INVALID == 0 {
                self.simulated.note_told(world, entry.fd, refusals(entry.fd));
                told.push((entry.fd, u32::from(entry.revents.cast_unsigned())));
            }
        }
        if entries.len() > simulated && most > told.len() {
            let others = epoll::wait(number, most - told.len(), Some(Duration::ZERO));
            told.extend(others.unwrap_or_default());
        }
        Ok(told)
    }

    /// Closes it; one that is closed is left alone. Who waits on it gets `EBADF`.
    ///
    /// # Errors
    /// What close(2) reports; the descriptor is gone all the same.
    pub(crate) fn close(&self) -> Result<()> {
        let Some(fd) = self.leave() else { return Ok(()) };
        sys::fd::close(fd).map_err(|errno| Error::from(errno).during("close"))
    }

    fn leave(&self) -> Option<RawFd> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return None;
        }
        self.net.sets.remove(self);
        self.net.meter.count_set_closed();
        self.net.leave_fd(fd, &self.source);
        Some(fd)
    }
}

impl Drop for Epoll {
    fn drop(&mut self) {
        if let Some(fd) = self.leave() {
            // A collected object has nobody to tell.
            let _ = sys::fd::close(fd);
        }
    }
}

impl fmt::Debug for Epoll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<epoll {}>", self.fd.get())
    }
}
