//! Threads that run scripts of their own, and what goes from one to another.
//!
//! A [`Worker`] (`thread`) is such a thread as the one that started it sees it: a task waits for its end, so that joining,
//! groups, limits, reports and the program's end treat it as they treat tasks. What runs on the thread is handed in from
//! above. A [`Question`] (`question`) is what it asks the starting thread before it goes on. A [`Link`] (`link`), scripts' worker channel, carries values between threads, each as a [`Parcel`] (`parcel`): plain data, and
//! sockets, which move.

mod link;
mod parcel;
mod question;
mod thread;

pub(crate) use link::Link;
pub(crate) use parcel::{Content, Delivery, Draft, Parcel};
pub(crate) use question::{Asked, Question};
pub(crate) use thread::{Failure, Notice, Outcome, Post, Watcher, Worker};
