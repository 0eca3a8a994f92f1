//! The hand other threads have on a runtime.

use crate::sched::StopHandle;

/// Ends what a runtime runs, from any thread. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    stop: StopHandle,
}

impl Handle {
    pub(super) const fn new(stop: StopHandle) -> Self {
        Self { stop }
    }

    /// Ends every task of the runtime: waits fail at once, busy scripts at their next look.
    pub fn stop(&self) {
        self.stop.stop();
    }
}
