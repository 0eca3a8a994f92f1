//! Waiting for any of many descriptors: what `select`, `poll` and the selectors stand on. The kernel's poll(2) says what is
//! ready, and the scheduler waits, so that there is no limit on numbers and other tasks run meanwhile.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::error::{Argument, Class, Error, Result};
use crate::policy::Request;
use crate::sched::{Alarms, Interest, Wake, Watch, deadline_after};
use crate::sys::errno::Errno;
use crate::sys::poll::{self, PollEntry, event};

use super::context::Net;
use super::holding::{HeldBack, earliest};

/// What is waited for in the direction of sending; all else is receiving's.
const SENDING: i16 = event::WRITABLE | event::WRITABLE_NORMAL | event::WRITABLE_BAND;

/// The descriptors of a runtime's own sockets and sets: whose closing it hears of, and which no policy guards.
#[derive(Debug, Default)]
pub(super) struct OwnFds(RefCell<Vec<bool>>);

impl OwnFds {
    pub(super) fn add(&self, fd: RawFd) {
        self.set(fd, true);
    }

    /// It is about to be closed or given away.
    pub(super) fn remove(&self, fd: RawFd) {
        self.set(fd, false);
    }

    fn has(&self, fd: RawFd) -> bool {
        let place = usize::try_from(fd).ok();
        place.is_some_and(|place| self.0.borrow().get(place) == Some(&true))
    }

    fn set(&self, fd: RawFd, own: bool) {
        let Ok(place) = usize::try_from(fd) else { return };
        let mut all = self.0.borrow_mut();
        if all.len() <= place {
            all.resize(place + 1, false);
        }
        all[place] = own;
    }
}

impl Net {
    /// Judges a descriptor that a script names by its number: its own need no grant.
    ///
    /// # Errors
    /// The policy's refusal; `EBADF` for what the runtime itself lives by.
    pub(crate) fn check_number(&self, fd: RawFd, op: &'static str) -> Result<()> {
        if self.own_fds.has(fd) {
            return Ok(());
        }
        self.guard_unheard(&Request::Adopt { fd })
            .map_err(|error| error.during(op))?;
        if self.sched().owns_fd(fd) {
            return Err(Error::from(Errno::BADF).during(op));
        }
        Ok(())
    }

    /// Waits until `is_done` says that what poll(2) tells of these descriptors is enough, at most `timeout`; false when
    /// that is over. A descriptor that is closed meanwhile is told of as one that is not open.
    ///
    /// # Errors
    /// Cancellation; whatever ends the task; `ENOMEM`.
    pub(crate) fn poll_entries(
        &self,
        entries: &mut [PollEntry],
        timeout: Option<Duration>,
        is_done: impl Fn(&[PollEntry]) -> bool,
    ) -> Result<bool> {
        let sched = self.sched();
        sched.tick()?;
        let deadline = timeout.and_then(deadline_after);
        let sources: Vec<OnceCell<_>> = entries.iter().map(|_| OnceCell::new()).collect();
        let outcome = self.poll_watched(entries, &sources, timeout.is_some().then_some(deadline), is_done);
        for (entry, source) in entries.iter().zip(&sources) {
            if let Some(source) = source.get()
                && !self.own_fds.has(entry.fd)
            {
                sched.unwatch(source);
            }
        }
        outcome
    }

    /// What is ready now: the kernel says so, a network inside the process, or a transport that has taken it already, and no
    /// transport holds it back. Returns what is ready later, and when.
    fn look_at(&self, entries: &mut [PollEntry]) -> crate::sys::errno::Result<HeldBack> {
        self.look_below(entries)?;
        let mut back = self.holding.hold_back(entries);
        back.next = earliest(back.next, self.holding.add_to(entries));
        Ok(back)
    }

    fn look_below(&self, entries: &mut [PollEntry]) -> crate::sys::errno::Result<usize> {
        let Some(world) = self.world() else {
            return poll::poll_many(entries, Some(Duration::ZERO));
        };
        world.simulation().step();
        let mut foreign: Vec<_> = entries.to_vec();
        for entry in &mut foreign {
            if world.has(entry.fd) {
                entry.fd = -1;
            }
        }
        poll::poll_many(&mut foreign, Some(Duration::ZERO))?;
        let always = event::ERROR | event::HANGUP | event::INVALID;
        for (entry, other) in entries.iter_mut().zip(&foreign) {
            entry.revents = match world.poll(entry.fd) {
                Some(events) => events & (entry.events | always),
                None => other.revents,
            };
        }
        Ok(entries.iter().filter(|entry| entry.revents != 0).count())
    }

    /// Descriptors of a network inside the process are waited for without the kernel, also where no socket of ours has them.
    fn watch_simulated(
        &self,
        entries: &[PollEntry],
        sources: &[OnceCell<Rc<crate::sched::Source>>],
    ) -> Result<()> {
        let Some(world) = self.world() else { return Ok(()) };
        for (entry, source) in entries.iter().zip(sources) {
            if source.get().is_none() && world.has(entry.fd) {
                let simulated = self.sched().simulated_source(entry.fd)?;
                // It was empty.
                let _ = source.set(simulated);
            }
        }
        Ok(())
    }

    /// `limit` is none for ever; a moment the clock cannot tell is for ever too.
    fn poll_watched(
        &self,
        entries: &mut [PollEntry],
        sources: &[OnceCell<Rc<crate::sched::Source>>],
        limit: Option<Option<Instant>>,
        is_done: impl Fn(&[PollEntry]) -> bool,
    ) -> Result<bool> {
        let sched = self.sched();
        let deadline = limit.flatten();
        let mut alarms = Alarms::default();
        loop {
            let back = match self.look_at(entries) {
                Ok(back) => back,
                Err(Errno::INTR) => {
                    sched.check_doom()?;
                    continue;
                }
                Err(errno) => return Err(errno.into()),
            };
            for (entry, source) in entries.iter_mut().zip(sources) {
                if source.get().is_some_and(|source| source.is_closed()) {
                    entry.revents = event::INVALID;
                }
            }
            if is_done(entries) {
                return Ok(true);
            }
            if deadline.is_some_and(|deadline| deadline <= crate::sched::now()) {
                return Ok(false);
            }
            // What is ready for something nobody asked about would end each wait at once.
            if sched.keep_still(&mut alarms, deadline)? {
                continue;
            }
            self.watch_simulated(entries, sources)?;
            let watches: Vec<_> = entries
                .iter()
                .zip(sources)
                .filter(|(entry, _)| entry.fd >= 0)
                .filter_map(|(entry, source)| Some((back.awaited(entry)?, source)))
                .flat_map(|(entry, source)| watches(entry, source))
                .collect();
            if sched.wait_any(&watches, earliest(deadline, back.next))? == Wake::Ready {
                alarms.ring();
            }
        }
    }
}

/// How a descriptor is watched: in one direction or both.
fn watches<'a>(
    entry: PollEntry,
    source: &'a OnceCell<Rc<crate::sched::Source>>,
) -> impl Iterator<Item = Watch<'a>> {
    let (fd, events) = (entry.fd, entry.events);
    let (sending, receiving) = (events & SENDING, events & !SENDING);
    let watch = move |interest, events| Watch {
        events,
        ..Watch::new(source, fd, interest)
    };
    // Errors and the end are told of in any case.
    let receives = (receiving != 0 || sending == 0).then(|| watch(Interest::Read, receiving));
    let sends = (sending != 0).then(|| watch(Interest::Write, sending));
    receives.into_iter().chain(sends)
}

/// Python's polling object: descriptors and what is waited for, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Poll {
    order: RefCell<BTreeMap<u64, (RawFd, u16)>>,
    places: RefCell<HashMap<RawFd, u64>>,
    made: Cell<u64>,
    busy: Cell<bool>,
}

impl Poll {
    /// Adds a descriptor, or changes what it is waited for.
    pub(crate) fn register(&self, fd: RawFd, events: u16) {
        let place = *self.places.borrow_mut().entry(fd).or_insert_with(|| {
            self.made.set(self.made.get() + 1);
            self.made.get()
        });
        self.order.borrow_mut().insert(place, (fd, events));
    }

    /// Changes what a descriptor is waited for.
    ///
    /// # Errors
    /// `ENOENT` for one that is not registered.
    pub(crate) fn modify(&self, fd: RawFd, events: u16) -> Result<()> {
        if !self.places.borrow().contains_key(&fd) {
            return Err(Error::from(Errno::NOENT).during("modify"));
        }
        self.register(fd, events);
        Ok(())
    }

    /// Takes a descriptor out.
    ///
    /// # Errors
    /// `KeyError` for one that is not registered.
    pub(crate) fn unregister(&self, fd: RawFd) -> Result<()> {
        let place = self.places.borrow_mut().remove(&fd);
        match place.and_then(|place| self.order.borrow_mut().remove(&place)) {
            Some(_) => Ok(()),
            None => {
                Err(Error::new(Class::KeyError, fd.to_string())
                    .with_arguments(vec![Argument::Int(fd.into())]))
            }
        }
    }

    /// The descriptors that are ready and what for, as soon as there are any; none when the time is over.
    ///
    /// # Errors
    /// `RuntimeError` while another task polls; cancellation.
    pub(crate) fn poll(&self, net: &Net, timeout: Option<Duration>) -> Result<Vec<(RawFd, u16)>> {
        if self.busy.replace(true) {
            return Err(Error::runtime("concurrent poll() invocation"));
        }
        let mut entries: Vec<_> = self
            .order
            .borrow()
            .values()
            .map(|(fd, events)| PollEntry {
                fd: *fd,
                events: events.cast_signed(),
                revents: 0,
            })
            .collect();
        let any = |entries: &[PollEntry]| entries.iter().any(|entry| entry.revents != 0);
        let outcome = net.poll_entries(&mut entries, timeout, any);
        self.busy.set(false);
        outcome.map_err(|error| error.during("poll"))?;
        let ready = entries.iter().filter(|entry| entry.revents != 0);
        Ok(ready
            .map(|entry| (entry.fd, entry.revents.cast_unsigned()))
            .collect())
    }
}
