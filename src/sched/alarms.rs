//! False alarms: waits that ended, and nothing was there.
//!
//! An error nobody takes, the end of a stream or a state nobody asked about keeps a descriptor ready for ever, and so each wait
//! for it ends at once. After a few in a row a task looks only once a millisecond.

use std::time::{Duration, Instant};

use crate::error::Result;

use super::clock::deadline_after;
use super::scheduler::Scheduler;

/// Times in a row that a descriptor may be reported ready for nothing before the next look has to wait.
const MOST: u32 = 8;
/// How long it waits then.
const LULL: Duration = Duration::from_millis(1);

/// The false alarms of one call.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    /// Waits that have ended without a deadline's passing.
    rung: u32,
    /// Those after which the call has kept still.
    heeded: u32,
}

impl Alarms {
    /// A wait has ended: whatever woke it may have been nothing.
    pub(crate) fn ring(&mut self) {
        self.rung = self.rung.saturating_add(1);
    }

    /// Whether the call has waited before.
    pub(crate) const fn any(&self) -> bool {
        self.rung > 0
    }
}

impl Scheduler {
    /// After too many false alarms the call keeps still for a moment, though not beyond its deadline. True where it did: what came
    /// meanwhile woke nobody, so the call has to look before it waits.
    ///
    /// # Errors
    /// Cancellation; whatever ends the task.
    pub(crate) fn keep_still(&self, alarms: &mut Alarms, deadline: Option<Instant>) -> Result<bool> {
        if alarms.rung < MOST || alarms.heeded == alarms.rung {
            return Ok(false);
        }
        alarms.heeded = alarms.rung;
        let lull = deadline_after(LULL);
        self.sleep_until(deadline.map_or(lull, |deadline| lull.map(|lull| lull.min(deadline))))?;
        Ok(true)
    }
}
