//! What a network counts: sockets that are open, bytes that came and left, which its own thread writes and any thread reads; and bytes
//! that are on their way to other threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The counts of one network.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    sockets: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
    /// Bytes in worker channels that this network's scripts have sent. Whoever receives them counts them out.
    underway: AtomicUsize,
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

    /// Bytes that scripts have sent to other threads and nobody has received.
    pub(crate) fn bytes_underway(&self) -> usize {
        self.underway.load(Ordering::Relaxed)
    }

    /// So many bytes more are on their way, until the result is dropped.
    pub(crate) fn carry(self: &Arc<Self>, bytes: usize) -> Underway {
        self.underway.fetch_add(bytes, Ordering::Relaxed);
        Underway {
            traffic: self.clone(),
            bytes,
        }
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

/// Bytes on their way to another thread.
#[derive(Debug)]
pub(crate) struct Underway {
    traffic: Arc<Traffic>,
    bytes: usize,
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.traffic.underway.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
