//! What stands on the network, below the table of operations, to talk over it and to look at it. Names no language.
//!
//! A [`Tube`] (`tube/`) is a conversation with one peer, bytes both ways, every wait of it bounded: over a socket, or over the
//! pipes of a program (`process`). `url` reads what says whom to talk to, `dial` connects and listens. `trace` records what
//! sockets do, `record` is a proxy for it, `replay` plays the server of what was recorded; `errand` has their tasks.

mod dial;
mod errand;
mod process;
#[cfg(feature = "cli")]
mod record;
mod replay;
pub(crate) mod trace;
mod tube;
mod url;

pub(crate) use dial::{Dial, Listener, Secrets};
pub(crate) use process::{Complaints, Program};
#[cfg(feature = "cli")]
pub(crate) use record::Proxy;
pub(crate) use replay::Recording;
pub(crate) use tube::{Expected, Groups, Pattern, Settings, Tube};
pub(crate) use url::{Scheme, Url};
