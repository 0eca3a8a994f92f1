//! Scripts inside an event loop of the host's: what to watch, until when, and a turn that never waits.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::sched::Turned;

use super::Runtime;

/// What is left to do after [`Runtime::turn`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Turn {
    /// The time was over before everything was done: take another turn soon.
    Busy,
    /// Every task waits: take a turn when [`Runtime::as_fd`] becomes readable or [`Runtime::next_deadline`] has passed.
    Waiting,
    /// Nothing runs.
    Idle,
}

impl Runtime {
    /// The descriptor that becomes readable when a turn is due. It can be watched level- or edge-triggered, and stays the
    /// same for the runtime's life. Only watch it: what it has to read is the runtime's.
    ///
    /// # Errors
    /// `OSError` when the system has no descriptors left.
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// use std::os::fd::AsRawFd;
    /// use std::time::Duration;
    /// use wirescript::{Runtime, Turn};
    ///
    /// let mut runtime = Runtime::builder().build()?;
    /// let number = runtime.as_fd()?.as_raw_fd();
    /// let job = runtime.spawn("sleeper", "task.sleep(0.01) return 'slept'")?;
    /// while runtime.turn(Duration::from_millis(1))? != Turn::Idle {
    ///     // Here a loop of the host's would wait for `number`, and no longer than this:
    ///     let until = runtime.next_deadline();
    ///     # let _ = (number, until);
    ///     # std::thread::sleep(Duration::from_millis(1));
    /// }
    /// assert_eq!(runtime.wait::<String>(&job)?, "slept");
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn as_fd(&self) -> Result<BorrowedFd<'_>> {
        let number = self.sched.descriptor()?;
        crate::sys::fd::borrow(number).ok_or_else(|| Error::runtime("nothing watches descriptors"))
    }

    /// When a turn is due though the descriptor is not readable: now while tasks could go on at once, `None` where only
    /// the descriptor tells.
    ///
    /// ```
    /// # use wirescript::Runtime;
    /// let runtime = Runtime::builder().build()?;
    /// assert_eq!(runtime.next_deadline(), None);
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn next_deadline(&self) -> Option<Instant> {
        self.sched.next_deadline()
    }

    /// Runs whatever can go on, for about `budget`, and never waits for anything. A script that calculates is left in the
    /// middle and goes on in the next turn. What no turn can interrupt: a single call of a library in C, a function of the
    /// host's, and a wait below a plain `mlua` callback.
    ///
    /// A task that fails without anybody to join it is told to [`Builder::on_failure`](crate::Builder::on_failure).
    ///
    /// # Errors
    /// `SystemExit` with its status when a script that was spawned ended by `sys.exit` (the others go on in the next turn), or
    /// when any ended all of them by `os.exit`; `RuntimeError` when called from inside a script.
    ///
    /// ```
    /// # #[cfg(feature = "lua")] {
    /// use std::time::{Duration, Instant};
    /// use wirescript::{Runtime, Turn};
    ///
    /// let mut runtime = Runtime::builder().build()?;
    /// runtime.spawn("busy", "while true do end")?;
    /// let start = Instant::now();
    /// assert_eq!(runtime.turn(Duration::from_millis(5))?, Turn::Busy);
    /// assert!(start.elapsed() >= Duration::from_millis(5));
    /// # }
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn turn(&mut self, budget: Duration) -> Result<Turn> {
        let turned = self.sched.turn(budget)?;
        if let Some(error) = self.sched.take_exit() {
            return Err(error);
        }
        if turned == Turned::Idle {
            if let Some(status) = self.sched.exit_status() {
                self.begin();
                return Err(Error::exit(status));
            }
            self.begin();
        }
        Ok(match turned {
            Turned::Busy => Turn::Busy,
            Turned::Waiting => Turn::Waiting,
            Turned::Idle => Turn::Idle,
        })
    }
}
