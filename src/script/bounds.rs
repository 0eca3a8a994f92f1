//! What the whole program may hold for one script. A language counts or bounds its own memory, and not what lies on our side of its
//! values: texts of errors, what a context for TLS is made of. In the command, where nobody else allocates, the process is
//! looked at.

use crate::net::Net;
use crate::sys::{memory, process};

/// Bytes the program may hold beyond several times a script's limit: what is not the script's.
const SPARE: usize = 64 << 20;
/// Times of a script's limit that the program may grow by: a worker has a quarter of what its starter has left, which may grow too.
const TIMES: usize = 4;

/// Whether scripts were given less memory than there is.
pub(super) fn is_bounded(net: &Net) -> bool {
    net.memory_limit() < process::physical_memory()
}

/// Bytes the program may hold from here on, for scripts that are bounded.
pub(super) fn most_for_the_program(net: &Net) -> usize {
    let now = memory::held().unwrap_or(0);
    net.memory_limit()
        .saturating_mul(TIMES)
        .saturating_add(now)
        .saturating_add(SPARE)
}
