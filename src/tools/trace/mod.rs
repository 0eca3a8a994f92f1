//! Recording: every event of a run's sockets, to files, to memory, to whoever wants a line of each.
//!
//! A [`Recorder`] is an observer of `net` (`recorder`). What happens costs a run little: it puts an entry (`notes`, `entry`) into a
//! chunk, and a thread of the recorder's own (`writer`) makes records and packets of them and writes those down. Who needs
//! each event at once (the prompt, a test's last exchange, [`Tail`]) is told on the spot. What a record is stands in
//! `wire::trace`.

mod entry;
mod notes;
mod recorder;
mod sink;
mod tail;
mod writer;

pub use recorder::Recorder;
pub use tail::Tail;
