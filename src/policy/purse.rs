//! What a runtime and the workers it has started have used of their limits, together: a worker has no limits of its own that
//! a script could add up, it spends from the purse of whoever started it. Only what is limited is counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// The counts of a runtime and all its workers.
#[derive(Debug, Default)]
pub(crate) struct Purse {
    /// Instructions of this run.
    pub(crate) instructions: Spent,
    /// Tasks that live.
    pub(crate) tasks: Spent,
    /// Sockets that are open, or on their way from thread to thread.
    pub(crate) sockets: Spent,
    /// Bytes sent.
    pub(crate) sent: Spent,
    /// Bytes received.
    pub(crate) received: Spent,
}

/// One count, of several threads.
#[derive(Debug, Default)]
pub(crate) struct Spent(AtomicU64);

impl Spent {
    /// How much has been used.
    #[inline]
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Uses so much more; returns the new count.
    #[inline]
    pub(crate) fn add(&self, more: u64) -> u64 {
        self.0.fetch_add(more, Ordering::Relaxed).wrapping_add(more)
    }

    /// Gives so much back.
    #[inline]
    pub(crate) fn give_back(&self, less: u64) {
        self.0.fetch_sub(less, Ordering::Relaxed);
    }

    /// Begins anew.
    pub(crate) fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}
