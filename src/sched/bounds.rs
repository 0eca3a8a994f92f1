//! How long scripts may run and how much they may do: the deadline and the count of instructions, looked at wherever the stop
//! flag is. What is over ends everything, and no script can catch that: it dies again at its next instruction.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use crate::error::{Class, Error, Result};

use super::scheduler::Scheduler;

/// The limits of one runtime on what runs in it.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    timeout: Cell<Option<Duration>>,
    /// When this run is over.
    deadline: Cell<Option<Instant>>,
    instructions: Cell<Option<u64>>,
    /// Instructions left to this run.
    left: Cell<u64>,
    tasks: Cell<Option<usize>>,
    /// What ended this run.
    over: RefCell<Option<Error>>,
}

impl Scheduler {
    /// Sets limits: how long a run may take, how many instructions, how many tasks may live at once.
    pub(crate) fn bound(&self, timeout: Option<Duration>, instructions: Option<u64>, tasks: Option<usize>) {
        self.bounds.timeout.set(timeout);
        self.bounds.instructions.set(instructions);
        self.bounds.tasks.set(tasks);
        self.begin_run();
    }

    /// A run begins: its time and its instructions are counted from here.
    pub(super) fn begin_run(&self) {
        let timeout = self.bounds.timeout.get();
        self.bounds.over.borrow_mut().take();
        self.bounds
            .deadline
            .set(timeout.and_then(|timeout| Instant::now().checked_add(timeout)));
        self.bounds
            .left
            .set(self.bounds.instructions.get().unwrap_or(u64::MAX));
        if timeout.is_some() {
            // A call that blocks in the kernel would not see the time pass.
            self.never_alone();
            self.slice.ring();
        }
    }

    /// When everything is to end.
    #[inline]
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.bounds.deadline.get()
    }

    /// Whether the time of this run is bounded.
    #[inline]
    pub(crate) fn is_timed(&self) -> bool {
        self.bounds.timeout.get().is_some()
    }

    /// Whether the language must look at the flag, the clock and the count by itself while a script calculates: nothing
    /// interrupts it for that.
    #[cfg(feature = "lua54")]
    pub(crate) fn must_look(&self) -> bool {
        self.has_silent_handle()
            || self.bounds.instructions.get().is_some()
            || !(self.has_alarm() || (self.is_alone() && !self.is_timed()))
    }

    /// The running script has executed so many instructions.
    #[inline]
    pub(crate) fn spend_instructions(&self, count: u64) {
        if self.bounds.instructions.get().is_none() {
            return;
        }
        let left = self.bounds.left.get().saturating_sub(count);
        self.bounds.left.set(left);
        if left == 0 && !self.is_dying() {
            let most = self.bounds.instructions.get().unwrap_or_default();
            self.end_run(&Error::new(
                Class::LimitError,
                format!("the limit of {most} instructions is reached"),
            ));
        }
    }

    /// Ends everything when the time is over.
    #[inline]
    pub(super) fn check_deadline(&self) {
        if let Some(deadline) = self.bounds.deadline.get()
            && deadline <= Instant::now()
        {
            self.bounds.deadline.set(None);
            let length = self.bounds.timeout.get().unwrap_or_default().as_secs_f64();
            self.end_run(&Error::new(
                Class::LimitError,
                format!("the time limit of {length} seconds is over"),
            ));
        }
    }

    /// Ends everything with this error.
    pub(crate) fn end_run(&self, error: &Error) {
        *self.bounds.over.borrow_mut() = Some(error.clone());
        self.kill_all(error.class());
    }

    /// What ended this run, if a limit did.
    pub(crate) fn limit_error(&self) -> Option<Error> {
        self.bounds.over.borrow().clone()
    }

    /// Whether one task more may live.
    ///
    /// # Errors
    /// `LimitError`.
    pub(super) fn afford_task(&self) -> Result<()> {
        match self.bounds.tasks.get() {
            Some(most) if self.live_count() >= most => Err(Error::new(
                Class::LimitError,
                format!("the limit of {most} tasks is reached"),
            )),
            _ => Ok(()),
        }
    }
}
