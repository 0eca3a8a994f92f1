//! A socket's end, its modes, its names and attributes.

use std::rc::Rc;

use crate::address::Address;
use crate::api::Cx;
use crate::api::handler::typed;
use crate::api::op::{METHOD, Op, PROPERTY, need};
use crate::error::Result;
use crate::net::{Socket, Timeout};

pub(super) const OPS: &[Op] = &[
    Op {
        name: "close",
        doc: "Close the socket; a closed one is left alone. Other tasks that wait on it get EBADF. Raises OSError. See close(2).",
        run: &typed(close),
        ..METHOD
    },
    Op {
        name: "detach",
        returns: "int",
        doc: "Close the socket object but not its descriptor, which is returned; -1 when it was closed. Never fails.",
        run: &typed(detach),
        ..METHOD
    },
    Op {
        name: "dup",
        returns: "socket",
        doc: "A second socket on a duplicate of the descriptor, not inherited, with the same timeout. Raises OSError.",
        run: &typed(dup),
        ..METHOD
    },
    Op {
        name: "shutdown",
        params: &[need("how", "SHUT_RD, SHUT_WR or SHUT_RDWR")],
        doc: "End one or both directions of the connection. Raises OSError (ENOTCONN). See shutdown(2).",
        run: &typed(shutdown),
        ..METHOD
    },
    Op {
        name: "fileno",
        returns: "int",
        doc: "The descriptor's number; -1 once the socket is closed. Never fails.",
        run: &typed(fileno),
        ..METHOD
    },
    Op {
        name: "getsockname",
        returns: "address",
        doc: "The socket's own address. Raises OSError. See getsockname(2).",
        run: &typed(getsockname),
        ..METHOD
    },
    Op {
        name: "getpeername",
        returns: "address",
        doc: "The peer's address. Raises OSError (ENOTCONN). See getpeername(2).",
        run: &typed(getpeername),
        ..METHOD
    },
    Op {
        name: "get_inheritable",
        returns: "bool",
        doc: "Whether programs this one starts get the descriptor. Raises OSError.",
        run: &typed(get_inheritable),
        ..METHOD
    },
    Op {
        name: "set_inheritable",
        params: &[need(
            "inheritable",
            "whether programs this one starts get the descriptor",
        )],
        doc: "Set whether programs this one starts get the descriptor. Raises OSError.",
        run: &typed(set_inheritable),
        ..METHOD
    },
    Op {
        name: "getblocking",
        returns: "bool",
        doc: "Whether calls wait: true unless the timeout is 0. Never fails.",
        run: &typed(getblocking),
        ..METHOD
    },
    Op {
        name: "setblocking",
        params: &[need("flag", "true: settimeout(None), false: settimeout(0)")],
        doc: "Make calls wait for ever, or not at all. Raises OSError.",
        run: &typed(setblocking),
        alters: true,
        ..METHOD
    },
    Op {
        name: "gettimeout",
        returns: "float or None",
        doc: "How long calls wait, in seconds; None is for ever. Never fails.",
        run: &typed(gettimeout),
        ..METHOD
    },
    Op {
        name: "settimeout",
        params: &[need("value", "seconds; 0 does not wait, None waits for ever")],
        doc: "Set how long calls wait. The time counts for a whole call: a sendall, the lookup and the connect. \
              Raises ValueError for a negative number, OSError.",
        run: &typed(settimeout),
        alters: true,
        ..METHOD
    },
    Op {
        name: "family",
        returns: "int",
        doc: "The AF_* family.",
        run: &typed(family),
        ..PROPERTY
    },
    Op {
        name: "type",
        returns: "int",
        doc: "The SOCK_* type, without SOCK_NONBLOCK and SOCK_CLOEXEC.",
        run: &typed(kind),
        ..PROPERTY
    },
    Op {
        name: "proto",
        returns: "int",
        doc: "The protocol number.",
        run: &typed(proto),
        ..PROPERTY
    },
    Op {
        name: "timeout",
        returns: "float or None",
        doc: "As gettimeout().",
        run: &typed(gettimeout),
        ..PROPERTY
    },
];

fn close(_: &Cx<'_>, socket: Rc<Socket>) -> Result<()> {
    socket.close()
}

fn detach(cx: &Cx<'_>, socket: Rc<Socket>) -> Result<i32> {
    let fd = socket.detach();
    cx.net.note_loose(fd);
    Ok(fd)
}

fn dup(_: &Cx<'_>, socket: Rc<Socket>) -> Result<Rc<Socket>> {
    socket.dup()
}

fn shutdown(_: &Cx<'_>, socket: Rc<Socket>, how: i32) -> Result<()> {
    socket.shutdown(how)
}

fn fileno(_: &Cx<'_>, socket: Rc<Socket>) -> Result<i32> {
    Ok(socket.fd())
}

fn getsockname(_: &Cx<'_>, socket: Rc<Socket>) -> Result<Address> {
    socket.local_address()
}

fn getpeername(_: &Cx<'_>, socket: Rc<Socket>) -> Result<Address> {
    socket.peer_address()
}

fn get_inheritable(_: &Cx<'_>, socket: Rc<Socket>) -> Result<bool> {
    socket.is_inheritable()
}

fn set_inheritable(_: &Cx<'_>, socket: Rc<Socket>, inheritable: i32) -> Result<()> {
    socket.set_inheritable(inheritable != 0)
}

fn getblocking(_: &Cx<'_>, socket: Rc<Socket>) -> Result<bool> {
    Ok(socket.is_blocking())
}

fn setblocking(_: &Cx<'_>, socket: Rc<Socket>, flag: i64) -> Result<()> {
    socket.set_timeout(if flag != 0 {
        Timeout::Blocking
    } else {
        Timeout::NonBlocking
    })
}

fn gettimeout(_: &Cx<'_>, socket: Rc<Socket>) -> Result<Timeout> {
    Ok(socket.timeout())
}

fn settimeout(_: &Cx<'_>, socket: Rc<Socket>, value: Timeout) -> Result<()> {
    socket.set_timeout(value)
}

fn family(_: &Cx<'_>, socket: Rc<Socket>) -> Result<i32> {
    Ok(socket.family())
}

fn kind(_: &Cx<'_>, socket: Rc<Socket>) -> Result<i32> {
    Ok(socket.kind())
}

fn proto(_: &Cx<'_>, socket: Rc<Socket>) -> Result<i32> {
    Ok(socket.protocol())
}
