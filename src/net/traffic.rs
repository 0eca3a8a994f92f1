//! What a network counts: sockets that are open, bytes that came and left. Its own thread writes, any thread reads.

use std::sync::atomic::{AtomicU64, Ordering};

/// The counts of one network.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    sockets: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
}

impl Traffic {
    /// Sockets that are open.
    pub(crate) fn sockets(&self) -> u64 {
        self.sockets.load(Ordering::Relaxed)
    }

    /// Bytes that sockets have received.
    pub(crate) fn bytes_received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Bytes that sockets have sent.
    pub(crate) fn bytes_sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// So many bytes came.
    #[inline]
    pub(crate) fn received(&self, count: usize) {
        add(&self.received, count as u64);
    }

    /// So many bytes left.
    #[inline]
    pub(crate) fn sent(&self, count: usize) {
        add(&self.sent, count as u64);
    }

    pub(super) fn opened(&self) {
        add(&self.sockets, 1);
    }

    pub(super) fn closed(&self) {
        add(&self.sockets, u64::MAX);
    }
}

/// Only one thread writes, so nothing need be locked.
#[inline]
fn add(count: &AtomicU64, more: u64) {
    count.store(
        count.load(Ordering::Relaxed).wrapping_add(more),
        Ordering::Relaxed,
    );
}
