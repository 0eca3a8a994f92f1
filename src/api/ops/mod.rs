//! The rows, by topic: `open` (making sockets), `life` (closing, modes, names), `connect`, `listen`, `transfer`,
//! `options`, `resolve`, `netdb`, `convert` (byte order and address texts), `task`, `program` (sys, time, globals), `buffer`
//! (bytearray), `errors`.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a row's function owns its arguments"
)]

mod buffer;
mod connect;
mod convert;
mod errors;
mod life;
mod listen;
mod netdb;
mod open;
mod options;
mod program;
mod resolve;
mod task;
mod transfer;

use super::op::Op;

/// Every row, in documentation order.
pub(super) static ALL: &[&[Op]] = &[
    open::OPS,
    connect::OPS,
    listen::OPS,
    transfer::OPS,
    life::OPS,
    options::OPS,
    resolve::OPS,
    netdb::OPS,
    convert::OPS,
    task::OPS,
    program::OPS,
    buffer::OPS,
    errors::OPS,
];
