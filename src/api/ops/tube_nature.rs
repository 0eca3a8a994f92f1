//! What conversations say of themselves.

use std::rc::Rc;

use crate::api::Cx;
use crate::api::handler::typed;
use crate::api::op::{Op, Owner, PROPERTY, Python};
use crate::api::value::Type;
use crate::error::Result;
use crate::net::Socket;
use crate::tools::Tube;

/// What an attribute of a conversation leaves unsaid.
const FIELD: Op = Op {
    on: Owner::Type(Type::Tube),
    python: Python::Nothing,
    ..PROPERTY
};

pub(super) const OPS: &[Op] = &[
    Op {
        name: "socket",
        returns: "socket or None",
        doc: "The socket behind it; None where it talks to a program. What the tube has read ahead is not in it any more.",
        run: &typed(socket),
        ..FIELD
    },
    Op {
        name: "pid",
        returns: "int or None",
        doc: "The number of the program's process; None where it talks over a socket.",
        run: &typed(pid),
        ..FIELD
    },
    Op {
        name: "timeout",
        returns: "float",
        doc: "Seconds a call may take that does not say itself.",
        run: &typed(timeout),
        ..FIELD
    },
    Op {
        name: "unread",
        returns: "int",
        doc: "Bytes that have been received and not been read.",
        run: &typed(unread),
        ..FIELD
    },
    Op {
        name: "closed",
        returns: "bool",
        doc: "Whether the tube was closed.",
        run: &typed(closed),
        ..FIELD
    },
];

fn socket(_: &Cx<'_>, tube: Rc<Tube>) -> Result<Option<Rc<Socket>>> {
    Ok(tube.socket().cloned())
}

fn pid(_: &Cx<'_>, tube: Rc<Tube>) -> Result<Option<i32>> {
    Ok(tube.process())
}

fn timeout(_: &Cx<'_>, tube: Rc<Tube>) -> Result<f64> {
    Ok(tube.settings().timeout.as_secs_f64())
}

fn unread(_: &Cx<'_>, tube: Rc<Tube>) -> Result<usize> {
    Ok(tube.unread())
}

fn closed(_: &Cx<'_>, tube: Rc<Tube>) -> Result<bool> {
    Ok(tube.is_closed())
}
