//! What a runtime is doing, in numbers.

use serde::Serialize;

use crate::net::Traffic;
use crate::sched::Tally;

/// What a runtime is doing, in numbers; serde data. [`Runtime::stats`](crate::Runtime::stats) and
/// [`Handle::snapshot`](crate::Handle::snapshot) return one.
///
/// ```
/// # #[cfg(feature = "lua")] {
/// use wirescript::{Policy, Runtime};
///
/// let mut runtime = Runtime::builder().policy(Policy::allow_all()).build()?;
/// runtime.run("pair", "a, b = socket.socketpair() a:send('hello') b:recv(5)")?;
/// let stats = runtime.stats();
/// assert_eq!((stats.tasks, stats.sockets), (0, 2));
/// assert_eq!((stats.bytes_sent, stats.bytes_received), (5, 5));
/// # }
/// # Ok::<(), wirescript::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// Tasks that have not ended, main chunks included.
    pub tasks: u64,
    /// Tasks that were ever started.
    pub tasks_started: u64,
    /// Tasks that wait: for a socket, a time, a name, another task.
    pub waits: u64,
    /// Sockets that are open.
    pub sockets: u64,
    /// Bytes that sockets have received.
    pub bytes_received: u64,
    /// Bytes that sockets have sent.
    pub bytes_sent: u64,
}

impl Stats {
    pub(super) fn of(tally: &Tally, traffic: &Traffic) -> Self {
        Self {
            tasks: tally.tasks(),
            tasks_started: tally.tasks_started(),
            waits: tally.waiting(),
            sockets: traffic.sockets(),
            bytes_received: traffic.bytes_received(),
            bytes_sent: traffic.bytes_sent(),
        }
    }
}
