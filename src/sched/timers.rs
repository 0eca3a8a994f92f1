//! Deadlines of waiting tasks, soonest first.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Instant;

use super::scheduler::Scheduler;
use super::task::Task;

/// Names one timer, so that it can be taken out again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct TimerId(Instant, u64);

/// The deadlines of one scheduler.
#[derive(Debug, Default)]
pub(super) struct Timers {
    queue: BTreeMap<TimerId, Rc<Task>>,
    made: u64,
}

impl Timers {
    pub(super) fn add(&mut self, deadline: Instant, task: Rc<Task>) -> TimerId {
        self.made += 1;
        let id = TimerId(deadline, self.made);
        self.queue.insert(id, task);
        id
    }

    pub(super) fn remove(&mut self, id: TimerId) {
        self.queue.remove(&id);
    }

    pub(super) fn soonest(&self) -> Option<Instant> {
        self.queue.first_key_value().map(|(id, _)| id.0)
    }

    /// Takes out the next task whose deadline is not after `now`.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<Rc<Task>> {
        let entry = self.queue.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }
}

impl Scheduler {
    pub(super) fn add_timer(&self, deadline: Instant, task: Rc<Task>) -> TimerId {
        self.timers.borrow_mut().add(deadline, task)
    }

    pub(super) fn remove_timer(&self, timer: TimerId) {
        self.timers.borrow_mut().remove(timer);
    }
}
