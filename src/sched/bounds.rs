//! How long scripts may run and how much they may do: the deadline and the count of instructions, looked at wherever the stop
//! flag is. What is over ends everything, and no script can catch that: it dies again at its next instruction.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::{Class, Error, Result};
use crate::policy::{Limits, Purse};

use super::scheduler::Scheduler;

/// The limits of one runtime on what runs in it.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    timeout: Cell<Option<Duration>>,
    /// When this run is over.
    deadline: Cell<Option<Instant>>,
    instructions: Cell<Option<u64>>,
    tasks: Cell<Option<usize>>,
    /// What has been used, by a worker's starter as well.
    purse: RefCell<Arc<Purse>>,
    /// This is a worker's, and this is when its starter's time is over.
    inherited: Cell<Option<Option<Instant>>>,
    /// What ended this run.
    over: RefCell<Option<Error>>,
}

impl Scheduler {
    /// Sets limits: how long a run may take, how many instructions, how many tasks may live at once. A worker inherits the
    /// end of its starter's time.
    pub(crate) fn bound(&self, limits: &Limits, purse: &Arc<Purse>, inherited: Option<Option<Instant>>) {
        self.bounds.timeout.set(limits.timeout);
        self.bounds.instructions.set(limits.instructions);
        self.bounds.tasks.set(limits.tasks);
        *self.bounds.purse.borrow_mut() = purse.clone();
        self.bounds.inherited.set(inherited);
        self.begin_run();
    }

    /// A run begins: its time and its instructions are counted from here.
    pub(crate) fn begin_run(&self) {
        let timeout = self.bounds.timeout.get();
        self.bounds.over.borrow_mut().take();
        let deadline = self.bounds.inherited.get().unwrap_or_else(|| {
            self.bounds.purse.borrow().instructions.clear();
            timeout.and_then(|timeout| Instant::now().checked_add(timeout))
        });
        self.bounds.deadline.set(deadline);
        if timeout.is_some() {
            // A call that blocks in the kernel would not see the time pass.
            self.never_alone();
            self.slice.ring();
        }
    }

    /// When everything is to end.
    #[inline]
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.bounds.deadline.get()
    }

    /// Whether the time of this run is bounded.
    #[inline]
    pub(crate) fn is_timed(&self) -> bool {
        self.bounds.timeout.get().is_some()
    }

    /// Whether the language must look at the flag, the clock and the count by itself while a script calculates: nothing
    /// interrupts it for that.
    #[cfg(feature = "lua")]
    pub(crate) fn must_look(&self) -> bool {
        self.has_silent_handle()
            || self.bounds.instructions.get().is_some()
            || !(self.has_alarm() || (self.is_alone() && !self.is_timed()))
    }

    /// The running script has executed so many instructions.
    #[inline]
    pub(crate) fn spend_instructions(&self, count: u64) {
        let Some(most) = self.bounds.instructions.get() else {
            return;
        };
        let spent = self.bounds.purse.borrow().instructions.add(count);
        if spent >= most && !self.is_dying() {
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

    /// So many tasks live here now, and so many did.
    pub(super) fn count_tasks(&self, now: usize, before: u64) {
        let purse = self.bounds.purse.borrow();
        let now = now as u64;
        purse.tasks.add(now.saturating_sub(before));
        purse.tasks.give_back(before.saturating_sub(now));
    }

    /// Whether one task more may live.
    ///
    /// # Errors
    /// `LimitError`.
    pub(super) fn afford_task(&self) -> Result<()> {
        match self.bounds.tasks.get() {
            Some(most) if self.bounds.purse.borrow().tasks.get() >= most as u64 => Err(Error::new(
                Class::LimitError,
                format!("the limit of {most} tasks is reached"),
            )),
            _ => Ok(()),
        }
    }
}
