//! The loop: try, wait, try again. Interrupted calls, deadlines, cancellation and false readiness live here only.

use std::cell::{Cell, OnceCell};
use std::os::fd::RawFd;
use std::rc::Rc;
use std::time::Instant;

use crate::address::{Address, UnixName};
use crate::error::{Class, Error, Result};
use crate::sched::{Alarms, Interest, Scheduler, Source, Wake, deadline_after};
use crate::sys;
use crate::sys::errno::Errno;
use crate::sys::flag::{MSG_DONTWAIT, MSG_ERRQUEUE, MSG_OOB, SOCK_STREAM};

use super::observe::Event;
use super::socket::Socket;
use super::timeout::{FOR_EVER, Timeout};
use super::transport::FAILED;

/// How long a call may wait: fixed when it starts, shared by its retries and its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Not at all.
    Never,
    /// Until then; `None` is for ever.
    Until(Option<Instant>),
    /// Until then, by the kernel's clock (`SO_RCVTIMEO`, `SO_SNDTIMEO`): the call then fails as one that would block.
    Kernel(Instant),
}

/// Interruptions in a row after which a call looks at its time and lets the others run: a flood of datagrams that may not be heard
/// is as many.
const INTERRUPTIONS: u32 = 16;

impl From<Timeout> for Patience {
    #[inline]
    fn from(timeout: Timeout) -> Self {
        match timeout {
            Timeout::NonBlocking => Self::Never,
            Timeout::Blocking => Self::Until(None),
            Timeout::After(duration) => Self::Until(deadline_after(duration)),
        }
    }
}

impl Patience {
    /// When it ends: never, where the deadline is `None`; none at all for a call that does not wait.
    pub(super) fn deadline(self) -> Option<Option<Instant>> {
        match self {
            Self::Never => None,
            Self::Until(deadline) => Some(deadline),
            Self::Kernel(deadline) => Some(Some(deadline)),
        }
    }

    /// When a lookup on the way has to be over. The kernel's clock runs for its own calls only, and a call that does not wait waits
    /// for a name all the same.
    pub(super) fn end_of_lookup(self) -> Option<Instant> {
        match self {
            Self::Until(deadline) => deadline,
            Self::Never | Self::Kernel(_) => None,
        }
    }

    /// The error of a call whose time is over; the kernel's own timeout ends as `errno`.
    pub(super) fn expired(self, errno: Errno) -> Error {
        match self {
            Self::Kernel(_) => errno.into(),
            Self::Never | Self::Until(_) => Error::timed_out(),
        }
    }
}

/// What the loop works on: a descriptor that may be closed meanwhile (-1), and its place in the reactor.
pub(crate) struct Watched<'a> {
    pub(crate) sched: &'a Scheduler,
    pub(crate) fd: &'a Cell<RawFd>,
    pub(crate) source: &'a OnceCell<Rc<Source>>,
    /// The socket, where it is one.
    pub(crate) socket: Option<&'a Socket>,
    /// Whether the step finds nothing in a socket that is drained.
    pub(crate) reads_plainly: bool,
    /// Whether the call goes before those who wait: it was the first of them, or is after something else than they are. When it
    /// is done they may try.
    pub(crate) goes_first: bool,
}

impl Watched<'_> {
    /// Runs `step` until it succeeds or fails for good. It is handed the descriptor and the flag that keeps the call from
    /// blocking, where that is needed.
    pub(crate) fn run<T>(
        &self,
        interest: Interest,
        patience: Patience,
        step: impl FnMut(RawFd, i32) -> sys::errno::Result<T>,
    ) -> Result<T> {
        // The others have their turn before the call and not after it: what it brings may lie in a buffer they use too.
        self.sched.tick()?;
        let mut waited = self.goes_first;
        let outcome = self.attempt(interest, patience, &mut waited, step);
        if let Some(source) = self.source.get()
            && waited
        {
            self.sched.pass_on(source, interest);
        }
        outcome
    }

    /// The error of a call whose own time is over: a limit of its task's has another, which stays as it is.
    fn expired(&self, interest: Interest, patience: Patience) -> Error {
        let error = patience.expired(Errno::AGAIN);
        #[cfg(feature = "tls")]
        if let Some(socket) = self.socket
            && error.class() == Class::TimeoutError
        {
            return socket.timed_out_over_tls(interest).unwrap_or(error);
        }
        #[cfg(not(feature = "tls"))]
        let _ = interest;
        error
    }

    fn attempt<T>(
        &self,
        interest: Interest,
        patience: Patience,
        waited: &mut bool,
        mut step: impl FnMut(RawFd, i32) -> sys::errno::Result<T>,
    ) -> Result<T> {
        let sched = self.sched;
        // A call that would find nothing waits at once. Who is alone lets the kernel do so. Who does not wait always asks: what is
        // there may have an event that nobody has taken yet, and those in the queue may be after something else.
        let waits = patience != Patience::Never;
        let mut queued = self.source.get().is_some_and(|source| {
            let is_drained = self.reads_plainly && source.is_drained() && !sched.is_alone();
            waits && (!*waited && source.has_waiters(interest) || is_drained)
        });
        let (mut alarms, mut over, mut interruptions) = (Alarms::default(), false, 0_u32);
        loop {
            let fd = match self.fd.get() {
                -1 => return Err(Errno::BADF.into()),
                fd => fd,
            };
            if !queued {
                let ends = matches!(patience, Patience::Kernel(_));
                let block = (ends || patience == Patience::Until(None)) && sched.may_block();
                match step(fd, if block || over { 0 } else { MSG_DONTWAIT }) {
                    Ok(value) => return Ok(value),
                    // The kernel has kept the time.
                    Err(Errno::AGAIN) if block && ends && !self.socket.is_some_and(Socket::is_forced) => {
                        return Err(Errno::AGAIN.into());
                    }
                    // Shut down, a datagram socket tells of its end only in a call that may block; none does then.
                    Err(Errno::AGAIN)
                        if !over
                            && self.socket.is_some_and(Socket::ends_silently)
                            && self.socket.is_some_and(|socket| {
                                socket.lower().has_ended(fd, interest == Interest::Write)
                            }) =>
                    {
                        over = true;
                        continue;
                    }
                    Err(Errno::AGAIN) => {}
                    Err(Errno::INTR) => {
                        sched.check_doom()?;
                        interruptions += 1;
                        if interruptions.is_multiple_of(INTERRUPTIONS) {
                            let deadline = patience.deadline().ok_or(Errno::AGAIN)?;
                            if deadline.is_some_and(|deadline| deadline <= crate::sched::now()) {
                                return Err(self.expired(interest, patience));
                            }
                            sched.yield_now()?;
                        }
                        continue;
                    }
                    Err(errno) => return Err(errno.into()),
                }
            }
            queued = false;
            let deadline = patience.deadline().ok_or(Errno::AGAIN)?;
            if let Some(due) = self.socket.and_then(|socket| socket.due(interest)) {
                let over = deadline.filter(|deadline| *deadline < due);
                sched.sleep_until(Some(over.unwrap_or(due)))?;
                if over.is_some() {
                    return Err(self.expired(interest, patience));
                }
                continue;
            }
            // Out-of-band bytes and the error queue are asked for while a descriptor is ready for something else.
            if sched.keep_still(&mut alarms, deadline)? {
                continue;
            }
            let late = alarms.any() && deadline.is_some_and(|deadline| deadline <= crate::sched::now());
            if late || sched.wait_fd(self.source, fd, interest, deadline, *waited)? == Wake::TimedOut {
                return Err(self.expired(interest, patience));
            }
            *waited = true;
            alarms.ring();
        }
    }
}

/// Whether a receive is for the urgent byte, which nobody takes who waits for plain ones.
fn is_urgent(flags: i32) -> bool {
    flags & MSG_OOB != 0
}

impl Socket {
    /// Runs `step` until it succeeds or fails for good, within the socket's timeout; `flags` are the call's own. `step` is handed the descriptor
    /// and the flag that keeps the call from blocking, where that is needed.
    pub(super) fn io<T>(
        &self,
        op: &'static str,
        interest: Interest,
        flags: i32,
        step: impl FnMut(RawFd, i32) -> sys::errno::Result<T>,
    ) -> Result<T> {
        let mut watched = self.watched();
        watched.goes_first = interest == Interest::Read && is_urgent(flags);
        let patience = self.patience(interest, flags);
        self.told(op, interest, watched.run(interest, patience, step))
    }

    /// As [`Self::io`], for a part of a call whose patience is already running.
    pub(crate) fn io_within<T>(
        &self,
        op: &'static str,
        interest: Interest,
        patience: Patience,
        step: impl FnMut(RawFd, i32) -> sys::errno::Result<T>,
    ) -> Result<T> {
        self.told(op, interest, self.watched().run(interest, patience, step))
    }

    /// The loop's outcome as the operation tells it.
    fn told<T>(&self, op: &'static str, interest: Interest, outcome: Result<T>) -> Result<T> {
        #[cfg(feature = "tls")]
        let outcome = outcome.map_err(|error| self.in_words_of_tls(interest, error));
        #[cfg(not(feature = "tls"))]
        let _ = interest;
        outcome.map_err(|error| self.failed(op, error))
    }

    fn watched(&self) -> Watched<'_> {
        Watched {
            sched: self.net().sched(),
            fd: self.fd_cell(),
            source: &self.source,
            socket: Some(self),
            reads_plainly: false,
            goes_first: false,
        }
    }

    /// As [`Self::io_within`], for a receive with these flags, which may have waited already.
    pub(super) fn io_read<T>(
        &self,
        op: &'static str,
        flags: i32,
        patience: Patience,
        has_waited: bool,
        step: impl FnMut(RawFd, i32) -> sys::errno::Result<T>,
    ) -> Result<T> {
        let mut watched = self.watched();
        watched.reads_plainly = flags == 0 && self.is_plain_transport();
        watched.goes_first = has_waited || is_urgent(flags);
        self.told(op, Interest::Read, watched.run(Interest::Read, patience, step))
    }

    /// Whether it is a blocking socket whose end only a blocking call is told.
    pub(super) fn ends_silently(&self) -> bool {
        self.timeout() == Timeout::Blocking && !self.is_stream()
    }

    /// How long a call with these flags may wait: one that asked not to does not, unless a timeout says how long. For the
    /// error queue the kernel never waits.
    #[inline]
    pub(super) fn patience(&self, interest: Interest, flags: i32) -> Patience {
        match (self.timeout(), self.kernel_timeout(interest)) {
            (Timeout::Blocking, _) if flags & (MSG_DONTWAIT | MSG_ERRQUEUE) != 0 => Patience::Never,
            (Timeout::Blocking, Some(limit)) => {
                deadline_after(limit).map_or(Patience::Until(None), Patience::Kernel)
            }
            (Timeout::NonBlocking, Some(FOR_EVER)) if flags & (MSG_DONTWAIT | MSG_ERRQUEUE) == 0 => {
                Patience::Until(None)
            }
            (timeout, _) => timeout.into(),
        }
    }

    /// Says what led to a failure where the general rules take the socket for another kind, or for one in another mode.
    fn explain(&self, op: &str, error: Error) -> Error {
        let moves = op.starts_with("recv") || op.starts_with("send");
        let cause = match error.errno().map(Errno) {
            Some(Errno::AGAIN) if moves && self.timeout() == Timeout::Blocking => {
                "it would have to wait longer than MSG_DONTWAIT, SO_RCVTIMEO or SO_SNDTIMEO allows"
            }
            Some(Errno::MSGSIZE) if self.kind() == SOCK_STREAM => {
                "these are more pieces than the system takes in one call (IOV_MAX)"
            }
            _ => return error,
        };
        error.because(cause.to_owned())
    }

    /// Whom it is connected with, or else where it is bound, if anywhere.
    fn party(&self) -> Option<Address> {
        let fd = Some(self.fd()).filter(|fd| *fd >= 0)?;
        let is_told = |address: &Address| match address {
            Address::Unix(name) => *name != UnixName::Unnamed,
            address => address.port().is_some_and(|port| port != 0),
        };
        let peer = self.lower().peer_address(fd).ok().filter(is_told);
        peer.or_else(|| self.lower().local_address(fd).ok().filter(is_told))
    }

    /// An operation of this socket failed: names it, and tells the observer.
    pub(crate) fn failed(&self, op: &'static str, error: impl Into<Error>) -> Error {
        let error: Error = error.into();
        let error = match error.errno() {
            Some(number) if number == FAILED.0 => self.transport().failure().unwrap_or(error),
            _ => error,
        };
        let mut error = self.explain(op, self.net().explain_limit(error)).during(op);
        // That a call would block is asked often, and is no failure.
        if error.class().is_a(Class::OSError) && error.class() != Class::BlockingIOError {
            error = error.between(|| self.party());
        }
        self.observe(|| Event::Failed {
            fd: self.fd(),
            error: &error,
        });
        error
    }
}
