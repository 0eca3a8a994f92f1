//! Deadlock: every task waits for another, and nothing outside could make one of them go on.

use crate::error::Error;

use super::scheduler::Scheduler;
use super::wait::Wake;

/// Tasks that a deadlock's report names.
const MOST_TOLD: usize = 100;

impl Scheduler {
    /// Every task waits for another and nothing else can happen: the oldest one is told.
    pub(super) fn break_deadlock(&self) {
        let oldest = || self.live.borrow().iter().min_by_key(|task| task.id).cloned();
        let Some(task) = self.foreground().or_else(oldest) else {
            return;
        };
        let mut waiting: Vec<_> = self.live.borrow().clone();
        waiting.sort_by_key(|task| task.id);
        let mut told: Vec<_> = waiting
            .iter()
            .take(MOST_TOLD)
            .map(|task| task.whereabouts())
            .collect();
        if let Some(more @ 1..) = waiting.len().checked_sub(MOST_TOLD) {
            told.push(format!("and {more} more"));
        }
        task.wake_with_error(Error::runtime(format!(
            "deadlock: every task waits for another: {}",
            told.join(", ")
        )));
        self.wake(&task, Wake::Ready);
    }
}
