//! Descriptors watched for all tasks at once.
//!
//! A [`Source`] is registered once, edge-triggered, for both directions, at the first wait, and stays registered until its
//! socket closes. Each direction has a queue; an event wakes the first in it, who wakes the next when done: first come, first
//! served, and no stampede.

use std::cell::{Cell, OnceCell, RefCell, RefMut};
use std::os::fd::{AsRawFd, RawFd};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Events, Poll, Token};

use crate::sys::errno::{Errno, Result};
use crate::sys::prefetch;
use crate::sys::wake::Waker;

use super::queue::CROWD;
use super::simulation::Notice;
use super::source::{Interest, Source};
use super::task::Task;
use super::wait::Wake;

/// Events taken at once. The kernel looks at each descriptor then, and so do we: of many more, the first would have left the
/// processor's cache before their tasks run.
const MOST_EVENTS: usize = 128;
/// Token of the waker: above any slot number.
const WAKER: Token = Token(usize::MAX);
/// Low bits of a token: the slot. The rest is the slot's generation, so that a late event cannot find a new owner.
const SLOT_BITS: u32 = 32;
const SLOT_MASK: usize = (1 << SLOT_BITS) - 1;

struct Slot {
    generation: usize,
    source: Option<Rc<Source>>,
}

/// The descriptors of one scheduler.
pub(super) struct Reactor {
    /// With one in it that wakes. None in a forked child before its first wait.
    set: RefCell<Option<Set>>,
    events: RefCell<Events>,
    /// Counts the forks: a child watches nothing of what its parent watches.
    life: Cell<u32>,
    slots: RefCell<Vec<Slot>>,
    free: RefCell<Vec<usize>>,
    /// Sources by the numbers of their descriptors, which are small.
    by_fd: RefCell<Vec<Weak<Source>>>,
    /// Tasks that wait on some source.
    pub(super) waiters: Cell<usize>,
}

impl Reactor {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            set: RefCell::new(Some(Set::open()?)),
            events: RefCell::new(Events::with_capacity(MOST_EVENTS)),
            life: Cell::new(0),
            slots: RefCell::default(),
            free: RefCell::default(),
            by_fd: RefCell::default(),
            waiters: Cell::new(0),
        })
    }

    /// In a forked child: begins anew, with a set of its own when it next waits. The set it had is the parent's, in which nothing may
    /// be changed; what was watched is registered again when it is next waited for.
    pub(super) fn begin_anew(&self) {
        // Closes the child's copies of the parent's descriptors and nothing else.
        drop(self.set.take());
        self.life.set(self.life.get() + 1);
        // Tasks that are gone wait in them.
        std::mem::forget(self.slots.take());
        std::mem::forget(self.by_fd.take());
        self.free.take();
        self.waiters.set(0);
    }

    /// The set, opened anew in a forked child.
    fn set(&self) -> std::io::Result<RefMut<'_, Set>> {
        let mut set = self.set.borrow_mut();
        if set.is_none() {
            *set = Some(Set::open()?);
        }
        RefMut::filter_map(set, Option::as_mut).map_err(|_| Errno::BADF.into())
    }

    /// Readable when there are events to take.
    pub(super) fn descriptor(&self) -> Result<RawFd> {
        Ok(self.set()?.poll.as_raw_fd())
    }

    /// Whether the descriptor is one the reactor cannot live without.
    pub(super) fn owns(&self, fd: RawFd) -> bool {
        let set = self.set.borrow();
        set.as_ref()
            .is_some_and(|set| fd == set.waker.fd() || fd == set.poll.as_raw_fd())
    }

    pub(super) fn waker(&self) -> Result<Arc<Waker>> {
        Ok(self.set()?.waker.clone())
    }

    /// Registers a source again that was registered before a fork.
    ///
    /// # Errors
    /// `EBADF` where its descriptor was closed.
    #[inline]
    pub(super) fn keep(&self, source: &Rc<Source>) -> Result<()> {
        if source.closed.get() {
            return Err(Errno::BADF);
        }
        if source.life.get() == self.life.get() || source.simulated {
            return Ok(());
        }
        std::mem::forget(source.readers.take());
        std::mem::forget(source.writers.take());
        self.register(source)
    }

    /// The source of `fd`, which has its place in `source` once it was waited for; none where it is always ready.
    #[inline]
    pub(super) fn watched<'a>(
        &self,
        source: &'a OnceCell<Rc<Source>>,
        fd: RawFd,
    ) -> Result<Option<&'a Rc<Source>>> {
        if let Some(source) = source.get() {
            self.keep(source)?;
            return Ok(Some(source));
        }
        match self.source(fd) {
            Ok(new) => Ok(Some(source.get_or_init(|| new))),
            Err(Errno::PERM) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    /// The source of `fd`, registered. Two sockets on one descriptor share it.
    ///
    /// # Errors
    /// `EPERM` for descriptors that are always ready (plain files): there is nothing to wait for.
    pub(super) fn source(&self, fd: RawFd) -> Result<Rc<Source>> {
        if let Some(source) = self.known(fd)
            && !source.closed.get()
        {
            return Ok(source);
        }
        let source = Rc::new(Source::new(fd, false));
        self.register(&source)?;
        Ok(source)
    }

    /// The source of a descriptor that the kernel knows nothing of.
    pub(super) fn simulated(&self, fd: RawFd) -> Rc<Source> {
        if let Some(known) = self
            .known(fd)
            .filter(|known| known.simulated && !known.is_closed())
        {
            return known;
        }
        let source = Rc::new(Source::new(fd, true));
        self.note(&source);
        source
    }

    /// A simulation tells that something has happened: hands each task to be woken to `wake`.
    pub(super) fn tell(&self, notice: Notice, mut wake: impl FnMut(&Rc<Task>, Wake)) {
        let Some(source) = self.known(notice.fd).filter(|source| source.simulated) else {
            return;
        };
        let all = notice.interest.is_none();
        if notice.interest != Some(Interest::Write) {
            source.readers.borrow().wake_first(all, &mut wake);
        }
        if notice.interest != Some(Interest::Read) {
            source.writers.borrow().wake_first(all, &mut wake);
        }
    }

    fn register(&self, source: &Rc<Source>) -> Result<()> {
        let fd = source.fd;
        let index = self.free.borrow_mut().pop();
        let mut slots = self.slots.borrow_mut();
        let index = index.unwrap_or_else(|| {
            slots.push(Slot {
                generation: 0,
                source: None,
            });
            slots.len() - 1
        });
        let token = (slots[index].generation << SLOT_BITS) | index;
        let interests = mio::Interest::READABLE | mio::Interest::WRITABLE;
        #[cfg(linux)]
        let interests = interests | mio::Interest::PRIORITY;
        let registered = self.set().and_then(|set| {
            set.poll
                .registry()
                .register(&mut SourceFd(&fd), Token(token), interests)
        });
        if let Err(error) = registered {
            self.free.borrow_mut().push(index);
            return Err(Errno::from(error));
        }
        source.token.set(Some(token));
        source.life.set(self.life.get());
        slots[index].source = Some(source.clone());
        self.note(source);
        Ok(())
    }

    /// Forgets a source whose descriptor is about to be closed; returns the tasks that waited on it.
    pub(super) fn forget(&self, source: &Source) -> Vec<Rc<Task>> {
        source.closed.set(true);
        if let Some(token) = source.token.take()
            && source.life.get() == self.life.get()
        {
            // A descriptor that was closed behind our back is gone from the set already.
            if let Some(set) = &*self.set.borrow() {
                let _ = set.poll.registry().deregister(&mut SourceFd(&source.fd));
            }
            let index = token & SLOT_MASK;
            let mut slots = self.slots.borrow_mut();
            slots[index].source = None;
            slots[index].generation = (slots[index].generation + 1) & 0x3fff_ffff;
            self.free.borrow_mut().push(index);
        }
        let mut by_fd = self.by_fd.borrow_mut();
        if let Some(known) = usize::try_from(source.fd)
            .ok()
            .and_then(|place| by_fd.get_mut(place))
            && std::ptr::eq(known.as_ptr(), source)
        {
            *known = Weak::new();
        }
        drop(by_fd);
        let mut tasks: Vec<_> = source.readers.borrow_mut().drain().collect();
        tasks.extend(source.writers.borrow_mut().drain());
        tasks
    }

    /// Has all who wait for a source look again.
    pub(super) fn rouse(&self, source: &Source, mut wake: impl FnMut(&Rc<Task>, Wake)) {
        source.readers.borrow().wake_first(true, &mut wake);
        source.writers.borrow().wake_first(true, &mut wake);
    }

    /// The source of a descriptor number, where there is one.
    pub(super) fn known(&self, fd: RawFd) -> Option<Rc<Source>> {
        let place = usize::try_from(fd).ok()?;
        self.by_fd.borrow().get(place)?.upgrade()
    }

    /// Makes a source the one of its descriptor.
    fn note(&self, source: &Rc<Source>) {
        let Ok(place) = usize::try_from(source.fd) else {
            return;
        };
        let mut by_fd = self.by_fd.borrow_mut();
        if by_fd.len() <= place {
            by_fd.resize_with(place + 1, Weak::new);
        }
        by_fd[place] = Rc::downgrade(source);
    }

    /// Waits for events, at most `timeout`, and hands each task to be woken to `wake`. With `all`, it takes all there are: whoever
    /// watches the reactor itself is told of what comes, not of what was left. Says whether there may be more.
    pub(super) fn poll(
        &self,
        timeout: Option<Duration>,
        all: bool,
        mut wake: impl FnMut(&Rc<Task>, Wake),
    ) -> std::io::Result<bool> {
        let mut timeout = timeout;
        loop {
            let is_more = self.take(timeout, &mut wake)? == MOST_EVENTS;
            if !(is_more && all) {
                return Ok(is_more);
            }
            timeout = Some(Duration::ZERO);
        }
    }

    /// Asks for the memory of those whom events are for: where there are many, it has left the caches.
    fn fetch(&self, events: &Events) {
        let slots = self.slots.borrow();
        if slots.len() < CROWD {
            return;
        }
        let sources = || {
            let slot = |event: &Event| slots.get(event.token().0 & SLOT_MASK)?.source.as_ref();
            events.iter().filter_map(slot)
        };
        for source in sources() {
            prefetch::fetch_shared(source, Source::HOT);
        }
        for source in sources() {
            if let Some(first) = source.readers.borrow().first() {
                prefetch::fetch_shared(first, Task::HOT);
            }
        }
    }

    /// Takes events, [`MOST_EVENTS`] at most; says how many there were.
    fn take(
        &self,
        timeout: Option<Duration>,
        wake: &mut impl FnMut(&Rc<Task>, Wake),
    ) -> std::io::Result<usize> {
        let mut events = self.events.borrow_mut();
        self.set()?.poll.poll(&mut events, timeout)?;
        self.fetch(&events);
        for event in events.iter() {
            if event.token() == WAKER {
                self.set()?.waker.drain();
                continue;
            }
            let token = event.token().0;
            let slots = self.slots.borrow();
            let Some(slot) = slots.get(token & SLOT_MASK) else {
                continue;
            };
            let Some(source) = slot.source.as_ref() else {
                continue;
            };
            if source.token.get() != Some(token) {
                continue;
            }
            let hangup = event.is_error() || event.is_read_closed() || event.is_write_closed();
            source.drained.set(false);
            if hangup || event.is_priority() {
                source.odd.set(true);
            }
            if event.is_readable() || event.is_priority() || hangup {
                if event.is_priority() && !hangup {
                    // The first may be after something else, and a plain receive drops an urgent byte: so they come before it.
                    source.readers.borrow().wake_lookers(wake);
                }
                source.readers.borrow().wake_first(hangup, wake);
            }
            if event.is_writable() || hangup {
                source.writers.borrow().wake_first(hangup, wake);
            }
        }
        Ok(events.iter().count())
    }
}

/// A set of descriptors, with one in it that wakes.
struct Set {
    poll: Poll,
    waker: Arc<Waker>,
}

impl Set {
    fn open() -> std::io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new()?);
        poll.registry()
            .register(&mut SourceFd(&waker.fd()), WAKER, mio::Interest::READABLE)?;
        Ok(Self { poll, waker })
    }
}

impl std::fmt::Debug for Reactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Reactor({} slots, {} waiting)",
            self.slots.borrow().len(),
            self.waiters.get()
        )
    }
}
