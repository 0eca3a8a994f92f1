//! Tasks in a host's own event loop: run for as long as the host lets them, and then tell it what to wait for.
//!
//! The host watches one descriptor, the reactor's, and one deadline. When either says so it calls [`Scheduler::turn`],
//! which never waits and returns when its time is over, a calculating script or not. The reactor's descriptor may be
//! watched edge-triggered, so a turn that says "nothing is ready" has taken everything there was to take.

use std::cell::Cell;
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

use super::scheduler::Scheduler;
use super::wait::LULL;

/// What is left when a turn is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turned {
    /// Tasks could go on at once.
    Busy,
    /// Every task waits.
    Waiting,
    /// No task lives.
    Idle,
}

/// Who runs the tasks.
#[derive(Debug, Default)]
pub(super) struct Visit {
    /// A host's loop waits for them, and not this scheduler.
    hosted: Cell<bool>,
    /// A host has the reactor's descriptor, and may be told of each event once.
    shown: Cell<bool>,
    /// The end of the turn that runs.
    until: Cell<Option<Instant>>,
    /// Nobody ever runs tasks here: an engine of the host's own.
    homeless: Cell<bool>,
    /// The rounds are being run.
    running: Cell<bool>,
}

/// Rounds being run: when this is dropped, who ran before does again.
pub(super) struct Running<'a> {
    sched: &'a Scheduler,
    /// Whether rounds stand below these, and whether a host's loop waits for those.
    below: bool,
    hosted: bool,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.sched.visit.running.set(self.below);
        if self.below {
            self.sched.be_hosted(self.hosted);
        }
    }
}

impl Visit {
    pub(super) fn is_hosted(&self) -> bool {
        self.hosted.get()
    }

    /// Whether somebody outside watches the descriptors too: then no event may be left untaken.
    pub(super) fn is_shown(&self) -> bool {
        self.hosted.get() || self.shown.get()
    }

    /// Whether that is news.
    pub(super) fn host(&self, hosted: bool) -> bool {
        self.hosted.replace(hosted) != hosted
    }

    /// Whether the turn's time is over at `now`.
    #[inline]
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.until.get().is_some_and(|until| until <= now)
    }
}

impl Scheduler {
    /// Nobody will run tasks: starting one is an error, and every wait blocks the thread.
    pub(crate) fn be_homeless(&self) {
        self.visit.homeless.set(true);
    }

    /// Whether tasks can be had at all.
    ///
    /// # Errors
    /// `RuntimeError` in an engine of the host's own.
    pub(crate) fn check_home(&self) -> Result<()> {
        if self.visit.homeless.get() {
            return Err(Error::runtime(
                "this needs a wirescript::Runtime: the engine is the host's own, where calls block, and there are no tasks and no \
                 hooks",
            ));
        }
        Ok(())
    }

    /// Notes how many tasks live, and whether one of them has the thread to itself.
    pub(super) fn recount(&self) {
        let count = self.live_count();
        self.count_tasks(count, self.tally.tasks());
        self.tally.live(count);
        self.queue.expect(count);
        let shared = self.is_watched() || self.visit.is_hosted() || self.member().is_some();
        self.alone.set(count == 1 && !shared);
    }

    /// Another thread may stop the tasks, or a host waits for the end of its turn: scripts look now and then from here on.
    pub(super) fn look_often(&self) {
        for task in self.live.borrow().iter() {
            task.payload.watch();
        }
    }

    /// Whether no task stands below the caller.
    pub(super) fn check_outside(&self) -> Result<()> {
        if self.current().is_some() {
            return Err(Error::runtime("the scheduler cannot be run from inside a task"));
        }
        Ok(())
    }

    /// Whether the rounds are being run: the host is called from them, as when a task has failed.
    pub(crate) fn is_running(&self) -> bool {
        self.visit.running.get()
    }

    /// The rounds begin, for a host's loop or to their end.
    pub(super) fn begin_rounds(&self, hosted: bool) -> Running<'_> {
        let running = Running {
            sched: self,
            below: self.visit.running.replace(true),
            hosted: self.visit.is_hosted(),
        };
        self.be_hosted(hosted);
        // The last handle may have been dropped.
        self.recount();
        running
    }

    /// Says whether a host's loop waits for the tasks, which must not keep the thread then.
    pub(super) fn be_hosted(&self, hosted: bool) {
        if self.visit.host(hosted) {
            self.recount();
            if hosted {
                self.look_often();
            }
        }
    }

    /// Whether something outside may end a call: another thread, or the clock.
    pub(super) fn is_watched(&self) -> bool {
        self.has_handle() || self.is_timed()
    }

    /// The thread never belongs to one task alone from here on.
    pub(super) fn never_alone(&self) {
        self.alone.set(false);
    }

    /// Whether something outside could make a task ready, other than the clock. A handle could only end it.
    pub(super) fn is_watching(&self) -> bool {
        let waiters = self.reactor.get().map_or(0, |reactor| reactor.waiters.get());
        waiters > 0 || self.remote.is_awaited() || self.visit.is_hosted()
    }

    /// When somebody is to be woken though nothing has happened: the first deadline of a waiting task, or everybody's.
    pub(super) fn soonest(&self) -> Option<Instant> {
        match (self.timers.borrow().soonest(), self.deadline()) {
            // Where every task waits for another, the end of the time makes nothing better.
            (None, Some(deadline)) if self.is_watching() => Some(deadline),
            (Some(timer), Some(deadline)) => Some(timer.min(deadline)),
            (soonest, _) => soonest,
        }
    }

    /// The descriptor that becomes readable when tasks may go on.
    ///
    /// # Errors
    /// The system has none left.
    pub(crate) fn descriptor(&self) -> Result<RawFd> {
        self.be_hosted(true);
        self.visit.shown.set(true);
        Ok(self.reactor()?.descriptor()?)
    }

    /// When a turn is due though nothing becomes readable: at once while tasks are ready.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        if self.is_idle() && self.stop_flag().asked().is_none() {
            match self.member() {
                None => self.soonest(),
                // Its clock is not the host's.
                Some(_) => Instant::now().checked_add(LULL),
            }
        } else {
            Some(Instant::now())
        }
    }

    /// Runs what is ready, for `budget` at most, and never waits.
    ///
    /// # Errors
    /// The readiness facility of the system failed.
    pub(crate) fn turn(&self, budget: Duration) -> Result<Turned> {
        self.check_outside()?;
        let _running = self.begin_rounds(true);
        let until = Instant::now().checked_add(budget);
        self.visit.until.set(until);
        let clocked = self.go_by_clock();
        let outcome = self.turn_until(until);
        drop(clocked);
        self.visit.until.set(None);
        outcome
    }

    fn turn_until(&self, until: Option<Instant>) -> Result<Turned> {
        loop {
            self.look(false)?;
            if self.live_count() == 0 {
                return Ok(Turned::Idle);
            }
            if self.is_idle() && !self.turn_simulated()? {
                return Ok(Turned::Waiting);
            }
            let is_over = || until.is_some_and(|until| until <= Instant::now());
            let batch = self.queue.len();
            for _ in 0..batch {
                let Some(task) = self.queue.next() else {
                    break;
                };
                self.enter(&task);
                if is_over() {
                    return Ok(self.turned());
                }
                if self.stop_flag().asked().is_some() {
                    break;
                }
            }
            self.enter_aside();
            if is_over() {
                return Ok(self.turned());
            }
        }
    }

    fn turned(&self) -> Turned {
        if self.live_count() == 0 {
            Turned::Idle
        } else {
            // Also where none is ready: what has become readable meanwhile has not been taken.
            Turned::Busy
        }
    }
}
