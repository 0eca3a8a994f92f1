//! The rows, by topic: `open` (making sockets), `life` (closing, modes, names), `connect`, `listen`, `transfer`, `message`,
//! `options`, `control` (ioctl, share, fcntl), `resolve`, `netdb`, `convert` (byte order and address texts), `task`, `program` (sys, time, globals), `watch` (warnings, audit hooks), `buffer`
//! (bytearray), `errors`.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a row's function owns its arguments"
)]

mod buffer;
mod connect;
mod control;
mod convert;
mod errors;
mod life;
mod listen;
mod message;
mod netdb;
mod open;
mod options;
mod program;
mod resolve;
mod task;
mod transfer;
mod watch;

use super::op::Op;

/// Every row, in documentation order.
pub(super) static ALL: &[&[Op]] = &[
    open::OPS,
    connect::OPS,
    listen::OPS,
    transfer::OPS,
    message::OPS,
    life::OPS,
    options::OPS,
    control::OPS,
    resolve::OPS,
    netdb::OPS,
    convert::OPS,
    task::OPS,
    program::OPS,
    watch::OPS,
    buffer::OPS,
    errors::OPS,
];
