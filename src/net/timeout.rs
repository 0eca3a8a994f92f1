//! How long a socket's calls may wait, as Python's `settimeout` has it, and the mode its descriptor has for that.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::error::Result;
use crate::sched::Interest;
use crate::sys;

use super::socket::Socket;

/// How long a call may wait.
///
/// ```
/// use std::time::Duration;
/// use wirescript::Timeout;
///
/// assert_eq!(Timeout::After(Duration::from_millis(1500)), Timeout::After(Duration::from_secs_f64(1.5)));
/// assert_ne!(Timeout::After(Duration::ZERO), Timeout::NonBlocking);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Timeout {
    /// For ever: Python's `None`.
    Blocking,
    /// Not at all: Python's `0.0`.
    NonBlocking,
    /// This long.
    After(Duration),
}

/// Who shows scripts the timeouts of sockets as plain values: is told before one changes that [`Socket::is_shown`].
#[derive(Default)]
pub(crate) struct Shown(RefCell<Option<Rc<dyn Fn()>>>);

impl Shown {
    /// There is one such at a time: false where there is another.
    #[cfg(feature = "lua")]
    pub(crate) fn begin(&self, told: Rc<dyn Fn()>) -> bool {
        let mut place = self.0.borrow_mut();
        let is_free = place.is_none();
        if is_free {
            *place = Some(told);
        }
        is_free
    }

    /// It ends.
    #[cfg(feature = "lua")]
    pub(crate) fn end(&self) {
        self.0.take();
    }

    #[cold]
    fn tell(&self) {
        let told = self.0.borrow().clone();
        if let Some(told) = told {
            told();
        }
    }
}

/// In place of a kernel's timeout: the descriptor does not block though the socket would.
const AT_ONCE: Duration = Duration::ZERO;
/// The same: it blocks though the socket would not.
pub(super) const FOR_EVER: Duration = Duration::MAX;

/// Whether what stands for a timeout of the kernel's is the descriptor's mode.
fn is_mode(time: Option<Duration>) -> bool {
    matches!(time, Some(AT_ONCE | FOR_EVER))
}

impl Socket {
    /// How long its calls may wait.
    #[inline]
    pub fn timeout(&self) -> Timeout {
        self.timeout.get()
    }

    /// Changes how long its calls may wait.
    ///
    /// # Errors
    /// `EBADF` on a closed socket.
    pub fn set_timeout(&self, timeout: Timeout) -> Result<()> {
        let nonblocking = timeout != Timeout::Blocking;
        if self.shown.get() {
            self.net().shown.tell();
        }
        // A closed socket keeps it too, beside the error.
        self.timeout.set(timeout);
        self.borrowed()
            .and_then(|fd| Ok(sys::fd::set_nonblocking(fd, nonblocking)?))
            .map_err(|error| self.failed("settimeout", error))?;
        self.forced.set(false);
        if self.kernel_timeouts.get().iter().any(|time| is_mode(*time)) {
            self.learn_kernel_timeouts();
        }
        Ok(())
    }

    /// Whether a script sees the timeout as a plain value, which nobody may change behind its back.
    #[cfg(feature = "lua")]
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.get()
    }

    /// Notes that it does, or does no longer.
    #[cfg(feature = "lua")]
    pub(crate) fn show(&self, shown: bool) {
        self.shown.set(shown);
    }

    /// Takes timeouts and mode of a socket whose descriptor this one's is a duplicate of.
    pub(super) fn copy_timeout(&self, of: &Self) {
        self.resume(of.timeout.get(), of.kernel_timeouts.get(), of.forced.get());
    }

    /// Goes on as another socket on this descriptor, or a duplicate of it, has left it.
    pub(super) fn resume(&self, timeout: Timeout, kernel: [Option<Duration>; 2], forced: bool) {
        self.timeout.set(timeout);
        self.kernel_timeouts.set(kernel);
        self.forced.set(forced);
    }

    /// How long the kernel would let a blocking call wait, where the script told it.
    #[inline]
    pub(super) fn kernel_timeout(&self, interest: Interest) -> Option<Duration> {
        let [receive, send] = self.kernel_timeouts.get();
        match interest {
            Interest::Read => receive,
            Interest::Write => send,
        }
    }

    /// Keeps the kernel from blocking a call that has no flag for it, until the descriptor leaves our hands.
    pub(super) fn force_nonblocking(&self) -> Result<()> {
        if self.timeout.get() == Timeout::Blocking && !self.forced.get() {
            sys::fd::set_nonblocking(self.borrowed()?, true)?;
            self.forced.set(true);
        }
        Ok(())
    }

    /// The script may have set the descriptor's mode (`O_NONBLOCK`) behind the timeout's back, as it may in Python: calls then do as
    /// the kernel does.
    pub(super) fn learn_mode(&self) {
        self.forced.set(false);
        let Ok(nonblocking) = self.borrowed().and_then(|fd| Ok(sys::fd::is_nonblocking(fd)?)) else {
            return;
        };
        match (self.timeout.get(), nonblocking) {
            (Timeout::Blocking, true) => self.kernel_timeouts.set([Some(AT_ONCE); 2]),
            (Timeout::NonBlocking, false) => self.kernel_timeouts.set([Some(FOR_EVER); 2]),
            _ => self.learn_kernel_timeouts(),
        }
    }

    /// Whether the descriptor does not block though its socket does.
    pub(super) fn is_forced(&self) -> bool {
        self.forced.get()
    }

    /// Gives the descriptor the mode it shows to others.
    pub(super) fn restore_blocking(&self) -> Result<()> {
        if self.forced.replace(false) {
            sys::fd::set_nonblocking(self.borrowed()?, false)?;
        }
        Ok(())
    }
}
