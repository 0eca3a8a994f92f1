//! Embedding: the examples print what they say, and what a host does beside that: values, errors, functions of its own,
//! two runtimes at once, an end with tasks blocked everywhere.

#[path = "embedding/audit.rs"]
mod audit;
#[path = "embedding/examples.rs"]
mod examples;
#[path = "embedding/host.rs"]
mod host;
#[cfg(feature = "tls")]
#[path = "embedding/tls.rs"]
mod tls;
