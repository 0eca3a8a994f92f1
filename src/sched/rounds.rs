//! The rounds of a scheduler: it enters those who can run, looks at the descriptors and the clock, and lets go on who had let the others
//! go first, until there is nothing left to do. (In a host's own loop: `visit`.)

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::sys::errno::Errno;

use super::scheduler::Scheduler;
use super::wait::Wake;

/// Fibers entered before the clock and the descriptors are looked at again, however many are ready.
const BATCH: usize = 61;

impl Scheduler {
    /// Runs tasks until `done` says so, or none is left.
    ///
    /// # Errors
    /// The readiness facility of the system failed.
    pub(crate) fn run_until(&self, done: impl Fn() -> bool) -> Result<()> {
        self.check_outside()?;
        let _running = self.begin_rounds(false);
        let _clocked = self.go_by_clock();
        let mut since_poll = 0;
        while !done() && self.live_count() > 0 {
            let batch = self.queue.len();
            for _ in 0..batch {
                let Some(task) = self.queue.next() else {
                    break;
                };
                self.enter(&task);
                since_poll += 1;
                // The end of one may be the end of all.
                let is_over = task.is_done() && (done() || self.live_count() == 0);
                // Many short turns in a row take as long as one long one.
                if is_over || self.slice.is_overdue() || self.end.stop.asked().is_some() {
                    break;
                }
                if since_poll >= BATCH {
                    // Whom an event wakes comes behind those who were woken before: looking for more would help nobody.
                    if !self.queue.has_woken() {
                        break;
                    }
                    since_poll = 0;
                    if self.member().is_none() {
                        self.call_due(true)?;
                    }
                }
            }
            self.check_stop();
            if done() || self.live_count() == 0 {
                break;
            }
            let (free, busy) = (self.queue.is_free(), self.queue.has_aside());
            if free || busy || since_poll >= BATCH || self.slice.is_overdue() {
                since_poll = 0;
                self.look(free && !busy)?;
            }
            self.enter_aside();
        }
        Ok(())
    }

    /// Whether no task could run now but the one that runs.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_free() && !self.queue.has_aside()
    }

    /// Whether only the task that runs can make another one ready.
    pub(super) fn is_quiet(&self) -> bool {
        self.is_idle() && !self.is_watching() && self.timers.borrow().soonest().is_none()
    }

    /// Waits for events (or only glances at them) and wakes whom they concern.
    pub(super) fn look(&self, may_wait: bool) -> Result<()> {
        self.slice.looked();
        if let Some(member) = self.member() {
            return self.look_simulated(member, may_wait);
        }
        let soonest = self.soonest();
        let watched = self.is_watching();
        if may_wait && soonest.is_none() && !watched {
            self.break_deadlock();
            return Ok(());
        }
        let timeout = match soonest {
            _ if !may_wait => Some(Duration::ZERO),
            Some(soonest) => Some(soonest.saturating_duration_since(Instant::now())),
            None => None,
        };
        let mut is_more = false;
        if watched || timeout != Some(Duration::ZERO) {
            is_more = self.take_events(timeout, self.visit.is_shown())?;
        }
        for task in self.remote.called() {
            self.call(&task, Wake::Ready);
        }
        self.call_due(is_more)?;
        self.check_stop();
        Ok(())
    }

    /// Waits for events, at most `timeout`, and wakes whom they concern; says whether there may be more, where not all are wanted.
    pub(super) fn take_events(&self, timeout: Option<Duration>, all: bool) -> Result<bool> {
        match self
            .reactor()?
            .poll(timeout, all, |task, wake| self.call(task, wake))
        {
            Ok(is_more) => Ok(is_more),
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(true),
            Err(error) => Err(Errno::from(error).into()),
        }
    }

    /// Wakes those whose time has come. What they wait for may have happened before: where events may be left, they are taken first.
    fn call_due(&self, is_more: bool) -> Result<()> {
        let Some(soonest) = self.timers.borrow().soonest() else {
            return Ok(());
        };
        let now = Instant::now();
        if soonest > now {
            return Ok(());
        }
        if is_more && self.is_watching() {
            self.take_events(Some(Duration::ZERO), true)?;
        }
        while let Some(task) = { self.timers.borrow_mut().pop_due(now) } {
            self.call(&task, Wake::TimedOut);
        }
        Ok(())
    }
}
