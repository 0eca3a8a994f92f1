//! Connecting.

use std::rc::Rc;

use crate::api::argument::{Any, Function};
use crate::api::handler::typed;
use crate::api::op::{Default, Form, METHOD, Op, Owner, Python, need, with};
use crate::api::{Cx, Value, address};
use crate::error::Result;
use crate::net::{Side, Socket};

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
        params: &[need("address", "address, as for connect")],
        returns: "int",
        doc: "As connect, but return the error number instead of raising it; 0 is success. Raises gaierror \
              for a name that cannot be looked up all the same.",
        event: Some("socket.connect"),
        run: &typed(connect_ex),
        ..METHOD
    },
    Op {
        name: "relay",
        on: Owner::Module("socket"),
        form: Form::Function,
        params: &[
            need("a", "a connected stream socket"),
            need("b", "another one"),
            with(
                "tap",
                Default::None,
                "function f(side, data): told of the bytes each side sends, side being 'a' or 'b'; it may raise",
            ),
        ],
        returns: "int, int",
        doc: "Copy what each of two streams sends to the other, until both have ended; the end of one is passed on to the \
              other. Return how many bytes went from a to b, and from b to a. The bytes stay in the kernel where nobody looks \
              at them (splice(2)). Raises timeout when nothing moves for as long as the shorter timeout of the two, \
              ConnectionResetError, BrokenPipeError, ValueError for what is no stream. Both sockets stay open.",
        python: Python::Nothing,
        run: &typed(relay),
        ..METHOD
    },
];

fn relay(cx: &Cx<'_>, a: Rc<Socket>, b: Rc<Socket>, tap: Option<Function>) -> Result<(i64, i64)> {
    let count = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let moved = match tap {
        None => Socket::relay(&a, &b, None),
        Some(function) => {
            let function = cx.host.keep(function.0)?;
            let mut tap = |side, bytes: Vec<u8>| {
                let side = match side {
                    Side::A => "a",
                    Side::B => "b",
                };
                function.call(vec![Value::text(side), Value::bytes(bytes)])
            };
            Socket::relay(&a, &b, Some(&mut tap))
        }
    };
    moved.map(|(forth, back)| (count(forth), count(back)))
}

fn connect(_: &Cx<'_>, socket: Rc<Socket>, address: Any) -> Result<()> {
    const OP: &str = "connect";
    let endpoint = address::read_for(OP, &socket, address.0)?;
    address::asked(OP, &endpoint, socket.connect_to(&endpoint))
}

fn connect_ex(_: &Cx<'_>, socket: Rc<Socket>, address: Any) -> Result<i32> {
    const OP: &str = "connect_ex";
    let endpoint = address::read_for(OP, &socket, address.0)?;
    address::asked(OP, &endpoint, socket.connect_ex(&endpoint))
}
