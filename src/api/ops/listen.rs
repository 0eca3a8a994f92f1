//! The server's side.

use std::rc::Rc;

use crate::address::Address;
use crate::api::argument::Any;
use crate::api::handler::typed;
use crate::api::op::{Default, METHOD, Op, need, with};
use crate::api::{Cx, address};
use crate::error::Result;
use crate::net::{DEFAULT_BACKLOG, Socket};

pub(super) const OPS: &[Op] = &[
    Op {
        name: "bind",
        params: &[need(
            "address",
            "local address: the family's form, (host, port) for AF_INET; port 0 is any free one",
        )],
        doc: "Take a local address. Raises OSError: EADDRINUSE, EADDRNOTAVAIL, EACCES. See bind(2).",
        event: Some("socket.bind"),
        run: &typed(bind),
        ..METHOD
    },
    Op {
        name: "listen",
        params: &[with(
            "backlog",
            Default::Int(DEFAULT_BACKLOG as i64),
            "most connections waiting to be accepted; a negative number is 0",
        )],
        doc: "Start taking connections. Raises OSError. See listen(2).",
        event: Some("socket.listen"),
        run: &typed(listen),
        ..METHOD
    },
    Op {
        name: "accept",
        returns: "socket, address",
        doc: "Take the next connection: its socket, which has the default timeout, and the peer's address. \
              Raises timeout, BlockingIOError in non-blocking mode. See accept(2).",
        event: Some("socket.accept"),
        run: &typed(accept),
        ..METHOD
    },
];

fn bind(_: &Cx<'_>, socket: Rc<Socket>, address: Any) -> Result<()> {
    const OP: &str = "bind";
    let endpoint = address::read_for(OP, &socket, address.0)?;
    address::asked(OP, &endpoint, socket.bind_to(&endpoint))
}

fn listen(_: &Cx<'_>, socket: Rc<Socket>, backlog: i32) -> Result<()> {
    socket.listen(backlog)
}

fn accept(_: &Cx<'_>, socket: Rc<Socket>) -> Result<(Rc<Socket>, Address)> {
    socket.accept()
}
