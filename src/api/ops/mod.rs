//! The rows, by topic: `open` (making sockets), `life` (closing, modes, names), `connect`, `listen`, `transfer`, `message`,
//! `options`, `control` (ioctl, share, fcntl), `resolve`, `netdb`, `convert` (byte order and address texts), `task`, `worker`, `select`, `epoll`, `selectors`, `serving` (what `socketserver` is made of),
//! `makefile` (making and sending files), `file` (what they do), `nature` (what they say of themselves), `program` (sys,
//! time, globals), `watch` (warnings, audit hooks), `faults` (made on purpose), `buffer` (bytearray and its views), `array`, `packing` (struct), `structure` (struct.Struct),
//! `packet` (by declaration), `octets` (bytes), `json`, `tube` and its kin (conversations), `errors`, `testing` (declaring tests), `expect` (what they expect).

#![allow(
    clippy::needless_pass_by_value,
    reason = "a row's function owns its arguments"
)]

mod array;
mod buffer;
mod channel;
mod connect;
mod control;
mod convert;
mod epoll;
mod errors;
mod expect;
mod faults;
mod file;
mod json;
mod life;
mod listen;
mod makefile;
mod message;
mod nature;
mod netdb;
mod octets;
mod open;
mod options;
mod packet;
mod packing;
mod program;
mod resolve;
mod select;
mod selectors;
mod serving;
mod structure;
mod task;
mod testing;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
mod tls_context;
#[cfg(feature = "tls")]
mod tls_socket;
mod transfer;
mod tube;
mod tube_listener;
mod tube_methods;
mod tube_nature;
mod tube_program;
mod tube_tls;
mod watch;
mod worker;

pub(crate) use watch::show_fact;

use super::op::Op;

pub(super) use array::packed;

/// Rows for writing attributes.
pub(super) static SETTERS: &[&[Op]] = &[
    #[cfg(feature = "tls")]
    tls_context::SETTERS,
];

/// Where the rows of functions that every script has are, among others: who starts a machine looks no further.
pub(super) static WITH_GLOBALS: &[&[Op]] =
    &[testing::OPS, makefile::OPS, program::OPS, buffer::OPS, array::OPS];

/// Every row, in documentation order.
pub(super) static ALL: &[&[Op]] = &[
    open::OPS,
    faults::OPS,
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
    worker::OPS,
    testing::OPS,
    expect::OPS,
    select::OPS,
    epoll::OPS,
    selectors::OPS,
    serving::OPS,
    makefile::OPS,
    file::OPS,
    nature::OPS,
    program::OPS,
    watch::OPS,
    buffer::OPS,
    array::OPS,
    packing::OPS,
    structure::OPS,
    packet::OPS,
    octets::OPS,
    json::OPS,
    tube::OPS,
    tube_methods::OPS,
    tube_nature::OPS,
    tube_listener::OPS,
    errors::OPS,
    #[cfg(feature = "tls")]
    tls::OPS,
    #[cfg(feature = "tls")]
    tls_context::OPS,
    #[cfg(feature = "tls")]
    tls_socket::OPS,
];
