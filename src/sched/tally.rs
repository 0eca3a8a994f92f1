//! What a scheduler counts: tasks that live, that were started, that wait. Its own thread writes, any thread reads.

use std::sync::atomic::{AtomicU64, Ordering};

/// The counts of one scheduler.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    live: AtomicU64,
    started: AtomicU64,
    waiting: AtomicU64,
}

impl Tally {
    /// Tasks that have not ended.
    pub(crate) fn tasks(&self) -> u64 {
        self.live.load(Ordering::Relaxed)
    }

    /// Tasks that were ever started.
    pub(crate) fn tasks_started(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }

    /// Tasks that wait.
    pub(crate) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn live(&self, count: usize) {
        self.live.store(count as u64, Ordering::Relaxed);
    }

    pub(super) fn started(&self) {
        add(&self.started, 1);
    }

    /// One more task waits, or one fewer.
    #[inline]
    pub(super) fn waits(&self, change: i64) {
        add(&self.waiting, change);
    }
}

/// Only one thread writes, so nothing need be locked.
#[inline]
fn add(count: &AtomicU64, change: i64) {
    let now = count.load(Ordering::Relaxed);
    count.store(now.wrapping_add_signed(change), Ordering::Relaxed);
}
