//! Embedding: the examples print what they say, and what a host does beside that: values, errors, functions of its own,
//! two runtimes at once, an end with tasks blocked everywhere.

/// A host that counts its memory, as one does that runs Rhai scripts it does not trust.
#[global_allocator]
static ALLOCATOR: wirescript::Allocator = wirescript::Allocator;

#[path = "embedding/audit.rs"]
mod audit;
#[path = "embedding/channels.rs"]
mod channels;
#[path = "embedding/data.rs"]
mod data;
#[path = "embedding/examples.rs"]
mod examples;
#[path = "embedding/exits.rs"]
mod exits;
#[path = "embedding/failures.rs"]
mod failures;
#[path = "embedding/functions.rs"]
mod functions;
#[path = "embedding/guests.rs"]
mod guests;
#[path = "embedding/handles.rs"]
mod handles;
#[path = "embedding/host.rs"]
mod host;
#[cfg(feature = "rhai")]
#[path = "embedding/memory.rs"]
mod memory;
#[path = "embedding/modules.rs"]
mod modules;
#[path = "embedding/own.rs"]
mod own;
#[path = "embedding/printed.rs"]
mod printed;
#[cfg(target_os = "linux")]
#[path = "embedding/programs.rs"]
mod programs;
#[path = "embedding/resolver.rs"]
mod resolver;
#[cfg(feature = "tls")]
#[path = "embedding/tls.rs"]
mod tls;
#[path = "embedding/tongues.rs"]
mod tongues;
