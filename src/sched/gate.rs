//! A gate that one task at a time passes: what takes several waits to do stays in one piece.

use std::cell::Cell;
use std::time::Instant;

use crate::error::{Error, Result};

use super::line::Line;
use super::scheduler::Scheduler;
use super::wait::Wake;

/// A gate. First come, first served.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    held: Cell<bool>,
    line: Line,
}

impl Gate {
    /// Whether somebody is inside, or waits to be.
    #[inline]
    pub(crate) fn is_busy(&self) -> bool {
        (self.held.get() || !self.line.is_empty()) && self.line.is_of_here()
    }

    /// Forgets whoever did not come along into this process.
    fn look_around(&self) {
        if self.line.look_around() {
            self.held.set(false);
        }
    }
}

/// The right to be inside; over when it is dropped.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    gate: &'a Gate,
    sched: &'a Scheduler,
}

impl Scheduler {
    /// Passes the gate, as soon as nobody is inside or was here before; `None` when the deadline passes first.
    ///
    /// # Errors
    /// Cancellation; whatever ends the task; where the task cannot wait for another.
    pub(crate) fn pass<'a>(&'a self, gate: &'a Gate, deadline: Option<Instant>) -> Result<Option<Pass<'a>>> {
        gate.look_around();
        let mut again = false;
        // Whoever comes again and again would leave nothing to those who have been woken and not run yet.
        while gate.held.get() || (!again && gate.is_busy()) {
            let Some(task) = self.suspendable()? else {
                if !gate.held.get() {
                    break;
                }
                return Err(Error::runtime(
                    "another task is in the middle of it, and this one cannot wait here",
                ));
            };
            if again {
                gate.line.push_front(&task);
            } else {
                gate.line.push_back(&task);
            }
            let wake = self.suspend(&task, deadline);
            gate.line.strike(&task);
            let wake = wake.inspect_err(|_| self.open(gate))?;
            if wake == Wake::TimedOut && gate.held.get() {
                return Ok(None);
            }
            again = true;
        }
        gate.held.set(true);
        Ok(Some(Pass { gate, sched: self }))
    }

    /// Lets the next in the queue have a look.
    fn open(&self, gate: &Gate) {
        if gate.held.get() {
            return;
        }
        if let Some(next) = gate.line.first() {
            self.wake(&next, Wake::Ready);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.gate.held.set(false);
        self.sched.open(self.gate);
    }
}
