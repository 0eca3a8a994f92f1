//! Connecting.

use std::rc::Rc;

use crate::api::argument::Any;
use crate::api::handler::typed;
use crate::api::op::{METHOD, Op, need};
use crate::api::{Cx, address};
use crate::error::Result;
use crate::net::Socket;

pub(super) const OPS: &[Op] = &[
    Op {
        name: "connect",
        params: &[need(
            "address",
            "where to: the family's form, (host, port) for AF_INET",
        )],
        doc: "Connect to an address; on a datagram socket, choose the peer. The socket's timeout covers the lookup of a \
              name as well. Raises ConnectionRefusedError and its like, gaierror, timeout, BlockingIOError in \
              non-blocking mode. See connect(2).",
        event: Some("socket.connect"),
        run: &typed(connect),
        ..METHOD
    },
    Op {
        name: "connect_ex",
        params: &[need("address", "as for connect")],
        returns: "int",
        doc: "As connect, but return the error number instead of raising it; 0 is success. A name that cannot be \
              looked up still raises gaierror.",
        event: Some("socket.connect"),
        run: &typed(connect_ex),
        ..METHOD
    },
];

fn connect(_: &Cx<'_>, socket: Rc<Socket>, address: Any) -> Result<()> {
    socket.connect_to(&address::read_for("connect", &socket, address.0)?)
}

fn connect_ex(_: &Cx<'_>, socket: Rc<Socket>, address: Any) -> Result<i32> {
    socket.connect_ex(&address::read_for("connect_ex", &socket, address.0)?)
}
