//! What the channels between tasks and those between threads have in common: parameters, and the rows of which the text is
//! the same. `task` and `worker` say whose they are and what they run.

use std::time::Instant;

use crate::api::Form;
use crate::api::argument::Seconds;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Param, with};
use crate::error::{Error, Result};
use crate::sched::deadline_after;

pub(super) const CAPACITY: Param = with(
    "capacity",
    Default::Int(0),
    "most values it holds; 0 is without bound",
);
pub(super) const TIMEOUT: Param = with("timeout", Default::None, "seconds to wait at most");

/// Makes a channel.
pub(super) const CHANNEL: Op = Op {
    name: "channel",
    params: &[CAPACITY],
    ..FUNCTION
};

pub(super) const SEND: Op = Op {
    name: "send",
    ..METHOD
};

pub(super) const RECV: Op = Op {
    name: "recv",
    params: &[TIMEOUT],
    returns: "the value",
    doc: "Take the oldest value; wait until there is one. Who waits longest is served first; who gives up takes nothing. A loop \
          over the channel receives until it is closed. Raises task.ShutDown on a channel that is closed and empty, timeout.",
    ..METHOD
};

pub(super) const CLOSE: Op = Op {
    name: "close",
    doc: "Close the channel for all: nothing more can be sent, what it holds can still be received. Who waits to send, or to \
          receive what will not come, gets task.ShutDown. Never fails.",
    ..METHOD
};

pub(super) const CLOSED: Op = Op {
    name: "closed",
    form: Form::Property,
    returns: "bool",
    doc: "Whether the channel was closed.",
    ..METHOD
};

pub(super) const QSIZE: Op = Op {
    name: "qsize",
    returns: "int",
    doc: "How many values were sent and not yet received. Never fails.",
    ..METHOD
};

/// The bound of a new channel; none for 0.
pub(super) fn bound(capacity: i64, op: &str) -> Result<Option<usize>> {
    let capacity = usize::try_from(capacity).map_err(|_| {
        Error::value(format!(
            "{op}() capacity must be 0, which is without bound, or more"
        ))
    })?;
    Ok((capacity > 0).then_some(capacity))
}

/// The end of a wait of this length; none for one without end.
pub(super) fn end_of(timeout: Option<Seconds>) -> Option<Instant> {
    timeout.and_then(|Seconds(duration)| deadline_after(duration))
}
