//! Python's `epoll` object: a set of descriptors that the kernel keeps. It is waited for as any descriptor is.

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::Duration;

use crate::error::{Class, Error, Result};
use crate::policy::Request;
use crate::sched::{Interest, Source, deadline_after};
use crate::sys;
use crate::sys::epoll::{self, Change};
use crate::sys::errno::Errno;

use super::context::Net;
use super::io::{Patience, Watched};

/// A set of descriptors.
pub(crate) struct Epoll {
    net: Rc<Net>,
    fd: Cell<RawFd>,
    source: OnceCell<Rc<Source>>,
}

impl Epoll {
    /// A new, empty set.
    ///
    /// # Errors
    /// `EMFILE`; `NotImplementedError` where the system has none.
    pub(crate) fn open(net: &Rc<Net>) -> Result<Rc<Self>> {
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
        Rc::new(Self {
            net: net.clone(),
            fd: Cell::new(fd),
            source: OnceCell::new(),
        })
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
        epoll::change(set, change, fd, events).map_err(|errno| Error::from(errno).during(op))
    }

    /// The descriptors that are ready and what for, `most` at once, as soon as there are any; none when the time is over.
    ///
    /// # Errors
    /// `ValueError` when it is closed, `EBADF` when that happens meanwhile; cancellation.
    pub(crate) fn poll(&self, timeout: Option<Duration>, most: usize) -> Result<Vec<(RawFd, u32)>> {
        self.fileno()?;
        let patience = match timeout {
            None => Patience::Until(None),
            Some(Duration::ZERO) => Patience::Never,
            Some(limit) => deadline_after(limit).map_or(Patience::Until(None), Patience::Kernel),
        };
        let watched = Watched {
            sched: self.net.sched(),
            fd: &self.fd,
            source: &self.source,
            socket: None,
            reads_plainly: false,
        };
        let ready = watched.run(Interest::Read, patience, |set, flags| {
            // Where nobody else needs the thread the kernel keeps the time.
            let limit = match (flags, patience) {
                (0, Patience::Until(None)) => None,
                (0, Patience::Kernel(deadline)) => {
                    Some(deadline.saturating_duration_since(std::time::Instant::now()))
                }
                _ => Some(Duration::ZERO),
            };
            epoll::wait(set, most, limit)
        });
        match ready {
            Err(error) if error.errno() == Some(Errno::AGAIN.0) => Ok(Vec::new()),
            ready => ready.map_err(|error| error.during("poll")),
        }
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
