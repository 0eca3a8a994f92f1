//! The clock everything that waits goes by: the kernel's, or the one of a simulation, which moves only when nobody can run.
//!
//! Scripts ask for the time here, and so does whoever makes or looks at a deadline. A simulated runtime sets its thread's clock while
//! it runs tasks and takes it back after, so that two runtimes on one thread each have their own.

use std::cell::Cell;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The date at which every simulation begins: 2026-01-01, 00:00 UTC, in seconds since 1970.
pub(crate) const BEGINNING: Duration = Duration::from_secs(1_767_225_600);

thread_local! {
    /// The simulated moment, where tasks of a simulation run on this thread.
    static SIMULATED: Cell<Option<Moment>> = const { Cell::new(None) };
}

/// A moment of a simulation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Moment {
    /// When it began, by the kernel's clock: only so that its times are instants like all others.
    pub(super) began: Instant,
    pub(super) elapsed: Duration,
}

impl Moment {
    pub(super) fn instant(self) -> Instant {
        // A simulation that has run for longer than the clock can tell stands still.
        self.began.checked_add(self.elapsed).unwrap_or(self.began)
    }
}

/// Sets this thread's clock, or gives it back to the kernel; what it was before.
pub(super) fn set(moment: Option<Moment>) -> Option<Moment> {
    SIMULATED.replace(moment)
}

/// The moment it is.
#[inline]
pub(crate) fn now() -> Instant {
    match SIMULATED.get() {
        None => Instant::now(),
        Some(moment) => moment.instant(),
    }
}

/// The moment `duration` from now; none when that is beyond what the clock can say.
#[inline]
pub(crate) fn deadline_after(duration: Duration) -> Option<Instant> {
    now().checked_add(duration)
}

/// The time since 1970.
pub(crate) fn since_epoch() -> Duration {
    match SIMULATED.get() {
        None => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        Some(moment) => BEGINNING + moment.elapsed,
    }
}

/// How long the simulation of this thread has run, by its own clock; none where there is none.
pub(crate) fn simulated() -> Option<Duration> {
    SIMULATED.get().map(|moment| moment.elapsed)
}
