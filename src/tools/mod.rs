//! What stands on the network to look at it: `trace` records what sockets do.

pub(crate) mod trace;
