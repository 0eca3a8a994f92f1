//! An alarm by the processor time the calling thread uses: it rings while the thread calculates and is silent while it
//! waits. It rings by `SIGVTALRM`, whose handler `signal` installs.

#[cfg(target_os = "linux")]
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::time::Duration;

use super::errno::{Errno, Result};

/// The kernel's number of the calling thread: gettid(2). The standard library does without the C function where there is none, so in
/// a program that is linked statically it may be missing.
#[cfg(linux)]
pub(super) fn thread_number() -> i32 {
    // SAFETY: the call takes nothing, touches no memory and cannot fail.
    let number = unsafe { libc::syscall(libc::SYS_gettid) };
    i32::try_from(number).unwrap_or_default()
}

/// The alarm of one thread.
#[derive(Debug)]
#[cfg(target_os = "linux")]
pub(crate) struct Alarm(Cell<libc::timer_t>);

#[cfg(target_os = "linux")]
impl Alarm {
    /// An alarm of the calling thread, silent at first: timer_create(2).
    pub(crate) fn of_this_thread() -> Result<Self> {
        Ok(Self(Cell::new(Self::timer()?)))
    }

    /// A forked child has no alarms: makes it anew there.
    pub(crate) fn renew(&self) -> Result<()> {
        self.0.set(Self::timer()?);
        Ok(())
    }

    fn timer() -> Result<libc::timer_t> {
        // SAFETY: all-zero bytes are a valid sigevent.
        let mut event: libc::sigevent = unsafe { MaybeUninit::zeroed().assume_init() };
        event.sigev_notify = libc::SIGEV_THREAD_ID;
        event.sigev_signo = libc::SIGVTALRM;
        event.sigev_notify_thread_id = thread_number();
        let mut timer = MaybeUninit::<libc::timer_t>::uninit();
        // SAFETY: the event is complete and lives through the call; the timer is writable memory of its type.
        let made =
            unsafe { libc::timer_create(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut event, timer.as_mut_ptr()) };
        if made != 0 {
            return Err(Errno::last());
        }
        // SAFETY: the call above succeeded, so it wrote the timer.
        Ok(unsafe { timer.assume_init() })
    }

    /// Rings each time the thread has used this much; never for `None`.
    #[allow(
        clippy::unnecessary_fallible_conversions,
        reason = "a long has 32 bits elsewhere"
    )]
    pub(crate) fn ring_every(&self, used: Option<Duration>) {
        let used = used.unwrap_or_default();
        let interval = libc::timespec {
            tv_sec: 0,
            tv_nsec: libc::c_long::try_from(used.subsec_nanos()).unwrap_or_default(),
        };
        let setting = libc::itimerspec {
            it_interval: interval,
            it_value: interval,
        };
        // SAFETY: the timer is this alarm's own and lives; the old setting is not asked for.
        unsafe { libc::timer_settime(self.0.get(), 0, &raw const setting, std::ptr::null_mut()) };
    }
}

#[cfg(target_os = "linux")]
impl Drop for Alarm {
    fn drop(&mut self) {
        // SAFETY: the timer is this alarm's own, and nobody uses it after.
        unsafe { libc::timer_delete(self.0.get()) };
    }
}

/// Elsewhere: the process's own time, by setitimer(2).
#[derive(Debug)]
#[cfg(not(target_os = "linux"))]
pub(crate) struct Alarm(());

#[cfg(not(target_os = "linux"))]
impl Alarm {
    /// The alarm of the process, silent at first.
    pub(crate) fn of_this_thread() -> Result<Self> {
        Ok(Self(()))
    }

    /// As on Linux; here nothing has to be made.
    #[allow(clippy::unnecessary_wraps, reason = "as on Linux")]
    pub(crate) fn renew(&self) -> Result<()> {
        Ok(())
    }

    /// Rings each time the process has used this much; never for `None`.
    pub(crate) fn ring_every(&self, used: Option<Duration>) {
        let interval = libc::timeval {
            tv_sec: 0,
            tv_usec: libc::suseconds_t::try_from(used.unwrap_or_default().subsec_micros())
                .unwrap_or_default(),
        };
        let timer = libc::itimerval {
            it_interval: interval,
            it_value: interval,
        };
        // SAFETY: the timer is a valid value and the old one is not asked for.
        unsafe { libc::setitimer(libc::ITIMER_VIRTUAL, &raw const timer, std::ptr::null_mut()) };
    }
}
