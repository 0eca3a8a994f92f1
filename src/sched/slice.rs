//! Time slices: a task that calculates is left after a while, so that the others get their turn.
//!
//! The language asks [`Scheduler::slice`] now and then while a script calculates. Who asks costs time; so where signals
//! may be used (the command) an alarm rings by the processor time the thread has used, and only then the language asks.
//! It is set while another task could run: a program with one task pays nothing.

use std::cell::{Cell, OnceCell};
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::sys::alarm::Alarm;

use super::scheduler::Scheduler;
use super::simulated::SLOW;
use super::simulation::Member;

/// How long a task may calculate, from the first time it was seen to. The kernel rings by its ticks, up to 4 ms each: the first
/// ring is up to 6 ms late, and the next ends the slice, so that a timer beside it is within the 12 ms that are promised.
const SLICE: Duration = Duration::from_micros(3500);
/// How much processor time passes between two rings.
const RING: Duration = Duration::from_millis(2);

/// The slice of the task that runs.
#[derive(Debug, Default)]
pub(super) struct Slice {
    /// When it began, as far as known.
    since: Cell<Option<Instant>>,
    /// When the language first asked after the scheduler last looked for events.
    unlooked: Cell<Option<Instant>>,
    /// Whether that is long ago: many short turns in a row hold a timer up as one long one does.
    overdue: Cell<bool>,
    alarm: OnceCell<Alarm>,
    /// The kernel had no alarm for a forked child.
    lost: Cell<bool>,
    ringing: Cell<bool>,
}

impl Slice {
    /// The scheduler looks for events.
    #[inline]
    pub(super) fn looked(&self) {
        self.unlooked.set(None);
        self.overdue.set(false);
    }

    /// Whether events are to be looked for though tasks are ready.
    #[inline]
    pub(super) fn is_overdue(&self) -> bool {
        self.overdue.get()
    }

    fn note(&self, now: Instant) {
        match self.unlooked.get() {
            None => self.unlooked.set(Some(now)),
            Some(first) if now.duration_since(first) >= SLICE => self.overdue.set(true),
            Some(_) => {}
        }
    }

    /// Another task runs from here on.
    #[inline]
    pub(super) fn begin(&self) {
        self.since.set(None);
    }

    /// Another task runs, or waits, beside the one that runs.
    #[inline]
    pub(super) fn ring(&self) {
        if !self.ringing.get()
            && let Some(alarm) = self.alarm.get()
        {
            self.ringing.set(true);
            alarm.ring_every(Some(RING));
        }
    }

    /// A forked child begins with no alarm set. False where it was to have one and cannot.
    pub(super) fn renew(&self) -> bool {
        self.since.set(None);
        self.ringing.set(false);
        self.lost
            .set(self.alarm.get().is_some_and(|alarm| alarm.renew().is_err()));
        !self.lost.get()
    }

    fn be_silent(&self) {
        if self.ringing.replace(false)
            && let Some(alarm) = self.alarm.get()
        {
            alarm.ring_every(None);
        }
    }
}

impl Scheduler {
    /// Has the calling thread's alarm ring while there is more than one task: the thread handles its signal by making
    /// the language call [`Self::slice`].
    pub(crate) fn ring_slices(&self) -> Result<()> {
        let alarm = Alarm::of_this_thread()?;
        if self.slice.alarm.set(alarm).is_ok() && (!self.is_alone() || self.is_timed()) {
            self.slice.ring();
        }
        Ok(())
    }

    /// Whether the language need not ask by itself.
    pub(crate) fn has_alarm(&self) -> bool {
        self.slice.alarm.get().is_some() && !self.slice.lost.get()
    }

    /// Lets the others run when the running task has had its slice; true if it did.
    pub(crate) fn slice(&self) -> bool {
        if let Some(member) = self.member() {
            return self.slice_simulated(member, Instant::now());
        }
        if self.is_timed() && self.is_quiet() {
            // It rings on: the time may be over before anybody waits.
            return false;
        }
        if self.is_alone() || self.is_quiet() {
            // Not where tasks come and go, but here, where it has just rung.
            self.slice.be_silent();
            return false;
        }
        let now = Instant::now();
        self.slice.note(now);
        if self.visit.is_over(now) {
            return self.preempt();
        }
        match self.slice.since.get() {
            None => self.slice.since.set(Some(now)),
            Some(since) if now.duration_since(since) >= SLICE => {
                self.slice.since.set(None);
                // Whoever waits for what has happened meanwhile goes first.
                if self.look(false).is_err() || self.is_idle() {
                    return false;
                }
                // A calculation cannot be cancelled, only a wait.
                return self.preempt();
            }
            Some(_) => {}
        }
        false
    }

    /// In a simulation nobody is left for others: that would depend on how fast the machine is. Only what takes very long has
    /// its time pass, so that a limit over it can end it.
    fn slice_simulated(&self, member: &Member, now: Instant) -> bool {
        match self.slice.since.get() {
            None => self.slice.since.set(Some(now)),
            Some(since) if now.duration_since(since) >= SLOW => {
                self.slice.since.set(None);
                member.pass_time(SLOW);
                member.step_aside();
                return self.look(false).is_ok() && !self.is_idle() && self.preempt();
            }
            Some(_) => {}
        }
        false
    }
}
