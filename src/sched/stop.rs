//! The flag by which everything is asked to end: set by a signal handler or by another thread, read where scripts run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use crate::sys::signal::Target;
use crate::sys::wake::Waker;

use super::scheduler::Scheduler;

/// Why everything is to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reason {
    /// Ctrl-C.
    Interrupt,
    /// `Handle::stop`.
    Stop,
}

/// What has been asked, shared with signal handlers and other threads.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    asked: AtomicU32,
}

impl Stop {
    /// The word a signal handler sets to [`Stop::INTERRUPT`].
    pub(crate) fn word(&self) -> &AtomicU32 {
        &self.asked
    }

    /// Value of the word after Ctrl-C.
    pub(crate) const INTERRUPT: u32 = 1;
    const STOP: u32 = 2;

    /// What has been asked, if anything.
    #[inline]
    pub(crate) fn asked(&self) -> Option<Reason> {
        Self::reason(self.asked.load(Ordering::Relaxed))
    }

    /// As [`Self::asked`], and forgets it: the caller carries it out.
    pub(crate) fn take(&self) -> Option<Reason> {
        self.asked()?;
        // At once: a thread may ask for more meanwhile.
        Self::reason(self.asked.swap(0, Ordering::Relaxed))
    }

    fn reason(word: u32) -> Option<Reason> {
        match word {
            0 => None,
            Self::INTERRUPT => Some(Reason::Interrupt),
            _ => Some(Reason::Stop),
        }
    }
}

/// The sending side, for other threads: sets the flag and wakes a scheduler that waits.
#[derive(Clone, Debug)]
pub(crate) struct StopHandle {
    pub(super) stop: Arc<Stop>,
    /// None when the system had no descriptors left: then nothing waits where a waker would be needed.
    pub(super) waker: Option<Arc<Waker>>,
    /// The scheduler's thread, where a signal makes a busy script look.
    pub(super) thread: Option<Target>,
    /// Counted among those that live.
    _lives: Arc<()>,
}

/// The handles that live, with all their clones. They can end what runs and nothing else: no task waits for one.
#[derive(Debug, Default)]
pub(super) struct Handles {
    poking: Arc<()>,
    /// Those that cannot send a signal: scripts must look by themselves.
    silent: Arc<()>,
}

fn has_others(count: &Arc<()>) -> bool {
    let is_held = Arc::strong_count(count) > 1;
    // What one did before it was dropped is seen by who sees that it is gone.
    fence(Ordering::Acquire);
    is_held
}

impl StopHandle {
    /// Ends every task of the runtime as soon as it can be. A signal that finds a script between two tasks may be lost: who
    /// wants to be sure asks again until it has ended.
    pub(crate) fn stop(&self) {
        self.stop.asked.store(Stop::STOP, Ordering::SeqCst);
        self.wake();
    }

    /// Makes a scheduler that waits look around.
    pub(crate) fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake();
        }
        if let Some(thread) = self.thread {
            thread.poke();
        }
    }
}

impl Scheduler {
    /// A handle by which other threads stop everything.
    pub(crate) fn handle(&self) -> StopHandle {
        let thread = self.has_alarm().then(Target::this_thread).flatten();
        let lives = if thread.is_some() {
            self.handles.poking.clone()
        } else {
            self.handles.silent.clone()
        };
        self.recount();
        self.look_often();
        StopHandle {
            stop: self.end.stop.clone(),
            waker: self.reactor().ok().and_then(|reactor| reactor.waker().ok()),
            thread,
            _lives: lives,
        }
    }

    /// Whether somebody holds a handle, or has asked with one that is gone.
    pub(crate) fn has_handle(&self) -> bool {
        has_others(&self.handles.poking) || self.has_silent_handle()
    }

    /// Whether somebody holds a handle who cannot send a signal with it, or has asked with one that is gone.
    pub(super) fn has_silent_handle(&self) -> bool {
        has_others(&self.handles.silent) || self.end.stop.asked().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_counts_until_its_last_clone_is_gone_and_what_it_asked_is_seen_to() {
        let sched = Scheduler::new(256 * 1024);
        assert!(!sched.has_handle());
        let handle = sched.handle();
        let other = handle.clone();
        drop(handle);
        assert!(sched.has_handle() && sched.has_silent_handle());
        drop(other);
        assert!(!sched.has_handle() && !sched.has_silent_handle());
        let handle = sched.handle();
        std::thread::spawn(move || handle.stop()).join().expect("it asks");
        assert!(sched.has_handle(), "nobody has seen to it");
        sched.check_stop();
        assert!(!sched.has_handle());
    }
}
