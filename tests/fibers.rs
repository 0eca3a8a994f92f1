//! Fibers: a call that waits suspends its task wherever it stands, and nobody notices but the clock. The rules are those
//! of `docs/architecture.md`; each part of this test holds one topic.
#![cfg(all(feature = "cli", feature = "lua", target_os = "linux"))]

#[path = "fibers/channels.rs"]
mod channels;
#[path = "fibers/collector.rs"]
mod collector;
#[path = "fibers/coroutines.rs"]
mod coroutines;
#[cfg(feature = "rhai")]
#[path = "fibers/crowds.rs"]
mod crowds;
#[path = "fibers/depth.rs"]
mod depth;
#[path = "fibers/errors.rs"]
mod errors;
#[path = "fibers/exits.rs"]
mod exits;
#[path = "fibers/fairness.rs"]
mod fairness;
#[path = "fibers/left.rs"]
mod left;
#[path = "fibers/parked.rs"]
mod parked;
#[path = "fibers/received.rs"]
mod received;
#[path = "fibers/scopes.rs"]
mod scopes;
#[path = "support/script.rs"]
mod script;
#[path = "fibers/selecting.rs"]
mod selecting;
#[expect(dead_code, reason = "what other tests share and this one does not need")]
mod support;
#[path = "fibers/tasks.rs"]
mod tasks;
#[path = "fibers/waits.rs"]
mod waits;
