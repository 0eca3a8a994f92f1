//! The hand other threads have on a runtime.

use std::sync::Arc;

use crate::net::Traffic;
use crate::sched::{StopHandle, Tally};

use super::stats::Stats;

/// Stops, wakes or looks at a runtime, from any thread. Cheap to clone; it outlives the runtime, and does nothing then.
///
/// It can end a task and not make one go on: tasks that all wait for one another are a deadlock, a `RuntimeError`, also
/// while one lives.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use std::time::Duration;
/// use wirescript::{Class, Runtime};
///
/// let mut runtime = Runtime::builder().build()?;
/// let handle = runtime.handle();
/// std::thread::spawn(move || {
///     std::thread::sleep(Duration::from_millis(20));
///     handle.stop();
/// });
/// let error = runtime.run("busy", "while true do end").expect_err("it was stopped");
/// assert_eq!(error.class(), Class::CancelledError);
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Handle {
    stop: StopHandle,
    tally: Arc<Tally>,
    traffic: Arc<Traffic>,
}

impl Handle {
    pub(super) const fn new(stop: StopHandle, tally: Arc<Tally>, traffic: Arc<Traffic>) -> Self {
        Self { stop, tally, traffic }
    }

    /// Ends every task of the runtime: waits fail at once, busy scripts at their next look. A script cannot catch it. What
    /// ran fails with `CancelledError`; the runtime can run other scripts then. Where nothing runs it is for the next call,
    /// and ends what that has not done when it looks. May be called in a signal handler.
    ///
    /// ```
    /// # use wirescript::Runtime;
    /// let runtime = Runtime::builder().build()?;
    /// runtime.handle().stop();
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// Makes [`Runtime::as_fd`](crate::Runtime::as_fd) readable, so that the host's loop takes a turn. May be called in a
    /// signal handler.
    ///
    /// ```
    /// # use wirescript::Runtime;
    /// let runtime = Runtime::builder().build()?;
    /// runtime.handle().wake();
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn wake(&self) {
        self.stop.wake();
    }

    /// What the runtime is doing right now.
    ///
    /// ```
    /// # use wirescript::Runtime;
    /// let runtime = Runtime::builder().build()?;
    /// let handle = runtime.handle();
    /// let tasks = std::thread::spawn(move || handle.snapshot().tasks).join();
    /// assert_eq!(tasks.ok(), Some(0));
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn snapshot(&self) -> Stats {
        Stats::of(&self.tally, &self.traffic)
    }
}
