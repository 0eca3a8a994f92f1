//! How long a socket's calls may wait, as Python's `settimeout` has it.

use std::time::Duration;

/// How long a call may wait.
///
/// ```
/// use std::time::Duration;
/// use wirescript::Timeout;
///
/// assert_eq!(Timeout::After(Duration::from_millis(1500)), Timeout::After(Duration::from_secs_f64(1.5)));
/// assert_ne!(Timeout::After(Duration::ZERO), Timeout::NonBlocking);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Timeout {
    /// For ever: Python's `None`.
    Blocking,
    /// Not at all: Python's `0.0`.
    NonBlocking,
    /// This long.
    After(Duration),
}
