//! Work that takes long and has to be done in one piece, as the parts of a TLS handshake: who does it lets the others go first,
//! and does it where there is stack enough.
#![cfg_attr(
    not(feature = "tls"),
    allow(dead_code, reason = "only handshakes are such work")
)]

use std::time::{Duration, Instant};

use crate::error::Result;

use super::scheduler::Scheduler;

/// How long those who let the others go first work before the others go on and are looked for.
const ROUND: Duration = Duration::from_micros(500);

impl Scheduler {
    /// Lets all that can run do so before the caller goes on with something that takes long (a handshake): of those who step
    /// aside few go on in a round, so that a thousand of them hold nobody else up.
    ///
    /// # Errors
    /// Cancellation; whatever ends the task.
    pub(crate) fn give_way(&self) -> Result<()> {
        if let Some(task) = self.suspendable()?
            && !self.is_alone()
        {
            self.queue.push_aside(task.clone());
            self.leave(&task);
            if let Some(error) = task.doomed() {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Runs `work` where there is stack enough for anything. It must not wait.
    pub(crate) fn deep<R>(&self, work: impl FnOnce() -> R) -> R {
        let task = self.current();
        match task.and_then(|task| task.fiber()) {
            Some(fiber) => fiber.on_deep_stack(work),
            None => work(),
        }
    }

    /// Enters the first of those who let the others go first, and more of them while that takes no time to speak of: looking for
    /// events after each would cost as much as a part of their work.
    pub(super) fn enter_aside(&self) {
        let Some(mut task) = self.queue.next_aside() else {
            return;
        };
        let start = Instant::now();
        loop {
            self.enter(&task);
            // The end of one may be the end of all.
            if task.is_done() || start.elapsed() >= ROUND {
                return;
            }
            match self.queue.next_aside() {
                Some(next) => task = next,
                None => return,
            }
        }
    }
}
